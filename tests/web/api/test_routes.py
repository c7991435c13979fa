"""What programs ask for over HTTP: the same answers as the command line's, and nothing that is not in the index."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect
from prometheus_client.parser import text_string_to_metric_families

from citewell import Assistant, IndexFolder, Settings, build
from citewell.answer import Answer
from citewell.web.api.schema import Document, Documents
from citewell.web.application import create_app
from citewell.web.desk import MOST_CHARACTERS, MOST_TURNS
from tests.conftest import CORPUS, citewell, run_async

QUESTION = "What are the challenges of international cooperation?"
ARTICLE = "international-education.txt"


def client_of(index: Path, *, public: bool = False) -> TestClient:
    """Return a client of an application over an index, as a program on this machine reaches it."""
    return TestClient(create_app(Assistant(IndexFolder(index)), public=public), base_url="http://127.0.0.1:7860")


@pytest.fixture(scope="module")
def api(bundled_index: Path) -> Iterator[TestClient]:
    with client_of(bundled_index) as client:
        yield client


@pytest.fixture
def index(corpus: Path, tmp_path: Path, bundled_index: Path) -> IndexFolder:
    """An index that a test may damage, of a corpus that it may change."""
    assert bundled_index.exists()
    folder = IndexFolder(tmp_path / "index")
    build(corpus, folder, Settings())
    return folder


def measured(text: str) -> dict[str, float]:
    """Read measures as Prometheus does; a label is put behind its measure's name."""
    return {
        ":".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "seconds"}


def test_an_answer_is_what_the_command_line_prints(api: TestClient, bundled_index: Path) -> None:
    asked = {"question": QUESTION, "top": 3, "scope": {"documents": [ARTICLE]}}
    answer = api.post("/api/ask", json=asked)
    assert answer.status_code == 200
    printed = citewell("ask", QUESTION, "--top", "3", "--document", ARTICLE, "--json", "--index", bundled_index).stdout
    assert untimed(answer.json()) == untimed(json.loads(printed))
    assert list(answer.json()) == list(json.loads(printed))
    assert answer.json()["answered"]
    text = (CORPUS / ARTICLE).read_text(encoding="utf-8")
    for passage in answer.json()["passages"]:
        assert passage["text"] == text[passage["start"] : passage["end"]]


@pytest.mark.parametrize("question", [QUESTION, "Hello", "How do I repair a carburettor?", "What are exchnages?"])
def test_every_answer_has_the_shape_that_is_promised(api: TestClient, question: str) -> None:
    answer = api.post("/api/ask", json={"question": question}).json()
    assert Answer.model_validate(answer).model_dump(mode="json") == answer


def test_a_follow_up_is_understood_with_what_was_said_before(api: TestClient) -> None:
    history = [{"role": "user", "content": "What do student exchanges offer?"}]
    answer = api.post("/api/ask", json={"question": "And what are their drawbacks?", "history": history}).json()
    assert answer["understood_with"] == ["What do student exchanges offer?"]


WRONG: list[tuple[str, Any, str]] = [
    ("empty", {"question": "  "}, "the question is empty"),
    ("missing", {}, "body.question: Field required"),
    ("too long", {"question": "a" * 100_000}, "at most"),
    ("no text", {"question": 5}, "body.question: Input should be a valid string"),
    ("half a character", {"question": "\ud800"}, "half a character"),
    (
        "half a character before",
        {"question": "a", "history": [{"role": "user", "content": "\ud800"}]},
        "body.history.0",
    ),
    ("unknown field", {"question": "a", "wanted": 1}, "body.wanted: Extra inputs are not permitted"),
    ("half a character as a field", {"question": "a", "\ud800": 1}, "body: Input should be a valid string"),
    ("no passage", {"question": "a", "top": 0}, "body.top"),
    ("too many passages", {"question": "a", "top": 1001}, "body.top"),
    ("unknown role", {"question": "a", "history": [{"role": "system", "content": "b"}]}, "body.history.0.role"),
    ("too long a past", {"question": "a", "history": [{"role": "user", "content": "b"}] * (MOST_TURNS + 1)}, "history"),
    (
        "too much said",
        {"question": "a", "history": [{"role": "user", "content": "b" * (MOST_CHARACTERS + 1)}]},
        "0.content",
    ),
    ("foreign document", {"question": "a", "scope": {"documents": ["../../etc/passwd"]}}, "holds no document at"),
    ("foreign folder", {"question": "a", "scope": {"folders": ["/etc"]}}, "the index holds no document at '/etc'"),
]


@pytest.mark.parametrize(("body", "said"), [each[1:] for each in WRONG], ids=[each[0] for each in WRONG])
def test_what_is_no_question_is_said_to_be_none(api: TestClient, body: Any, said: str) -> None:
    refused = api.post("/api/ask", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert refused.status_code == 422
    assert refused.json().keys() == {"message", "command", "hint", "mend"}
    assert said in refused.json()["message"]


@pytest.mark.parametrize("body", [b"{", b"", b"[" * 100_000, b'"\xff"', b"null"])
def test_what_is_no_json_is_refused(api: TestClient, body: bytes) -> None:
    refused = api.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code in {400, 422}
    assert refused.json()["message"]


def test_documents_are_listed_and_read_as_they_were_indexed(corpus: Path, index: IndexFolder) -> None:
    with client_of(index.path) as api:
        listed = Documents.model_validate(api.get("/api/documents").json())
        assert [each.path for each in listed.documents] == ["animals/bees.txt", "animals/otters.md", "moon.txt"]
        assert listed.snapshot == index.current()
        otters = Document.model_validate(api.get("/api/documents/animals/otters.md").json())
        assert otters.title == "Otters"
        assert otters.text == (corpus / "animals" / "otters.md").read_text(encoding="utf-8")
        assert [each.path for each in otters.headings] == [["Food"], ["Play"]]
        assert [otters.text[each.start : each.end] for each in otters.headings] == ["## Food", "## Play"]
        (corpus / "moon.txt").write_text("Not what was indexed.", encoding="utf-8")
        assert "twenty-seven days" in api.get("/api/documents/moon.txt").json()["text"]


def test_names_of_any_kind_can_be_read(corpus: Path, index: IndexFolder) -> None:
    names = ["100% sure?.txt", "a#b & c.txt", "Überblick 日本.txt", "double dots...txt"]
    for name in names:
        (corpus / name).write_text("A wren weighs ten grams.\n", encoding="utf-8")
    build(corpus, index, Settings())
    with client_of(index.path) as api:
        listed = [each["path"] for each in api.get("/api/documents").json()["documents"]]
        assert set(names) < set(listed)
        for name in names:
            encoded = "".join(f"%{byte:02x}" for byte in name.encode())
            assert api.get(f"/api/documents/{encoded}").json()["path"] == name


OUTSIDE = [
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e%2fsecret.txt",
    "%2e%2e/secret.txt",
    "animals/../../secret.txt",
    "animals/%2e%2e/%2e%2e/secret.txt",
    "animals%2f..%2fmoon.txt",
    "./moon.txt",
    ".hidden.txt",
    "left-out.csv",
    "..\\secret.txt",
    "moon.txt%00",
    "MOON.TXT",
    "%",
    "%ff",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "' OR 1=1 --",
    "*",
    "",
]


@pytest.mark.parametrize("path", [*OUTSIDE, "{corpus}/moon.txt", "{corpus}/../secret.txt", "../index/CURRENT"])
def test_nothing_but_what_the_index_holds_is_read(corpus: Path, index: IndexFolder, path: str) -> None:
    (corpus.parent / "secret.txt").write_text("hush", encoding="utf-8")
    for name in (".hidden.txt", "left-out.csv"):
        (corpus / name).write_text("hush", encoding="utf-8")
    # As the server passes it on: decoded, and with nothing taken out by a client that means well.
    raw = f"/api/documents/{path.format(corpus=corpus)}"
    status, said = over_asgi(client_of(index.path), raw)
    assert status == 404
    assert json.loads(said)["message"].startswith(("the index holds no document", "there is nothing at"))


def over_asgi(client: TestClient, raw: str) -> tuple[int, str]:
    """Send a path just as it is, which clients do not."""
    from urllib.parse import unquote

    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    app: Callable[..., Any] = client.app
    run_async(app, scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body.decode()


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/ask"), ("GET", "/api/"), ("GET", "/api/nothing"), ("PATCH", "/api/documents/moon.txt")],
)
def test_nothing_under_api_is_answered_by_the_page(api: TestClient, method: str, path: str) -> None:
    refused = api.request(method, path)
    assert refused.status_code == 404
    assert "/openapi.json" in refused.json()["message"]


def test_a_rebuild_is_taken_up(corpus: Path, index: IndexFolder) -> None:
    with client_of(index.path) as api:
        before = api.get("/readyz").json()
        (corpus / "wren.txt").write_text("Wren\n\nA wren weighs ten grams and sings loudly.\n", encoding="utf-8")
        (corpus / "moon.txt").unlink()
        build(corpus, index, Settings())
        assert "wren.txt" in api.get("/api/documents").text
        assert api.get("/api/documents/moon.txt").status_code == 404
        asked = {"question": "How much does a wren weigh?", "scope": {"documents": ["wren.txt"]}}
        answer = api.post("/api/ask", json=asked).json()
        assert answer["passages"][0]["document"] == "wren.txt"
        assert api.get("/readyz").json() == {"status": "ready", "snapshot": answer["snapshot"]} != before


@pytest.mark.usefixtures("bundled_index")
@pytest.mark.parametrize("harm", ["missing", "no pointer", "cut", "gone", "flipped"])
def test_an_index_that_cannot_be_used_is_not_ready_and_says_what_mends_it(index: IndexFolder, harm: str) -> None:
    folder = index.snapshots / index.current()
    with client_of(index.path) as api:
        assert api.get("/readyz").json() == {"status": "ready", "snapshot": index.current()}
        if harm == "missing":
            shutil.rmtree(index.path)
        elif harm == "no pointer":
            (index.path / "CURRENT").write_text("..\n", encoding="utf-8")
        elif harm == "cut":
            (folder / "vectors.faiss").write_bytes((folder / "vectors.faiss").read_bytes()[:-9])
        elif harm == "gone":
            (folder / "catalogue.sqlite").unlink()
        else:
            content = bytearray((folder / "vectors.faiss").read_bytes())
            content[-1] ^= 1
            (folder / "vectors.faiss").write_bytes(content)
        for _ in range(2):
            unready = api.get("/readyz")
            assert unready.status_code == 503
            assert unready.json()["message"]
            assert unready.json()["mend"].startswith("citewell index --corpus")
        assert api.get("/healthz").json()["status"] == "up"
        assert api.get("/metrics").status_code == 200
        if harm in {"missing", "no pointer"}:
            for refused in (api.post("/api/ask", json={"question": "Otters?"}), api.get("/api/documents/moon.txt")):
                assert refused.status_code == 503
                assert refused.json()["mend"].startswith("citewell index --corpus")


def test_an_index_that_was_mended_is_ready_again(corpus: Path, index: IndexFolder) -> None:
    with client_of(index.path) as api:
        assert api.get("/readyz").status_code == 200
        (index.path / "CURRENT").unlink()
        assert api.get("/readyz").status_code == 503
        build(corpus, index, Settings())
        assert api.get("/readyz").json()["snapshot"] == index.current()


def test_questions_are_counted_by_what_came_of_them(bundled_index: Path) -> None:
    with client_of(bundled_index) as api, client_of(bundled_index) as other:
        for question in (QUESTION, QUESTION, "Hello", "How do I repair a carburettor?", "   "):
            api.post("/api/ask", json={"question": question})
        for _ in range(3):
            api.get("/readyz")
        response = api.get("/metrics")
        assert response.headers["content-type"].startswith("text/plain; version=")
        measures = measured(response.text)
        counted = {
            name: measures[f"citewell_questions_total:{name}"] for name in ("answered", "refused", "courtesy", "failed")
        }
        assert counted == {"answered": 2, "refused": 1, "courtesy": 1, "failed": 1}
        assert measures["citewell_question_seconds_count"] == 5
        assert 0 < measures["citewell_question_seconds_sum"] < 60
        assert measures["citewell_questions_in_flight"] == measures["citewell_questions_waiting"] == 0
        assert 0 < measures["citewell_snapshot_age_seconds"] < 24 * 3600
        assert measures["citewell_documents"] == 1
        assert measured(other.get("/metrics").text)["citewell_question_seconds_count"] == 0


def test_many_questions_at_once_get_each_its_own_answer_and_the_server_stays_awake(bundled_index: Path) -> None:
    subjects = ["challenges", "exchanges", "curriculum", "languages", "technology", "visas", "teachers", "funding"]
    questions = [f"What is said about {subject} in case {number}?" for subject in subjects for number in range(8)]
    with client_of(bundled_index) as api, ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(api.post, "/api/ask", json={"question": question}) for question in questions]
        watched = [pool.submit(api.get, "/healthz") for _ in range(8)]
        assert [each.result().json()["question"] for each in asked] == questions
        assert {each.result().status_code for each in watched} == {200}
        measures = measured(api.get("/metrics").text)
        assert measures["citewell_question_seconds_count"] == len(questions)
        assert measures["citewell_questions_in_flight"] == measures["citewell_questions_waiting"] == 0
        alone = api.post("/api/ask", json={"question": questions[0]}).json()
        assert untimed(asked[0].result().json()) == untimed(alone)


@pytest.mark.browser
def test_questions_asked_on_the_page_are_counted_too(browser: Browser, bundled_index: Path) -> None:
    from citewell.web import Server

    with Server(Assistant(IndexFolder(bundled_index)), host="127.0.0.1", port=_free_port()) as server:
        page = browser.new_page()
        page.goto(server.url)
        for number, question in enumerate(["joint curriculum development", "What do exchanges do?"]):
            page.get_by_role("textbox", name="Your question").fill(question)
            page.keyboard.press("Enter")
            expect(page.locator("article")).not_to_have_count(8 * number, timeout=10_000)
            page.wait_for_timeout(500)
        page.close()
        import urllib.request

        with urllib.request.urlopen(server.url + "metrics") as response:
            measures = measured(response.read().decode())
    assert measures["citewell_questions_total:answered"] == 2


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_description_names_all_there_is_and_nothing_is_loaded_from_elsewhere(api: TestClient) -> None:
    description = api.get("/openapi.json").json()
    assert set(description["paths"]) == {
        "/api/ask", "/api/documents", "/api/documents/{path}", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    asking = description["paths"]["/api/ask"]["post"]["responses"]
    schemas = {status: each["content"]["application/json"]["schema"]["$ref"] for status, each in asking.items()}
    shapes = {status: schema.rpartition("/")[2] for status, schema in schemas.items()}
    assert shapes == {"200": "Answer", "422": "Fault", "429": "Fault", "503": "Fault"}
    assert "HTTPValidationError" not in json.dumps(description)
    for path in ("/docs", "/redoc"):
        assert "cdn" not in api.get(path).text


def test_a_public_server_answers_programs_too(bundled_index: Path) -> None:
    with client_of(bundled_index, public=True) as api:
        named = api.post("/api/ask", json={"question": QUESTION}, headers={"Host": "citewell.example"})
        assert named.json()["answered"]
    with client_of(bundled_index) as api:
        assert api.post("/api/ask", json={"question": QUESTION}, headers={"Host": "evil.example"}).status_code == 400

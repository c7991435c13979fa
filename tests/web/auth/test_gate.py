"""Access: who is let in, what another site cannot do, and that nothing but the corpus can be read through the page."""

from __future__ import annotations

import asyncio
import json
import re
import stat
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from citewell import Assistant, IndexFolder, Settings, build
from citewell.errors import AccountsError, BusyError, TooManyError, UsageError
from citewell.web.api.schema import MOST_BYTES
from citewell.web.application import create_app
from citewell.web.auth.accounts import Account, AccountStore
from citewell.web.auth.attempts import Attempts, Verifier
from citewell.web.auth.sessions import Sessions
from citewell.web.auth.sign_in import local
from citewell.web.middleware.body_limit import BodyLimit
from citewell.web.server import Server
from tests.conftest import Served, citewell, run_async
from tests.web.auth.test_accounts import OTHER, PHRASE, QUICK

HOME = "http://127.0.0.1:7860"
HTML = {"Accept": "text/html,application/xhtml+xml"}
QUESTION = "joint curriculum development"


def made(assistant: Assistant, **options: Any) -> FastAPI:
    """Make the real application, inside a running event loop: Gradio would make one that nobody closes."""

    async def make() -> FastAPI:
        return create_app(assistant, **options)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(make())).result()


@pytest.fixture
def store(tmp_path: Path) -> AccountStore:
    """A maintainer and a reader."""
    store = AccountStore(tmp_path / "accounts.json", QUICK)
    store.add("ada", "maintainer", PHRASE)
    store.add("bob", "reader", PHRASE)
    return store


@pytest.fixture
def app(assistant: Assistant, store: AccountStore) -> FastAPI:
    """The real application over the bundled corpus, with accounts."""
    return made(assistant, accounts=store)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, HOME, follow_redirects=False)


@pytest.fixture(scope="module")
def open_client(assistant: Assistant) -> TestClient:
    """A visitor of the page on this machine, where there are no accounts."""
    return TestClient(made(assistant), HOME, follow_redirects=False)


def sign_in(client: TestClient, name: str = "ada", password: str = PHRASE, **more: str) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def call(client: TestClient, function: str, wanted: dict[str, Any], **headers: str) -> Any:
    """Call a function of the page as its script does."""
    component = _component(client.app)
    body = {"data": wanted, "component_id": component, "fn_name": function, "session_hash": "s"}
    return client.post("/gradio_api/component_server/", json=body, headers=headers)


def _component(app: Any) -> int:
    gradio = next(route.app for route in app.routes if getattr(route, "path", None) == "").app
    return next(int(number) for number, block in gradio.get_blocks().blocks.items() if block.elem_id == "citewell")


def ask(client: TestClient, question: str = QUESTION, **headers: str) -> Any:
    return call(client, "ask", {"question": question}, **headers)


# Signing in


def test_who_is_not_signed_in_sees_the_sign_in_page_and_nothing_else(client: TestClient) -> None:
    opened = client.get("/", headers=HTML)
    assert (opened.status_code, opened.headers["location"]) == (303, "/sign-in")
    shared = client.get("/?q=who%20%26%20what&in=a/b.txt", headers=HTML)
    wanted = urllib.parse.parse_qs(urllib.parse.urlsplit(shared.headers["location"]).query)["next"]
    assert wanted == ["/?q=who%20%26%20what&in=a/b.txt"]
    for path in ("/", "/theme.css", "/session", "/metrics", "/api/ask", "/docs", "/openapi.json", "/gradio_api/info"):
        refused = client.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert set(refused.json()) == {"message", "command", "hint", "mend"}
    assert ask(client).status_code == 401
    for path in ("/healthz", "/readyz"):
        assert client.get(path).status_code not in {401, 403, 303}
    form = client.get("/sign-in")
    assert form.status_code == 200
    assert "International" not in form.text


def test_signing_in_opens_the_page_and_signing_out_closes_it(client: TestClient) -> None:
    done = sign_in(client)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    cookie = done.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age=43200" in cookie
    assert "secure" not in cookie
    page = client.get("/", headers=HTML)
    assert "You can ask about" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "Another form of cooperation" in ask(client).text
    assert client.get("/session").json() == {"name": "ada", "maintains": True}
    assert client.get("/sign-in").headers["location"] == "/"
    copied = dict(client.cookies)
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert ask(client).status_code == 401
    client.cookies.update(copied)
    assert ask(client).status_code == 401


def test_over_https_the_cookie_goes_over_https_only(assistant: Assistant, store: AccountStore) -> None:
    app = made(assistant, accounts=store, anywhere=True)
    assert "; secure" in sign_in(TestClient(app, "https://docs.example", follow_redirects=False)).headers["set-cookie"]


def test_a_wrong_name_and_a_wrong_password_are_told_alike(client: TestClient) -> None:
    wrong = [sign_in(client, "ada", OTHER), sign_in(client, "ava", PHRASE), sign_in(client, "", "")]
    for done in wrong:
        assert done.status_code == 401
        assert "The name or the password is wrong." in done.text
        assert "set-cookie" not in done.headers
    assert wrong[0].text.replace('value="ada"', "") == wrong[1].text.replace('value="ava"', "")
    told = sign_in(client, '"><script>alert(1)</script>@NEXT', OTHER).text
    assert "<script" not in told
    assert "@NEXT" in told


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("/?q=a%20b&in=x", True),
        ("/docs", True),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("/\t/evil.example", False),
        ("/\n/evil.example", False),
        ("https://evil.example", False),
        ("evil.example", False),
        ("javascript:alert(1)", False),
        ("/sign-in?next=/", False),
        ("/ü", False),
        ("", False),
    ],
)
def test_after_signing_in_nobody_is_led_elsewhere(client: TestClient, address: str, *, followed: bool) -> None:
    assert local(address) == (address if followed else "/")
    assert sign_in(client, next=address).headers["location"] == local(address)


@pytest.mark.parametrize("change", ["password", "role", "removal", "time", "key"])
def test_a_session_ends_with_what_it_was_made_of(
    client: TestClient, assistant: Assistant, store: AccountStore, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client)
    assert ask(client).status_code == 200
    elsewhere = AccountStore(store.file, QUICK)
    if change == "password":
        elsewhere.set_password("ada", OTHER)
    elif change == "role":
        elsewhere.set_role("ada", "reader")
    elif change == "removal":
        elsewhere.remove("ada")
    elif change == "time":
        later = time.time() + 12 * 60 * 60 + 1
        monkeypatch.setattr("citewell.web.auth.sessions.time.time", lambda: later)
    else:
        store.file.with_suffix(".key").unlink()
        cookies = dict(client.cookies)
        client = TestClient(made(assistant, accounts=store), HOME, cookies=cookies, follow_redirects=False)
    assert ask(client).status_code == 401
    assert client.get("/", headers=HTML).headers["location"] == "/sign-in"


def test_a_restart_signs_nobody_out(client: TestClient, assistant: Assistant, store: AccountStore) -> None:
    sign_in(client)
    again = made(assistant, accounts=AccountStore(store.file, QUICK))
    assert ask(TestClient(again, HOME, cookies=dict(client.cookies))).status_code == 200


def test_who_has_signed_out_stays_out_after_a_restart_and_in_another_server(
    client: TestClient, assistant: Assistant, store: AccountStore
) -> None:
    beside = made(assistant, accounts=AccountStore(store.file, QUICK))
    sign_in(client)
    copied = dict(client.cookies)
    assert ask(TestClient(beside, HOME, cookies=copied)).status_code == 200
    sign_in(stays := TestClient(client.app, HOME, follow_redirects=False))
    client.post("/sign-out")
    again = made(assistant, accounts=AccountStore(store.file, QUICK))
    for server in (beside, again):
        assert ask(TestClient(server, HOME, cookies=copied)).status_code == 401
        assert ask(TestClient(server, HOME, cookies=dict(stays.cookies))).status_code == 200


def test_where_it_is_lost_who_has_signed_out_nobody_is_let_in(
    client: TestClient, assistant: Assistant, store: AccountStore
) -> None:
    kept = store.beside["sessions"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    sign_in(client)
    copied = dict(client.cookies)
    client.post("/sign-out")
    whole = kept.read_text(encoding="utf-8")
    for content in ("{", None):
        kept.unlink()
        if content:
            kept.write_text(content, encoding="utf-8")
        assert ask(TestClient(client.app, HOME, cookies=copied)).status_code == 503
    # Who starts it again has everybody sign in anew.
    again = TestClient(made(assistant, accounts=AccountStore(store.file, QUICK)), HOME, cookies=copied)
    assert ask(again).status_code == 401
    # And a copy that was put back is of another key.
    kept.write_text(whole, encoding="utf-8")
    assert ask(TestClient(client.app, HOME, cookies=copied)).status_code == 401
    sign_in(again)
    assert ask(again).status_code == 503


def test_signing_out_that_cannot_be_kept_is_said(client: TestClient, store: AccountStore) -> None:
    sign_in(client)
    lock = Path(f"{store.beside['sessions']}.lock")
    lock.unlink()
    lock.mkdir()
    done = client.post("/sign-out")
    assert (done.status_code, "in this browser only" in done.text) == (503, True)
    assert ask(client).status_code == 401


def test_however_often_somebody_signs_out_little_is_kept(client: TestClient, store: AccountStore) -> None:
    cookies = []
    account = store.accounts()["ada"]
    sessions = Sessions(store)
    for _ in range(250):
        session: dict[str, Any] = {}
        sessions.begin(session, account)
        cookies.append(dict(session))
        sessions.end(session)
    assert store.beside["sessions"].stat().st_size < 10_000
    assert [each for each in cookies if sessions.account(each)] == []
    sign_in(client)
    assert ask(client).status_code == 200


def test_a_cookie_that_somebody_made_is_worth_nothing(client: TestClient) -> None:
    sign_in(client)
    name, value = next(iter(client.cookies.items()))
    body, _, signature = value.strip('"').partition(".")
    for forged in (body, f"{body}.{signature[:-2]}AA", "null", "e30=", ""):
        client.cookies = {name: forged}
        assert ask(client).status_code == 401


@pytest.mark.parametrize("content", ["{", None], ids=["damaged", "gone"])
@pytest.mark.promise("closed-by-default")
def test_a_file_that_is_no_longer_whole_lets_nobody_in(
    client: TestClient, store: AccountStore, content: str | None
) -> None:
    sign_in(client)
    if content is None:
        store.file.unlink()
    else:
        store.file.write_text(content, encoding="utf-8")
    assert ask(client).status_code == 503
    assert client.get("/", headers=HTML).status_code == 503


def test_a_program_signs_in_with_a_token(client: TestClient, store: AccountStore) -> None:
    token = store.new_token("bob")
    assert ask(client, Authorization=f"Bearer {token}").status_code == 200
    assert client.get("/session", headers={"Authorization": f"Bearer {token}"}).json()["name"] == "bob"
    for wrong in ("Bearer ", "Bearer x", f"Basic {token}", token):
        assert ask(client, Authorization=wrong).status_code == 401
    sign_in(client)
    # Who shows a token is whom it belongs to, and nobody else.
    assert client.get("/session", headers={"Authorization": "Bearer x"}).status_code == 401


# Roles


def shown(client: TestClient, panel: str, **headers: str) -> str:
    answer = call(client, panel, {"action": "show"}, **headers)
    return str(answer.json()) if answer.status_code == 200 else f"{answer.status_code}"


@pytest.mark.parametrize(
    ("panel", "opened", "refused"),
    [
        ("maintain", "Looking after the documents", "Only maintainers can look after the documents"),
        ("judge", "Quality of the answers", "Only maintainers can judge the answers"),
    ],
    ids=["maintain", "judge"],
)
@pytest.mark.promise("roles")
def test_only_maintainers_see_the_panels_for_them(
    client: TestClient,
    store: AccountStore,
    assistant: Assistant,
    open_client: TestClient,
    panel: str,
    opened: str,
    refused: str,
) -> None:
    sign_in(client, "bob")
    assert client.get("/session").json() == {"name": "bob", "maintains": False}
    assert refused in shown(client, panel)
    assert client.get("/metrics").status_code == 403
    token = store.new_token("ada")
    assert opened in shown(client, panel, Authorization=f"Bearer {token}")
    client.cookies.clear()
    sign_in(client, "ada")
    assert opened in shown(client, panel)
    assert client.get("/metrics").status_code != 403
    assert opened in shown(open_client, panel)
    public = TestClient(made(assistant, public=True), "http://docs.example")
    assert ask(public).status_code == 200
    assert shown(public, panel) == "404"


# Other sites


@pytest.mark.parametrize(
    ("headers", "served"),
    [
        ({}, True),
        ({"Origin": HOME}, True),
        ({"Origin": HOME, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "null"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://localhost:7860"}, False),
        ({"Origin": "http://127.0.0.1:8000"}, False),
        ({"Origin": "http://127.0.0.1:7860.evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": HOME, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
    ],
)
@pytest.mark.promise("own-page-only")
def test_what_another_site_asks_for_is_not_done(
    open_client: TestClient, headers: dict[str, str], *, served: bool
) -> None:
    assert ask(open_client, **headers).status_code == (200 if served else 403)
    # Neither in the ways that need no permission of the server.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        posted = open_client.post("/sign-in", content="x", headers={"Content-Type": kind, **headers})
        assert (posted.status_code == 403) is not served


def test_a_token_needs_no_origin_but_a_cookie_does(client: TestClient, store: AccountStore) -> None:
    token = store.new_token("ada")
    evil = {"Origin": "https://evil.example"}
    assert ask(client, Authorization=f"Bearer {token}", **evil).status_code == 200
    sign_in(client)
    assert ask(client, Authorization=f"Bearer {token}", **evil).status_code == 403
    assert ask(client, **evil).status_code == 403
    assert client.post("/sign-out", headers=evil).status_code == 403
    assert client.get("/session").json()["name"] == "ada"


def test_behind_a_proxy_the_name_it_goes_by_is_its_own(assistant: Assistant) -> None:
    client = TestClient(made(assistant, public=True, names=["docs.example"]), HOME)
    assert ask(client, Origin="https://docs.example").status_code == 200
    assert ask(client, Origin="https://evil.example").status_code == 403
    assert ask(client, Host="docs.example").status_code == 200
    assert ask(client, Host="evil.example").status_code == 400


def test_a_link_in_another_site_leads_in_without_signing_in_again(client: TestClient) -> None:
    """The cookie stays back on the first request; the answer has the page itself ask again."""
    linked = client.get("/?q=%22%3E%3Cb%3E", headers={**HTML, "Sec-Fetch-Site": "cross-site"})
    assert linked.status_code == 200
    assert 'content="0;url=/sign-in?next=%2F%3Fq%3D%2522%253E%253Cb%253E"' in linked.text
    sign_in(client)
    assert client.get("/sign-in?next=%2F%3Fq%3Dx").headers["location"] == "/?q=x"


# Nothing but the corpus


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../etc/passwd",
        "/gradio_api/file=%2Fetc%2Fpasswd",
        "/gradio_api/file%3D/etc/passwd",
        "/gradio_api/file=file:///etc/passwd",
        "/gradio_api/file=http://127.0.0.1:7860/",
        "/gradio_api/file/etc/passwd",
        "/file=/etc/passwd",
        "/assets/../../../../../../etc/passwd",
        "/assets/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5cetc%5cpasswd",
        "/assets//etc/passwd",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/js/..%2f..%2fconfig.json",
        "/static//etc/passwd",
        "/svelte/../../etc/passwd",
        "/gradio_api/custom_component/1/client/component/../../../etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1:7860/",
        "/gradio_api/stream/s/1/2/playlist.m3u8",
        "/gradio_api/queue/data?session_hash=s",
        "/gradio_api/queue/status",
        "/gradio_api/heartbeat/s",
        "/gradio_api/upload_progress?upload_id=x",
        "/gradio_api/component_server/",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/startup-events",
        "/gradio_api/app_id",
        "/gradio_api/token",
        "/gradio_api/user",
        "/gradio_api/runs",
        "/gradio_api/dev/reload",
        "/gradio_api/mcp/sse",
        "/gradio_api/deep_link",
        "/gradio_api/vibe-code/",
        "/config",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/logout",
        "/pwa_icon",
        "/etc/passwd",
        "//etc/passwd",
        "/corpus/international-education.txt",
        "/index/feedback.sqlite",
        "/accounts.json",
    ],
)
def test_what_the_page_does_not_need_is_not_there(open_client: TestClient, path: str) -> None:
    # As an ASGI server gets it: no client has tidied the path up.
    for raw in (path, path.replace("%2f", "%252f")):
        answered = open_client.get(HOME + raw)
        assert answered.status_code == 404, raw
        assert "root:" not in answered.text
        assert answered.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/run/ask", "/gradio_api/api/ask", "/login"),
        *("/gradio_api/call/ask", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/process_recording"),
        *("/gradio_api/stream/x", "/gradio_api/vibe-edit/", "/gradio_api/run-history/connect", "/gradio_api/login"),
    ],
)
def test_nothing_is_taken_that_the_page_does_not_send(open_client: TestClient, path: str) -> None:
    files = {"files": ("x.txt", b"x", "text/plain")}
    assert open_client.post(path, files=files).status_code == 404
    assert open_client.post(path, json={"data": []}).status_code == 404
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert open_client.request(method, path).status_code in {404, 405}


def test_the_pages_functions_take_no_files_and_are_no_others(open_client: TestClient) -> None:
    files = {"x": ("x.txt", b"x", "text/plain")}
    fields = {"data": '"x"', "component_id": "1", "fn_name": "ask", "session_hash": "s"}
    assert open_client.post("/gradio_api/component_server/", data=fields, files=files).status_code == 404
    for function in ("__init__", "get_config", "postprocess", "move_resource_to_block_cache", "nothing"):
        assert call(open_client, function, {}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..%2f..%2fetc/passwd",
        "./international-education.txt",
        "animals/../../x",
        "\0",
    ],
)
def test_a_document_is_shown_by_its_name_in_the_index_alone(open_client: TestClient, path: str) -> None:
    shown = call(open_client, "show", {"path": path, "start": 0, "end": 1, "key": "x"}).json()
    assert "cw-error" in shown
    assert "root:" not in shown
    asked = call(open_client, "ask", {"question": "root", "place": path}).json()
    assert "The index holds no document" in asked or path == "./international-education.txt"


@pytest.mark.usefixtures("encoder")
def test_a_link_that_leads_out_of_the_corpus_is_not_followed(corpus: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Secret\n\nThe treasure lies under the old oak of Whitby.\n", encoding="utf-8")
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "deep.txt").write_text(secret.read_text(encoding="utf-8"), encoding="utf-8")
    (corpus / "link.txt").symlink_to(secret)
    (corpus / "folder").symlink_to(tmp_path / "vault", target_is_directory=True)
    build(corpus, IndexFolder(tmp_path / "index"), Settings())
    client = TestClient(made(Assistant(IndexFolder(tmp_path / "index"))), HOME)
    assert "oak" not in ask(client, "Where does the treasure lie?").json()
    for path in ("link.txt", "folder/deep.txt"):
        shown = call(client, "show", {"path": path, "start": 0, "end": 1, "key": "x"}).json()
        assert "cw-error" in shown
        assert "oak" not in shown


# Too much


def test_a_body_that_is_too_large_is_refused(open_client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(MOST_BYTES // 10_000 + 2):
            yield b"x" * 10_000

    kind = {"Content-Type": "application/json"}
    assert ask(open_client, "x" * MOST_BYTES).status_code == 413
    assert open_client.post("/gradio_api/component_server/", content=endless(), headers=kind).status_code == 413
    body = {"data": {"question": QUESTION}, "component_id": _component(open_client.app), "fn_name": "ask"}

    def pieces() -> Iterator[bytes]:
        text = json.dumps({**body, "session_hash": "s"}).encode()
        yield text[:20]
        yield text[20:]

    answered = open_client.post("/gradio_api/component_server/", content=pieces(), headers=kind)
    assert "Another form of cooperation" in answered.text


def test_an_upload_may_be_larger() -> None:
    client = TestClient(BodyLimit(PlainTextResponse("done"), 10, uploads="/upload/"))
    assert client.put("/upload/a.txt", content=b"x" * 100).status_code == 200
    assert client.post("/upload/a.txt", content=b"x" * 11).status_code == 413
    assert client.put("/other", content=b"x" * 11).status_code == 413


@pytest.mark.promise("roles")
def test_programs_are_let_in_counted_and_kept_from_what_only_maintainers_do(
    assistant: Assistant, store: AccountStore
) -> None:
    app = made(assistant, accounts=store, rate=1)
    with TestClient(app, HOME) as client:
        for path in ("/api/documents", "/openapi.json", "/metrics", "/mcp"):
            assert client.get(path).status_code == 401
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 401
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
        reader, maintainer = ({"Authorization": f"Bearer {store.new_token(name)}"} for name in ("bob", "ada"))
        assert client.get("/openapi.json", headers=reader).status_code == 200
        assert client.get("/metrics", headers=reader).status_code == 403
        assert client.get("/metrics", headers=maintainer).status_code == 200
        for method in ("PUT", "DELETE"):
            refused = client.request(method, "/api/documents/none.txt", headers=reader)
            assert (refused.status_code, refused.json()["message"]) == (403, "this is for maintainers")
        assert client.delete("/api/documents/none.txt", headers=maintainer).status_code == 404
        assert client.post("/api/ask", json={"question": QUESTION}, headers=reader).status_code == 200
        late = client.post("/api/ask", json={"question": QUESTION}, headers=reader)
        assert late.status_code == 429
        assert int(late.headers["Retry-After"]) > 0
        call = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": QUESTION}},
        }
        accept = {"Accept": "application/json, text/event-stream"}
        assert client.post("/mcp", json=call, headers=accept).status_code == 401
        assert "too many questions" in client.post("/mcp", json=call, headers=accept | reader).text
        assert "joint curriculum" in client.post("/mcp", json=call, headers=accept | maintainer).text


def test_too_many_questions_are_told_with_how_long_to_wait(assistant: Assistant, store: AccountStore) -> None:
    app = made(assistant, accounts=store, rate=2)
    client, other = (TestClient(app, HOME, follow_redirects=False) for _ in range(2))
    sign_in(client, "ada")
    sign_in(other, "bob")
    assert ["cw-card" in ask(client).text for _ in range(2)] == [True, True]
    told = ask(client).json()
    assert re.search(r"Too many questions at once; ask again in \d+ seconds", told)
    assert "cw-card" not in told
    assert "cw-card" in ask(other).text
    # Saying something of an answer asks the question again.
    said = {"asked": {"question": QUESTION}, "answer": "a" * 16, "shown": "x", "verdict": "helpful"}
    assert "Too many questions" in call(client, "say", said).json()


def test_what_is_read_is_counted_by_its_length(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citewell.web.desk._CHARACTERS_READ", 10)
    path = assistant.documents()[0].path
    place = {"path": path, "start": 0, "end": 1, "key": "x", "marks": []}
    client = TestClient(made(assistant, public=True, rate=1), HOME)
    assert [client.get(f"/api/documents/{path}").status_code for _ in range(2)] == [200, 429]
    client = TestClient(made(assistant, public=True, rate=1), HOME)
    assert "document has changed" in call(client, "show", place).json()
    assert "That was a lot at once" in call(client, "show", place).json()


def test_what_costs_no_answer_is_counted_too(assistant: Assistant) -> None:
    said = {"asked": {"question": QUESTION}, "answer": "a" * 16, "shown": "x"}
    for name, sent in (("begin", {}), ("say", said)):
        client = TestClient(made(assistant, public=True, rate=1), HOME)
        told = ["a lot at once" in call(client, name, sent).json() for _ in range(6)]
        assert told == [False] * 5 + [True]


def test_an_opinion_costs_what_its_question_does(assistant: Assistant) -> None:
    before = [{"role": "user", "content": "x" * 4000}] * 12
    said = {"asked": {"question": QUESTION, "history": before}, "answer": "a" * 16, "shown": "x", "verdict": "helpful"}
    client = TestClient(made(assistant, public=True, rate=9), HOME)
    told = ["a lot at once" in call(client, "say", said).json() for _ in range(2)]
    assert told == [False, True]


def test_on_this_machine_alone_questions_are_not_counted(open_client: TestClient, assistant: Assistant) -> None:
    assert all("cw-card" in ask(open_client).text for _ in range(70))
    public = TestClient(made(assistant, public=True), HOME)
    assert ["cw-card" in ask(public).text for _ in range(61)] == [True] * 60 + [False]


def test_signing_in_rightly_is_not_counted(client: TestClient) -> None:
    assert [sign_in(client).status_code for _ in range(12)] == [303] * 12


def test_passwords_cannot_be_tried_for_ever(app: FastAPI) -> None:
    def visitor(address: str) -> TestClient:
        return TestClient(app, HOME, follow_redirects=False, client=(address, 1))

    guesser = visitor("192.0.2.1")
    assert [sign_in(guesser, f"user{nth}").status_code for nth in range(10)] == [401] * 10
    refused = sign_in(guesser, "ada", OTHER)
    assert refused.status_code == 401
    assert [sign_in(guesser, "ada", OTHER).status_code for _ in range(9)] == [401] * 9
    refused = sign_in(guesser, "ada")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 300
    assert "Too many attempts; try again in" in refused.text
    # However many were wrong elsewhere, the owner is let in.
    assert sign_in(visitor("192.0.2.2"), "ada").status_code == 303


def test_many_guesses_at_once_are_no_more_than_one_after_another(
    store: AccountStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    real = AccountStore.sign_in

    def counting(self: AccountStore, name: str, password: str) -> Account | None:
        looked.append(name)
        return real(self, name, password)

    monkeypatch.setattr(AccountStore, "sign_in", counting)
    told: list[str] = []

    async def guessing() -> None:
        verifier = Verifier(store, Attempts(step=0.001, longest=0.002))

        async def guess() -> None:
            try:
                assert await verifier.account("ada", OTHER, "address 192.0.2.1") is None
            except (TooManyError, BusyError) as error:
                told.append(type(error).__name__)

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(guess)

    run_async(guessing)
    # Two are looked at at a time, so that one more can be in work when the last that counts is.
    assert 10 <= len(looked) <= 11
    assert told == ["TooManyError"] * (20 - len(looked))


def test_a_name_that_is_guessed_at_waits_and_no_other_does() -> None:
    attempts = Attempts(step=0.5, longest=2)
    assert attempts.delay("ada") == 0
    delays = []
    for nth in range(20):
        attempts.count("ada", f"address 192.0.2.{nth}")
        delays.append(attempts.delay("ada"))
    assert delays == [0] * 9 + [0.5, 1, 1.5] + [2] * 8
    assert attempts.delay("bob") == 0
    attempts.check("ada", "address 192.0.2.99")


def test_one_address_cannot_go_through_the_names(app: FastAPI) -> None:
    def visitor(address: str) -> TestClient:
        return TestClient(app, HOME, follow_redirects=False, client=(address, 1))

    # Of IPv6, one subscriber has billions.
    tried = [sign_in(visitor(f"2001:db8::{nth:x}"), f"v{nth}").status_code for nth in range(61)]
    assert tried == [401] * 60 + [429]
    assert sign_in(visitor("2001:db8:0:1::1"), "v61").status_code == 401


# What is logged


@pytest.mark.parametrize("questions", [False, True], ids=["as always", "with questions"])
@pytest.mark.promise("secrets")
def test_no_question_is_logged_unless_that_is_asked_for(
    bundled_index: Path, tmp_path: Path, *, questions: bool
) -> None:
    file = tmp_path / "accounts.json"
    store = AccountStore(file)
    store.add("ada", "maintainer", PHRASE)
    token = store.new_token("ada")
    asked = ["zebrafish curriculum", "Thank you, quokka!", "wombat " * 400, "quagga\ud800", "okapi"]
    options = ["--accounts", str(file), "--log-json", *(["--log-questions"] if questions else [])]
    served = Served(bundled_index, *options)
    with served as url:
        opening = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(opening) as opened:
            found = re.search(r'"id":(\d+),"type":"html"', opened.read().decode())
        assert found
        component = int(found[1])

        def call(function: str, data: Any, token: str = token) -> str:
            body = {"data": data, "component_id": component, "fn_name": function, "session_hash": "s"}
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            request = urllib.request.Request(
                f"{url}gradio_api/component_server/", json.dumps(body).encode(), headers=headers
            )
            try:
                with urllib.request.urlopen(request) as response:
                    return str(response.read().decode())
            except urllib.error.HTTPError as error:
                return f"{error.code}"

        for question in asked[:4]:
            call("ask", {"question": question, "history": [{"role": "user", "content": "axolotl"}]})
        call("ask", {"question": "x", "place": asked[4]})
        call("ask", {"question": "x", asked[4]: asked[4]})
        call("ask", asked[4])
        call("say", {"asked": {"question": asked[0]}, "answer": "a" * 16, "shown": "x", "verdict": "helpful"})
        assert call("ask", {"question": asked[4]}, "wrong") == "401"
        call("maintain", {"action": "checks"})
        call("judge", {"action": "runs"})
        mistaken, wrong = (
            urllib.parse.urlencode({"name": name, "password": OTHER, "next": f"/?q={asked[4]}"}).encode()
            for name in ("ada", "correct horse battery staple")
        )
        for path, data in (
            (f"?q={asked[4]}", None),
            (f"nowhere?q={asked[4]}", None),
            ("sign-in", mistaken),
            ("sign-in", wrong),
        ):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(url + path, data)
        until = time.monotonic() + 10
        while served.log.count('"path": "/sign-in"') < 2 and time.monotonic() < until:
            time.sleep(0.05)
    log = served.log
    events = [json.loads(line) for line in log.splitlines()]
    names = [each["event"] for each in events]
    assert {"server started", "request", "refused", "question answered", "maintaining", "judging"} <= set(names)
    answered = next(each for each in events if each["event"] == "question answered")
    assert {"id", "user", "answered", "confidence", "ms", "words", "level", "timestamp"} <= set(answered)
    assert (answered["user"], answered["words"]) == ("ada", 2)
    failed = [each.get("name") for each in events if each.get("why") == "sign-in failed"]
    # A name that there is not can be a password that was typed in the wrong place.
    assert failed == ["ada", None]
    lines = [each for each in events if each["event"] == "request"]
    assert {each["path"] for each in lines} >= {"/", "/nowhere", "/sign-in", "/gradio_api/component_server/"}
    for secret in (PHRASE, OTHER, token, "axolotl", "?q=", "staple"):
        assert secret not in log
    told = [word for word in ("zebrafish", "quokka", "wombat", "quagga", "okapi") if word in log]
    assert told == (["zebrafish", "quokka"] if questions else [])


def test_an_error_that_nobody_expected_is_logged_without_what_was_asked(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[dict[str, Any]] = []
    client = TestClient(made(assistant), HOME)

    def broken(*_arguments: object, **_more: object) -> None:
        raise ValueError("zebrafish")

    monkeypatch.setattr("citewell.web.chat.chat.render_answer", broken)
    monkeypatch.setattr("citewell.web.logs.failed", lambda error, **facts: failed.append({"error": error, **facts}))
    answered = ask(client)
    assert answered.status_code == 500
    assert "zebrafish" not in answered.text
    assert [type(each["error"]) for each in failed] == [ValueError]


# The command line


def test_who_starts_it_for_others_says_who_they_are(
    assistant: Assistant, bundled_index: Path, store: AccountStore
) -> None:
    refused = citewell("chat", "--index", bundled_index, "--port", "7997", "--accounts", store.file, "--public")
    assert refused.returncode == 2
    assert "--public would let everyone in" in refused.stderr
    with pytest.raises(UsageError, match="citewell user add NAME"):
        Server(assistant, host="0.0.0.0", port=7997)  # noqa: S104
    for name in list(store.accounts()):
        store.remove(name)
    for content, told in ((None, "there are no accounts in"), ("{", "damaged, and nobody is let in")):
        if content:
            store.file.write_text(content, encoding="utf-8")
        with pytest.raises(AccountsError, match=told):
            Server(assistant, host="127.0.0.1", port=7997, accounts=store)
    store.file.unlink()
    with pytest.raises(AccountsError, match="there are no accounts in"):
        Server(assistant, host="127.0.0.1", port=7997, accounts=store)


def test_an_address_that_others_reach_starts_with_accounts_and_a_warning(bundled_index: Path, tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    AccountStore(file, QUICK).add("ada", "reader", PHRASE)
    served = Served(bundled_index, "--accounts", str(file), "--host", "0.0.0.0", "--name", "docs.example")  # noqa: S104
    with served as url:
        request = urllib.request.Request(f"{url}sign-in", headers={"Host": "docs.example"})
        with urllib.request.urlopen(request) as answered:
            assert answered.status == 200
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(urllib.request.Request(f"{url}sign-in", headers={"Host": "evil.example"}))
    assert "passwords and documents travel unencrypted" in served.log


def test_cleaning_up_keeps_what_people_wrote() -> None:
    makefile = Path(__file__).parents[2].joinpath("Makefile").read_text(encoding="utf-8")
    removed = next(line for line in makefile.partition("\nclean:")[2].splitlines() if "rm -rf" in line).split()
    assert "index" in removed
    assert not [name for name in removed if "state" in name]

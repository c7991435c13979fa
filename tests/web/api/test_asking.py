"""Asking over HTTP: the same answers as everywhere, and errors with a reason."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from citewell import Assistant, IndexFolder
from citewell.answer import Answer
from citewell.web.desk import MOST_CHARACTERS, MOST_TURNS
from tests.support.commands import citewell
from tests.support.environment import CORPUS
from tests.support.ports import free_port
from tests.support.programs import client_of, measured

QUESTION = "What are the challenges of international cooperation?"
ARTICLE = "international-education.txt"


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
    ("an invalid character", {"question": "\ud800"}, "an invalid character"),
    (
        "an invalid character before",
        {"question": "a", "history": [{"role": "user", "content": "\ud800"}]},
        "body.history.0",
    ),
    ("unknown field", {"question": "a", "wanted": 1}, "body.wanted: Extra inputs are not permitted"),
    ("an invalid character as a field", {"question": "a", "\ud800": 1}, "body: Input should be a valid string"),
    ("no passage", {"question": "a", "top": 0}, "body.top"),
    ("too many passages", {"question": "a", "top": 1001}, "body.top"),
    ("unknown role", {"question": "a", "history": [{"role": "system", "content": "b"}]}, "body.history.0.role"),
    ("too long a past", {"question": "a", "history": [{"role": "user", "content": "b"}] * (MOST_TURNS + 1)}, "history"),
    (
        "too much said",
        {"question": "a", "history": [{"role": "user", "content": "b" * (MOST_CHARACTERS + 1)}]},
        "0.content",
    ),
    ("unknown document", {"question": "a", "scope": {"documents": ["../../etc/passwd"]}}, "has no document at"),
    ("unknown folder", {"question": "a", "scope": {"folders": ["/etc"]}}, "the index has no document at '/etc'"),
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


@pytest.mark.browser
def test_questions_asked_on_the_page_are_counted_too(browser: Browser, bundled_index: Path) -> None:
    from citewell.web import Server

    with Server(Assistant(IndexFolder(bundled_index)), host="127.0.0.1", port=free_port()) as server:
        page = browser.new_page()
        page.goto(server.url)
        for number, question in enumerate(["joint curriculum development", "What do exchanges do?"]):
            page.get_by_role("textbox", name="Your question").fill(question)
            page.keyboard.press("Enter")
            expect(page.locator(".cw-turn").nth(number).locator("article").first).to_be_visible()
        page.close()
        import urllib.request

        with urllib.request.urlopen(server.url + "metrics") as response:
            measures = measured(response.read().decode())
    assert measures["citewell_questions_total:answered"] == 2


def test_a_public_server_answers_programs_too(bundled_index: Path) -> None:
    with client_of(bundled_index, public=True) as api:
        named = api.post("/api/ask", json={"question": QUESTION}, headers={"Host": "citewell.example"})
        assert named.json()["answered"]
    with client_of(bundled_index) as api:
        assert api.post("/api/ask", json={"question": QUESTION}, headers={"Host": "evil.example"}).status_code == 400

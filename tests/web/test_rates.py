"""Rates: what is counted, by whom, and what a client that asks too much reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.web.auth.accounts import AccountStore
from tests.support.applications import HOME, QUESTION, ask, call, made, sign_in


def test_too_many_questions_are_reported_with_how_long_to_wait(assistant: Assistant, store: AccountStore) -> None:
    app = made(assistant, accounts=store, rate=2)
    client, other = (TestClient(app, HOME, follow_redirects=False) for _ in range(2))
    sign_in(client, "ada")
    sign_in(other, "bob")
    assert ["cw-card" in ask(client).text for _ in range(2)] == [True, True]
    told = ask(client).json()
    assert re.search(r"Too many questions; try again in \d+ seconds", told)
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
    assert "Too many requests" in call(client, "show", place).json()


def test_what_costs_no_answer_is_counted_too(assistant: Assistant) -> None:
    said = {"asked": {"question": QUESTION}, "answer": "a" * 16, "shown": "x"}
    for name, sent in (("begin", {}), ("say", said)):
        client = TestClient(made(assistant, public=True, rate=1), HOME)
        told = ["Too many requests" in call(client, name, sent).json() for _ in range(6)]
        assert told == [False] * 5 + [True]


def test_feedback_costs_what_its_question_does(assistant: Assistant) -> None:
    before = [{"role": "user", "content": "x" * 4000}] * 12
    said = {"asked": {"question": QUESTION, "history": before}, "answer": "a" * 16, "shown": "x", "verdict": "helpful"}
    client = TestClient(made(assistant, public=True, rate=9), HOME)
    told = ["Too many requests" in call(client, "say", said).json() for _ in range(2)]
    assert told == [False, True]


@pytest.mark.long
def test_on_this_machine_alone_questions_are_not_counted(open_client: TestClient, assistant: Assistant) -> None:
    assert all("cw-card" in ask(open_client).text for _ in range(70))
    public = TestClient(made(assistant, public=True), HOME)
    assert ["cw-card" in ask(public).text for _ in range(61)] == [True] * 60 + [False]


def test_what_is_read_is_counted_where_others_can_ask(assistant: Assistant, tmp_path: Path) -> None:
    assert tmp_path.exists()
    with TestClient(made(assistant, public=True, rate=1), HOME) as client:
        path = "/api/documents/international-education.txt"
        assert [client.get(path).status_code for _ in range(6)] == [200] * 5 + [429]
        late = client.get("/api/documents")
        assert late.status_code == 429
        assert int(late.headers["Retry-After"]) > 0
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200

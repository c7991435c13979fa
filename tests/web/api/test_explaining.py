"""Why a place is not in an answer, and passages like one, for programs."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from citewell import Assistant
from tests.support.programs import client_of

QUESTION = "What does IPGCE offer teachers?"
AT = "international-education.txt:1000"


def test_the_explanation_is_that_of_the_command_line(api: TestClient, assistant: Assistant) -> None:
    told = api.post("/api/why", json={"question": QUESTION, "at": AT, "top": 1}).json()
    expected = assistant.why(QUESTION, AT, top=1).to_json()
    assert {**told, "command": None} == {**expected, "command": None}
    assert told["command"].startswith("citewell ask")
    assert api.post("/api/why", json={"question": QUESTION, "quote": "visa regulations"}).json()["place"]


def test_who_may_not_maintain_gets_no_command_and_pays_for_many_questions(bundled_index: Path) -> None:
    with client_of(bundled_index, public=True) as api:
        told = [api.post("/api/why", json={"question": QUESTION, "at": AT, "top": 1}) for _ in range(4)]
    assert [each.status_code for each in told] == [200, 200, 200, 429]
    assert told[0].json()["command"] is None


def test_what_is_no_place_is_an_error(api: TestClient) -> None:
    for wrong in ({}, {"at": "nothing.txt"}, {"quote": "x" * 4001}, {"at": AT, "top": 101}):
        assert api.post("/api/why", json={"question": QUESTION, **wrong}).status_code == 422


def test_nobody_is_told_where_the_corpus_is(bundled_index: Path, assistant: Assistant) -> None:
    file = f"{Path(assistant.manifest.corpus).absolute()}/{AT}"
    with client_of(bundled_index, public=True) as api:
        asked = [
            api.post("/api/why", json={"question": QUESTION, "at": file}),
            api.post("/api/like", json={"at": file}),
        ]
    assert [each.status_code for each in asked] == [422, 422]
    assert assistant.why(QUESTION, file, top=1).place


def test_passages_like_one_are_those_of_the_command_line(api: TestClient, assistant: Assistant) -> None:
    told = api.post("/api/like", json={"at": AT, "top": 2})
    assert told.json() == assistant.similar(AT, top=2).to_json()
    for wrong in ({}, {"at": "nothing.txt:1"}, {"at": AT, "top": 0}, {"at": AT, "scope": {"folders": ["none"]}}):
        assert api.post("/api/like", json=wrong).status_code == 422

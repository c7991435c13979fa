"""Dify's external knowledge, tried with the requests that Dify's documentation and code show.

https://docs.dify.ai/en/use-dify/knowledge/external-knowledge-api
"""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import TestClient as PlainClient

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder
from citewell.web.auth.accounts import AccountStore
from tests.support.applications import HOME, made
from tests.support.forms import retrieval
from tests.support.programs import client_of

QUESTION = "What are the challenges of international cooperation?"


@pytest.fixture(scope="module")
def facts(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A corpus of three documents with different facts."""
    assert encoder.card.dimension
    folder = tmp_path_factory.mktemp("facts")
    texts = {
        "a.md": ("Ann Lee", "2022-05-01", "AI"),
        "b.md": ("Bo Kim", "2023-05-01", "Law"),
        "old/c.md": ("Cy Lee", "2021", "AI"),
    }
    (folder / "corpus" / "old").mkdir(parents=True)
    for name, (author, date, tag) in texts.items():
        head = f"---\nauthor: {author}\ndate: {date}\ntags: [{tag}]\n---\n\n"
        (folder / "corpus" / name).write_text(f"{head}# Otters\n\nOtters eat fish, as {author} says.\n", "utf-8")
    build(folder / "corpus", IndexFolder(folder / "index"), Settings())
    return client_of(folder / "index")


def test_the_published_request_gets_records_as_published(open_client: PlainClient, assistant: Assistant) -> None:
    asked = {
        "knowledge_id": "citewell",
        "query": QUESTION,
        "retrieval_setting": {"top_k": 2, "score_threshold": 0.0},
    }
    records = open_client.post("/retrieval", json=asked, headers={"Authorization": "Bearer your-api-key"}).json()[
        "records"
    ]
    expected = assistant.ask(QUESTION, top=2).passages
    assert [each["content"] for each in records] == [each.text for each in expected]
    assert [each["score"] for each in records] == [each.score for each in expected]
    assert [each["title"] for each in records] == [each.title for each in expected]
    for record, passage in zip(records, expected, strict=True):
        assert set(record) == {"content", "score", "title", "metadata"}
        text = assistant.document(record["metadata"]["document"]).text
        assert text[record["metadata"]["start"] : record["metadata"]["end"]] == record["content"]
        assert record["metadata"]["section"] == list(passage.section)
        assert None not in record["metadata"].values()


def test_records_are_as_relevant_as_asked_and_none_if_nothing_answers(open_client: PlainClient) -> None:
    scores = [
        each["score"] for each in open_client.post("/retrieval", json=retrieval(QUESTION, top=5)).json()["records"]
    ]
    some = open_client.post("/retrieval", json=retrieval(QUESTION, top=5, least=scores[1])).json()["records"]
    assert [each["score"] for each in some] == scores[:2]
    asked = retrieval("Which compilers support C++20 modules?")
    assert open_client.post("/retrieval", json=asked).json() == {"records": []}
    asked["metadata_condition"] = None
    assert open_client.post("/retrieval", json=asked).json() == {"records": []}


@pytest.mark.parametrize(
    ("name", "operator", "value", "found"),
    [
        (["category", "tag"], "contains", "AI", "a.md old/c.md"),
        ("tag", "not contains", "AI", "b.md"),
        ("author", "is", "Bo Kim", "b.md"),
        ("author", "contains", "Lee", "a.md old/c.md"),
        ("author", "is not", "Bo Kim", "a.md old/c.md"),
        ("author", "in", ["Bo Kim", "Cy Lee"], "b.md old/c.md"),
        ("author", "not in", ["Bo Kim", "Cy Lee"], "a.md"),
        ("date", "after", "2021", "a.md b.md"),
        ("date", ">", 2022, "b.md"),
        ("date", "before", "2022", "old/c.md"),
        ("date", "≥", "2022-05-01", "a.md b.md"),
        ("published", "≤", "2022-05-01", "a.md old/c.md"),
        ("folder", "is", "old", "old/c.md"),
    ],
)
def test_conditions_on_metadata_are_filters(
    facts: TestClient, name: Any, operator: str, value: Any, found: str
) -> None:
    condition = {"name": name, "comparison_operator": operator, "value": value}
    records = facts.post("/retrieval", json=retrieval("What do otters eat?", condition, top=5)).json()["records"]
    assert sorted({each["metadata"]["document"] for each in records}) == found.split()


def test_conditions_are_joined_where_filters_can(facts: TestClient) -> None:
    lee, kim = ({"name": "author", "comparison_operator": "is", "value": name} for name in ("Ann Lee", "Bo Kim"))
    new = {"name": "date", "comparison_operator": "after", "value": "2022"}

    def asked(joined: str, *conditions: dict[str, Any]) -> tuple[int, Any]:
        condition = {"logical_operator": joined, "conditions": [*conditions]}
        said = facts.post("/retrieval", json=retrieval("What do otters eat?", top=5, metadata_condition=condition))
        return said.status_code, said.json()

    status, said = asked("or", lee, kim)
    assert (status, {each["metadata"]["document"] for each in said["records"]}) == (200, {"a.md", "b.md"})
    status, said = asked("and", kim, new)
    assert (status, {each["metadata"]["document"] for each in said["records"]}) == (200, {"b.md"})
    for refused in (
        asked("and", lee, kim),
        asked("or", lee, new),
        asked("and", {**lee, "comparison_operator": "start with"}),
        asked("and", {"name": "author", "comparison_operator": "empty"}),
        asked("and", {**lee, "name": ["author", "date"]}),
        asked("and", {**lee, "comparison_operator": "in", "value": ["x"] * 101}),
        asked("and", {**lee, "value": "Nobody"}),
    ):
        assert refused[0] == 422
        assert refused[1]["error_code"] == 422
        assert refused[1]["error_msg"]


def test_errors_are_as_published(assistant: Assistant, store: AccountStore) -> None:
    with PlainClient(made(assistant, accounts=store, rate=1), HOME) as client:
        own = {"Authorization": f"Bearer {store.new_token('bob')}"}
        for headers, code in (
            ({}, 1001),
            ({"Authorization": "your-api-key"}, 1001),
            ({"Authorization": "Bearer x"}, 1002),
        ):
            refused = client.post("/retrieval", json=retrieval(QUESTION), headers=headers)
            # Dify takes only this status for a wrong key.
            assert (refused.status_code, refused.json()["error_code"]) == (403, code)
        unknown = client.post("/retrieval", json=retrieval(QUESTION, knowledge_id="AAA-BBB-CCC"), headers=own)
        assert (unknown.status_code, unknown.json()["error_code"]) == (404, 2001)
        assert "'AAA-BBB-CCC'" in unknown.json()["error_msg"]
        # When it is registered, Dify sends no body, and refuses the address for these.
        assert client.post("/retrieval", headers=own).status_code not in {403, 404, 502}
        assert client.post("/retrieval", json=retrieval(QUESTION), headers=own).status_code == 200
        late = client.post("/retrieval", json=retrieval(QUESTION), headers=own)
        assert (late.status_code, late.json()["error_code"]) == (429, 429)

"""Filters over HTTP: beside the question or in it, as on the command line; and the facts of every document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.support.policies import policies_in
from tests.support.programs import client_of

QUESTION = "How much may a hotel cost a night?"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with client_of(policies_in(tmp_path_factory.mktemp("policies")).index.path) as client:
        yield client


def test_filters_stand_in_the_scope_or_in_the_question(api: TestClient) -> None:
    beside = api.post(
        "/api/ask", json={"question": QUESTION, "scope": {"filters": ["author:Bo Kim", "lang:en"]}}
    ).json()
    inside = api.post("/api/ask", json={"question": f'{QUESTION} author:"Bo Kim" lang:en'}).json()
    assert beside["passages"] == inside["passages"]
    assert {each["document"] for each in beside["passages"]} == {"reports/2024/travel.md"}
    assert beside["passages"][0]["date"] == "2024-02"
    assert inside["filters"] == [
        {"name": "author", "value": "Bo Kim", "excluded": False},
        {"name": "language", "value": "en", "excluded": False},
    ]
    assert (beside["unfiltered"], inside["unfiltered"]) == (None, QUESTION)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (["author:Zed"], "no document has author:Zed"),
        (["autor:Lee"], "no document has a fact 'autor'"),
        (["Lee"], "'Lee' is no filter"),
        (["author:Zoe", "lang:de"], "no document passes all filters"),
    ],
)
def test_a_filter_that_names_nothing_is_refused_everywhere(api: TestClient, filters: list[str], message: str) -> None:
    for refused in (
        api.post("/api/ask", json={"question": QUESTION, "scope": {"filters": filters}}),
        api.post("/api/why", json={"question": QUESTION, "at": "notes/bern.txt", "scope": {"filters": filters}}),
        api.get("/api/find", params={"query": "hotel", "filter": filters}),
        api.get("/api/find.csv", params={"query": "hotel", "filter": filters}),
    ):
        assert refused.status_code == 422
        assert refused.json()["message"].startswith(message)
    assert api.post("/api/ask", json={"question": QUESTION, "scope": {"filters": ["a:b"] * 101}}).status_code == 422


def test_finding_is_filtered(api: TestClient) -> None:
    found = api.get("/api/find", params={"query": "hotel", "filter": ["-tag:draft", "in:reports"]}).json()
    assert [each["document"] for each in found["documents"]] == ["reports/2022/travel.md", "reports/2023/travel.md"]
    assert api.get("/api/find", params={"query": "hotel -tag:draft in:reports"}).json()["places"] == found["places"]
    table = api.get("/api/find.csv", params={"query": "hotel -tag:draft in:reports"}).text
    assert table.count("travel.md") == found["total"]


def test_every_document_has_its_facts_and_where_each_comes_from(api: TestClient) -> None:
    listed = {each["path"]: each["facts"] for each in api.get("/api/documents").json()["documents"]}
    assert {"name": "author", "value": "Zoe Ng", "source": "table"} in listed["notes/bern.txt"]
    assert {"name": "kind", "value": "plain", "source": "format"} in listed["notes/bern.txt"]
    assert {"name": "date", "value": "2023", "source": "front matter"} in listed["hr/urlaub.md"]
    assert api.get("/api/documents/hr/urlaub.md").json()["facts"] == listed["hr/urlaub.md"]

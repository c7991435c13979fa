"""Every place, for programs: the same as the command line gives, as JSON and as a table."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from fastapi.testclient import TestClient

from citewell import Assistant
from tests.support.environment import CORPUS
from tests.support.programs import client_of

ARTICLE = "international-education.txt"
TEXT = (CORPUS / ARTICLE).read_text(encoding="utf-8")


def test_a_page_is_what_the_command_line_gives(api: TestClient, assistant: Assistant) -> None:
    asked: dict[str, Any] = {"query": "of -the", "sort": "relevance", "page": 1, "per_page": 3, "document": ARTICLE}
    found = api.get("/api/find", params=asked)
    same = assistant.view().finder().page("of -the", sort="relevance", page=1, per_page=3).to_json()
    assert found.status_code == 200
    assert {**found.json(), "seconds": 0} == {**same, "seconds": 0}


def test_the_table_has_every_place(api: TestClient) -> None:
    table = api.get("/api/find.csv", params={"query": "of", "per_page": 1})
    rows = list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == 'attachment; filename="places.csv"'
    assert len(rows) == api.get("/api/find", params={"query": "of"}).json()["total"]
    assert all(TEXT[int(row["start"]) : int(row["end"])] == row["found"] for row in rows)


@pytest.mark.parametrize("path", ["/api/find", "/api/find.csv"])
@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"query": ""}, "the query is empty"),
        ({"query": '"of'}, "is not closed"),
        ({"query": "of", "document": "none.txt"}, "no document at 'none.txt'"),
        ({}, "query"),
        ({"query": "of", "pages": 1}, "pages"),
        ({"query": "of", "per_page": 1001}, "per_page"),
        ({"query": "of", "sort": "best"}, "sort"),
    ],
)
def test_a_wrong_request_is_explained(path: str, wanted: dict[str, Any], message: str, api: TestClient) -> None:
    refused = api.get(path, params=wanted)
    assert refused.status_code == 422
    assert message in refused.json()["message"]


def test_a_table_that_is_too_long_is_refused(bundled_index: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citewell.web.api.service._MOST_ROWS", 3)
    with client_of(bundled_index) as api:
        refused = api.get("/api/find.csv", params={"query": "of"})
    assert refused.status_code == 422
    assert "a table has at most 3" in refused.json()["message"]

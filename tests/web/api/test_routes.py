"""Routes of the API: readiness, rebuilds, and the description."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from citewell import IndexFolder, Settings, build
from tests.support.indexes import segment_of
from tests.support.programs import client_of


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/ask"), ("GET", "/api/"), ("GET", "/api/nothing"), ("PATCH", "/api/documents/moon.txt")],
)
def test_nothing_under_api_is_answered_by_the_page(api: TestClient, method: str, path: str) -> None:
    refused = api.request(method, path)
    assert refused.status_code == 404
    assert "/openapi.json" in refused.json()["message"]


def test_a_rebuild_is_used(corpus: Path, index: IndexFolder) -> None:
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
def test_an_index_that_cannot_be_used_is_not_ready_and_says_what_fixes_it(index: IndexFolder, harm: str) -> None:
    folder = segment_of(index)
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


def test_an_index_that_was_repaired_is_ready_again(corpus: Path, index: IndexFolder) -> None:
    with client_of(index.path) as api:
        assert api.get("/readyz").status_code == 200
        (index.path / "CURRENT").unlink()
        assert api.get("/readyz").status_code == 503
        build(corpus, index, Settings())
        assert api.get("/readyz").json()["snapshot"] == index.current()


def test_the_description_names_all_there_is_and_nothing_is_loaded_from_elsewhere(api: TestClient) -> None:
    description = api.get("/openapi.json").json()
    assert set(description["paths"]) == {
        "/api/ask", "/api/find", "/api/find.csv", "/api/why", "/api/like", "/api/documents", "/api/documents/{path}",
        "/api/archives/{path}", "/api/previews/{path}", "/api/page-image", "/api/figure",
        "/v1/chat/completions", "/v1/models", "/v1/models/{model}", "/retrieval",
        "/api/rebuild", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    asking = description["paths"]["/api/ask"]["post"]["responses"]
    schemas = {status: each["content"]["application/json"]["schema"]["$ref"] for status, each in asking.items()}
    shapes = {status: schema.rpartition("/")[2] for status, schema in schemas.items()}
    assert shapes == {"200": "Answer", "422": "Fault", "429": "Fault", "503": "Fault"}
    assert "HTTPValidationError" not in json.dumps(description)
    for path in ("/docs", "/redoc"):
        assert "cdn" not in api.get(path).text

"""A program starts a rebuild, watches it, and cancels it; who may not, cannot."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from citewell import Assistant, IndexFolder
from citewell.web.auth.accounts import AccountStore
from tests.support.applications import HOME, made, sign_in

MOON = "What does the moon do to the sea, says the ferryman's ledger?"


def ended(client: TestClient) -> dict[str, Any]:
    """Return how a rebuild ended."""
    deadline = time.monotonic() + 120
    while (state := client.get("/api/rebuild").json())["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return dict(state)


def test_a_program_rebuilds_and_follows_the_progress(index: IndexFolder, corpus: Path) -> None:
    with TestClient(made(Assistant(index)), base_url=HOME) as client:
        assert client.get("/api/rebuild").json()["status"] == "none"
        (corpus / "ledger.txt").write_text(
            "The ferryman's ledger says that the moon moves the sea.\n", encoding="utf-8"
        )
        begun = client.post("/api/rebuild")
        assert (begun.status_code, begun.json()["status"]) == (202, "running")
        state = ended(client)
        assert state["status"] == "done"
        assert state["fault"] is None
        assert state["report"]["documents"]["added"] == 1
        stages = {each["name"]: (each["done"], each["total"]) for each in state["stages"]}
        assert stages["Reading"] == (1, 1)
        asked = client.post("/api/ask", json={"question": MOON}).json()
        assert asked["snapshot"] == state["report"]["snapshot"]
        assert asked["passages"][0]["document"] == "ledger.txt"
        client.post("/api/rebuild")
        assert ended(client)["status"] == "up to date"


def test_a_rebuild_that_would_lose_much_waits_for_a_confirmation(index: IndexFolder, corpus: Path) -> None:
    before = index.current()
    files = [each for each in corpus.rglob("*") if each.is_file()]
    for file in files[1:]:
        file.unlink()
    with TestClient(made(Assistant(index)), base_url=HOME) as client:
        client.post("/api/rebuild")
        state = ended(client)
        assert (state["status"], state["report"], index.current()) == ("held back", None, before)
        assert "confirm=true" in state["fault"]["hint"]
        assert len(state["lost"]) == len(files) - 1
        client.post("/api/rebuild?confirm=true")
        assert ended(client)["report"]["documents"]["removed"] == len(files) - 1


def test_a_rebuild_that_fails_says_why(index: IndexFolder, corpus: Path) -> None:
    corpus.rename(corpus.with_name("elsewhere"))
    with TestClient(made(Assistant(index)), base_url=HOME) as client:
        client.post("/api/rebuild")
        state = ended(client)
    assert state["status"] == "failed"
    assert "is not a folder" in state["fault"]["message"]


def test_a_rebuild_is_cancelled(index: IndexFolder, corpus: Path) -> None:
    before = index.current()
    for nth in range(40):
        text = "\n\n".join(f"Bird {nth} of kind {kind} eats seed number {nth * kind}." for kind in range(20))
        (corpus / f"bird{nth}.txt").write_text(text, encoding="utf-8")
    with TestClient(made(Assistant(index)), base_url=HOME) as client:
        client.post("/api/rebuild")
        client.delete("/api/rebuild")
        assert ended(client)["status"] == "cancelled"
    assert index.current() == before


@pytest.mark.promise("roles")
def test_only_maintainers_rebuild(index: IndexFolder, store: AccountStore) -> None:
    with TestClient(made(Assistant(index), accounts=store), base_url=HOME) as client:
        for method in ("GET", "POST", "DELETE"):
            assert client.request(method, "/api/rebuild").status_code == 401
        sign_in(client, "bob")
        for method in ("GET", "POST", "DELETE"):
            assert client.request(method, "/api/rebuild").status_code == 403
        sign_in(client, "ada")
        assert client.get("/api/rebuild").json()["status"] == "none"
    with TestClient(made(Assistant(index), public=True), base_url=HOME) as client:
        assert client.post("/api/rebuild").status_code == 403
        assert "/api/rebuild" not in client.get("/openapi.json").json()["paths"]

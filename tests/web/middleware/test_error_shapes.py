"""Errors on the paths of other APIs have their form, whoever found them."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from citewell import IndexFolder
from tests.support.applications import HOME, made
from tests.support.forms import chat, retrieval
from tests.support.servers import HeldAssistant


def test_an_error_that_nobody_expected_has_the_form_too(bundled_index: Path) -> None:
    with TestClient(made(HeldAssistant(IndexFolder(bundled_index), fails=True)), HOME) as client:
        chatted = client.post("/v1/chat/completions", json=chat("What?"))
        retrieved = client.post("/retrieval", json=retrieval("What?"))
        plain = client.post("/api/ask", json={"question": "What?"})
    assert chatted.status_code == retrieved.status_code == plain.status_code == 500
    message = plain.json()["message"]
    assert chatted.json() == {"error": {"message": message, "type": "server_error", "param": None, "code": None}}
    assert retrieved.json() == {"error_code": 500, "error_msg": message}


def test_an_error_before_the_application_has_the_form_too(open_client: TestClient) -> None:
    many = {f"x-{number}": "y" for number in range(200)}
    for path, body in (("/v1/models", "error"), ("/retrieval", "error_code"), ("/api/documents", "message")):
        refused = open_client.get(path, headers=many)
        assert refused.status_code == 431
        assert body in refused.json()
        strange = open_client.get(path, headers={"Host": "evil.example"})
        assert strange.status_code >= 400
        assert body in strange.json()


def test_the_page_is_answered_as_it_is(open_client: TestClient) -> None:
    assert open_client.get("/").headers["content-type"].startswith("text/html")
    assert open_client.post("/").status_code >= 400

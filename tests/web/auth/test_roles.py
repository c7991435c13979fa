"""Roles: what only maintainers see and do, on the page and by programs."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.web.auth.accounts import AccountStore
from tests.support.applications import HOME, QUESTION, ask, call, made, sign_in


def shown(client: TestClient, panel: str, **headers: str) -> str:
    answer = call(client, panel, {"action": "show"}, **headers)
    return str(answer.json()) if answer.status_code == 200 else f"{answer.status_code}"


@pytest.mark.parametrize(
    ("panel", "opened", "refused"),
    [
        ("maintain", "Document management", "Only maintainers can manage the documents"),
        ("judge", "Quality of the answers", "Only maintainers can use the Quality panel"),
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


@pytest.mark.promise("roles")
def test_programs_are_admitted_counted_and_kept_from_what_only_maintainers_do(
    assistant: Assistant, store: AccountStore
) -> None:
    app = made(assistant, accounts=store, rate=1)
    with TestClient(app, HOME) as client:
        places = ("/api/find?query=visa", "/api/find.csv?query=visa")
        for path in ("/api/documents", *places, "/openapi.json", "/metrics", "/mcp", "/v1/models"):
            assert client.get(path).status_code == 401
        for path in ("/api/ask", "/api/why", "/api/like", "/v1/chat/completions"):
            assert client.post(path, json={"question": QUESTION}).status_code == 401
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
        reader, maintainer = ({"Authorization": f"Bearer {store.new_token(name)}"} for name in ("bob", "ada"))
        assert client.get("/openapi.json", headers=reader).status_code == 200
        assert client.get("/metrics", headers=reader).status_code == 403
        assert client.get("/metrics", headers=maintainer).status_code == 200
        for method in ("PUT", "DELETE"):
            refused = client.request(method, "/api/documents/none.txt", headers=reader)
            assert (refused.status_code, refused.json()["message"]) == (403, "this is for maintainers only")
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

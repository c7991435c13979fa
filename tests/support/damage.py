"""An index of a pier that tests damage while it is served."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from citewell import Assistant, IndexFolder
from citewell.web.application import create_app
from citewell.web.chat.cards import text_key
from tests.support.applications import component_of
from tests.support.forms import chat, retrieval

PIER = "goodwick/pier.md"
QUESTION = "In which order is the pier?"
TEXT = "# The pier of Goodwick\n\n## A goodly state\n\nThe pier is in good order. It was mended last year.\n"


def overwrite(file: Path, content: bytes) -> None:
    """Write a file in place and set its time back, as a disk does that fails, and someone who would not be noticed."""
    before = file.stat()
    with file.open("r+b") as stream:
        stream.write(content)
        stream.truncate()
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


Door = Callable[[TestClient], tuple[int, str]]


def _http(method: str, path: str, **named: Any) -> Door:
    def call(client: TestClient) -> tuple[int, str]:
        said = client.request(method, path, **named)
        return said.status_code, said.text

    return call


def _tool(name: str, arguments: dict[str, Any]) -> Door:
    """Call a tool without the handshake; what a tool refuses counts as 503."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}

    def call(client: TestClient) -> tuple[int, str]:
        said = client.post("/mcp", json=body, headers={"Accept": "application/json, text/event-stream"})
        assert said.status_code == 200, said.text
        return (503 if json.loads(said.text)["result"].get("isError") else 200), said.text

    return call


def _page(function: str, wanted: dict[str, Any]) -> Door:
    """Call a function of the page; a state of the server that it renders counts as 503."""

    def call(client: TestClient) -> tuple[int, str]:
        body = {"data": wanted, "component_id": component_of(client.app), "fn_name": function, "session_hash": "s"}
        said = client.post("/gradio_api/component_server/", json=body)
        assert said.status_code == 200, said.text
        return (503 if "cw-state" in said.text else 200), said.text

    return call


_START = TEXT.index("The pier is")
_QUOTED = text_key(TEXT[_START:].strip())
DOORS = {
    "page, beginning": _page("begin", {"snapshot": ""}),
    "page, question": _page("ask", {"question": QUESTION}),
    "page, source": _page("show", {"path": PIER, "start": _START, "end": len(TEXT.strip()), "key": _QUOTED}),
    "page, places": _page("find", {"query": "pier"}),
    "page, places in a source": _page("within", {"path": PIER, "query": "pier"}),
    "page, expected": _page("why", {"asked": {"question": QUESTION}, "text": PIER}),
    "page, like": _page("like", {"path": PIER, "start": _START, "end": len(TEXT.strip()), "key": _QUOTED}),
    "API, question": _http("POST", "/api/ask", json={"question": QUESTION}),
    "API, places": _http("GET", "/api/find?query=pier"),
    "API, table of places": _http("GET", "/api/find.csv?query=pier"),
    "API, expected": _http("POST", "/api/why", json={"question": QUESTION, "at": PIER}),
    "API, like": _http("POST", "/api/like", json={"at": f"{PIER}:{_START}"}),
    "API, scope": _http("POST", "/api/ask", json={"question": QUESTION, "scope": {"documents": [PIER]}}),
    "chat completions": _http("POST", "/v1/chat/completions", json=chat(QUESTION)),
    "Dify": _http("POST", "/retrieval", json=retrieval(QUESTION)),
    "API, document": _http("GET", f"/api/documents/{PIER}"),
    "API, documents": _http("GET", "/api/documents"),
    "MCP, question": _tool("ask", {"question": QUESTION}),
    "MCP, places": _tool("find", {"query": "pier"}),
    "MCP, expected": _tool("why", {"question": QUESTION, "at": PIER}),
    "MCP, document": _tool("read_document", {"path": PIER}),
    "readiness": _http("GET", "/readyz"),
}


@contextmanager
def served(index: IndexFolder) -> Iterator[TestClient]:
    app = create_app(Assistant(index))
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client


def statuses(client: TestClient) -> dict[str, int]:
    found = {name: door(client) for name, door in DOORS.items()}
    assert not [name for name, (_, text) in found.items() if "poor" in text]
    return {name: status for name, (status, _) in found.items()}

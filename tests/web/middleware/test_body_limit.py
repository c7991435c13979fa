"""Bodies: what is longer is refused before any work is done with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from citewell import Assistant
from citewell.web.api.schema import MOST_BYTES
from citewell.web.api.schema import MOST_BYTES as QUESTION_BYTES
from citewell.web.middleware.body_limit import MOST_PARTS, BodyLimit, PartLimit, has_many_parts
from tests.support.applications import HOME, QUESTION, ask, component_of, made
from tests.support.costs import Application, filled
from tests.support.servers import run_async


def test_a_body_that_is_too_large_is_refused(open_client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(MOST_BYTES // 10_000 + 2):
            yield b"x" * 10_000

    kind = {"Content-Type": "application/json"}
    assert ask(open_client, "x" * MOST_BYTES).status_code == 413
    assert open_client.post("/gradio_api/component_server/", content=endless(), headers=kind).status_code == 413
    body = {"data": {"question": QUESTION}, "component_id": component_of(open_client.app), "fn_name": "ask"}

    def pieces() -> Iterator[bytes]:
        text = json.dumps({**body, "session_hash": "s"}).encode()
        yield text[:20]
        yield text[20:]

    answered = open_client.post("/gradio_api/component_server/", content=pieces(), headers=kind)
    assert "Another form of cooperation" in answered.text


def test_an_upload_may_be_larger() -> None:
    client = TestClient(BodyLimit(PlainTextResponse("done"), 10, uploads=[("PUT", "/upload/")]))
    assert client.put("/upload/a.txt", content=b"x" * 100).status_code == 200
    assert client.post("/upload/a.txt", content=b"x" * 11).status_code == 413
    assert client.put("/other", content=b"x" * 11).status_code == 413


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "broken off"])
def test_a_body_in_many_pieces_is_kept_in_one(whole: bool) -> None:  # noqa: FBT001 - a parameter of the test
    pieces = [{"type": "http.request", "body": b"x", "more_body": True} for _ in range(1000)]
    last = {"type": "http.request", "body": b"y", "more_body": False} if whole else {"type": "http.disconnect"}

    async def handed_on(limit: Any) -> list[Message]:
        found: list[Message] = []
        coming = iter([*pieces, last])

        async def receive() -> Message:
            return next(coming)

        async def app(_scope: Scope, inner: Receive, _send: Send) -> None:
            while not found or found[-1].get("more_body"):
                found.append(await inner())

        async def send(message: Message) -> None:
            raise AssertionError(message)

        headers = [(b"transfer-encoding", b"chunked")]
        await limit(app)({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive, send)
        return found

    for limit in (BodyLimit, lambda app: PartLimit(app, ["/"])):
        body = b"x" * 1000 + (b"y" if whole else b"")
        found = run_async(handed_on, limit)
        assert found[0] == {"type": "http.request", "body": body, "more_body": not whole}
        assert found[1:] == ([] if whole else [last])


@pytest.mark.parametrize(
    ("path", "most"),
    [*((path, QUESTION_BYTES) for path in ("/api/ask", "/mcp", "/v1/chat/completions", "/retrieval")), ("/x", 64_000)],
)
@pytest.mark.promise("bounded-work")
def test_a_longer_body_is_refused_before_it_is_read(plain_app: Application, path: str, most: int) -> None:
    assert plain_app.ask("POST", path, b"x" * most) != 413
    assert plain_app.ask("POST", path, b"x" * (most + 1)) == 413


def test_all_that_is_promised_can_be_asked(assistant: Assistant) -> None:
    with TestClient(made(assistant), HOME) as client:
        said = [{"role": "user", "content": "\u0431" * 4000}] * 12
        document = "international-education.txt"
        full = {"question": QUESTION, "history": said, "scope": {"documents": [document] * 1000}}
        sent = json.dumps(full).encode()
        assert client.post("/api/ask", content=sent, headers={"Content-Type": "application/json"}).status_code == 200
        # What stands in a text is no part.
        brackets = {"question": QUESTION, "history": [{"role": "user", "content": filled('[{,"', 4000)}] * 12}
        assert client.post("/api/ask", json=brackets).status_code == 200
        longer = client.post("/api/ask", json={"question": QUESTION, "scope": {"documents": ["a" * 1025]}})
        assert longer.status_code == 422
        assert "at most 1024" in longer.json()["message"]


@pytest.mark.parametrize(
    ("body", "many"),
    [
        (b"[" + b"1," * MOST_PARTS + b"1]", True),
        (b"[" + b"1," * (MOST_PARTS - 1) + b"1]", False),
        (b'"' + b"," * (MOST_PARTS + 1) + b'"', False),
        (b'"' + b'\\",' * (MOST_PARTS + 1) + b'"', False),
        (b'"\\\\"' + b"," * (MOST_PARTS + 1), True),
        (b'"' + b"," * (MOST_PARTS + 1), False),
        (b'"' + b"," * (MOST_PARTS + 1) + b"\\", False),
        (b"", False),
    ],
)
def test_parts_are_those_outside_of_texts(body: bytes, many: bool) -> None:  # noqa: FBT001 - pytest names it
    assert has_many_parts(body) is many

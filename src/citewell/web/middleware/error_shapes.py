"""Gives errors on the paths of another API the form that its clients read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Converts a request, a status and an error as `described` returns it to the status and the body of that API.
Shape = Callable[[Scope, int, dict[str, Any]], tuple[int, dict[str, Any]]]
_ERROR = 400


class ErrorShapes:
    """Converts all errors on some paths, also those of other middleware.

    Args:
        app: The application.
        shapes: The form of errors, by the start of the path.
    """

    def __init__(self, app: ASGIApp, shapes: Mapping[str, Shape]) -> None:
        self.app = app
        self._shapes = shapes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        path = scope["path"] if scope["type"] == "http" else ""
        shape = next((shape for start, shape in self._shapes.items() if path.startswith(start)), None)
        if shape:
            # Shared with the handlers, which put there what was invalid.
            scope.setdefault("state", {})
        await self.app(scope, receive, _converting(scope, send, shape) if shape else send)


def _converting(scope: Scope, send: Send, shape: Shape) -> Send:
    """Return a sender that holds back the start of an error until its body is known."""
    held: list[Message] = []
    body = bytearray()

    async def convert(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= _ERROR:
            held.append(message)
        elif not held:
            await send(message)
        else:
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                await _send_converted(held[0], bytes(body))

    async def _send_converted(start: Message, written: bytes) -> None:
        headers = MutableHeaders(raw=start["headers"])
        if headers.get("content-type", "").startswith("application/json"):
            start["status"], error = shape(scope, start["status"], json.loads(written))
            written = json.dumps(error).encode()
            headers["content-length"] = str(len(written))
        await send(start)
        await send({"type": "http.response.body", "body": written})

    return convert

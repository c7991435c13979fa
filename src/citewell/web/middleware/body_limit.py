"""Limits the body of a request: its bytes and, for JSON, its parts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.web import logs
from citewell.web.problems import problem, replay

# Forms and programs send mostly a few words.
MOST_BYTES = 64_000
# A thousand documents, a thousand folders, and a history.
MOST_PARTS = 5000
# Possessive, so there is no backtracking: an unterminated string extends to the end.
_TEXTS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z|\\\Z)', re.DOTALL)


class PartLimit:
    """Rejects JSON with more parts than any valid request; a part costs much more than a character.

    Args:
        app: The application.
        paths: The paths that take JSON; `BodyLimit` limits their size.
    """

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self.app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or reject it."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in self._paths:
            await self.app(scope, receive, send)
            return
        kept = await _read(receive)
        if kept is None or has_many_parts(kept[0]["body"]):
            logs.refused("too many parts", path=scope["path"])
            await problem(422, f"the body has more than {MOST_PARTS:,} parts", "see /openapi.json")(
                scope, receive, send
            )
            return
        await self.app(scope, replay(kept, receive), send)


class BodyLimit:
    """Rejects bodies that are too large, before any processing.

    Args:
        app: The application.
        most: The maximum size in bytes.
        of_path: Other maximum sizes, by path.
        uploads: The methods and prefixes of paths for uploads, which are counted while they arrive.
    """

    def __init__(
        self,
        app: ASGIApp,
        most: int = MOST_BYTES,
        of_path: Mapping[str, int] | None = None,
        uploads: Collection[tuple[str, str]] = (),
    ) -> None:
        self.app = app
        self._most = most
        self._of_path = of_path or {}
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or reject it."""
        if scope["type"] != "http" or self._counted_elsewhere(scope):
            await self.app(scope, receive, send)
            return
        headers, most = Headers(scope=scope), self._of_path.get(scope["path"], self._most)
        declared = headers.get("content-length")
        if declared is None and "transfer-encoding" in headers:
            # Without a declared length, it has to be read.
            kept = await _read(receive, most)
            if kept is not None:
                await self.app(scope, replay(kept, receive), send)
                return
        elif declared is None or (
            declared.isascii() and declared.isdigit() and len(declared) < 20 and int(declared) <= most
        ):
            # The server never passes on more bytes than were declared.
            await self.app(scope, receive, send)
            return
        logs.refused("too large", path=scope["path"])
        await problem(413, f"the body has more than {most:,} bytes", "send less at a time")(scope, receive, send)

    def _counted_elsewhere(self, scope: Scope) -> bool:
        return any(scope["method"] == method and scope["path"].startswith(prefix) for method, prefix in self._uploads)


def has_many_parts(body: bytes) -> bool:
    """Return whether JSON has more lists, objects and members than any valid request."""
    if _count_parts(body) <= MOST_PARTS:
        return False
    if body.count(b'"') - body.count(b'\\"') > 2 * MOST_PARTS:
        # So many strings are as many parts, and would take long to remove.
        return True
    # Commas and brackets inside strings are not parts.
    return _count_parts(_TEXTS.sub(b"", body)) > MOST_PARTS


def _count_parts(body: bytes) -> int:
    return sum(map(body.count, (b"[", b"{", b",")))


async def _read(receive: Receive, most: int | None = None) -> list[Message] | None:
    """Return a body as one message, or None if it is too large; if the client has disconnected, also that message.

    One message, because each message costs much more than a byte, and may contain only one.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return [{"type": "http.request", "body": bytes(body), "more_body": True}, message]
        body += message.get("body", b"")
        if most is not None and len(body) > most:
            return None
        if not message.get("more_body"):
            return [{"type": "http.request", "body": bytes(body), "more_body": False}]

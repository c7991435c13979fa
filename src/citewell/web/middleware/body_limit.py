"""What the body of a request may have: so many bytes and, of JSON, so many parts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.web import logs
from citewell.web.problems import again, problem

# What is sent by a form or a program is mostly words, and few of them.
MOST_BYTES = 64_000
# A thousand documents, a thousand folders, and what was said before.
MOST_PARTS = 5000
# Possessive, so that it never goes back: a text that does not end goes to the end.
_TEXTS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z|\\\Z)', re.DOTALL)


class PartLimit:
    """Refuses JSON of more parts than anything here takes; each part costs many times what a letter does.

    Args:
        app: The application.
        paths: Where JSON is taken; no more comes there than `BodyLimit` lets through.
    """

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self.app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in self._paths:
            await self.app(scope, receive, send)
            return
        kept = await _read(receive)
        if kept is None or has_many_parts(kept[0]["body"]):
            logs.refused("too many parts", path=scope["path"])
            await problem(422, f"this has more than {MOST_PARTS:,} parts", "see /openapi.json")(scope, receive, send)
            return
        await self.app(scope, again(kept, receive), send)


class BodyLimit:
    """Refuses bodies that are too large, before anything is done with them.

    Args:
        app: The application.
        most: How many bytes a body may have.
        of_path: How many it may have at some paths, instead.
        uploads: What the paths begin with to which larger ones may be put, and where they are counted as they come.
    """

    def __init__(
        self,
        app: ASGIApp,
        most: int = MOST_BYTES,
        of_path: Mapping[str, int] | None = None,
        uploads: str | None = None,
    ) -> None:
        self.app = app
        self._most = most
        self._of_path = of_path or {}
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http" or self._counted_elsewhere(scope):
            await self.app(scope, receive, send)
            return
        headers, most = Headers(scope=scope), self._of_path.get(scope["path"], self._most)
        declared = headers.get("content-length")
        if declared is None and "transfer-encoding" in headers:
            # It does not say how long it is, so it has to be read to know.
            kept = await _read(receive, most)
            if kept is not None:
                await self.app(scope, again(kept, receive), send)
                return
        elif declared is None or (
            declared.isascii() and declared.isdigit() and len(declared) < 20 and int(declared) <= most
        ):
            # The server itself lets no more bytes through than were declared.
            await self.app(scope, receive, send)
            return
        logs.refused("too large", path=scope["path"])
        await problem(413, f"this is more than {most:,} bytes", "send less at a time")(scope, receive, send)

    def _counted_elsewhere(self, scope: Scope) -> bool:
        return bool(self._uploads and scope["method"] == "PUT" and scope["path"].startswith(self._uploads))


def has_many_parts(body: bytes) -> bool:
    """Say whether JSON has more lists, objects and members than anything here takes."""
    if _count_parts(body) <= MOST_PARTS:
        return False
    if body.count(b'"') - body.count(b'\\"') > 2 * MOST_PARTS:
        # So many texts are as many parts, and would take long to tell apart.
        return True
    # What stands in a text is no part.
    return _count_parts(_TEXTS.sub(b"", body)) > MOST_PARTS


def _count_parts(body: bytes) -> int:
    return sum(map(body.count, (b"[", b"{", b",")))


async def _read(receive: Receive, most: int | None = None) -> list[Message] | None:
    """Return a body as one message, or None where it is too large; and where its sender has gone, the message that says so.

    In one piece, because each message costs many times what the byte does that it may be of.
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

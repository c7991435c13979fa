"""Limits the head of a request: the number of headers, malformed addresses, and other servers' cookies."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.web import logs
from citewell.web.problems import COOKIE, problem

MOST_HEADER_LINES = 100
_ESCAPES = re.compile(rb"%[0-9A-Fa-f]{2}")
# A person may type some into the address bar.
_MOST_BROKEN = 100
# Browsers store fewer for one machine.
_MOST_COOKIES = 200


class HeadLimit:
    """Rejects requests with more headers than any browser or program sends, and removes cookies of other servers.

    Each header lookup scans all headers. And Python's library parses a quoted cookie in time that is quadratic in its escapes.
    Cookies of other servers on the same machine are sent here, too.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or reject it."""
        if scope["type"] == "http" and len(scope["headers"]) > MOST_HEADER_LINES:
            logs.refused("too many headers", path=scope["path"][:200])
            await problem(431, f"there are more than {MOST_HEADER_LINES} headers")(scope, receive, send)
            return
        if scope["type"] == "http" and _broken(scope["query_string"]) > _MOST_BROKEN:
            logs.refused("a broken address", path=scope["path"][:200])
            await problem(400, "the address contains invalid percent signs")(scope, receive, send)
            return
        if scope["type"] == "http":
            headers = [(name, _ours(value) if name == b"cookie" else value) for name, value in scope["headers"]]
            scope = {**scope, "headers": [each for each in headers if each != (b"cookie", b"")]}
        await self.app(scope, receive, send)


def _broken(query: bytes) -> int:
    """Return the number of percent signs that do not start an escape; each takes as long to parse as a hundred others."""
    return query.count(b"%") - len(_ESCAPES.findall(query)) if b"%" in query else 0


def _ours(cookies: bytes) -> bytes:
    """Return the cookies that this server can have set."""
    pairs = (pair.strip() for pair in cookies.split(b";", _MOST_COOKIES)[:_MOST_COOKIES])
    return b"; ".join(pair for pair in pairs if pair.startswith(COOKIE.encode()) and b"\\" not in pair)

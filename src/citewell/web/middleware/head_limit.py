"""What the head of a request may have: so many headers, an address that can be read, and cookies that are ours."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.web import logs
from citewell.web.problems import COOKIE, problem

MOST_HEADER_LINES = 100
_ESCAPES = re.compile(rb"%[0-9A-Fa-f]{2}")
# Whoever types an address may have some.
_MOST_BROKEN = 100
# Browsers keep fewer of one machine.
_MOST_COOKIES = 200


class HeadLimit:
    """Refuses requests with more headers than any browser or program sends, and keeps cookies back that are not ours.

    All headers are looked through for each that is wanted. And to read a quoted cookie, Python's library takes time that grows
    with the square of its escapes. The cookies of other servers of the same machine come here, too.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] == "http" and len(scope["headers"]) > MOST_HEADER_LINES:
            logs.refused("too many headers", path=scope["path"][:200])
            await problem(431, f"there are more than {MOST_HEADER_LINES} headers")(scope, receive, send)
            return
        if scope["type"] == "http" and _broken(scope["query_string"]) > _MOST_BROKEN:
            logs.refused("a broken address", path=scope["path"][:200])
            await problem(400, "the address has signs in it that are not written as they must be")(scope, receive, send)
            return
        if scope["type"] == "http":
            headers = [(name, _ours(value) if name == b"cookie" else value) for name, value in scope["headers"]]
            scope = {**scope, "headers": [each for each in headers if each != (b"cookie", b"")]}
        await self.app(scope, receive, send)


def _broken(query: bytes) -> int:
    """Return how many percent signs are not those of an escape; each is looked at for as long as a hundred others."""
    return query.count(b"%") - len(_ESCAPES.findall(query)) if b"%" in query else 0


def _ours(cookies: bytes) -> bytes:
    """Return those of some cookies that this server can have made."""
    pairs = (pair.strip() for pair in cookies.split(b";", _MOST_COOKIES)[:_MOST_COOKIES])
    return b"; ".join(pair for pair in pairs if pair.startswith(COOKIE.encode()) and b"\\" not in pair)

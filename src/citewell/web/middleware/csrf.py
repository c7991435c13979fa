"""Refuses what another site would have a browser do here (CSRF)."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.web import logs
from citewell.web.problems import problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnPageOnly:
    """Refuses what another site would have a browser do here (CSRF). What is no browser says nothing of sites and passes.

    Args:
        app: The application.
        names: The names this server goes by behind a proxy that tells it another.
    """

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self.app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] == "websocket":
            # Nothing here speaks it, and browsers let every site open one.
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http" or scope["method"] in _SAFE or self._own(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        logs.refused("another site asked for it", path=scope["path"])
        refusal = problem(403, "another site asked for this", "open the page itself, and do it there")
        await refusal(scope, receive, send)

    def _own(self, headers: Headers) -> bool:
        if headers.get("authorization", "").lower().startswith("bearer ") and "cookie" not in headers:
            return True
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site not in {None, "same-origin", "none"}:
            return False
        if origin is None:
            return True
        if origin == "null":
            return site == "same-origin"
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        return parts.netloc.lower() == headers.get("host", "").lower() or (parts.hostname or "") in self._names

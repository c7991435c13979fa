"""Rejects cross-site requests (CSRF)."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.web import logs
from citewell.web.problems import problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnPageOnly:
    """Rejects cross-site requests (CSRF). Clients other than browsers send no origin and pass.

    Args:
        app: The application.
        names: The host names of this server, if a proxy in front sends another one.
    """

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self.app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or reject it."""
        if scope["type"] == "websocket":
            # Websockets are not used, and browsers let every site open one.
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http" or scope["method"] in _SAFE or self._own(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        logs.refused("cross-site request", path=scope["path"])
        refusal = problem(403, "Cross-site request refused", "open the page itself, and repeat the action there")
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

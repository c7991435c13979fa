"""What is not let in, whoever asks: requests that another site makes, what is too large, and what the page does not need.

All of it is plain ASGI, so that streams pass as they come.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell import logs

MOST_BYTES = 1_000_000
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What Chromium asks Gradio for when the page is opened and used; nothing else is there.
_PAGE = re.compile(
    r"/|/favicon\.ico|/theme\.css|/assets/\w[\w.-]*|/static/js/\w[\w.-]*",
    re.ASCII,
)
_FUNCTIONS = "/gradio_api/component_server/"


def problem(
    status: int, message: str, mend: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Make the answer to what cannot be done: what is wrong, and what mends it."""
    return JSONResponse({"message": message, "mend": mend}, status, headers)


class OwnPageOnly:
    """Refuses what another site would have a browser do here (CSRF). What is no browser says nothing of sites and passes.

    Args:
        app: The application.
        names: The names this server goes by behind a proxy that tells it another.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str] = ()) -> None:
        self.app = app
        self._names = frozenset(name.lower() for name in names)

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
        parts = urlsplit(origin)
        return parts.netloc.lower() == headers.get("host", "").lower() or (parts.hostname or "") in self._names


class BodyLimit:
    """Refuses bodies that are too large, before anything is done with them.

    Args:
        app: The application.
        most: How many bytes a body may have.
        uploads: What the paths begin with to which larger ones may be put, and where they are counted as they come.
    """

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES, uploads: str | None = None) -> None:
        self.app = app
        self._most = most
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http" or self._counted_elsewhere(scope):
            await self.app(scope, receive, send)
            return
        headers, most = Headers(scope=scope), self._most
        declared = headers.get("content-length")
        if declared is None and "transfer-encoding" in headers:
            # It does not say how long it is, so it has to be read to know.
            kept = await _read(receive, most)
            if kept is not None:
                await self.app(scope, _again(kept, receive), send)
                return
        elif declared is None or (declared.isascii() and declared.isdigit() and int(declared) <= most):
            # The server itself lets no more bytes through than were declared.
            await self.app(scope, receive, send)
            return
        logs.refused("too large", path=scope["path"])
        await problem(413, f"this is more than {most:,} bytes", "send less at a time")(scope, receive, send)

    def _counted_elsewhere(self, scope: Scope) -> bool:
        return bool(self._uploads and scope["method"] == "PUT" and scope["path"].startswith(self._uploads))


class PageRoutes:
    """Of all that Gradio would serve (files, uploads, proxies, streams, its own sign-in), only what the page needs.

    Args:
        app: Gradio.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say that there is no such thing."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif _needed(scope):
            # The page reads its address itself; Gradio would look for pages, states and themes in it.
            await self.app({**scope, "query_string": b""}, receive, send)
        else:
            await problem(404, "there is nothing here")(scope, receive, send)


def _needed(scope: Scope) -> bool:
    path = scope["path"]
    if scope["method"] in {"GET", "HEAD"}:
        return _PAGE.fullmatch(path) is not None
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    return scope["method"] == "POST" and path == _FUNCTIONS and kind == "application/json"


async def _read(receive: Receive, most: int) -> list[Message] | None:
    """Return the messages of a body, or None where it is too large."""
    kept: list[Message] = []
    size = 0
    while True:
        message = await receive()
        kept.append(message)
        size += len(message.get("body", b""))
        if size > most:
            return None
        if message["type"] != "http.request" or not message.get("more_body"):
            return kept


def _again(kept: list[Message], receive: Receive) -> Receive:
    waiting = iter(kept)

    async def replay() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replay

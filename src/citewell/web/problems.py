"""What is not let in, whoever asks: requests that another site makes, what is too large, and what the page does not need.

All of it is plain ASGI, so that streams pass as they come.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.web import logs

# What is sent by a form or a program is mostly words, and few of them.
MOST_BYTES = 64_000
MOST_HEADER_LINES = 100
# A thousand documents, a thousand folders, and what was said before.
MOST_PARTS = 5000
# Possessive, so that it never goes back: a text that does not end goes to the end.
_TEXTS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z|\\\Z)', re.DOTALL)
_ESCAPES = re.compile(rb"%[0-9A-Fa-f]{2}")
# Whoever types an address may have some.
_MOST_BROKEN = 100
# Browsers keep fewer of one machine.
_MOST_COOKIES = 200
# What the names of our cookies begin with.
COOKIE = "citewell-"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What Chromium asks Gradio for when the page is opened and used; nothing else is there.
_PAGE = re.compile(
    r"/|/favicon\.ico|/theme\.css|/assets/\w[\w.-]*|/static/js/\w[\w.-]*",
    re.ASCII,
)
# Where Gradio's script in the page calls a function; `functions` answers there.
FUNCTIONS = "/gradio_api/component_server/"


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
    return scope["method"] in {"GET", "HEAD"} and _PAGE.fullmatch(scope["path"]) is not None


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


def _broken(query: bytes) -> int:
    """Return how many percent signs are not those of an escape; each is looked at for as long as a hundred others."""
    return query.count(b"%") - len(_ESCAPES.findall(query)) if b"%" in query else 0


def _ours(cookies: bytes) -> bytes:
    """Return those of some cookies that this server can have made."""
    pairs = (pair.strip() for pair in cookies.split(b";", _MOST_COOKIES)[:_MOST_COOKIES])
    return b"; ".join(pair for pair in pairs if pair.startswith(COOKIE.encode()) and b"\\" not in pair)


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


def again(kept: list[Message], receive: Receive) -> Receive:
    """Return what receives some messages again, and then what comes after them."""
    waiting = iter(kept)

    async def replay() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replay

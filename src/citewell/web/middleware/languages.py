"""Serves each request in its language: the one that the server was started with, or the one that the browser prefers."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.web.language.catalogues import languages
from citewell.web.language.choosing import preferred
from citewell.web.language.current import language, speaking

# What stands in the page for its frame, which is different in each language.
FRAME = "citewell-frame"


class Speaking:
    """Serves each request in its language.

    Args:
        app: The application.
        always: The language of all requests; None is the browser's.
    """

    def __init__(self, app: ASGIApp, always: str | None = None) -> None:
        self.app = app
        self._always = always
        self._known = {tag.lower(): tag for tag in languages()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        accepted = ",".join(Headers(scope=scope).getlist("accept-language"))
        tag = self._always or self._known[preferred(accepted, self._known)]

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                _name(MutableHeaders(scope=message), tag)
            await send(message)

        with speaking(tag):
            await self.app(scope, receive, send_named)


def _name(headers: MutableHeaders, tag: str) -> None:
    """Say the language of a page, and that another browser gets another one."""
    if headers.get("content-type", "").startswith("text/html"):
        headers["Content-Language"] = tag
        headers.add_vary_header("Accept-Language")


class Framed:
    """Puts the frame in the language of the request into the page, which Gradio sends as it was made.

    Args:
        app: Gradio, without compression.
        frames: The frames by language, as they stand in a script.
    """

    def __init__(self, app: ASGIApp, frames: Mapping[str, bytes]) -> None:
        self.app = app
        self._frames = frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self.app(scope, receive, send)
            return
        tag = language().tag
        started: Message = {}
        body = b""

        async def send_framed(message: Message) -> None:
            nonlocal body, started
            if message["type"] == "http.response.start":
                started = message
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = body.replace(f'"{FRAME}"'.encode(), self._frames[tag])
            page = page.replace(b'lang="en"', f'lang="{tag}"'.encode(), 1)
            MutableHeaders(scope=started)["Content-Length"] = str(len(page))
            await send(started)
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, send_framed)

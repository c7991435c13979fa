"""Of Gradio, only what the page needs."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.web.problems import problem

# What Chromium asks Gradio for when the page is opened and used; nothing else is there.
_PAGE = re.compile(
    r"/|/favicon\.ico|/theme\.css|/assets/\w[\w.-]*|/static/js/\w[\w.-]*",
    re.ASCII,
)


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

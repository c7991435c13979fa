"""Exposes only those routes of Gradio that the page needs."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.web.problems import problem

# All that Chromium requests from Gradio when the page is opened and used.
_PAGE = re.compile(
    r"/|/favicon\.ico|/theme\.css|/assets/\w[\w.-]*|/static/js/\w[\w.-]*",
    re.ASCII,
)


class PageRoutes:
    """Hides the other routes of Gradio (files, uploads, proxies, streams, its own sign-in).

    Args:
        app: Gradio.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or answer 404."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif _needed(scope):
            # The page reads its address itself; Gradio would interpret it.
            await self.app({**scope, "query_string": b""}, receive, send)
        else:
            await problem(404, "not found")(scope, receive, send)


def _needed(scope: Scope) -> bool:
    return scope["method"] in {"GET", "HEAD"} and _PAGE.fullmatch(scope["path"]) is not None

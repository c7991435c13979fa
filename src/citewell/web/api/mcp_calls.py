"""Which requests reach the MCP server; apart from it, because its SDK takes a second to import."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.web import logs
from citewell.web.problems import problem, replay

PATH = "/mcp"


class Calls:
    """Accepts only single calls: no sessions, whose streams would stay open, and no batches.

    Args:
        app: The MCP server.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or reject it."""
        if scope["method"] != "POST":
            await problem(
                405, "sessions and streams are not supported; send each call by POST", headers={"Allow": "POST"}
            )(scope, receive, send)
            return
        # The first message has the whole body, because PartLimit has joined it.
        first = await receive()
        if first.get("body", b"").lstrip()[:1] == b"[":
            logs.refused("a batch of calls", path=PATH)
            await problem(400, "batches are not supported; send one call at a time")(scope, receive, send)
            return
        await self.app(scope, replay([first], receive), send)

"""A line for each request: its path without what stands behind the question mark, which can hold a question."""

from __future__ import annotations

import asyncio
import secrets
import time

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.web import logs
from citewell.web.problems import problem

# Files of the page that say nothing of what is done with it; each opening asks for dozens.
_FILES = ("/assets/", "/static/", "/theme.css", "/favicon.ico")


class RequestLog:
    """Logs every request but those for files of the page, and the errors that nobody expected.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(id=secrets.token_hex(6))
        began, status = time.perf_counter(), 0

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_see)
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except ClientDisconnect:
            logs.refused("gone before all was sent", path=scope["path"][:200])
        # The last place that can tell, and tell without the question; what a library in Rust panics with is no `Exception`.
        except BaseException as error:  # noqa: BLE001
            logs.failed(error, path=scope["path"][:200])
            if not status:
                await problem(500, "the server made a mistake; its log says where")(scope, receive, send_and_see)
        if status >= 400 or not scope["path"].startswith(_FILES):
            took = round((time.perf_counter() - began) * 1000, 1)
            logs.event("request", method=scope["method"], path=scope["path"][:200], status=status, ms=took)

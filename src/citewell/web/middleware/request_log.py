"""Logs a line for each request, without its query string, which can contain a question."""

from __future__ import annotations

import asyncio
import secrets
import time

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from citewell.web import logs
from citewell.web.problems import problem

# Static files; each opening of the page loads dozens.
_FILES = ("/assets/", "/static/", "/theme.css", "/favicon.ico")


class RequestLog:
    """Logs every request except static files, and unexpected errors.

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
            logs.refused("client disconnected", path=scope["path"][:200])
        # The last handler, so that the question is not logged; a panic of a Rust library is not an `Exception`.
        except BaseException as error:  # noqa: BLE001
            logs.failed(error, path=scope["path"][:200])
            if not status:
                await problem(500, "Internal error; see the server log")(scope, receive, send_and_see)
        if status >= 400 or not scope["path"].startswith(_FILES):
            took = round((time.perf_counter() - began) * 1000, 1)
            logs.event("request", method=scope["method"], path=scope["path"][:200], status=status, ms=took)

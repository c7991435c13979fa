"""Parts of the application that are made in a thread while the server already answers; requests for them wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from citewell.web import logs
from citewell.web.auth.visitors import visitor
from citewell.web.language.current import gettext, language, noop
from citewell.web.problems import problem
from citewell.web.templates import render

# One application at a time: while FastAPI makes routes, it silences warnings in the whole process, and Gradio remembers for
# the whole process which page is being built. Held only while something is made, never while anything is waited for.
MAKING = threading.Lock()

_RESTART = noop("restart the server; its log says why")
_ADMINISTRATOR = noop("an administrator has to fix this")


class Later:
    """A part of an application, as an application of its own. Requests wait until it has been made and runs.

    Waiting blocks neither a thread nor the event loop. If it cannot be made, or the server ends before, requests are refused.

    Args:
        make: Makes it. Whatever it raises is logged, and refuses all requests.
        failed: The reason of that refusal; a message of the catalogues.
    """

    def __init__(self, make: Callable[[], Starlette], failed: str) -> None:
        self._make = make
        self._failed = failed
        self._made: Starlette | None = None
        self._app: ASGIApp = _refuse_ending
        self._settled = asyncio.Event()

    def make(self) -> None:
        """Make it now; requests then need no server that runs it."""
        with MAKING:
            made = self._made = self._make()
        self._settle(made.router)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request when it has been made."""
        await self._settled.wait()
        await self._app(scope, receive, send)

    def start(self, maker: Executor) -> asyncio.Task[None]:
        """Make it unless it has been made, and run it until the task is cancelled.

        Args:
            maker: Makes it in a thread.
        """
        task = asyncio.create_task(self._run(maker))
        task.add_done_callback(self._ended)
        return task

    def release(self) -> None:
        """Refuse the requests that wait, because the server ends."""
        self._settled.set()

    async def _run(self, maker: Executor) -> None:
        made = self._made
        if made is None:
            made = await asyncio.get_running_loop().run_in_executor(maker, self._make_in_loop)
        async with made.router.lifespan_context(made):
            self._settle(made.router)
            await asyncio.Event().wait()

    def _make_in_loop(self) -> Starlette:
        """Make it in an event loop of its own: for its locks, Gradio would make others, which nobody closes."""

        async def make() -> Starlette:
            return self._make()

        with MAKING:
            return asyncio.run(make())

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            # No question can be in its message.
            logs.failed(error, why=self._failed, reason=str(error))
            self._settle(self._refuse_failed)

    def _settle(self, app: ASGIApp) -> None:
        self._app = app
        self._settled.set()

    async def _refuse_failed(self, scope: Scope, receive: Receive, send: Send) -> None:
        hint = _RESTART if visitor().maintains else _ADMINISTRATOR
        await _refusal(scope, 500, self._failed, hint)(scope, receive, send)


async def _refuse_ending(scope: Scope, receive: Receive, send: Send) -> None:
    await _refusal(scope, 503, noop("the server is ending"), noop("try again when it runs again"))(scope, receive, send)


def _refusal(scope: Scope, status: int, message: str, hint: str) -> Response:
    """Return why a part cannot be used: to a browser that opens it as a page, to programs and scripts as JSON."""
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return problem(status, message, hint)
    page = render("shared/refused.html", tag=language().tag, message=gettext(message), hint=gettext(hint))
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})


@asynccontextmanager
async def running(parts: Sequence[Later]) -> AsyncIterator[None]:
    """Make some parts, one after another, and run each until the end, which waits for what is being made."""
    maker = ThreadPoolExecutor(1, "making")
    tasks = [part.start(maker) for part in parts]
    try:
        yield
    finally:
        for part, task in zip(parts, tasks, strict=True):
            part.release()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # All requests have ended, so the event loop may wait. A process that ended without this thread would stop it in the
        # middle of an extension, and abort.
        maker.shutdown(cancel_futures=True)

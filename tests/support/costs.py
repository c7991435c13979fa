"""How much processor time requests take, and the worst pieces they are made of."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.types import Message

# How much more processor time the worst input may take than plain text of its length.
MOST_TIMES = 2.5
_SECONDS = 0.02
_TRIES = 5
ACCENTS = "\u0301\u0316"
MCP = {"Accept": "application/json, text/event-stream"}


class Application:
    """The real application, asked without any client between, which would take time of its own."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.address = 0
        # What Gradio leaves running is ended with it.
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._loop = self._runner.get_loop()
        # A thread of its own: where a browser is open, Playwright's loop runs in the tests' thread.
        self._thread = ThreadPoolExecutor(1)
        self._started, self._ended = asyncio.Event(), asyncio.Event()
        self._running = self._loop.create_task(self._run())
        self._do(self._started.wait())

    def _do(self, coroutine: Awaitable[object]) -> None:
        self._thread.submit(self._loop.run_until_complete, coroutine).result()

    async def _run(self) -> None:
        async with self.app.router.lifespan_context(self.app):
            self._started.set()
            await self._ended.wait()

    def close(self) -> None:
        self._ended.set()
        self._do(self._running)
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> int:
        """Send a request, each from another address, and return the status of what is answered."""
        self.address += 1
        path, _, query = path.partition("?")
        kind = "application/x-www-form-urlencoded" if path == "/sign-in" else "application/json"
        sent = {"Host": "127.0.0.1", "Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()],
            "client": (f"10.{self.address >> 16}.{self.address >> 8 & 255}.{self.address & 255}", 1),
            "server": ("127.0.0.1", 80),
        }
        answered: list[Message] = []
        coming = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Message:
            return next(coming, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            answered.append(message)

        self._do(self.app(scope, receive, send))
        return int(answered[0]["status"])


def cost(do: Callable[[], object], trials: int = 3) -> float:
    """Return the processor time of doing something, the best of some trials, each repeated for 20 ms."""
    best = float("inf")
    # The collector looks through all that other tests have made, too, which says nothing of this.
    gc.disable()
    try:
        for _ in range(trials):
            times, began = 0, time.process_time()
            while time.process_time() - began < _SECONDS:
                do()
                times += 1
            best = min(best, (time.process_time() - began) / times)
    finally:
        gc.enable()
    return best


def cost_little_more(kind: Callable[[str], Callable[[], object]], worst: Iterable[str], plain: str = "x") -> None:
    """Each costs at most 2.5 times what plain text of its length does.

    What is dearer is measured again, and plain text with it: on a busy machine, one of the two may have been lucky.
    """
    words = cost(kind(plain))
    measured = {piece: [cost(kind(piece), 1) / words] for piece in worst}
    for piece, times in measured.items():
        while times[-1] > MOST_TIMES and len(times) < _TRIES:
            times.append(cost(kind(piece)) / cost(kind(plain)))
    assert {piece: times for piece, times in measured.items() if times[-1] > MOST_TIMES} == {}


def filled(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


PIECES = (
    ACCENTS,
    "\ufdfa",
    "\u1100\u1161\u11a8",
    "[({<",
    "\\",
    "\\101",
    "\"'",
    "%",
    "; ",
    "a=b; ",
    ",",
    "/",
    "../",
    " ",
)

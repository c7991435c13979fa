"""Servers in this process, and coroutines beside a browser."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio

from citewell import Answer, Assistant, IndexFolder
from citewell.view import View

Result = TypeVar("Result")


@contextmanager
def hosted(index: Path, **options: Any) -> Iterator[str]:
    """Serve the web chat over an index in this process, which starts at once: for tests of the page, not of the command.

    Args:
        index: The index.
        options: Those of `Server`.
    """
    # Gradio takes seconds to import, which tests of other things need not wait for.
    from citewell.web import Server

    with Server(Assistant(IndexFolder(index)), host="127.0.0.1", port=0, **options) as server:
        yield server.url


class HeldAssistant(Assistant):
    """An assistant whose answers wait for a sign, or that fails unexpectedly."""

    def __init__(self, index: IndexFolder, *, fails: bool = False) -> None:
        super().__init__(index)
        self.go_on = threading.Event()
        self.fails = fails

    def close(self) -> None:
        """Let go what waits."""
        self.go_on.set()

    def view(self) -> View:
        return _HeldView(super().view(), self)


class _HeldView(View):
    def __init__(self, view: View, assistant: HeldAssistant) -> None:
        self.__dict__.update(vars(view))
        self._assistant = assistant

    def ask(self, *arguments: Any, **named: Any) -> Answer:
        if self._assistant.fails:
            raise RuntimeError("nobody expected this")
        assert self._assistant.go_on.wait(60)
        return super().ask(*arguments, **named)


def run_async(function: Callable[..., Awaitable[Result]], *arguments: Any) -> Result:
    """Run a coroutine in a thread of its own: where a browser is open, Playwright's loop runs in the tests' thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, function, *arguments).result()

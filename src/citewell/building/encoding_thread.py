"""Encoding on this machine, in a thread, while documents are read, split and indexed in another."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import TypeAlias

from citewell.building.background import fulfil
from citewell.encoder.encoding import Encoder, Vectors

# The vectors of some texts, and of what stands above them.
Coming: TypeAlias = Future[list[Vectors]]


class _StoppedError(Exception):
    """The vectors are no longer wanted."""


class EncodingThread:
    """Encodes texts one part after the other; the thread begins with the first.

    Args:
        encoder: The encoder.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._parts: SimpleQueue[tuple[Coming, Sequence[Sequence[str]]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_stopped = False
        # How many texts of the part that is encoded now are done.
        self._now: tuple[Coming | None, int] = (None, 0)

    def begin(self, *texts: Sequence[str]) -> Coming:
        """Begin to encode some lists of texts, after those before; an error is raised where the vectors are wanted."""
        if self._thread is None:
            # A daemon, so that a process ends anyway if nobody closed this.
            self._thread = threading.Thread(target=self._run, name="encodes", daemon=True)
            self._thread.start()
        coming: Coming = Future()
        self._parts.put((coming, texts))
        return coming

    def encoded(self, coming: Coming) -> int:
        """Return how many texts of a part that is not done are encoded."""
        now, count = self._now
        return count if now is coming else 0

    def close(self) -> None:
        """Stop, and return when nothing is encoded any longer; what was begun and is not done never comes."""
        self._is_stopped = True
        if self._thread:
            self._parts.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (part := self._parts.get()) is not None:
            coming, lists = part
            self._now = (coming, 0)
            fulfil(coming, partial(self._encode, lists))

    def _encode(self, lists: Sequence[Sequence[str]]) -> list[Vectors]:
        self._advance(0)
        return [self._encoder.encode_documents(texts, self._advance) for texts in lists]

    def _advance(self, count: int) -> None:
        """Count texts that are encoded, unless they are no longer wanted."""
        if self._is_stopped:
            raise _StoppedError
        coming, before = self._now
        self._now = (coming, before + count)

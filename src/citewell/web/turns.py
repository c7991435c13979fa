"""Turns: who waits for a place, and who is next. No thread is held by waiting, and nobody waits behind all of another's."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from citewell.errors import BusyError


@dataclass(eq=False, slots=True)
class _Waiting:
    key: str
    large: bool
    called: Future[None] = field(default_factory=Future)
    working: bool = False


class Turns:
    """Gives out some places, in turn to each of those who want any. Safe to share between threads and event loops.

    Who has the fewest places is next, and among those who has waited longest for one. Where no more can be kept waiting, the
    last of whoever has the most waiting is turned away: so that a flood is turned away itself, and not those beside it.

    Args:
        at_once: How many places there are.
        most_waiting: How many may wait for them.
        most_large: How many places large pieces of work may have; None is all.
    """

    def __init__(self, at_once: int, most_waiting: int, *, most_large: int | None = None) -> None:
        self._free = at_once
        self._free_for_large = at_once if most_large is None else most_large
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        # In the order in which they are next.
        self._lines: OrderedDict[str, deque[_Waiting]] = OrderedDict()
        self._working: Counter[str] = Counter()

    @property
    def working(self) -> int:
        """How many places are taken."""
        return sum(self._working.copy().values())

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._lock:
            return self._count()

    @asynccontextmanager
    async def turn(self, key: str, *, large: bool = False) -> AsyncIterator[None]:
        """Wait for a place, and keep it while the block lasts.

        Args:
            key: Whose it is.
            large: Whether it will take much longer than others do.

        Raises:
            BusyError: Too many wait already.
        """
        waiting = _Waiting(key, large)
        self._join(waiting)
        try:
            await asyncio.wrap_future(waiting.called)
            yield
        finally:
            self._leave(waiting)

    def _join(self, waiting: _Waiting) -> None:
        with self._lock:
            self._lines.setdefault(waiting.key, deque()).append(waiting)
            self._call()
            if self._count() > self._most_waiting:
                longest = max(self._lines, key=lambda key: (len(self._lines[key]), key == waiting.key))
                away = self._lines[longest][-1]
                self._take_out(away)
                away.called.set_exception(
                    BusyError("more questions wait for an answer than can be kept waiting; ask again in a moment")
                )

    def _leave(self, waiting: _Waiting) -> None:
        with self._lock:
            if not waiting.working:
                self._take_out(waiting)
                return
            self._free += 1
            self._free_for_large += waiting.large
            self._working[waiting.key] -= 1
            if not self._working[waiting.key]:
                del self._working[waiting.key]
            self._call()

    def _call(self) -> None:
        """Call those whose turn it is, as long as there is a place."""
        while self._free:
            ready = [each for line in self._lines.values() if (each := self._first(line))]
            if not ready:
                return
            chosen = min(ready, key=lambda each: self._working[each.key])
            self._take_out(chosen)
            if not chosen.called.set_running_or_notify_cancel():
                continue
            if chosen.key in self._lines:
                self._lines.move_to_end(chosen.key)
            self._free -= 1
            self._free_for_large -= chosen.large
            self._working[chosen.key] += 1
            chosen.working = True
            chosen.called.set_result(None)

    def _first(self, line: deque[_Waiting]) -> _Waiting | None:
        return next((each for each in line if not each.large or self._free_for_large), None)

    def _take_out(self, waiting: _Waiting) -> None:
        line = self._lines.get(waiting.key)
        if line and waiting in line:
            line.remove(waiting)
            if not line:
                del self._lines[waiting.key]

    def _count(self) -> int:
        return sum(map(len, self._lines.values()))

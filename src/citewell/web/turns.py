"""Fair queueing: waiting holds no thread, and one visitor's requests do not block those of others."""

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
    """Assigns a number of places, in turn to each key. Thread-safe, and safe for several event loops.

    The key with the fewest places is next; among equals, the one that has waited longest. If the queue is full, the last
    request of the key with the most waiting requests is rejected: so a flood is rejected itself, and not the requests of
    others.

    Args:
        at_once: The number of places.
        most_waiting: The maximum number of waiting requests.
        most_large: The maximum number of places for large requests; None is all.
    """

    def __init__(self, at_once: int, most_waiting: int, *, most_large: int | None = None) -> None:
        self._free = at_once
        self._free_for_large = at_once if most_large is None else most_large
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        # In the order of turns.
        self._lines: OrderedDict[str, deque[_Waiting]] = OrderedDict()
        self._working: Counter[str] = Counter()

    @property
    def working(self) -> int:
        """The number of places in use."""
        return sum(self._working.copy().values())

    @property
    def waiting(self) -> int:
        """The number of waiting requests."""
        with self._lock:
            return self._count()

    @asynccontextmanager
    async def turn(self, key: str, *, large: bool = False) -> AsyncIterator[None]:
        """Wait for a place, and keep it while the block runs.

        Args:
            key: The visitor.
            large: Whether the request takes much longer than others.

        Raises:
            BusyError: The queue is full.
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
                    BusyError("the server is busy: the queue of questions is full; try again in a moment")
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
        """Assign places to the next requests while there are any."""
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

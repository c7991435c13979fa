"""Micro-batches: questions of several threads share one inference.

A question that comes while nothing runs starts at once, with no others than those that it brings. Those that come meanwhile
wait, and the next inference takes several of them; a thread that waits, or runs them, lets others use the processor
(``citewell.slots``). Only texts of one padded length share an inference: with other padding, BF16
gives other last digits, and an answer must not depend on who else asks.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from citewell.slots import released

Item = TypeVar("Item")
Result = TypeVar("Result")

# Beyond this many together, a text costs hardly less, and those that wait behind it wait longer.
MOST = 8


class MicroBatches(Generic[Item, Result]):
    """Runs what several threads ask for together. Thread-safe.

    Args:
        run: Takes items with the same key, and returns their results in the same order. One thread at a time calls it.
    """

    def __init__(self, run: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._run = run
        self._lock = threading.Lock()
        self._busy = False
        self._waiting: deque[_Place[Item, Result]] = deque()

    def run(self, key: Hashable, item: Item) -> Result:
        """Run one item, alone or with others; see ``run_all``."""
        return self.run_all(key, [item])[0]

    def run_all(self, key: Hashable, items: Sequence[Item]) -> list[Result]:
        """Run some items, together or with others.

        Args:
            key: Items run together only if their keys are equal.
            items: The items.

        Raises:
            Exception: What ``run`` raised, in each thread that had an item in that call.
        """
        places: list[_Place[Item, Result]] = [_Place(key, each) for each in items]
        with self._lock:
            self._waiting.extend(places)
            if not self._busy:
                self._choose()
        with released():
            for nth, place in enumerate(places):
                if not place.batch:
                    self._wait(place, places[nth:])
                if place.batch:
                    self._lead(place.batch)
        return [place.outcome() for place in places]

    def _wait(self, place: _Place[Item, Result], left: Sequence[_Place[Item, Result]]) -> None:
        try:
            place.ready.wait()
        # Ctrl+C: the others must not wait for a thread that is gone.
        except BaseException:
            with self._lock:
                self._waiting = deque(each for each in self._waiting if each not in left)
            for each in left:
                if each.batch:
                    self._lead(each.batch)
            raise

    def _lead(self, batch: Sequence[_Place[Item, Result]]) -> None:
        """Run a batch for all that are in it, and let one of those that wait lead the next one."""
        try:
            for place, result in zip(batch, self._run([each.item for each in batch]), strict=True):
                place.results = (result,)
        # Each thread of the batch raises it.
        except BaseException as error:  # noqa: BLE001
            for place in batch:
                place.error = error
        finally:
            self._hand_over()
            for place in batch:
                place.batch = ()
                place.ready.set()

    def _hand_over(self) -> None:
        with self._lock:
            self._choose()

    def _choose(self) -> None:
        """Let the first of those that wait run with others that are alike; nothing runs if none waits."""
        self._busy = bool(self._waiting)
        if not self._busy:
            return
        first = self._waiting[0]
        alike = [each for each in self._waiting if each.key == first.key]
        # OpenVINO prepares itself for each size of a batch once: powers of two keep those few.
        first.batch = tuple(alike[: 1 << (min(len(alike), MOST).bit_length() - 1)])
        taken = set(map(id, first.batch))
        self._waiting = deque(each for each in self._waiting if id(each) not in taken)
        first.ready.set()


class _Place(Generic[Item, Result]):
    """An item with its result; ``batch`` is what its thread has to run, if it has to."""

    def __init__(self, key: Hashable, item: Item) -> None:
        self.key = key
        self.item = item
        self.ready = threading.Event()
        self.batch: tuple[_Place[Item, Result], ...] = ()
        self.results: tuple[Result, ...] = ()
        self.error: BaseException | None = None

    def outcome(self) -> Result:
        if self.error:
            raise self.error
        return self.results[0]

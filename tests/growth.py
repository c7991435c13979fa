"""How work grows with its input: twice as much takes at most some more than twice as long.

What uses this are the only tests that measure time: that of the processor, and the best of several.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from citewell.errors import ReadingError

_SECONDS = 0.05
_DOUBLINGS = 4
_MOST = 2.5
_TRIES = 3
# An input this large that takes no time worth measuring is no trouble.
_LARGEST = 1_000_000

Input = TypeVar("Input")


def check_growth(work: Callable[[Input], object], made: Callable[[int], Input], length: int = 2_000) -> None:
    """Check that twice as much takes at most so many times as long, from where it can be measured at all.

    Args:
        work: The work.
        made: Makes an input of a length.
        length: The smallest length.
    """
    while best(work, made(length)) < _SECONDS:
        length *= 2
        if length > _LARGEST:
            return
    for _ in range(_DOUBLINGS):
        value, twice = made(length), made(2 * length)
        # Both anew each time: where others use the processor, too, one of them may be lucky.
        tries = ((seconds(work, value), seconds(work, twice)) for _ in range(_TRIES))
        measured: list[tuple[float, float]] = []
        assert any(after <= _MOST * before for before, after in _noted(tries, measured)), f"{length:,}: {measured}"
        length *= 2


def _noted(tries: Iterable[tuple[float, float]], measured: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    for each in tries:
        measured.append(each)
        yield each


def best(work: Callable[[Input], object], value: Input) -> float:
    """Return the best time, tried again only where the first is worth it."""
    first = seconds(work, value)
    return first if first < _SECONDS else min(first, *(seconds(work, value) for _ in range(_TRIES - 1)))


def seconds(work: Callable[[Input], object], value: Input) -> float:
    """Return the processor time of some work; a text that is refused is one, too."""
    # The collector looks through all that other tests have made, too, which says nothing of this work.
    gc.disable()
    try:
        began = time.process_time()
        with suppress(ReadingError):
            work(value)
        return time.process_time() - began
    finally:
        gc.enable()

"""How work grows with its input: twice as much takes at most some more than twice as long.

What uses this are the only tests that measure time: that of the processor, and the best of several.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from citewell.errors import ReadingError

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]  # Windows

_SECONDS = 0.05
_DOUBLINGS = 3
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
    while (before := best(work, made(length))) < _SECONDS:
        # Not far beyond what can be measured.
        length = min(2 * length, max(round(length * 1.1 * _SECONDS / max(before, 0.001)), length + 1))
        if length > _LARGEST:
            return
    for _ in range(_DOUBLINGS):
        value, twice = made(length), made(2 * length)
        after = seconds(work, twice)
        measured = [(before, after)]
        while after > _MOST * before and len(measured) < _TRIES:
            # Both again: where others use the processor, too, one of them may have been lucky.
            before, after = seconds(work, value), seconds(work, twice)
            measured.append((before, after))
        assert after <= _MOST * before, f"{length:,}: {measured}"
        # One that was unlucky would let the next be too slow.
        length, before = 2 * length, min(after, seconds(work, twice)) if after > 2.1 * before else after


def best(work: Callable[[Input], object], value: Input) -> float:
    """Return the best time, tried again only where the first is worth it."""
    first = seconds(work, value)
    return first if first < _SECONDS else min(first, *(seconds(work, value) for _ in range(_TRIES - 1)))


def seconds(work: Callable[[Input], object], value: Input) -> float:
    """Return the processor time of some work; a text that is refused is one, too."""
    # The collector looks through all that other tests have made, too, which says nothing of this work.
    gc.disable()
    try:
        began = _processor_seconds()
        with suppress(ReadingError):
            work(value)
        return _processor_seconds() - began
    finally:
        gc.enable()


def _processor_seconds() -> float:
    """Return the processor time of this process so far; not what the system does for it, such as handing out more memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime if resource else time.process_time()

"""How work grows with its input: eight times as much takes at most some more than eight times as long.

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

_SECONDS = 0.04
_TIMES = 8
# Sorting comes to ten, and what outgrows the processor's cache to nine; the square of the length to 64.
_MOST = 12
# No bad luck: on a busy machine, what grows in proportion once came to eighteen.
_FAR_TOO_MUCH = 3 * _MOST
_TRIES = 5
_BEST_OF = 3
# An input this large that takes no time worth measuring is no trouble.
_LARGEST = 1_000_000

Input = TypeVar("Input")


def check_growth(work: Callable[[Input], object], made: Callable[[int], Input], length: int = 2_000) -> None:
    """Check that eight times as much takes at most twelve times as long, from where it can be measured at all.

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
    more = made(_TIMES * length)
    after = seconds(work, more)
    measured = [(before, after)]
    while _MOST * before < after < _FAR_TOO_MUCH * before and len(measured) < _TRIES:
        # Both again: where others use the processor, too, one of them may have been lucky.
        before, after = seconds(work, made(length)), seconds(work, more)
        measured.append((before, after))
    assert after <= _MOST * before, f"{length:,}: {measured}"


def best(work: Callable[[Input], object], value: Input) -> float:
    """Return the best time, tried again only where the first is worth it."""
    first = seconds(work, value)
    return first if first < _SECONDS else min(first, *(seconds(work, value) for _ in range(_BEST_OF - 1)))


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

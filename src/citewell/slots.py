"""Slots: so many threads compute at once; one that waits for another lets a third compute meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_this_thread = threading.local()


class Slots:
    """A number of slots. Thread-safe.

    Args:
        number: How many threads compute at once.
    """

    def __init__(self, number: int) -> None:
        self._free = threading.Semaphore(number)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for a slot, and hold it while the block runs; a thread holds one at most."""
        if getattr(_this_thread, "slots", None) is not None:
            raise RuntimeError("this thread holds a slot already")
        self._free.acquire()
        _this_thread.slots = self._free
        try:
            yield
        finally:
            # An exception may have come while it waited for its slot again.
            if _this_thread.slots is not None:
                _this_thread.slots = None
                self._free.release()


@contextmanager
def released() -> Iterator[None]:
    """Let another thread have the slot of this one, if it holds one, while the block waits for what others compute."""
    slots = getattr(_this_thread, "slots", None)
    if slots is None:
        yield
        return
    _this_thread.slots = None
    slots.release()
    try:
        yield
    finally:
        slots.acquire()
        _this_thread.slots = slots

"""A lazy property is computed once, and no instance waits for another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from citewell.lazy import lazy


class _Counting:
    def __init__(self) -> None:
        self.computed = 0

    @lazy
    def value(self) -> list[str]:
        """What is computed."""
        self.computed += 1
        return ["a"]


class _Meeting:
    both = threading.Barrier(2)

    @lazy
    def value(self) -> int:
        # Each of two instances is only done when the other has begun.
        return self.both.wait(timeout=10)


def test_it_is_computed_once() -> None:
    one = _Counting()
    assert one.computed == 0
    assert one.value is one.value
    assert one.computed == 1
    assert _Counting.value.__doc__ == "What is computed."


def test_no_instance_waits_for_another() -> None:
    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(lambda each: each.value, [_Meeting(), _Meeting()])) == [0, 1]

"""How passages are numbered: by ordinals in a snapshot, and by marks in BM25, which outlive the snapshot.

The passages of a snapshot are numbered from 0, segment after segment, those that are no longer valid included. A segment keeps
its passages while the ones before it change, so BM25 stores the number of the segment and of the passage in it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ordinals = npt.NDArray[np.int64]

_BITS = 32


def mark(segment: int, passage: int) -> int:
    """Return what BM25 stores for a passage of a segment."""
    return segment << _BITS | passage


@dataclass(frozen=True, slots=True)
class Stretches:
    """Some passages, as the ranges of ordinals in which they follow one another."""

    ranges: tuple[range, ...]

    @classmethod
    def of(cls, ordinals: Ordinals) -> Stretches:
        """Return sorted ordinals as ranges."""
        if not len(ordinals):
            return cls(())
        breaks = np.flatnonzero(np.diff(ordinals) > 1) + 1
        parts = np.split(ordinals, breaks)
        return cls(tuple(range(int(part[0]), int(part[-1]) + 1) for part in parts))

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __contains__(self, ordinal: int) -> bool:
        at = bisect_right(self.ranges, ordinal, key=_start) - 1
        return at >= 0 and ordinal in self.ranges[at]


class Numbering:
    """The numbers of the passages of a snapshot.

    Args:
        segments: The number of each segment, which grow, and how many passages it has.
    """

    def __init__(self, segments: Sequence[tuple[int, int]]) -> None:
        self._numbers = np.array([number for number, _ in segments], dtype=np.int64)
        # Where each segment begins, and where the last one ends.
        self._bases = np.cumsum([0, *(passages for _, passages in segments)], dtype=np.int64)
        self._is_plain = [number for number, _ in segments] == [0]

    def marks(self, ordinals: Ordinals) -> Ordinals:
        """Return the marks of sorted ordinals, sorted."""
        if self._is_plain:
            return ordinals
        segments = np.searchsorted(self._bases, ordinals, side="right") - 1
        found: Ordinals = (self._numbers[segments] << _BITS) + ordinals - self._bases[segments]
        return found

    def ordinals(self, marks: Ordinals) -> Ordinals:
        """Return the ordinals of marks.

        Raises:
            ValueError: There are no such passages.
        """
        if self._is_plain and not (marks >= self._bases[-1]).any():
            return marks
        numbers, inside = marks >> _BITS, marks & ((1 << _BITS) - 1)
        segments = np.searchsorted(self._numbers, numbers)
        segments[segments == len(self._numbers)] = 0
        ordinals: Ordinals = self._bases[segments] + inside
        if (self._numbers[segments] != numbers).any() or (ordinals >= self._bases[segments + 1]).any():
            raise ValueError("it refers to passages that do not exist")
        return ordinals

    def stretches(self, passages: Stretches) -> Iterator[tuple[int, int]]:
        """Yield the first and the last mark of each of some stretches, parted where segments meet."""
        for each in passages.ranges:
            inner = self._bases[(each.start < self._bases) & (self._bases < each.stop)].tolist()
            edges = [each.start, *inner, each.stop]
            for first, end in pairwise(edges):
                low, high = self.marks(np.array([first, end - 1], dtype=np.int64)).tolist()
                yield low, high


def concatenated(starts: Ordinals, ends: Ordinals) -> Ordinals:
    """Return the numbers from each start up to its end, one range after the other."""
    sizes = ends - starts
    before = np.cumsum(sizes) - sizes
    found: Ordinals = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
    return found


def _start(stretch: range) -> int:
    return stretch.start

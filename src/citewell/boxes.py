"""Where on its pages the words of a document stand, in a few bytes a word.

A box is a rectangle in tenths of a point (1/720 inch) from the upper left corner of its page, as a reader sees the page.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from citewell.document import Span

_COLUMNS = 7
# Four bytes each, wherever this runs.
_CODE = "i" if array("i").itemsize == 4 else "l"
# In heights of a line: the space between columns is wider, and that between words is not.
_WIDE = 1.5
# In bytes, unpacked: 28 for each of two million words.
_MOST = 56_000_000


@dataclass(frozen=True, slots=True)
class WordBox:
    """A word or a part of one: its span in the text, and its page (from 1) and rectangle."""

    start: int
    end: int
    page: int
    left: int
    top: int
    right: int
    bottom: int


class Boxes:
    """The boxes of a document, in the order of its text.

    Args:
        packed: As ``pack`` wrote them.

    Raises:
        ValueError: They are not.
    """

    def __init__(self, packed: bytes) -> None:
        columns = _unpacked(packed)
        count = len(columns) // _COLUMNS
        self._columns = [columns[nth * count : (nth + 1) * count] for nth in range(_COLUMNS)]
        starts, ends = self._columns[0], self._columns[1]
        if any(one > other for one, other in zip(ends, starts[1:], strict=False)) or any(
            start >= end for start, end in zip(starts, ends, strict=True)
        ):
            raise ValueError("boxes are out of order")

    def __len__(self) -> int:
        return len(self._columns[0])

    def within(self, span: Span) -> list[WordBox]:
        """Return the boxes of the words that a span touches."""
        first, last = bisect_right(self._columns[1], span.start), bisect_left(self._columns[0], span.end)
        return [WordBox(*(column[at] for column in self._columns)) for at in range(first, last)]

    @property
    def end(self) -> int:
        """Where the last word ends."""
        return self._columns[1][-1] if len(self) else 0


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a page (from 1), in tenths of a point from its upper left corner."""

    page: int
    left: int
    top: int
    right: int
    bottom: int


def rectangles(words: Iterable[WordBox]) -> list[Rectangle]:
    """Return rectangles around words, one for those that stand beside each other on a line.

    Args:
        words: The words, in the order of the text.
    """
    found: list[Rectangle] = []
    for word in words:
        box = Rectangle(word.page, word.left, word.top, word.right, word.bottom)
        if found and _are_beside(found[-1], box):
            box = _around(found.pop(), box)
        found.append(box)
    return found


def _are_beside(one: Rectangle, other: Rectangle) -> bool:
    """Return whether two rectangles are on one line, with no more than a wide space between them."""
    height = min(one.bottom - one.top, other.bottom - other.top)
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    between = max(one.left, other.left) - min(one.right, other.right)
    return one.page == other.page and 2 * shared > height and between < _WIDE * height


def _around(one: Rectangle, other: Rectangle) -> Rectangle:
    return Rectangle(
        one.page,
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )


def pack(boxes: Sequence[WordBox] | Iterable[WordBox]) -> bytes:
    """Return boxes in a compact form; nothing for none.

    Args:
        boxes: In order and not overlapping.
    """
    rows = [(each.start, each.end, each.page, each.left, each.top, each.right, each.bottom) for each in boxes]
    if not rows:
        return b""
    columns = array(_CODE, (value for column in zip(*rows, strict=True) for value in column))
    if sys.byteorder == "big":
        columns.byteswap()
    return zlib.compress(columns.tobytes(), 6)


def _unpacked(packed: bytes) -> array[int]:
    columns = array(_CODE)
    if not packed:
        return columns
    expanding = zlib.decompressobj()
    try:
        content = expanding.decompress(packed, _MOST)
    except zlib.error as error:
        raise ValueError("boxes are damaged") from error
    if expanding.unconsumed_tail or not expanding.eof or len(content) % (4 * _COLUMNS):
        raise ValueError("boxes are damaged")
    columns.frombytes(content)
    if sys.byteorder == "big":
        columns.byteswap()
    return columns

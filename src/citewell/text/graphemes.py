"""Graphemes: what readers see as one character, which no cut divides (Unicode UAX #29)."""

from __future__ import annotations

from bisect import bisect_left

import regex

# Flags are pairs of indicators. `\X` alone counts from the start of a row for each of them, which is quadratic.
_GRAPHEME = regex.compile(r"\p{GCB=RI}{2}[\p{GCB=EX}\p{GCB=ZWJ}\p{GCB=SM}]*+|\X")
# Characters that can be part of a grapheme of more than one code point, except line ends.
_JOINS = regex.compile(r"[^\p{GCB=Other}\p{GCB=Control}\p{GCB=CR}\p{GCB=LF}]")


class Graphemes:
    """The grapheme boundaries of a text.

    Most texts need no table: their only graphemes of two characters are line ends, which are white space and are never cut.
    """

    def __init__(self, text: str) -> None:
        self._edges: list[int] | None = None
        if not text.isascii() and _JOINS.search(text):
            self._edges = [match.start() for match in _GRAPHEME.finditer(text)]
            self._edges.append(len(text))

    def ceil(self, position: int) -> int:
        """Return the first grapheme boundary at or after ``position``."""
        if self._edges is None:
            return position
        return self._edges[bisect_left(self._edges, position)]

    def floor(self, position: int) -> int:
        """Return the last grapheme boundary at or before ``position``."""
        if self._edges is None:
            return position
        at = bisect_left(self._edges, position)
        return position if self._edges[at] == position else self._edges[at - 1]

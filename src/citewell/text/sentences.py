"""Sentence boundaries: where a block of text may be cut.

nupunkt proposes the boundaries (see ``docs/architecture.md`` for the choice). Added here: a quotation inside a sentence does
not split it, code and tables are cut at line ends, and no cut falls inside a grapheme, which readers see as one character
(Unicode UAX #29).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import nupunkt
import regex

from citewell.document import Block, Span

_QUOTED = regex.compile(r"“[^“”\n]*”|\"[^\"\n]*\"")
_LINE = regex.compile(r"[^\r\n]+")
# Wrapped lines are shorter than this, so a line end next to a longer line is a real one.
_LONGEST_WRAPPED_LINE = 200
# nupunkt scans from each stop to the next blank and back, so long blocks are passed in parts of at most this size.
_PART = 2_000
# Between two plain words with no stop near: a cut here does not change nupunkt's result.
_APART = regex.compile(r"(?<=\s\p{L}{1,30}\s)(?=\p{L}[^.!?…]{14})")
_BLANK = regex.compile(r"(?<=\s)(?=\S)")
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


def sentences(text: str, block: Block, graphemes: Graphemes) -> list[Span]:
    """Cut one block into sentences.

    Args:
        text: The document's text.
        block: The block to cut; verbatim blocks are cut at line ends.
        graphemes: The graphemes of ``text``.

    Returns:
        Spans in order, disjoint, without white space at their edges, that together contain everything in the block except white
        space.
    """
    piece = block.span.of(text)
    cuts = _line_starts(piece) if block.kind == "verbatim" else _sentence_starts(piece)
    starts = sorted({graphemes.ceil(block.span.start + cut) for cut in cuts} | {block.span.start})
    spans = (Span(start, end) for start, end in pairwise([*starts, block.span.end]))
    return [trimmed for span in spans if (trimmed := trim(text, span, graphemes))]


def trim(text: str, span: Span, graphemes: Graphemes) -> Span | None:
    """Remove white space from both edges of a span without splitting a grapheme; None if nothing is left."""
    piece = span.of(text)
    start = graphemes.ceil(span.start + len(piece) - len(piece.lstrip()))
    end = graphemes.ceil(span.start + len(piece.rstrip()))
    return Span(start, end) if start < end <= span.end else None


def _line_starts(piece: str) -> Iterator[int]:
    return (match.end() for match in regex.finditer(r"\r\n|\n|\r", piece))


def _sentence_starts(piece: str) -> Iterable[int]:
    starts = list(_proposed_starts(piece))
    if len(starts) > 1:
        quoted = [match.span() for match in _QUOTED.finditer(piece) if _goes_on(piece, match.end())]
        starts = list(_outside(starts, quoted))
    return [*starts, *_unwrapped_starts(piece)]


def _proposed_starts(piece: str) -> Iterator[int]:
    """Yield the sentence starts that nupunkt proposes."""
    for start, end in pairwise([0, *_cuts(piece), len(piece)]):
        for nth, (at, _) in enumerate(nupunkt.sent_spans(piece[start:end])):
            # A part may start in the middle of a sentence.
            if nth or not start:
                yield start + at


def _cuts(piece: str) -> Iterator[int]:
    """Yield where to cut a block for nupunkt: where the result does not change, else at a blank, else anywhere."""
    start = 0
    while len(piece) - start > _PART:
        nearest, furthest = start + _PART // 2, start + _PART
        for place in (_APART, _BLANK):
            found = [match.start() for match in place.finditer(piece, nearest, furthest)]
            if found:
                break
        start = found[-1] if found else furthest
        yield start


def _outside(starts: Sequence[int], quoted: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Yield the starts that are outside quotations; quotations are in order and disjoint."""
    openings = [opening for opening, _ in quoted]
    for start in starts:
        nth = bisect_right(openings, start) - 1
        if nth < 0 or not openings[nth] < start < quoted[nth][1]:
            yield start


def _unwrapped_starts(piece: str) -> Iterator[int]:
    """Yield the starts of lines that do not continue a wrapped sentence."""
    for line, following in pairwise(_LINE.finditer(piece)):
        if max(len(line[0]), len(following[0])) > _LONGEST_WRAPPED_LINE:
            yield following.start()


def _goes_on(piece: str, end: int) -> bool:
    """Return whether the sentence continues after a quotation: “Stop. Go home.” and left."""
    after = piece[end : end + 2].lstrip(" ")
    return after[:1].islower() or after[:1] in {",", ";"}

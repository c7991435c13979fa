"""The paragraphs of a text: between blank lines, and where lines are units (a log, a list, a table), each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import regex

from citewell.document import Span
from citewell.text.lines import unit_starts
from citewell.text.parts import parts
from citewell.text.written import ADJACENT, APART, WrittenWord, written_words

# A blank line, a new page, or Unicode's own separator of paragraphs.
_ENDS = regex.compile(r"(?:\r\n|[\n\r])[^\S\r\n]*+(?:\r\n|[\n\r])\s*+|[\f\u2029]\s*+")
_SPACE = regex.compile(r"\s*+")


class Part(NamedTuple):
    """A part of a text, analysed at once: its paragraphs and its words, in order.

    ``goes_on`` says that its first paragraph is the rest of the last one of the part before.
    """

    paragraphs: list[Span]
    words: list[WrittenWord]
    goes_on: bool


def written_parts(text: str) -> Iterator[Part]:
    """Yield the paragraphs and words of a text, a part at a time."""
    goes_on = False
    for part in parts(text):
        piece = part.of(text)
        found = [span.shifted(part.start) for span in paragraphs(piece)]
        words = list(written_words(piece, part.start))
        if words and goes_on and not text[part.start - 1].isspace():
            words[0] = words[0]._replace(joint=ADJACENT if words[0].start == part.start else APART)
        if found:
            yield Part(found, words, goes_on)
            goes_on = not _ends_paragraph(text, part.end, found)


def paragraphs(text: str) -> Iterator[Span]:
    """Yield the paragraphs of a text, without the white space around them."""
    start = 0
    for match in _ENDS.finditer(text):
        yield from _of_block(text, start, match.start())
        start = match.end()
    yield from _of_block(text, start, len(text))


def _of_block(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    starts = [0, *unit_starts(piece)] if "\n" in piece or "\r" in piece else [0]
    for first, last in zip(starts, [*starts[1:], len(piece)], strict=True):
        written = piece[first:last]
        body = written.strip()
        if body:
            begin = start + first + len(written) - len(written.lstrip())
            yield Span(begin, begin + len(body))


def _ends_paragraph(text: str, end: int, found: list[Span]) -> bool:
    """Return whether a paragraph ends where a part does: at a blank line, or where lines are units."""
    around = text[found[-1].end : end] + (_SPACE.match(text, end) or [""])[0]
    is_line_end = "\n" in around or "\r" in around
    in_units = len(found) > 1 and not _ENDS.search(text, found[-2].end, found[-1].start)
    return bool(_ENDS.search(around)) or (is_line_end and in_units)

"""A record to blocks: a line of its names and values, and its texts as paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.formats.records.values import Value, is_text, words_of
from citewell.document import Location

_PARAGRAPHS = regex.compile(r"(?:\r\n?|\n)[ \t]*+(?:\r\n?|\n)\s*+")
# A line that is longer than that is as long as a paragraph.
_LONGEST_ROW = 600


def record_blocks(pairs: Sequence[tuple[str, Value]], place: Location | None) -> Iterator[RawBlock]:
    """Yield the blocks of a record.

    Args:
        pairs: Names and values; a value may have no name.
        place: Where it is.
    """
    row: list[str] = []
    length = 0
    for name, value in pairs:
        if is_text(value) or not (words := words_of(value)):
            continue
        cell = f"{name}: {words}" if name else words
        if row and length + len(cell) > _LONGEST_ROW:
            yield RawBlock("row", (" | ".join(row),), location=place)
            row, length = [], 0
        row.append(cell)
        length += len(cell)
    if row:
        yield RawBlock("row", (" | ".join(row),), location=place)
    for name, value in pairs:
        if is_text(value):
            yield from _paragraphs(name, str(value), place)


def _paragraphs(name: str, text: str, place: Location | None) -> Iterator[RawBlock]:
    for nth, paragraph in enumerate(_PARAGRAPHS.split(text.strip())):
        lines = "\n".join(line.strip() for line in paragraph.splitlines())
        yield RawBlock("prose", (f"{name}: {lines}" if name and not nth else lines,), location=place)

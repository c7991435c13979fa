"""Plain text: blank lines separate blocks, as do quotation marks of mail, and a short line alone above text is a heading."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, RawBlock, Source
from citewell.corpus.reading.outline import lines, trimmed
from citewell.document import Span
from citewell.text.lines import quote_depth

_LONGEST_HEADING = 80
_MOST_WORDS = 12
_ITEM = regex.compile(r"[ \t]*(?:[-*•‣◦–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+\S")
_NUMBERED = regex.compile(r"\d{1,3}(?:\.\d{1,3})*\.?[ \t]+\p{Lu}")
_UNDERLINE = regex.compile(r"[ \t]*(?:={3,}|-{3,}|~{3,})[ \t]*")
# The end of a sentence, a clause or a quotation, with any closing brackets, quotes and pictographs.
_FINAL = regex.compile(r"[.!?:;,…。！？][\p{Pe}\p{Pf}\p{So}\p{Cf}\p{Mn}\"'\s]*$")
_TABLE = regex.compile(r"\t|\||\S {2,}\S")
_DATA = regex.compile(r"[^:]{1,24}:\s*[\d+(@]|\S+@\S+\.\S|https?:")


def read(source: Source) -> Extract:
    """Find the title, the headings and the blocks of a plain text.

    Raises:
        ReadingError: It is not text.
    """
    decoded = decode(source.data)
    title, blocks = find_blocks(decoded.text)
    return Extract(tuple(blocks), decoded.text, title, warnings=decoded.warnings)


def find_blocks(text: str) -> tuple[str | None, list[RawBlock]]:
    """Return the title of a plain text, if it has one, and its blocks.

    The first block is the title if it looks like a heading. A line that looks like a heading but has no text under it is text
    itself: an item of a list with blank lines, or page furniture ("Leave a Reply"). No line is lost.
    """
    spans = list(_blocks(text))
    short = [_heading(text, span) for span in spans]
    if not spans or all(short):
        return None, [RawBlock("prose", at=span) for span in spans]
    title = short[0]
    # Above a list, the first line can be its title or its first item, so it is both.
    first = 1 if title and not all(short[:3]) else 0
    return " ".join(title.of(text).split()) if title else None, list(_in_order(text, spans, short, first))


def _in_order(text: str, spans: list[Span], short: list[Span | None], first: int) -> Iterator[RawBlock]:
    """Yield the blocks; a list of short lines, such as names and numbers, is below no heading."""
    is_list = False
    for at in range(first, len(spans)):
        candidate = short[at]
        if candidate is None:
            yield from _items(text, spans[at])
        elif at + 1 < len(spans) and not short[at + 1]:
            if is_list:
                # Below other short lines it can be the last of the list as well, so it is both.
                yield RawBlock("prose", at=candidate)
            # Headings of a plain text have no levels; that of the title is another.
            yield RawBlock("heading", level=2, at=candidate)
            is_list = False
        else:
            if not is_list:
                yield RawBlock("break")
            is_list = True
            yield RawBlock("prose", at=candidate)


def _blocks(text: str) -> Iterator[Span]:
    """Yield the lines between blank ones; what is quoted from a message is apart from the reply."""
    for depth, group in groupby(lines(text), key=lambda line: quote_depth(line.of(text))):
        if depth is not None:
            rows = list(group)
            yield trimmed(text, rows[0].start, rows[-1].end)


def _heading(text: str, block: Span) -> Span | None:
    """Return the span of the heading that a block looks like, or None."""
    if block.end - block.start > 3 * _LONGEST_HEADING:
        return None
    rows = [trimmed(text, line.start + block.start, line.end + block.start) for line in lines(block.of(text))]
    if len(rows) == 2 and _UNDERLINE.fullmatch(rows[1].of(text)):
        rows.pop()
    return rows[0] if len(rows) == 1 and _looks_like_heading(rows[0].of(text)) else None


def _looks_like_heading(line: str) -> bool:
    if len(line) > _LONGEST_HEADING or len(line.split()) > _MOST_WORDS:
        return False
    if quote_depth(line) or _FINAL.search(line) or _TABLE.search(line) or _DATA.match(line):
        return False
    if _ITEM.match(line) and not _NUMBERED.match(line):
        return False
    letters = sum(character.isalpha() for character in line)
    return bool(letters) and 2 * letters >= len("".join(line.split())) and not line[0].islower()


def _items(text: str, block: Span) -> Iterator[RawBlock]:
    """Cut a list into its items, each with its continuation lines; other text is one block."""
    piece = block.of(text)
    rows = list(lines(piece))
    items = [row.start for row in rows if _ITEM.match(piece, row.start, row.end)]
    starts = dict.fromkeys([0, *items])
    for start, end in pairwise([*starts, len(piece)]):
        is_item = bool(items) and start >= items[0]
        yield RawBlock("item" if is_item else "prose", at=trimmed(piece, start, end).shifted(block.start))


READER = FormatReader("plain", 2, frozenset({".txt", ".text", ""}), read)

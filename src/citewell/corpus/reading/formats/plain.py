"""Plain text: blank lines separate blocks, as do quotation marks of mail, and a short line alone above text is a heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby, pairwise

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, RawBlock, Source
from citewell.corpus.reading.formats.column_names import ROWS_OF_HEAD, find_head
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
# Signs that divide the cells of a table, and how many lines it has at least.
_SIGNS = "\t|;,"
_CLEAR_SIGNS = "\t|"
_FEWEST_ROWS = 4
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
    """Cut a list into its items, each with its continuation lines; other text is one block, and so is each table in it."""
    start = block.start
    for whole, head in _tables(text, block):
        yield from _without_tables(text, Span(start, whole.start))
        yield RawBlock("verbatim", at=whole, head=head)
        start = whole.end
    yield from _without_tables(text, Span(start, block.end))


def _without_tables(text: str, part: Span) -> Iterator[RawBlock]:
    if not text[part.start : part.end].strip():
        return
    part = trimmed(text, part.start, part.end)
    piece = part.of(text)
    rows = list(lines(piece))
    items = [row.start for row in rows if _ITEM.match(piece, row.start, row.end)]
    starts = dict.fromkeys([0, *items])
    for start, end in pairwise([*starts, len(piece)]):
        is_item = bool(items) and start >= items[0]
        yield RawBlock("item" if is_item else "prose", at=trimmed(piece, start, end).shifted(part.start))


def _tables(text: str, block: Span) -> list[tuple[Span, Span]]:
    """Return the lines that are a table, and of them the one that names the columns, for each table of a block.

    They have as many cells, divided by one sign, and the first names the columns.
    """
    rows = [line.shifted(block.start) for line in lines(block.of(text))]
    found: list[tuple[Span, Span]] = []
    for sign in _SIGNS if len(rows) >= _FEWEST_ROWS else ():
        for count, group in groupby(rows, key=partial(_count, text, sign)):
            run = list(group) if count else []
            if len(run) >= _FEWEST_ROWS and _is_headed([row.of(text) for row in run[:ROWS_OF_HEAD]], sign):
                found.append((trimmed(text, run[0].start, run[-1].end), trimmed(text, run[0].start, run[0].end)))
    apart: list[tuple[Span, Span]] = []
    for table in sorted(found):
        if not apart or table[0].start >= apart[-1][0].end:
            apart.append(table)
    return apart


def _count(text: str, sign: str, row: Span) -> int:
    return text.count(sign, row.start, row.end)


def _is_headed(rows: Sequence[str], sign: str) -> bool:
    """Return whether the first of some lines names their columns; verses and lists have as many commas in each line, too."""
    if any(map(_ITEM.match, rows)):
        return False
    head = find_head([_cells(row, sign) for row in rows])
    if not head or (head.start, head.end) != (0, 1) or len(head.names) != rows[0].count(sign) + 1:
        return False
    return sign in _CLEAR_SIGNS or any(kind != "word" for kind in head.kinds.values())


def _cells(line: str, sign: str) -> dict[int, str]:
    return {column: words for column, cell in enumerate(line.split(sign)) if (words := cell.strip())}


READER = FormatReader("plain", 3, frozenset({".txt", ".text", ""}), read)

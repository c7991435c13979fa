"""The tables of AsciiDoc: rows of cells, which stand in one line or in several."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.rows import Rows

# The sign before a cell, with what it says of it: its span, alignment and style ("2+^.>s|").
_CELL = regex.compile(r"(?<![^\s])(?:(?P<times>\d+)?(?:\.\d+)?[*+])?[<^>]?(?:\.[<^>])?[a-z]?\||(?<!\\)\|")
_COLUMNS = regex.compile(r"cols=(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^,\]]*))")
_HEAD = regex.compile(r"%[^,\]]*header|(?:options|opts)=\"?[^\"]*header")
_NO_HEAD = regex.compile(r"%[^,\]]*noheader")
_TIMES = regex.compile(r"(?P<times>\d+)\*")


def table_rows(rows: Rows, first: int, end: int, attributes: str) -> Iterator[RawBlock]:
    """Yield the rows of a table.

    If each stands in a line, they are lines below a head; otherwise each row is a unit of its own.

    Args:
        rows: The lines of the file.
        first: The first line of the table.
        end: The line after the last.
        attributes: The line above the table.
    """
    filled = [nth for nth in range(first, end) if rows.contents[nth].strip()]
    if not filled:
        return
    counts = {nth: _cells(rows.contents[nth]) for nth in filled}
    columns = _columns(attributes) or counts[filled[0]]
    if all(counts[nth] in (0, columns) for nth in filled) and counts[filled[0]] == columns:
        has_blank = filled[0] + 1 < end and not rows.contents[filled[0] + 1].strip()
        is_headed = bool(_HEAD.search(attributes)) or (has_blank and not _NO_HEAD.search(attributes))
        head = rows.span(filled[0], filled[0] + 1) if is_headed and len(filled) > 1 else None
        yield RawBlock("verbatim", at=rows.span(filled[0], filled[-1] + 1), head=head)
        return
    start, cells = filled[0], 0
    for nth in filled:
        if cells >= max(1, columns) and counts[nth]:
            yield from rows.item(start, nth)
            start, cells = nth, 0
        cells += counts[nth]
    yield from rows.item(start, end)


def _cells(line: str) -> int:
    return sum(int(cell["times"] or 1) for cell in _CELL.finditer(line))


def _columns(attributes: str) -> int:
    """Return how many columns the attributes name: ``cols="1,2"``, ``cols="3*"``."""
    found = _COLUMNS.search(attributes)
    if not found:
        return 0
    each = (found["quoted"] or found["bare"] or "").replace(";", ",").split(",")
    return sum(int(times["times"]) if (times := _TIMES.match(one.strip())) else 1 for one in each)

"""The tables of an OpenDocument file: cells that are repeated, merged, and the rows that are their heads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.formats.odf.names import TABLE, small_number
from citewell.corpus.reading.formats.office.xml import Element
from citewell.corpus.reading.tables import Cell, arranged, is_part_of_page, looks_like_names, one_line, table_blocks

_HOLDERS = frozenset(f"{TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group"))
# Repeated further, it is a sheet as a whole.
_MOST_REPEATED = 100


def read_grid(table: Element, read: Callable[[Element], list[RawBlock]]) -> list[RawBlock]:
    """Return the blocks of a table.

    Args:
        table: The table.
        read: Gives the blocks in a cell.
    """
    rows: list[list[tuple[Cell, list[RawBlock]]]] = []
    heads = 0
    for row, is_head in _rows(table):
        cells = list(_cells(row, read))
        times = small_number(row.get(f"{TABLE}number-rows-repeated"), 1) if any(blocks for _, blocks in cells) else 1
        for _ in range(min(times, _MOST_REPEATED)):
            heads += is_head and heads == len(rows)
            rows.append(cells)
    if max(map(len, rows), default=0) <= 1:
        return [block for row in rows for _, blocks in row for block in blocks]
    if not heads and any(is_part_of_page(blocks) for row in rows for _, blocks in row):
        return [block for row in rows for block in arranged([blocks for _, blocks in row])]
    if not heads:
        is_marked = table.get(f"{TABLE}use-first-row-styles") == "true"
        first = [cell.text for cell, _ in rows[0]]
        heads = int(looks_like_names(first, len(rows) - 1, is_marked=is_marked))
    return table_blocks([[cell for cell, _ in row] for row in rows], heads)


def _rows(table: Element) -> Iterator[tuple[Element, bool]]:
    """Yield the rows, and whether each is one of the head."""
    stack = [(iter(table), False)]
    while stack:
        elements, is_head = stack[-1]
        for each in elements:
            if each.tag in _HOLDERS:
                stack.append((iter(each), is_head or each.tag == f"{TABLE}table-header-rows"))
                break
            if each.tag == f"{TABLE}table-row":
                yield each, is_head
        else:
            stack.pop()


def _cells(row: Element, read: Callable[[Element], list[RawBlock]]) -> Iterator[tuple[Cell, list[RawBlock]]]:
    """Yield the cells with the blocks in them; those that others cover are none."""
    for each in row.iterchildren(f"{TABLE}table-cell"):
        blocks = read(each)
        columns = small_number(each.get(f"{TABLE}number-columns-spanned"), 1)
        cell = Cell(one_line(blocks), columns, small_number(each.get(f"{TABLE}number-rows-spanned"), 1))
        for _ in range(min(small_number(each.get(f"{TABLE}number-columns-repeated"), 1), _MOST_REPEATED)):
            yield cell, blocks

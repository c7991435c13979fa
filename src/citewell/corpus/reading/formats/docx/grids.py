"""The tables of a Word text: their rows with merged cells, and their heads, where the file or their looks name the columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.formats.docx.styles import VAL, Styles, W, is_on, small_number
from citewell.corpus.reading.formats.office.drawing import ALTERNATIVES, chosen
from citewell.corpus.reading.formats.office.xml import Element
from citewell.corpus.reading.tables import Cell, arranged, is_part_of_page, looks_like_names, one_line, table_blocks

_HOLDERS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag"})


@dataclass(slots=True)
class GridCell:
    """A cell: its element, the column where it begins, how far it stretches, and the blocks in it."""

    element: Element
    column: int
    columns: int
    rows: int
    blocks: list[RawBlock]
    is_bold: bool = False


def inside(element: Element, tag: str) -> Iterator[Element]:
    """Yield the elements of a name in another, also those inside content controls and insertions."""
    stack = [iter(element)]
    while stack:
        for each in stack[-1]:
            if each.tag == tag:
                yield each
            elif each.tag in _HOLDERS or each.tag == ALTERNATIVES:
                inner = chosen(each) if each.tag == ALTERNATIVES else each
                stack.append(iter(() if inner is None else inner))
                break
        else:
            stack.pop()


def grid_of(table: Element) -> list[list[GridCell]]:
    """Return the cells of each row of a table, without those that are merged into others."""
    rows: list[list[GridCell]] = []
    open_cells: dict[int, GridCell] = {}
    for row in inside(table, f"{W}tr"):
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            continue
        before = None if properties is None else properties.find(f"{W}gridBefore")
        column = 0 if before is None else small_number(before.get(VAL), 0)
        cells = [GridCell(row, 0, column, 1, [])] if column else []
        for element in inside(row, f"{W}tc"):
            columns, merged = _stretch(element)
            above = open_cells.get(column)
            if merged == "continue" and above:
                above.rows += 1
            else:
                cell = GridCell(element, column, columns, 1, [])
                cells.append(cell)
                open_cells.pop(column, None)
                if merged:
                    open_cells[column] = cell
            column += columns
        rows.append(cells)
    return rows


def blocks_of_grid(table: Element, rows: list[list[GridCell]], styles: Styles) -> list[RawBlock]:
    """Return the blocks of a table whose cells are read.

    A table with one cell a row, or with parts of the text in its cells, only arranges these.
    """
    heads = _heads(table)
    if max(map(len, rows), default=0) <= 1:
        return [block for row in rows for cell in row for block in cell.blocks]
    if not heads and any(is_part_of_page(cell.blocks) for row in rows for cell in row):
        return [block for row in rows for block in arranged([cell.blocks for cell in row])]
    texts = [[Cell(one_line(cell.blocks), cell.columns, cell.rows) for cell in row] for row in rows]
    if not heads and len(rows) > 1:
        is_marked = all(cell.is_bold for cell in rows[0]) or _marks_first_row(table, styles)
        heads = int(looks_like_names([cell.text for cell in texts[0]], len(rows) - 1, is_marked=is_marked))
    return table_blocks(texts, heads)


def _stretch(cell: Element) -> tuple[int, str]:
    """Return over how many columns a cell stretches, and whether it is "restart" or "continue" of one over rows."""
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        return 1, ""
    span, merged = properties.find(f"{W}gridSpan"), properties.find(f"{W}vMerge")
    columns = 1 if span is None else max(1, small_number(span.get(VAL), 1))
    return columns, "" if merged is None else merged.get(VAL, "continue")


def _heads(table: Element) -> int:
    """Return how many rows at the beginning are repeated on each page, as heads are."""
    count = 0
    for row in inside(table, f"{W}tr"):
        if not is_on(row.find(f"{W}trPr/{W}tblHeader")):
            break
        count += 1
    return count


def _marks_first_row(table: Element, styles: Styles) -> bool:
    look, named = table.find(f"{W}tblPr/{W}tblLook"), table.find(f"{W}tblPr/{W}tblStyle")
    if look is None or named is None:
        return False
    has_first = look.get(f"{W}firstRow") in {"1", "true", "on"} or bool(_bits(look.get(VAL)) & 0x20)
    return has_first and styles.of(named.get(VAL)).marks_first_row


def _bits(text: str | None) -> int:
    try:
        return int(text or "0", 16)
    except ValueError:
        return 0

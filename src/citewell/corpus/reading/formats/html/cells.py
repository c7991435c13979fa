"""The tables of a page: those that hold data become rows, those that only arrange the page are what is in their cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.tables import Cell, arranged, is_part_of_page, one_line, table_blocks


@dataclass(slots=True)
class OpenCell:
    """A cell and the blocks in it."""

    blocks: list[RawBlock]
    columns: int
    rows: int
    is_head: bool


@dataclass(slots=True)
class OpenTable:
    """A table that is being read; ``arranges`` says that the page itself calls it no table."""

    arranges: bool
    rows: list[list[OpenCell]] = field(default_factory=list)
    heads: int = 0
    is_in_head: bool = False
    has_caption: bool = False
    has_table: bool = False

    def begin_row(self) -> None:
        """Begin a row."""
        self.rows.append([])
        if self.is_in_head and self.heads == len(self.rows) - 1:
            self.heads += 1

    def begin_cell(self, blocks: list[RawBlock], attributes: Mapping[str, str], *, is_head: bool) -> None:
        """Begin a cell, whose blocks are added to a list."""
        if not self.rows:
            self.begin_row()
        cell = OpenCell(blocks, _number(attributes.get("colspan")), _number(attributes.get("rowspan")), is_head)
        self.rows[-1].append(cell)

    def blocks(self) -> list[RawBlock]:
        """Return the blocks of the table."""
        if self._is_layout():
            return [block for row in self.rows for block in arranged([each.blocks for each in row])]
        rows = [[Cell(one_line(cell.blocks), cell.columns, cell.rows) for cell in row] for row in self.rows]
        first = bool(self.rows and self.rows[0]) and len(self.rows) > 1 and all(cell.is_head for cell in self.rows[0])
        return table_blocks(rows, self.heads or int(first))

    def _is_layout(self) -> bool:
        if self.arranges or max(map(len, self.rows), default=0) <= 1:
            return True
        cells = [cell for row in self.rows for cell in row]
        if self.heads or self.has_caption or any(cell.is_head for cell in cells):
            return False
        return self.has_table or any(is_part_of_page(cell.blocks) for cell in cells)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1

"""Tables as rows: one line for each, in which every cell says what it is even where cells were merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import flat

_BETWEEN = " | "
# More lines of names than that are no head.
_MOST_HEADS = 3
# A hostile table can ask for any number, and stretch each row over all those below.
_WIDEST = 100
_LAST_STRETCHED = 200
# A longer text in a cell is a part of the page.
_LONGEST_CELL = 600
_LONGEST_VALUE = 100
_BULLET = "• "
_ENDS = (".", ":", "?", "!", ";", ",")
_LONGEST_NAME = 60
_MOST_WORDS_IN_NAME = 8
# The first line of two columns is as often "Name | Miller" as "Item | Price".
_FEWEST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text in one line, and over how many columns and rows it stretches."""

    text: str
    columns: int = 1
    rows: int = 1


def table_blocks(rows: Sequence[Sequence[Cell]], heads: int = 0) -> list[RawBlock]:
    """Return the rows of a table as blocks.

    A cell that stretches over rows is repeated in each of them, so that a row can be read alone; in the head, one over columns
    is repeated in each of those.

    Args:
        rows: The cells of each row, without those that are covered by others.
        heads: How many rows at the beginning name the columns; they become one.
    """
    named = heads if 0 < heads <= _MOST_HEADS else 0
    lines = _filled(rows, named)
    head = [_joined(column) for column in zip(*_padded(list(islice(lines, named))), strict=True)]
    blocks = [_row(head, is_head=True)] if any(head) else []
    return blocks + [_row(line, is_head=False) for line in lines if any(line)]


def one_line(blocks: Sequence[RawBlock]) -> str:
    """Return the text of a cell in one line."""
    text = ""
    for block in blocks:
        piece = flat("".join(block.pieces)).removeprefix(_BULLET)
        if piece:
            between = "" if not text else " " if text.endswith(_ENDS) or block.kind == "figure" else "; "
            text += between + piece
    return text


def is_part_of_page(blocks: Sequence[RawBlock]) -> bool:
    """Return whether a cell holds more than a value: a text below a heading, or a long one; then the table only arranges it."""
    if len(blocks) > 1 and any(block.kind == "heading" for block in blocks):
        return True
    return sum(len(piece) for block in blocks for piece in block.pieces) > _LONGEST_CELL


def arranged(row: Sequence[Sequence[RawBlock]]) -> list[RawBlock]:
    """Return what is in a row of a table that arranges a page; where that is a value a cell, it is a row even so."""
    filled = [blocks for blocks in row if blocks]
    if len(filled) > 1 and all(_is_value(blocks) for blocks in filled):
        return table_blocks([[Cell(one_line(blocks)) for blocks in row]])
    return [block for blocks in row for block in blocks]


def looks_like_names(first: Sequence[str], others: int, *, is_marked: bool = False) -> bool:
    """Return whether the first row of a table looks like the names of its columns, where the file does not say.

    Args:
        first: The texts of its cells.
        others: How many rows follow.
        is_marked: Whether it is set apart from the others, such as in bold.
    """
    names = list(first)
    while names and not names[-1]:
        names.pop()
    # An empty corner stands above the names of rows.
    has_corner = len(names) > 1 and not names[0]
    names = names[1:] if has_corner else names
    if not others or len(names) < (1 if has_corner else 2 if is_marked else _FEWEST_NAMES):
        return False
    # Values are repeated in a row, too; names only where the row is set apart.
    are_different = len(set(names)) == len(names) or (is_marked and len(set(names)) > 1)
    return are_different and all(map(_is_name, names))


def _is_value(blocks: Sequence[RawBlock]) -> bool:
    return len(blocks) == 1 and blocks[0].kind == "prose" and len(blocks[0].pieces[0]) <= _LONGEST_VALUE


def _is_name(text: str) -> bool:
    is_short = 0 < len(text) <= _LONGEST_NAME and len(text.split()) <= _MOST_WORDS_IN_NAME
    return is_short and any(map(str.isalpha, text)) and not text[0].isdigit() and not text.endswith((".", "!", ";"))


def _filled(rows: Sequence[Sequence[Cell]], heads: int) -> Iterator[list[str]]:
    """Yield the texts of each row, column by column, with those of the cells above that stretch into it."""
    above: dict[int, tuple[str, int]] = {}
    for nth, row in enumerate(rows):
        line: list[str] = []
        covered, above = above, {}
        for cell in row:
            _take(line, covered, above)
            for column in range(min(max(1, cell.columns), _WIDEST)):
                text = cell.text if column == 0 or nth < heads else ""
                if cell.rows > 1 and len(line) < _LAST_STRETCHED:
                    above[len(line)] = text, cell.rows - 1
                line.append(text)
        _take(line, covered, above)
        yield line


def _take(line: list[str], covered: dict[int, tuple[str, int]], above: dict[int, tuple[str, int]]) -> None:
    """Fill the next columns that cells above cover."""
    while len(line) in covered:
        text, left = covered[len(line)]
        if left > 1:
            above[len(line)] = text, left - 1
        line.append(text)


def _padded(lines: Sequence[list[str]]) -> list[list[str]]:
    width = max(map(len, lines), default=0)
    return [line + [""] * (width - len(line)) for line in lines]


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, texts)))


def _row(cells: Sequence[str], *, is_head: bool) -> RawBlock:
    last = max(nth for nth, cell in enumerate(cells) if cell)
    return RawBlock("row", (_BETWEEN.join(cells[: last + 1]),), is_head=is_head)

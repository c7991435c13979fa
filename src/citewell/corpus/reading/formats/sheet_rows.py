"""Rows of cells to blocks: each row says the name of its column before each value, so that it can be read and found alone.

Empty rows divide a sheet, and so do empty columns between two tables that name their own columns. A line of one cell above a
table is its title. Where no row names the columns, or a row has more cells than there are names, the cells stand alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.formats.column_names import ROWS_OF_HEAD, Cells, Head, find_head, kind_of
from citewell.document import Location

# A cell of so many words, alone in its row, is text.
_TEXT_WORDS = 8
# Between the tables of a sheet; each of more would cost another look at all cells.
_MOST_GAPS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: its number, from 1, and its filled cells by their columns, from 0.

    ``spanned`` has merged cells in each column that they cover. ``is_strict`` means that a cell too many shifts the others, as
    in files whose cells are divided by a sign.
    """

    number: int
    cells: Cells
    spanned: Cells | None = None
    is_strict: bool = False


@dataclass(slots=True)
class _Last:
    """The names that hold on after an empty row."""

    head: Head | None = None


def table_blocks(rows: Iterable[Row], place: Callable[[int], Location]) -> Iterator[RawBlock]:
    """Yield the blocks of a sheet.

    Args:
        rows: Its rows in order; those without cells may be missing.
        place: The location of a row by its number.
    """
    last = _Last()
    for band in _bands(rows):
        for region in _regions(band):
            yield from _region(region, place, last)


def plain(cell: str) -> str:
    """Return a cell as one line."""
    return " ".join(cell.split())


def _bands(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the rows between empty ones."""
    band: list[Row] = []
    for row in rows:
        if band and (not row.cells or row.number > band[-1].number + 1):
            yield band
            band = []
        if row.cells:
            band.append(row)
    if band:
        yield band


def _regions(band: list[Row]) -> Iterator[list[Row]]:
    """Divide rows where an empty column stands between two tables that both name their columns."""
    filled = sorted({column for row in band for column in row.cells})
    for edge in islice((right for left, right in pairwise(filled) if right > left + 1), _MOST_GAPS):
        sides = range(edge), range(edge, filled[-1] + 1)
        # A head is found by the rows around it, so the others are divided only where both sides have one.
        if all(_head(list(islice(_part(band, side), ROWS_OF_HEAD))) for side in sides):
            left, right = (list(_part(band, side)) for side in sides)
            yield left
            # What is right of a gap can have empty rows of its own.
            for more in _bands(right):
                yield from _regions(more)
            return
    yield band


def _part(band: Sequence[Row], columns: range) -> Iterator[Row]:
    for row in band:
        if cells := _within(row.cells, columns):
            yield replace(row, cells=cells, spanned=_within(row.spanned, columns) if row.spanned else None)


def _within(cells: Cells, columns: range) -> Cells:
    return {column: cell for column, cell in cells.items() if column in columns}


def _head(region: Sequence[Row]) -> Head | None:
    spans = {at: row.spanned for at, row in enumerate(region[:20]) if row.spanned}
    return find_head([row.cells for row in region], spans)


def _region(region: list[Row], place: Callable[[int], Location], last: _Last) -> Iterator[RawBlock]:
    head = _head(region)
    start = head.end if head else 0
    if head:
        last.head = head
    elif last.head and last.head.fits([row.cells for row in region]):
        head = last.head
    names = head.names if head else {}
    is_wide = any(len(row.cells) > 1 for row in region)
    for row in region[: head.start if head and start else 0]:
        yield _row(row, {}, place, is_text=len(row.cells) == 1)
    if head and start:
        yield from _unfilled(region, head, place)
    for at, row in enumerate(region[start:]):
        is_alone = len(row.cells) == 1 and (is_wide or len(region) == 1)
        is_title = is_alone and not head and at == 0
        yield _row(row, names, place, is_text=is_title or (len(row.cells) == 1 and _is_text(row.cells)))


def _unfilled(region: Sequence[Row], head: Head, place: Callable[[int], Location]) -> Iterator[RawBlock]:
    """Yield the row of names itself where a column has no value, whose name would be lost."""
    filled = {column for row in region[head.end :] for column in row.cells}
    if not filled.issuperset(head.names):
        yield _row(region[head.end - 1], {}, place, is_text=False, cells=head.names)


def _is_text(cells: Cells) -> bool:
    return all(kind_of(cell) == "word" and len(cell.split()) >= _TEXT_WORDS for cell in cells.values())


def _row(
    row: Row, names: Mapping[int, str], place: Callable[[int], Location], *, is_text: bool, cells: Cells | None = None
) -> RawBlock:
    cells = row.cells if cells is None else cells
    if row.is_strict and names and max(cells) > max(names):
        names = {}
    shown = [
        f"{names[column].rstrip(' :')}: {cell}" if column in names and not is_text else cell
        for column, cell in sorted(cells.items())
    ]
    return RawBlock("prose" if is_text else "row", (" | ".join(shown),), location=place(row.number))

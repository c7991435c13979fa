"""Which row of a table names its columns, by what its cells look like and those below them.

A name is short and no figure, it is not repeated below itself, and what is below is often of another kind: numbers, dates,
addresses. One that stands twice in its row stands nowhere below, unlike the values that a list has again and again. Where all
cells are words, the first full row of three or more columns names them. Of two columns that is only clear if one holds longer
texts, or few values again and again: a list of names and values looks the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import regex

# A row: the filled cells by their columns, from 0.
Cells = Mapping[int, str]
Kind = Literal["number", "date", "address", "code", "word"]

_NUMBER = regex.compile(
    r"[-+(~<>≈]*\s?(?:\p{Sc}|\p{Lu}{3}\s)?\s?\d[\d.,'’\s]*+(?:[eE][-+]?\d+)?\s?(?:%|\p{Sc}|\p{Lu}{3})?\)?"
)
_DATE = regex.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}(?:[T ]\d.*)?|\d{1,2}:\d{2}(?::\d{2})?.{0,6}")
_ADDRESS = regex.compile(r"[^\s@]++@[^\s@.]++(?:\.[^\s@.]*+)++|[\p{L}\d+.-]+://\S+|www\.\S+")
_CODE = regex.compile(r"(?=\S*\d)\S+|[tT]rue|TRUE|[fF]alse|FALSE")
# A question of a form can be the name of a column, but only above what is no words.
_LONGEST_NAME, _MOST_WORDS = 200, 30
_SHORT_NAME, _FEW_WORDS = 80, 10
_SENTENCE = regex.compile(r"\p{L}{2}[.!;,]$")
# Above it there may be a title, and lines about the whole table.
_LOWEST = 12
_SAMPLE = 60
# No row below these tells anything about a head.
ROWS_OF_HEAD = _LOWEST + 2 + _SAMPLE
_MOSTLY = 0.7
# Of the filled cells below, so many are below a name.
_COVERED = 0.8
# Of a row of names with one that is repeated, so many are below.
_FEWEST_BELOW = 2
_YEARS = range(1900, 2101)


def kind_of(cell: str) -> Kind:
    """Return what a cell looks like."""
    if _DATE.fullmatch(cell):
        return "date"
    if _NUMBER.fullmatch(cell):
        return "number"
    if _ADDRESS.fullmatch(cell):
        return "address"
    return "code" if _CODE.fullmatch(cell) else "word"


@dataclass(frozen=True, slots=True)
class Head:
    """The names of columns, in the rows ``[start, end)`` of a table, and what kind of cells is below each."""

    start: int
    end: int
    names: Cells
    kinds: Mapping[int, Kind]

    def fits(self, rows: Sequence[Cells]) -> bool:
        """Return whether rows further down, after an empty one, are of the same table."""
        sample = rows[:_SAMPLE]
        if any(column not in self.names for row in sample for column in row):
            return False
        kinds = _kinds(sample)
        alike = sum(self.kinds.get(column) == kind for column, kind in kinds.items())
        return any(len(row) > 1 for row in sample) and alike >= _MOSTLY * len(kinds)


def find_head(rows: Sequence[Cells], spans: Mapping[int, Cells] | None = None) -> Head | None:
    """Find the row, or the two rows, that name the columns of a table.

    Args:
        rows: The rows, none of them empty.
        spans: Of rows with merged cells by their place, the row with these repeated in each column that they cover.
    """
    # Rows whose names are all different are clearer.
    return _find(rows, spans or {}, _is_head) or _find(rows, spans or {}, _is_head_with_repeated)


def _find(
    rows: Sequence[Cells], spans: Mapping[int, Cells], is_head: Callable[[Cells, Sequence[Cells]], bool]
) -> Head | None:
    for start in range(min(_LOWEST, len(rows) - 1)):
        if len(rows[start]) < 2:
            continue
        for height in (1, 2):
            names = _names(rows[start : start + height], start, spans)
            below = rows[start + height : start + height + _SAMPLE]
            # What stands above a head has fewer cells; otherwise the rows are a list of names and values.
            is_first = all(len(row) < len(names or ()) for row in rows[:start])
            if names and below and is_first and is_head(names, below):
                return Head(start, start + height, names, _kinds(below))
    return None


def _names(rows: Sequence[Cells], start: int, spans: Mapping[int, Cells]) -> Cells | None:
    """Return the names in one row, or in two of which the upper names groups of columns."""
    if len(rows) == 1:
        return rows[0]
    upper, lower = spans.get(start, rows[0]), rows[1]
    if len(rows[0]) >= len({*rows[0], *lower}) or not all(kind_of(cell) == "word" for cell in rows[0].values()):
        return None
    columns = sorted({*upper, *lower})
    return {column: " ".join(dict.fromkeys(filter(None, (upper.get(column), lower.get(column))))) for column in columns}


def _is_head(names: Cells, below: Sequence[Cells]) -> bool:
    return not _repeated(names) and _names_columns(names, below)


def _is_head_with_repeated(names: Cells, below: Sequence[Cells]) -> bool:
    repeated = _repeated(names)
    if all(name.casefold() in repeated for name in names.values()) or len(below) < _FEWEST_BELOW:
        return False
    is_below = any(cell.casefold() in repeated for row in below for cell in row.values())
    return not is_below and _names_columns(names, below)


def _repeated(names: Cells) -> set[str]:
    counts = Counter(name.casefold() for name in names.values())
    return {name for name, times in counts.items() if times > 1}


def _names_columns(names: Cells, below: Sequence[Cells]) -> bool:
    filled = Counter(column for row in below for column in row)
    # The first column may be without a name, where it numbers the rows or says what they are.
    filled.pop(min(filled) if min(filled) not in names else -1, None)
    if sum(times for column, times in filled.items() if column in names) < _COVERED * filled.total():
        return False
    columns = {column: [row[column] for row in below if column in row] for column in names}
    if any(name in columns[column] for column, name in names.items()):
        return False
    if _is_series(names, columns):
        return True
    return all(_is_name(name) for name in names.values()) and _tells(names, columns, filled)


def _is_name(cell: str) -> bool:
    if len(cell) > _LONGEST_NAME or len(cell.split()) > _MOST_WORDS or _SENTENCE.search(cell):
        return False
    # A month may name a column as a date.
    return kind_of(cell) in {"word", "code"} or bool(regex.fullmatch(r"\d{4}-\d{2}(?:-01)?(?: 00:00.*)?", cell))


def _tells(names: Cells, columns: Mapping[int, Sequence[str]], filled: Mapping[int, int]) -> bool:
    """Return whether cells differ from the names above them."""
    kinds = {column: [kind_of(cell) for cell in cells] for column, cells in columns.items() if cells}
    words = [column for column, found in kinds.items() if found.count("word") > (1 - _MOSTLY) * len(found)]
    others = [column for column in kinds if column not in words]
    if any(kind_of(names[column]) == "word" for column in others):
        return True
    if others and not all(_differs(names[column], columns[column]) for column in others):
        return False
    if any(len(name) > _SHORT_NAME or len(name.split()) > _FEW_WORDS or name.endswith("?") for name in names.values()):
        return False
    if len(names) > 2 and set(filled) <= set(names):
        return True
    return any(_is_longer(names[column], columns[column]) or _is_repeated(columns[column]) for column in words)


def _differs(name: str, cells: Sequence[str]) -> bool:
    """Return whether a name like "col-1" is above numbers or dates."""
    return sum(kind_of(cell) != kind_of(name) for cell in cells) >= _MOSTLY * len(cells)


def _is_longer(name: str, cells: Sequence[str]) -> bool:
    words = sorted(len(cell.split()) for cell in cells)
    return words[len(words) // 2] > 2 * len(name.split()) + 1


def _is_repeated(cells: Sequence[str]) -> bool:
    return len(cells) > 3 and len(set(cells)) <= len(cells) / 2


def _is_series(names: Cells, columns: Mapping[int, Sequence[str]]) -> bool:
    """Return whether numbers name columns: consecutive years, or 1, 2, 3 above words; the first cell may be a word."""
    cells = list(names.items())
    if cells and kind_of(cells[0][1]) == "word":
        cells = cells[1:]
    if len(cells) < 2 or not all(name.isascii() and name.isdigit() and len(name) < 5 for _, name in cells):
        return False
    numbers = [int(name) for _, name in cells]
    if any(abs(other - one) != 1 for one, other in pairwise(numbers)):
        return False
    if all(number in _YEARS for number in numbers):
        below = [cell for column, _ in cells for cell in columns[column]]
        return not any(cell.isdigit() and cell.isascii() and int(cell[:9]) in _YEARS for cell in below)
    return all(kind_of(cell) == "word" for column, _ in cells for cell in columns[column])


def _kinds(rows: Sequence[Cells]) -> dict[int, Kind]:
    """Return the most frequent kind of the cells of each column."""
    counts: dict[int, Counter[Kind]] = {}
    for row in rows:
        for column, cell in row.items():
            counts.setdefault(column, Counter())[kind_of(cell)] += 1
    return {column: found.most_common(1)[0][0] for column, found in counts.items()}

"""Lines to rows of tables, where their columns are clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from citewell.corpus.reading.formats.pdf.marks import is_bullet, is_item_mark
from citewell.corpus.reading.formats.pdf.table_rows import Row, rows_of_table, rule_between
from citewell.corpus.reading.formats.pdf.words import Line, Rule, Word

# The least space between two cells, in the size of the letters.
_GAP = 0.9
_COMMON_GAP = 0.15
_NARROW_GAP, _WORD_GAP = 0.4, 0.7
_SAME_SPACE, _STRETCHED, _WIDER = 0.04, 2.5, 1.5
# Rows further apart than this, in the size of the letters, are in no table, unless rules run between them.
_FURTHEST = 3.2
_LEAST_ROWS = 3
# So far apart, the names of columns and the first row.
_NEAR = 2.0
_FAR = 1.8
# A heading after a table.
_LARGER = 1.08
_CLEAR_COLUMNS = 3
_MOST_HEADS = 8


Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Table:
    """Consecutive lines of a column that are a table: the first of them, the one after the last, and its rows."""

    start: int
    end: int
    rows: tuple[Row, ...]


def find_tables(lines: Sequence[Line], rules: Sequence[Rule]) -> list[Table]:
    """Return the tables in the lines of a column, from the top.

    Args:
        lines: The lines of the column, from top to bottom.
        rules: The horizontal rules of the page.
    """
    found: list[Table] = []
    at = taken = 0
    merged = _same_rows(lines)
    starts = [0]
    for row in merged:
        starts.append(starts[-1] + len(row))
    words = [sorted((word for line in row for word in line.words), key=lambda word: word.left) for row in merged]
    gaps = [_gaps(row) for row in words]
    while at < len(merged):
        end, columns = _grown_below_names(merged, words, gaps, at, rules)
        if columns and _is_table(gaps[at:end], columns, _has_rules(merged[at:end], rules)):
            above = _with_names(words[at - 1], gaps[at - 1], columns) if at > taken else []
            if above and merged[at][0].base - merged[at - 1][0].base <= _NEAR * merged[at][0].size:
                at, columns = at - 1, above
            rows = rows_of_table(merged[at:end], words[at:end], columns, rules)
            found.append(Table(starts[at], starts[end], tuple(rows)))
            at = taken = end
        else:
            at += 1
    return found


def _grown_below_names(
    rows: Sequence[Sequence[Line]],
    words: Sequence[Sequence[Word]],
    gaps: list[list[Interval]],
    at: int,
    rules: Sequence[Rule],
) -> tuple[int, list[Interval]]:
    """Return the end of the rows from one on that may be a table, and the spaces between their columns."""
    end, columns = _grown(rows, words, gaps, at, rules)
    # The names of columns may stand closer than what is below them; above them there may be another table.
    for head in range(1, min(_MOST_HEADS, end - at) if columns else 0):
        other, more = _grown(rows, words, gaps, at + head, rules)
        if other >= end and len(more) > len(columns):
            return (other, more) if head <= 2 else (at + head - 1, columns)
    return end, columns


def _with_names(words: Sequence[Word], gaps: list[Interval], columns: Sequence[Interval]) -> list[Interval]:
    """Return the columns of a table with the row above it; none if that does not have a cell in each of them.

    Names as wide as their columns stand as evenly as the words of a line that is stretched.
    """
    size = words[0].style.size
    own = _known_gaps(words, gaps, columns)
    both = [
        (max(start, left), min(end, right))
        for start, end in own
        for left, right in columns
        if min(end, right) - max(start, left) >= _COMMON_GAP * size
    ]
    is_full = len(columns) + 1 >= _CLEAR_COLUMNS and len(both) == len(own) == len(columns)
    return both if is_full else []


def _same_rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines by their baselines: the cells of a row may have come as several."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(line.base - rows[-1][-1].base) < 0.3 * min(line.size, rows[-1][-1].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _gaps(words: Sequence[Word]) -> list[Interval]:
    """Return the wide spaces in a row."""
    end = words[0].right
    is_item = is_bullet(words[0].text) or is_item_mark(words[0].text)
    if is_item and len(words) > 1:
        # The space after the mark of an item is no column.
        end = words[1].left
    spaces: list[Interval] = []
    for word in words[1:]:
        spaces.append((end, word.left))
        end = max(end, word.right)
    least = _least_gap([right - left for left, right in spaces], words[0].style.size)
    return [(left, right) for left, right in spaces if right - left >= least]


def _least_gap(spaces: Sequence[float], size: float) -> float:
    """Return how wide the space between two cells is: in a line stretched to the width of its column, all spaces are wide."""
    if len(spaces) < 2:
        return _GAP * size
    usual = median(spaces)
    alike = sum(abs(space - usual) < _SAME_SPACE * size for space in spaces)
    is_usual = alike >= max(2, len(spaces) / 2) and usual < _STRETCHED * size
    return max(_GAP * size, _WIDER * usual if is_usual else 0.0)


def _grown(
    rows: Sequence[Sequence[Line]],
    words: Sequence[Sequence[Word]],
    gaps: list[list[Interval]],
    at: int,
    rules: Sequence[Rule],
) -> tuple[int, list[Interval]]:
    """Return the end of the rows from one on that have white columns in common, and those columns."""
    filled = _cells_of(words[at], gaps[at])
    last, kept = at + 1, _between(filled)
    for end in range(at + 1, len(rows) if gaps[at] else 0):
        above, line = rows[end - 1][0], rows[end][0]
        is_near = line.base - above.base <= _FURTHEST * max(line.size, above.size)
        if (not is_near and not rule_between(above, line, rules)) or line.size > _LARGER * above.size:
            break
        gaps[end] = _known_gaps(words[end], gaps[end], _between(filled))
        own = _cells_of(words[end], gaps[end])
        # One cell, further away than rows were so far, is the heading of the next table.
        if (
            len(own) == 1
            and end > at + 1
            and line.base - above.base > _FAR * (above.base - rows[at][0].base) / (end - at - 1)
        ):
            break
        both = _merged([*filled, *own], _COMMON_GAP * line.size)
        if len(both) < 2 or (len(own) == 1 and len(both) < len(filled)):
            break
        filled = both
        # A row with one cell goes on in a table, and does not end one.
        if gaps[end]:
            last, kept = end + 1, _between(filled)
    return last, kept


def _known_gaps(words: Sequence[Word], gaps: list[Interval], columns: Sequence[Interval]) -> list[Interval]:
    """Return the wide spaces of a row, and the narrower ones that stand between columns of the rows above."""
    spaces: list[Interval] = []
    end = words[0].right
    for word in words[1:]:
        spaces.append((end, word.left))
        end = max(end, word.right)
    size = words[0].style.size
    least = min((right - left for left, right in spaces), default=0.0)
    found = list(gaps)
    for start, end in spaces:
        is_narrow = end - start >= _NARROW_GAP * size and (
            end - start > _WIDER * least or end - start >= _WORD_GAP * size
        )
        if (start, end) not in gaps and is_narrow:
            shared = max((min(end, right) - max(start, left) for left, right in columns), default=0.0)
            found += [(start, end)] if shared >= _COMMON_GAP * size else []
    return sorted(found)


def _cells_of(words: Sequence[Word], gaps: Sequence[Interval]) -> list[Interval]:
    """Return where the cells of a row stand."""
    edges = [words[0].left, *(side for gap in gaps for side in gap), max(word.right for word in words)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _merged(cells: Sequence[Interval], gap: float) -> list[Interval]:
    """Return intervals with those in one that overlap or nearly touch."""
    found: list[Interval] = []
    for left, right in sorted(cells):
        if found and left - found[-1][1] < gap:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _between(cells: Sequence[Interval]) -> list[Interval]:
    """Return the spaces between cells."""
    return [(one[1], other[0]) for one, other in pairwise(cells)]


def _is_table(gaps: Sequence[Sequence[Interval]], columns: Sequence[Interval], ruled: int) -> bool:
    full = sum(bool(row) for row in gaps)
    if ruled >= 2:
        return full >= 2
    return full >= _LEAST_ROWS or (full >= 2 and len(columns) + 1 >= _CLEAR_COLUMNS)


def _has_rules(rows: Sequence[Sequence[Line]], rules: Sequence[Rule]) -> int:
    """Return how many rules run above, between and below rows."""
    if not rules:
        return 0
    top, bottom = rows[0][0].base - 2.5 * rows[0][0].size, rows[-1][0].base + 2 * rows[-1][0].size
    left, right = min(line.left for row in rows for line in row), max(line.right for row in rows for line in row)
    return len({round(rule[1]) for rule in rules if top <= rule[1] <= bottom and rule[0] < right and rule[2] > left})

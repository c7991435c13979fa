"""The rows of a table of a PDF, once its columns are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from citewell.corpus.reading.formats.pdf.words import Line, Rule, Word

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the words of each cell, and the lines it came from."""

    cells: tuple[tuple[Word, ...], ...]
    lines: tuple[Line, ...]


def rows_of_table(
    rows: Sequence[Sequence[Line]],
    words: Sequence[Sequence[Word]],
    columns: Sequence[Interval],
    rules: Sequence[Rule],
) -> list[Row]:
    """Return rows with their cells; lines between two rules are one row.

    Args:
        rows: The lines of each row.
        words: Their words, from left to right.
        columns: The spaces between the columns.
        rules: The horizontal rules of the page.
    """
    cuts = [(start + end) / 2 for start, end in columns]
    is_rtl = sum(line.is_rtl for row in rows for line in row) * 2 > sum(map(len, rows))
    cells = [_cells(row, cuts) for row in words]
    blocks: list[list[int]] = [[0]]
    for at, (above, below) in enumerate(pairwise(rows), 1):
        if rule_between(above[0], below[0], rules):
            blocks.append([at])
        else:
            blocks[-1].append(at)
    is_grid = _is_grid(blocks, cells)
    found: list[Row] = []
    for block in blocks:
        for nth, at in enumerate(block):
            own, lines = cells[at], tuple(rows[at])
            if nth and (is_grid or (not own[0] and _is_close(rows[at - 1][0], rows[at][0]))):
                both = tuple((*one, *other) for one, other in zip(found[-1].cells, own, strict=True))
                found[-1] = Row(both, (*found[-1].lines, *lines))
            else:
                found.append(Row(own, lines))
    return [_from_right(row) for row in found] if is_rtl else found


def _cells(words: Sequence[Word], cuts: Sequence[float]) -> tuple[tuple[Word, ...], ...]:
    cells: list[list[Word]] = [[] for _ in range(len(cuts) + 1)]
    for word in words:
        cells[sum(word.left >= cut for cut in cuts)].append(word)
    return tuple(map(tuple, cells))


def _is_grid(blocks: Sequence[Sequence[int]], cells: Sequence[Sequence[Sequence[Word]]]) -> bool:
    """Return whether rules part all rows: what is between two of them is one row, of cells with several lines.

    In a table with rules only above and below its body, most lines between them have all cells filled.
    """
    several = [at for block in blocks for at in block if len(block) > 1]
    full = sum(all(cells[at]) for at in several)
    return len(blocks) > 2 and full * 2 <= len(several)


def _from_right(row: Row) -> Row:
    """Return a row of a language that is written from the right."""
    place = {id(word): (nth, at) for nth, line in enumerate(row.lines) for at, word in enumerate(line.words)}
    cells = (tuple(sorted(cell, key=lambda word: place[id(word)])) for cell in reversed(row.cells))
    return Row(tuple(cells), row.lines)


def _is_close(above: Line, below: Line) -> bool:
    return below.base - above.base <= 1.3 * max(above.size, below.size)


def rule_between(above: Line, below: Line, rules: Sequence[Rule]) -> bool:
    """Return whether a rule runs between two lines."""
    return any(
        above.base - 0.3 * above.size <= rule[1] <= below.base and rule[0] < below.right and rule[2] > below.left
        for rule in rules
    )

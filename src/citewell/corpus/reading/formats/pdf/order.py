"""The order in which the lines of a page are read: a recursive XY cut.

Columns are read one after the other wherever white space runs between them. Lines that run across the columns, such as a title,
part the page above and below. After Nagy, Seth and Viswanathan, "A prototype document image analysis system for technical
journals" (Computer, 1992), and XY-Cut++ (arXiv:2504.10258).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from citewell.corpus.reading.formats.pdf.words import Line

# The least width of the white space between columns, in the size of the letters, and what a column has at least.
_WIDTH = 0.4
_LEAST_LINES = 3
_LEAST_LETTERS = 6
_DEEPEST = 16
# Lines that run across columns which overlap with them.
_MOST_ACROSS = 3
_TRIED = 40
_NEAR, _OVERLAP = 3.2, 0.6

_Interval = tuple[float, float]


def columns_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the columns of a page in reading order, each with its lines from top to bottom."""
    if not lines:
        return []
    gap = _WIDTH * median(line.size for line in lines)
    is_rtl = sum(line.is_rtl for line in lines) * 2 > len(lines)
    return _stacked(_Cutting(gap, is_rtl=is_rtl).cut(list(lines), 0))


def _stacked(columns: Iterable[list[Line]]) -> list[list[Line]]:
    """Return columns with those in one that stand directly below each other, such as the two parts of a table."""
    found: list[list[Line]] = []
    for column in columns:
        if found and _is_below(found[-1], column):
            found[-1] += column
        else:
            found.append(column)
    return found


def _is_below(column: Sequence[Line], other: Sequence[Line]) -> bool:
    above, below = max(column, key=lambda line: line.base), min(other, key=lambda line: line.base)
    if not 0 < below.base - above.base < _NEAR * max(above.size, below.size):
        return False
    left, right = min(line.left for line in column), max(line.right for line in column)
    start, end = min(line.left for line in other), max(line.right for line in other)
    return min(right, end) - max(left, start) > _OVERLAP * (max(right, end) - min(left, start))


class _Cutting:
    def __init__(self, gap: float, *, is_rtl: bool) -> None:
        self._gap = gap
        self._is_rtl = is_rtl

    def cut(self, lines: list[Line], depth: int) -> Iterator[list[Line]]:
        """Yield the columns of a part of a page."""
        if len(lines) < 2 * _LEAST_LINES or depth > _DEEPEST:
            yield _from_top(lines)
            return
        columns = self.columns(lines)
        if len(columns) > 1:
            for column in columns:
                yield from self.cut(column, depth + 1)
            return
        groups = self.groups(_slabs(lines))
        if len(groups) > 1:
            for group in groups:
                yield from self.cut(group, depth + 1)
            return
        parts = self.across(lines)
        if len(parts) > 1:
            for part in parts:
                yield from self.cut(part, depth + 1)
            return
        yield _from_top(lines)

    def intervals(self, lines: Sequence[Line]) -> list[_Interval]:
        """Return where lines stand from left to right, with what overlaps or nearly touches as one."""
        found: list[_Interval] = []
        for left, right in sorted((line.left, line.right) for line in lines):
            if found and left - found[-1][1] < self._gap:
                found[-1] = (found[-1][0], max(found[-1][1], right))
            else:
                found.append((left, right))
        return found

    def columns(self, lines: Sequence[Line]) -> list[list[Line]]:
        """Return lines by the white space that runs between them from top to bottom; all in one if there is none."""
        found: list[list[Line]] = []
        for interval in self.intervals(lines):
            column = [line for line in lines if interval[0] <= line.left <= interval[1]]
            if found and not (_is_column(column) and _is_column(found[-1])):
                found[-1] += column
            else:
                found.append(column)
        return found[::-1] if self._is_rtl else found

    def groups(self, slabs: Sequence[list[Line]]) -> list[list[Line]]:
        """Return neighbouring slabs together that have the same columns, or that have none."""
        groups: list[list[list[Line]]] = []
        whole: list[_Interval] = []
        for slab in slabs:
            own = self.intervals(slab)
            both = self.merged(whole, own)
            if groups and (len(both) > 1 or len(whole) == len(own) == 1):
                groups[-1].append(slab)
                whole = both
                continue
            moved: list[list[Line]] = []
            if groups:
                moved = self.trailing(groups[-1], slab) if len(whole) > 1 else self.leading(groups[-1], slab)
            if moved:
                del groups[-1][-len(moved) :]
            groups.append([*moved, slab])
            whole = self.intervals([line for part in groups[-1] for line in part])
        return [[line for slab in group for line in slab] for group in groups if group]

    def merged(self, one: Sequence[_Interval], other: Sequence[_Interval]) -> list[_Interval]:
        """Return two lists of intervals as one."""
        found: list[_Interval] = []
        for left, right in sorted([*one, *other]):
            if found and left - found[-1][1] < self._gap:
                found[-1] = (found[-1][0], max(found[-1][1], right))
            else:
                found.append((left, right))
        return found

    def trailing(self, group: Sequence[list[Line]], following: Sequence[Line]) -> list[list[Line]]:
        """Return the last slabs of columns that belong to what follows: a short heading above a line across all columns."""
        moved: list[list[Line]] = []
        below = min(_top(line) for line in following)
        for at in range(len(group) - 1, 0, -1):
            slab = group[at]
            if len(self.intervals(slab)) > 1 or len(moved) > 1:
                break
            above = max(line.base for line in group[at - 1])
            if min(_top(line) for line in slab) - above <= 1.2 * (below - max(line.base for line in slab)):
                break
            moved.insert(0, slab)
            below = min(_top(line) for line in slab)
        return moved

    def leading(self, group: Sequence[list[Line]], following: Sequence[Line]) -> list[list[Line]]:
        """Return the last slabs that belong to the columns below: from the widest space on, as far as none crosses them."""
        whole = self.intervals(following)
        start, widest = len(group), -1.0
        below = min(_top(line) for line in following)
        for at in range(len(group), 0, -1):
            space = below - max(line.base for line in group[at - 1])
            if space > widest:
                start, widest = at, space
            whole = self.merged(whole, self.intervals(group[at - 1]))
            if len(whole) < 2:
                break
            below = min(_top(line) for line in group[at - 1])
        return list(group[start:])

    def across(self, lines: Sequence[Line]) -> list[list[Line]]:
        """Return the parts above and below the few lines that run across columns which overlap with them."""
        edges = sorted({line.right for line in lines})
        best: list[Line] | None = None
        for edge in edges[:: max(len(edges) // _TRIED, 1)]:
            middle = edge + self._gap / 2
            crossing = [line for line in lines if line.left < middle < line.right]
            left = [line for line in lines if line.right <= middle]
            right = [line for line in lines if line.left >= middle]
            fits = 0 < len(crossing) <= _MOST_ACROSS and _is_column(left) and _is_column(right)
            if fits and (best is None or len(crossing) < len(best)):
                best = crossing
        if best is None:
            return [list(lines)]
        parts: list[list[Line]] = []
        rest = [line for line in lines if line not in best]
        for line in sorted(best, key=lambda line: line.base):
            parts += [[each for each in rest if each.base <= line.base], [line]]
            rest = [each for each in rest if each.base > line.base]
        return [part for part in [*parts, rest] if part]


def _top(line: Line) -> float:
    """Return where small letters begin: the rectangles of lines that are set tight overlap."""
    return line.base - 0.6 * line.size


def _slabs(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines by the white bands that run between them from left to right."""
    slabs: list[list[Line]] = []
    bottom = 0.0
    for line in sorted(lines, key=_top):
        if slabs and _top(line) < bottom:
            slabs[-1].append(line)
            bottom = max(bottom, line.base)
        else:
            slabs.append([line])
            bottom = line.base
    return slabs


def _is_column(lines: Sequence[Line]) -> bool:
    """Return whether lines are enough for a column, and more than marks beside another one."""
    return (
        len(lines) >= _LEAST_LINES
        and median(sum(len(word.text) for word in line.words) for line in lines) >= _LEAST_LETTERS
    )


def _from_top(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.base, line.left))

"""Rows to lines: they are cut where the space between two columns of text runs through them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import regex

from citewell.corpus.reading.formats.pdf.words import Line, Rule, Word

# The space between columns: its least width in the size of the letters, its least length in rows, and what stands beside it.
_GUTTER = 0.55
_GUTTER_ROWS = 4
# Wider than the spaces in a row, if there are enough to tell.
_WIDER, _SPACES, _MERE = 1.2, 4, 1.1
_ROWS_BESIDE = 3
# Columns of text, unlike those of tables, have long lines that begin below each other.
_WORDS_A_LINE = 3.5
_FILLED = 0.6
_ALIGNED = 0.5
_SAME_PLACE = 1.5
_ALONE = 0.2
# Above it, a page is no text that anybody has laid out.
MOST_ROWS = 3000
_MOST_LOOKED_AT = 200_000
_RTL = regex.compile(r"[\p{bc=R}\p{bc=AL}]")
_LTR = regex.compile(r"[\p{bc=L}\p{bc=EN}\p{bc=AN}]")


@dataclass(slots=True)
class _Strip:
    """White space between columns: its sides, and the first and last row beside it."""

    left: float
    right: float
    first: int
    last: int


@dataclass(slots=True)
class _Row:
    """A row of words with the gaps between them, each as its sides and the number of the word after it.

    ``space`` is the usual space between its words, 0 where there are too few to tell.
    """

    words: list[Word]
    left: float
    right: float
    base: float
    size: float
    gaps: list[tuple[float, float, int]]
    space: float

    def white(self, left: float, right: float) -> tuple[float, float] | None:
        """Return the widest part of an interval where no word stands."""
        if self.left >= right or self.right <= left:
            return left, right
        best = (left, min(right, self.left))
        for start, end, _ in [*self.gaps, (self.right, right, 0)]:
            part = max(left, start), min(right, end)
            if part[1] - part[0] > best[1] - best[0]:
                best = part
        return best if best[1] > best[0] else None


def _row(words: list[Word]) -> _Row:
    gaps: list[tuple[float, float, int]] = []
    end = words[0].right
    for at, word in enumerate(words[1:], 1):
        if word.left > end:
            gaps.append((end, word.left, at))
        end = max(end, word.right)
    base = max(word.base for word in words)
    size = median(word.style.size for word in words)
    spaces = sorted(right - left for left, right, _ in gaps)
    space = spaces[len(spaces) // 2] if len(spaces) >= _SPACES else 0.0
    return _Row(words, words[0].left, end, base, size, gaps, space)


def lines_of(rows: Sequence[list[Word]], rules: Sequence[Rule], page: int, turn: int) -> list[Line]:
    """Return the lines of rows, from the top; a row that runs through several columns gives several.

    Args:
        rows: What ``rows_of`` returned.
        rules: Horizontal rules in the direction of reading; a table has them across its columns.
        page: The number of the page.
        turn: How the text stands on it.
    """
    measured = [_row(row) for row in rows]
    strips = _strips(measured, rules) if len(rows) <= MOST_ROWS else []
    found: list[Line] = []
    for at, row in enumerate(measured):
        cuts = {0, len(row.words)}
        for strip in strips:
            if strip.first <= at <= strip.last:
                cuts.update(nth for start, end, nth in row.gaps if start < strip.right and end > strip.left)
        ordered = sorted(cuts)
        for start, end in pairwise(ordered):
            found.append(_line(row.words[start:end], page, turn))
    return found


def _line(words: list[Word], page: int, turn: int) -> Line:
    """Return a line with its words in the order of reading: from the right where most of it is written so."""
    right = sum(bool(_RTL.search(word.text)) for word in words)
    if right and right * 2 >= sum(bool(_LTR.search(word.text) or _RTL.search(word.text)) for word in words):
        ordered: list[Word] = []
        # Numbers and foreign words keep their own order.
        run: list[Word] = []
        for word in reversed(words):
            if _LTR.search(word.text) and not _RTL.search(word.text):
                run.insert(0, word)
                continue
            ordered += [*run, word]
            run = []
        return Line([*ordered, *run], page, turn, is_rtl=True)
    return Line(words, page, turn)


def _strips(rows: Sequence[_Row], rules: Sequence[Rule]) -> list[_Strip]:
    """Return the spaces between columns of text."""
    strips: list[_Strip] = []
    crossings = sorted(rules, key=lambda rule: rule[1])
    tops = [rule[1] for rule in crossings]
    gaps = [
        (start - end, at, start, end)
        for at, row in enumerate(rows)
        for start, end, _ in row.gaps
        if end - start >= max(_GUTTER * row.size, _WIDER * row.space)
    ]
    seen: set[tuple[int, ...]] = set()
    looked_at = 0
    # The widest first: what stands beside another one ends there.
    for _, at, start, end in sorted(gaps):
        if any(strip.first <= at <= strip.last and strip.left < end and strip.right > start for strip in strips):
            continue
        strip = _grown(rows, at, start, end, crossings, tops)
        looked_at += strip.last - strip.first
        if looked_at > _MOST_LOOKED_AT:
            break
        # What stands beside it ends at the spaces found before.
        place = (strip.first, strip.last, round(strip.left), round(strip.right), len(strips))
        if place in seen or strip.last - strip.first + 1 < _GUTTER_ROWS:
            continue
        seen.add(place)
        if _is_between_columns(rows, strip, strips):
            strips.append(strip)
    return strips


def _grown(
    rows: Sequence[_Row], at: int, left: float, right: float, rules: Sequence[Rule], tops: Sequence[float]
) -> _Strip:
    """Return the space that a gap is part of: as far up and down as no word and no rule crosses it."""
    first = last = at
    for step in (-1, 1):
        nth = at + step
        while 0 <= nth < len(rows):
            part = rows[nth].white(left, right)
            if part is None or part[1] - part[0] < _GUTTER * rows[at].size:
                break
            above, below = (rows[nth], rows[nth - step]) if step < 0 else (rows[nth - step], rows[nth])
            if _is_ruled(above.base, below.base, part, rules, tops):
                break
            left, right = part
            first, last = min(first, nth), max(last, nth)
            nth += step
    while first < last and _is_mere_space(rows[first], left, right):
        first += 1
    while last > first and _is_mere_space(rows[last], left, right):
        last -= 1
    return _Strip(left, right, first, last)


def _is_mere_space(row: _Row, left: float, right: float) -> bool:
    """Return whether what stands over the space between columns is a space between words, as in the title above them."""
    return any(start < right and end > left and end - start <= _MERE * row.space for start, end, _ in row.gaps)


def _is_ruled(
    above: float, below: float, part: tuple[float, float], rules: Sequence[Rule], tops: Sequence[float]
) -> bool:
    for nth in range(bisect_left(tops, above - 1), len(rules)):
        if rules[nth][1] > below:
            return False
        if rules[nth][0] <= part[0] and rules[nth][2] >= part[1]:
            return True
    return False


def _is_between_columns(rows: Sequence[_Row], strip: _Strip, others: Sequence[_Strip]) -> bool:
    """Return whether a space stands between columns of text, and not of a table."""
    sides = [_beside(row, at, strip, others) for at, row in enumerate(rows[strip.first : strip.last + 1], strip.first)]
    left, right = ([side[nth] for side in sides if side[nth]] for nth in (0, 1))
    if min(len(left), len(right)) < _ROWS_BESIDE:
        return False
    return _stand_alone(sides) or _are_columns(left, right) or _are_columns(*_side_by_side(sides))


def _side_by_side(sides: Sequence[tuple[list[Word], list[Word]]]) -> tuple[list[list[Word]], list[list[Word]]]:
    """Return the words on both sides of a space in the rows where both columns run: a title above belongs to neither."""
    rows = [[at for at, side in enumerate(sides) if side[nth]] for nth in (0, 1)]
    both = sides[max(found[0] for found in rows) : min(found[-1] for found in rows) + 1]
    left, right = ([side[nth] for side in both if side[nth]] for nth in (0, 1))
    return left, right


def _are_columns(left: Sequence[list[Word]], right: Sequence[list[Word]]) -> bool:
    """Return whether what stands beside each other is text."""
    if min(len(left), len(right)) < _ROWS_BESIDE:
        return False
    return _is_text(left) and _is_text(right) and _is_aligned([words[0].left for words in right])


def _beside(row: _Row, at: int, strip: _Strip, others: Sequence[_Strip]) -> tuple[list[Word], list[Word]]:
    """Return the words of a row on both sides of a space, as far as the next space."""
    middle = (strip.left + strip.right) / 2
    near = [other for other in others if other.first <= at <= other.last]
    first = max((other.right for other in near if other.right <= middle), default=float("-inf"))
    last = min((other.left for other in near if other.left >= middle), default=float("inf"))
    left = [word for word in row.words if first <= word.left < middle]
    right = [word for word in row.words if middle <= word.left < last]
    return _last_part(left), _first_part(right)


def _stand_alone(sides: Sequence[tuple[list[Word], list[Word]]]) -> bool:
    """Return whether many rows have only a left and many only a right part: those of a table mostly have both."""
    lefts = sum(bool(left) and not right for left, right in sides)
    rights = sum(bool(right) and not left for left, right in sides)
    return min(lefts, rights) >= max(_ROWS_BESIDE, _ALONE * len(sides))


def _first_part(words: list[Word]) -> list[Word]:
    """Return the words before the first wide gap."""
    for at in range(1, len(words)):
        if words[at].left - words[at - 1].right > 2 * words[at].style.size:
            return words[:at]
    return words


def _last_part(words: list[Word]) -> list[Word]:
    """Return the words after the last wide gap."""
    for at in range(len(words) - 1, 0, -1):
        if words[at].left - words[at - 1].right > 2 * words[at].style.size:
            return words[at:]
    return words


def _is_text(lines: Sequence[list[Word]]) -> bool:
    """Return whether lines are long, and fill their column."""
    widths = sorted(line[-1].right - line[0].left for line in lines)
    width = widths[len(widths) * 9 // 10]
    words = sum(_words_in(line) for line in lines) / len(lines)
    return width > 0 and words >= _WORDS_A_LINE and sum(widths) >= _FILLED * width * len(widths)


def _words_in(line: Sequence[Word]) -> float:
    """Return the number of words; writing without spaces counts by its length."""
    return max(len(line), sum(len(word.text) for word in line) / 8)


def _is_aligned(starts: Sequence[float]) -> bool:
    """Return whether most lines begin below each other."""
    ordered = sorted(starts)
    most = max(bisect_left(ordered, start + _SAME_PLACE) - at for at, start in enumerate(ordered))
    return most >= _ALIGNED * len(ordered)

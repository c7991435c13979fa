"""Percentages as a person sees them: a cell holds 0.125, and its format shows 12.5%."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import regex

# How a number is shown.
Show = Callable[[float], str]
# The row and the column of a cell, from 0, and how its number is shown.
ShownCell = tuple[int, int, Show]

# The codes of formats that a workbook does not list (ECMA-376, part 1, 18.8.30).
BUILT_IN = {9: "0%", 10: "0.00%"}
# What is shown unchanged, is as wide as a sign, fills the cell, or colours it; or a sign of the code.
_TOKEN = regex.compile(r'"(?P<quoted>[^"]*+)"|\\(?P<escaped>.)|[_*].|\[[^\]]*+\]|(?P<sign>.)', regex.S)
_PERCENT = regex.compile(r"(?:[#0?][#0?,]*+|(?=\.))(?:\.(?P<digits>[#0?]++))?(?P<before>\s*+)%\s*+\Z")
# The longest code that Excel takes.
_LONGEST = 255
# Excel keeps 15 digits, and shows no more than 30 after the point.
_KEPT, _MOST_DIGITS = 15, 30


@dataclass(frozen=True, slots=True)
class Percent:
    """A format of numbers.

    ``least`` and ``most`` are how many digits there are after the point, ``ending`` is what stands after them. The number is
    multiplied by ``fold``.
    """

    least: int
    most: int
    ending: str
    fold: int

    def __call__(self, value: float) -> str:
        """Return a number as it is shown."""
        exact = Decimal(f"{value:.{_KEPT}g}") * self.fold
        if not exact.is_finite() or exact.adjusted() > _KEPT:
            return f"{value:.{_KEPT}g}"
        whole, _, digits = f"{exact.quantize(Decimal(1).scaleb(-self.most), ROUND_HALF_UP):f}".partition(".")
        kept = digits[: self.least] + digits[self.least :].rstrip("0")
        shown = f"{whole}.{kept}" if kept else whole
        return f"{shown if shown.strip('-0.') else shown.lstrip('-')}{self.ending}"


def percent_of(code: str) -> Percent | None:
    """Return the format of a code such as "0.0%", if it is one of percentages; of several, the first is for numbers above 0."""
    shown, fold = "", 1
    for token in _TOKEN.finditer(code[:_LONGEST]):
        sign = token["sign"]
        if sign == ";":
            break
        fold = 100 if sign == "%" else fold
        shown += token["quoted"] or token["escaped"] or sign or ""
    match = _PERCENT.search(shown)
    if not match:
        return None
    digits = (match["digits"] or "")[:_MOST_DIGITS]
    return Percent(digits.count("0"), len(digits), f"{match['before']}%", fold)


class ShownCells:
    """How the cells of a sheet are shown, row by row, so that no more than one is in memory.

    Args:
        cells: Those whose numbers are shown as something else, in the order of their rows.
    """

    def __init__(self, cells: Iterator[ShownCell]) -> None:
        self._cells = cells
        self._next = next(cells, None)

    def row(self, number: int) -> dict[int, Show]:
        """Return those of a row, by their columns; rows are asked for in their order."""
        found: dict[int, Show] = {}
        while self._next and self._next[0] <= number:
            row, column, show = self._next
            if row == number:
                found[column] = show
            self._next = next(self._cells, None)
        return found

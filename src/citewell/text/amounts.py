"""Amounts: a number with other decimals is the same number, as sums of money are written ("2,150.00", "2150")."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

import regex
from babel.core import get_global

from citewell.document import Span

# The word or sign that stands directly before or after a number: "€ 12.50", "12.50 EUR".
_BEFORE = regex.compile(r"(\p{L}+|\p{Sc})[ \u00a0]?$", regex.REVERSE)
_AFTER = regex.compile(r"[ \u00a0]?(\p{L}+|\p{Sc})")
_LONGEST_BEFORE = 5
_DECIMALS = 2
# More figures are a number that counts nothing.
_LONGEST = 9


def same_amounts(number: str, *, is_money: bool) -> Iterator[str]:
    """Yield how the same number is written with other decimals.

    Args:
        number: The number, as numbers are written when they are matched.
        is_money: Whether it is a sum of money; of other numbers, 3.1 may be another than 3.10.
    """
    whole, point, decimals = number.partition(".")
    if not whole.isdecimal() or len(whole) > _LONGEST or (point and not decimals.isdecimal()):
        return
    if not decimals.strip("0") and len(decimals) in (0, _DECIMALS):
        yield whole if point else f"{whole}.{'0' * _DECIMALS}"
    elif is_money and len(decimals) <= _DECIMALS:
        yield from (f"{whole}.{decimals:0<{_DECIMALS}}", f"{whole}.{decimals.rstrip('0')}")


def is_money(text: str, number: Span) -> bool:
    """Return whether the sign or the code of a currency stands directly before or after a number of a text."""
    first = max(0, number.start - _LONGEST_BEFORE)
    beside = (_BEFORE.search(text, first, number.start), _AFTER.match(text, number.end))
    return any(_is_currency(match[1]) for match in beside if match)


def _is_currency(word: str) -> bool:
    return (len(word) == 1 and unicodedata.category(word) == "Sc") or word in _currencies()


@cache
def _currencies() -> frozenset[str]:
    """Return the codes of the currencies (ISO 4217)."""
    return frozenset(get_global("all_currencies"))

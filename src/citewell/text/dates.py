"""Dates as exact as they are known: a year, a month or a day.

They are written as ISO 8601 does ("2023", "2023-04", "2023-04-05") and compared as the days that they may mean.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import regex

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
# A time of day may follow.
_YEAR_FIRST = regex.compile(r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?(?=$|[T\s])")
_COMPACT = regex.compile(r"(\d{4})(\d{2})(\d{2})(?=$|T)")
_IN_A_NAME = regex.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})(?:[-_.]?(\d{2}))?(?!\d)")
# With dots, the day comes first everywhere; with slashes, that depends on the country.
_DAY_FIRST = regex.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$")
_NAMED = regex.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s+)?(\p{L}{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})$"
)
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a date may mean, from ``start`` to ``end``, each as the number YYYYMMDD."""

    start: int
    end: int

    @classmethod
    def of(cls, written: str) -> Self | None:
        """Return the days of a date that starts with its year; None if it is none."""
        match = _YEAR_FIRST.match(written) or _COMPACT.match(written)
        if match is None:
            return None
        year, *parts = (int(each) for each in match.groups() if each and each.isdecimal())
        if not year or not _exists(year, *parts):
            return None
        month, day = [*parts, 0, 0][:2]
        last = day or (calendar.monthrange(year, month)[1] if month else 31)
        return cls(_number(year, month or 1, day or 1), _number(year, month or 12, last))


def periods_in(name: str) -> Iterator[Period]:
    """Yield the days that a path or a name says, such as "minutes_2022-09-19.md" and "20220919"."""
    for match in _IN_A_NAME.finditer(name):
        period = Period.of("-".join(part for part in match.groups() if part))
        if period:
            yield period


def iso_date(written: str) -> str | None:
    """Return a date as ISO 8601 writes it; None if it is none, or may mean several days ("4/5/2023").

    Args:
        written: The date as people write it: year first, day first with dots, or with the English name of its month.
    """
    text = " ".join(written.split())
    if len(text) > _LONGEST or text.isalpha():
        return None
    if match := _YEAR_FIRST.match(text):
        return _iso(match[1], match[3], match[4])
    if match := _COMPACT.match(text):
        return _iso(*match.groups())
    if match := _DAY_FIRST.match(text):
        return _iso(match[3], match[2], match[1])
    match = _NAMED.match(text)
    month = _month(match[2]) if match else None
    if match is None or month is None or (match[1] and match[3]):
        return None
    return _iso(match[4], str(month), match[1] or match[3])


def _iso(year: str, month: str | None, day: str | None) -> str | None:
    parts = [int(each) for each in (month, day) if each]
    if not int(year) or not _exists(int(year), *parts):
        return None
    return "-".join([year, *(f"{each:02}" for each in parts)])


def _exists(_year: int, month: int = 1, day: int = 1) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(_year, month)[1]


def _month(name: str) -> int | None:
    small = name.lower()
    return next((nth for nth, month in enumerate(MONTHS, 1) if month == small or month[:3] == small), None)


def _number(year: int, month: int, day: int) -> int:
    return 10_000 * year + 100 * month + day

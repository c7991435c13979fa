"""Dates as people write them, in ISO 8601; what can be read in two ways is no date."""

from __future__ import annotations

import calendar

import regex

# In English, whatever the language of this computer.
_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_NAMES = {name: nth for nth, whole in enumerate(_MONTHS, 1) for name in (whole, whole[:3])} | {"sept": 9}
_MONTH = r"(?P<month>\p{L}{3,9})\.?"
_ISO = regex.compile(r"(?<!\d)(?P<year>[12]\d{3})[-/](?P<month>\d{2})(?:[-/](?P<day>\d{2}))?(?!\d)")
_FORMS = (
    regex.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[ ]+(?:of[ ]+)?{_MONTH},?[ ]+(?P<year>[12]\d{{3}})(?!\d)"),
    regex.compile(rf"{_MONTH}[ ]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[ ]+(?P<year>[12]\d{{3}})(?!\d)"),
    regex.compile(rf"{_MONTH},?[ ]+(?P<year>[12]\d{{3}})(?!\d)"),
)
_YEAR = regex.compile(r"\D*(?P<year>[12]\d{3})\D*")
_LONGEST = 100


def iso_date(written: str) -> str | None:
    """Return the first date in a short text, as exact as it is given; None if there is none.

    Args:
        written: Such as "2023-04-05", "[2023-04-05 Wed 10:00]", "April 5th, 2023" or "Draft of April 2023".
    """
    text = " ".join(written[:_LONGEST].split())
    found = _ISO.search(text)
    if found:
        return _date(found["year"], int(found["month"]), found["day"])
    for form in _FORMS:
        for match in form.finditer(text):
            month = _NAMES.get(match["month"].casefold())
            if month:
                return _date(match["year"], month, match.groupdict().get("day"))
    alone = _YEAR.fullmatch(text)
    return alone["year"] if alone else None


def _date(year: str, month: int, day: str | None) -> str | None:
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{int(day):02}" if 1 <= int(day) <= calendar.monthrange(int(year), month)[1] else None

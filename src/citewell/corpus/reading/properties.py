"""What files say about themselves, as facts: dates as ISO 8601, languages as codes, lists of keywords as tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

import regex

from citewell.document import Fact

_SOURCE = "file properties"
_LONGEST = 500
_MOST = 100
_DATE = regex.compile(r"\s*+(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?(?=\D|$)")
_LANGUAGE = regex.compile(r"\s*+([A-Za-z]{2,3})(?:[-_]|\s*+$)")
_BETWEEN_TAGS = regex.compile(r"[,;\n]")
# Before it, dates are those of clocks that were never set.
_FIRST_YEAR = 1000


def file_facts(found: Iterable[tuple[str, str | None]]) -> tuple[Fact, ...]:
    """Return what a file says about itself as facts.

    Args:
        found: Names of facts and their values as they stand in the file. Those of "date" and "created" that are no dates, those
            of "language" that are no languages, and empty ones are left out; those of "tag" are lists.
    """
    facts = (Fact(name, value, _SOURCE) for name, text in found if text for value in _values(name, text))
    return tuple(dict.fromkeys(facts))[:_MOST]


def iso_date(text: str) -> str | None:
    """Return a date as ISO 8601, as exact as it is given: "2023", "2023-04", "2023-04-05"; None if it is none."""
    match = _DATE.match(text)
    if not match:
        return _written(text)
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        datetime(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if not year or year < _FIRST_YEAR:
        return None
    return "-".join(part for part in match.groups() if part)


def _written(text: str) -> str | None:
    """Return a date as it is written in mail."""
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _values(name: str, text: str) -> Iterator[str]:
    if name in {"date", "created"}:
        date = iso_date(text)
        if date:
            yield date
    elif name == "language":
        match = _LANGUAGE.match(text)
        if match:
            yield match[1].lower()
    elif name == "tag":
        yield from filter(None, (" ".join(tag.split())[:_LONGEST] for tag in _BETWEEN_TAGS.split(text)))
    elif flat := " ".join(text.split())[:_LONGEST]:
        yield flat

"""The names of months, as Unicode's CLDR has them in each language: in full, and abbreviated ("January", "Jan.")."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from citewell.text.dates import Period, iso_date
from citewell.text.language import known_words
from citewell.text.locales import locales_of


class _Names(NamedTuple):
    """The names of the months of one language in small letters, without stops, each with the numbers of its month."""

    full: dict[str, int]
    short: dict[str, int]


def month_of(word: str, languages: Iterable[str], *, is_abbreviated: bool = True) -> int | None:
    """Return the number of the month, from 1, that a word names in the first of some languages in which it names one.

    Args:
        word: The word, without a stop.
        languages: ISO 639-1 codes.
        is_abbreviated: Whether it may be an abbreviation.
    """
    small = word.lower()
    for language in languages:
        names = _names(language)
        if small in names.full:
            return names.full[small]
        if is_abbreviated and small in names.short:
            return names.short[small]
    return None


def may_be_a_date(written: str, languages: Iterable[str] = ("en",)) -> bool:
    """Return whether something is a date, or a month by its name in some languages (ISO 639-1)."""
    return month_of(written, languages) is not None or iso_date(written) is not None


def is_date_in(written: str, period: Period, languages: Iterable[str] = ("en",)) -> bool:
    """Return whether some days are those of a date, or of a month by its name: all of them, not some.

    Args:
        written: The date or the month; anything else is none.
        period: The days, such as those of a document.
        languages: The languages of names (ISO 639-1).
    """
    month = month_of(written, languages)
    if month is not None:
        return period.start // 100 == period.end // 100 and period.start // 100 % 100 == month
    date = iso_date(written)
    asked = Period.of(date) if date else None
    return asked is not None and asked.start <= period.start and period.end <= asked.end


def month_names(month: int, languages: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each name of a month that is one word, in small letters, with its language."""
    for language in languages:
        names = _names(language)
        yield from ((name, language) for each in names for name, number in each.items() if number == month)


@cache
def _names(language: str) -> _Names:
    """Return the names in one language; what is also another word of everyday is no abbreviation there."""
    found = [each.months for each in locales_of(language)]
    full, short = (
        {
            name.lower().rstrip("."): number
            for months in found
            for form in ("format", "stand-alone")
            for number, name in months[form][width].items()
            if name.rstrip(".").isalpha()
        }
        for width in ("wide", "abbreviated")
    )
    return _Names(
        full,
        {name: number for name, number in short.items() if name not in full | dict.fromkeys(known_words(language))},
    )

"""Which words of a text are of a date, by the names of months and by figures: "12 June 2023", "2023-06-12"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import regex

from citewell.text.capitals import Case
from citewell.text.dates import iso_date
from citewell.text.months import month_of
from citewell.text.terms import Term
from citewell.text.units import measure_of
from citewell.text.words import Kind

# "3", and "3rd", "1er", "2º" beside the name of a month.
_DAY = regex.compile(r"(0?[1-9]|[12]\d|3[01])\p{Ll}{0,3}")
_YEAR = regex.compile(r"1\d{3}|20\d\d")
_LETTER = regex.compile(r"\p{L}")
# Between a day and its month: "3 March", "3. März", "3-Mar", "3rd of March", "3 de marzo"; not "item 3 of the March meeting".
_BEFORE_MONTH = regex.compile(r"[\s./\-‐‑–]{0,3}|\.?\s(?:of|de|di)\s|\sd['’]", regex.IGNORECASE)
_AFTER_MONTH = regex.compile(r"[\s./\-‐‑–]{0,3}|\.?\sthe\s", regex.IGNORECASE)


class Month(NamedTuple):
    """A month by its number, from 1, and the year and the day beside it."""

    number: int
    year: str | None
    day: str | None

    def has_day(self, day: int) -> bool:
        """Return whether a day is the one that is said."""
        return self.day is not None and int(self.day) == day


def days_in(terms: Sequence[Term], text: str, languages: Collection[str]) -> Iterator[tuple[Term, Month]]:
    """Yield the words of a text that say a day, each with its month.

    Args:
        terms: The words of the text.
        text: The text.
        languages: The languages of names of months.
    """
    for nth, date in named_months(text, terms, languages):
        if terms[nth].kind is not Kind.WORD and date.day and terms[nth].text != date.year:
            yield terms[nth], date


def named_months(text: str, terms: Sequence[Term], languages: Iterable[str]) -> Iterator[tuple[int, Month]]:
    """Yield which words of a text are of a date, with its month.

    "Jan" alone is somebody's name; "Jan 2023", "Jan." and "jan" are none.

    Args:
        text: The text.
        terms: Its words.
        languages: The languages of names (ISO 639-1).
    """
    for nth, term in enumerate(terms):
        if term.kind is not Kind.WORD:
            yield from ((nth, date) for date in _in_figures(term.span.of(text)))
        elif term.word.isalpha() and month_of(term.word, languages):
            yield from _in_words(text, terms, nth, languages)


def _in_figures(written: str) -> Iterator[Month]:
    """Yield the day that a word without letters says: "2024-07-09"."""
    year, month, day = [*(iso_date(written) or "").split("-"), "", ""][:3]
    if day:
        yield Month(int(month), year, day)


def _is_beside(day: Term, month: Term, text: str) -> bool:
    """Return whether a number stands beside the name of a month as a day does."""
    if day.span.end <= month.span.start:
        return _BEFORE_MONTH.fullmatch(text, day.span.end, month.span.start) is not None
    return _AFTER_MONTH.fullmatch(text, month.span.end, day.span.start) is not None


def _in_words(text: str, terms: Sequence[Term], nth: int, languages: Iterable[str]) -> Iterator[tuple[int, Month]]:
    """Yield the words of the date whose month a word names, if it does."""
    term = terms[nth]
    numbered = [at for at in (nth - 1, nth + 1) if 0 <= at < len(terms) and terms[at].kind in (Kind.NUMBER, Kind.CODE)]
    days = {
        at: match[1]
        for at in numbered
        if (match := _DAY.fullmatch(terms[at].text))
        and not measure_of(terms[at].word)
        and _is_beside(terms[at], term, text)
    }
    is_abbreviated = (
        any(at in days or terms[at].kind is Kind.NUMBER for at in numbered)
        or term.case is Case.SMALL
        or text[term.span.end : term.span.end + 1] == "."
    )
    number = month_of(term.word, languages, is_abbreviated=is_abbreviated)
    if number is None:
        return
    day = next(iter(days), None)
    # "April 3, 2024"; the year of what is said before is another's: "from 2012 to April 3, 2024".
    near = [nth + 2] if day == nth + 1 and nth + 2 < len(terms) else []
    near += [at for at in numbered if at > nth or not _LETTER.search(text, terms[at].span.end, term.span.start)]
    year = next((at for at in near if _YEAR.fullmatch(terms[at].text)), None)
    date = Month(number, None if year is None else terms[year].text, None if day is None else days[day])
    yield from ((at, date) for at in (nth, day, year if day is not None else None) if at is not None)

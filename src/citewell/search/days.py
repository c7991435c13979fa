"""Days that a place says in place of the one that a question asks for: "11 June" for "12 June", 2023 for 2024.

A day, its month and its year are one date, as far as question and place say them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from citewell.index.weights import TermWeights
from citewell.text.concepts import Concept
from citewell.text.language import function_words
from citewell.text.named_days import Month, days_in
from citewell.text.terms import DEFAULT_LANGUAGE, Term, analyse
from citewell.text.words import Kind

# What stands between the first and the last day of a range: ". bis ", " to ".
_LONGEST_BETWEEN = 8
# Before the day at the start of a heading: "Monday, 13 March", "March 13th".
_MOST_BEFORE = 1
_YEAR = regex.compile(r"1[5-9]\d\d|20\d\d")


def asked_day(weights: TermWeights, concept: Concept) -> Month | None:
    """Return the day that a word of a question says, None if it says none; without its year, if the question has several."""
    month = concept.month
    if month is None or month.day is None:
        return None
    years = {each.concept.word for each in weights.concepts if _YEAR.fullmatch(each.concept.word)}
    return month._replace(year=None) if len(years) > 1 else month


def other_days(
    asked: Month, terms: Sequence[Term], text: str, language: str | None, headings: Sequence[str] = ()
) -> list[str]:
    """Return the days that a text, or else what dates it, has in place of the asked one; none if that is among them.

    In a text, they are days of the same month, or the same day of another year. A heading that begins with a day dates
    what stands below, so there it may be any other.

    Args:
        asked: The day.
        terms: The words of the text.
        text: The text.
        language: Its language.
        headings: What stands above it, outermost first.
    """
    above = [(line, analyse(line, language)) for line in headings if any(map(str.isdecimal, line))]
    if says_day(asked, terms, text, language) or any(says_day(asked, found, line, language) for line, found in above):
        return []
    inside = [term.span.of(text) for term, each in _days(terms, text, language) if _is_alike(each, asked)]
    return inside or next(
        ([day] for line, found in reversed(above) for day in _dating(line, found, asked, language)), []
    )


def says_day(asked: Month, terms: Sequence[Term], text: str, language: str | None) -> bool:
    """Return whether a text has an asked day, alone or in a range, in the asked year if both say one."""
    day = int(asked.day or 0)
    return any(
        each.number == asked.number
        and _may_be_one(each.year, asked.year)
        and (each.has_day(day) or _is_in_range(day, term, each, terms))
        for term, each in _days(terms, text, language)
    )


def _days(terms: Sequence[Term], text: str, language: str | None) -> Iterator[tuple[Term, Month]]:
    return days_in(terms, text, tuple(dict.fromkeys((language or DEFAULT_LANGUAGE, DEFAULT_LANGUAGE))))


def _is_alike(there: Month, asked: Month) -> bool:
    """Return whether a day that is another one is of the same month, or the same day of another year."""
    return there.number == asked.number and (_may_be_one(there.year, asked.year) or there.has_day(int(asked.day or 0)))


def _may_be_one(year: str | None, other: str | None) -> bool:
    return None in (year, other) or year == other


def _dating(line: str, terms: Sequence[Term], asked: Month, language: str | None) -> Iterator[str]:
    """Yield the day with which a heading begins, if it says as much as is asked; "From 13 March" dates no day alone."""
    term, there = next(_days(terms, line, language), (None, None))
    if term is None or there is None:
        return
    before = line[: term.span.start].lower().split()
    small = function_words(language or DEFAULT_LANGUAGE)
    begins = len(before) <= _MOST_BEFORE and small.isdisjoint(before)
    if begins and (there.number == asked.number or None not in (there.year, asked.year)):
        yield term.span.of(line)


def _is_in_range(day: int, last: Term, date: Month, terms: Sequence[Term]) -> bool:
    """Return whether a day is within a range of days, given the last of it: "10 to 14 June"."""
    before = [term for term in terms if term.kind is Kind.NUMBER and term.span.end <= last.span.start]
    if not before or last.span.start - before[-1].span.end > _LONGEST_BETWEEN:
        return False
    first = before[-1].text
    return first.isdecimal() and date.day is not None and int(first) <= day <= int(date.day)

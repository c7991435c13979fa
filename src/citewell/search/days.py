"""Days that a place says in place of the one that a question asks for: "11 June" for "12 June", 2023 for 2024.

A day, its month and its year are one date, as far as question and place say them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import regex

from citewell.index.weights import TermWeights
from citewell.text.concepts import Concept
from citewell.text.joining import joining_words
from citewell.text.language import function_words
from citewell.text.months import month_of
from citewell.text.named_days import Month, days_in
from citewell.text.terms import DEFAULT_LANGUAGE, Term, analyse
from citewell.text.words import Kind

# What stands between the first and the last day of a range: " to ", ". September 2023 bis zum ".
_LONGEST_BETWEEN = 30
# Before its first day: "between ", "entre el ".
_LONGEST_BEFORE = 20
_MOST_WORDS_BEFORE = 2
# "to", if it is no function word: "ila", "až".
_LONGEST_TO = 3
# Before the day at the start of a heading: "Monday, 13 March", "March 13th".
_MOST_BEFORE = 1
_YEAR = regex.compile(r"1[5-9]\d\d|20\d\d")
_DAY = regex.compile(r"(\p{Nd}{1,2})\p{Ll}{0,3}")
_YEAR_AFTER = regex.compile(r",?[\s.\-/]+(?:1[5-9]|20)\d\d")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_DASH = regex.compile(r"[-‐‑–—…~〜]")
_LIST = regex.compile(r"[,&、]")


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
    found = dict(_days(terms, text, language))
    day = int(asked.day or 0)
    said = any(
        each.number == asked.number and _may_be_one(each.year, asked.year) and each.has_day(day)
        for each in found.values()
    )
    return said or any(_is_between(asked, *each) for each in _ranges(found, terms, text, language))


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


def _ranges(
    days: dict[Term, Month], terms: Sequence[Term], text: str, language: str | None
) -> Iterator[tuple[Month, Month]]:
    """Yield the first and the last day of each range of a text: "10 to 14 June", "28 May – 2 June 2023".

    A day that is listed before one with a month ("10 and 17 June") is a range of one day.

    Args:
        days: The words of the text that say days.
        terms: Its words.
        text: The text.
        language: Its language.
    """
    numbers = [
        term for term in terms if term.kind is not Kind.WORD and (term in days or not _YEAR.fullmatch(term.text))
    ]
    known = dict(days)
    for first, last in reversed(list(pairwise(numbers))):
        end = known.get(last)
        start = known.get(first) or (_before(first, end) if end else None)
        if start is None or end is None:
            continue
        joined = _joined(text, first, last, language)
        if joined:
            known[first] = start
            yield start, end if joined == "range" else start


def _before(first: Term, last: Month) -> Month | None:
    """Return the day that a number says before a later day, in the same month."""
    match = _DAY.fullmatch(first.text)
    return last._replace(day=match[1]) if match and int(match[1]) < int(last.day or 0) else None


def _joined(text: str, first: Term, last: Term, language: str | None) -> Literal["range", "list", ""]:
    """Return how two days are joined: as a range by a dash or "to", as a list by "and" or a comma, or not."""
    if last.span.start - first.span.end > _LONGEST_BETWEEN:
        return ""
    spoken = tuple(dict.fromkeys((language or DEFAULT_LANGUAGE, DEFAULT_LANGUAGE)))
    between = _YEAR_AFTER.sub(" ", text[first.span.end : last.span.start]).lower()
    joins = frozenset[str]().union(*(joining_words(each).joins for each in spoken))
    words = [each for each in _WORD.findall(between) if not month_of(each, spoken)]
    if _LIST.search(between) or not joins.isdisjoint(words):
        before = _WORD.findall(text[max(0, first.span.start - _LONGEST_BEFORE) : first.span.start].lower())
        starts = frozenset[str]().union(*(joining_words(each).between for each in spoken))
        is_between = not starts.isdisjoint(before[-_MOST_WORDS_BEFORE:]) and not _LIST.search(between)
        return "range" if is_between else "list"
    if not words:
        return "range" if _DASH.search(between) else ""
    small = frozenset[str]().union(*map(function_words, spoken))
    return "range" if all(each in small or len(each) <= _LONGEST_TO for each in words) else ""


def _is_between(asked: Month, first: Month, last: Month) -> bool:
    """Return whether a day is within a range, which may go over the end of a year."""
    day, start, end = ((each.number, int(each.day or 0)) for each in (asked, first, last))
    if asked.year is None or last.year is None:
        return start <= day <= end if start <= end else not end < day < start
    began = int(first.year or int(last.year) - (start > end))
    return (began, *start) <= (int(asked.year), *day) <= (int(last.year), *end)

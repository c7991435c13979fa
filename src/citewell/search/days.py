"""Days that a place says in place of the one that a question asks for: "11 June" for "12 June"."""

from __future__ import annotations

from collections.abc import Sequence

from citewell.text.concepts import Concept
from citewell.text.named_days import Month, days_in
from citewell.text.terms import DEFAULT_LANGUAGE, Term
from citewell.text.words import Kind

# What stands between the first and the last day of a range: ". bis ", " to ".
_LONGEST_BETWEEN = 8


def other_days(concept: Concept, terms: Sequence[Term], text: str, language: str | None) -> list[str]:
    """Return the days of the asked month that a text has; none if the asked one is among them, or between two of them.

    Args:
        concept: A word of a question; if it is not the day of a month, there are none.
        terms: The words of the text.
        text: The text.
        language: Its language.
    """
    asked = concept.month
    if asked is None or asked.day is None:
        return []
    day, spoken = int(asked.day), tuple(dict.fromkeys((language or DEFAULT_LANGUAGE, DEFAULT_LANGUAGE)))
    there = [
        (term, each)
        for term, each in days_in(terms, text, spoken)
        if each.number == asked.number and (None in (each.year, asked.year) or each.year == asked.year)
    ]
    if any(each.has_day(day) or _is_in_range(day, term, each, terms) for term, each in there):
        return []
    return [term.span.of(text) for term, _ in there]


def _is_in_range(day: int, last: Term, date: Month, terms: Sequence[Term]) -> bool:
    """Return whether a day is within a range of days, given the last of it: "10 to 14 June"."""
    before = [term for term in terms if term.kind is Kind.NUMBER and term.span.end <= last.span.start]
    if not before or last.span.start - before[-1].span.end > _LONGEST_BETWEEN:
        return False
    first = before[-1].text
    return first.isdecimal() and date.day is not None and int(first) <= day <= int(date.day)

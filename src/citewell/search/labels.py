"""Numbers that say which of something is meant ("platform 4", "§ 4"), and how much of it ("4 mm")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import regex

from citewell.index.weights import TermWeights, Weighted
from citewell.text.terms import Term, analyse, forms_of
from citewell.text.words import Kind

_RANGE = regex.compile(r"(\p{Nd}{1,9})\s?[-‐‑–—…~〜]\s?(\p{Nd}{1,9})")


def is_label(weights: TermWeights, nth: int) -> bool:
    """Return whether a short number says which of what stands before it is meant: "platform 4"; longer ones are keys."""
    concept = weights.concepts[nth].concept
    return concept.kind is Kind.NUMBER and not concept.is_key and bool(concept.sign or is_called(weights, nth))


def is_measure(weighted: Weighted) -> bool:
    """Return whether a number has a unit: "4 mm"."""
    return weighted.concept.kind is Kind.NUMBER and not weighted.concept.word[-1:].isdecimal()


def is_labelled(weights: TermWeights, nth: int, text: str, language: str | None) -> bool:
    """Return whether a label stands in a text as it is asked: after the same sign or word."""
    concept = weights.concepts[nth].concept
    if concept.sign:
        sign, number = regex.escape(concept.sign), regex.escape(concept.word)
        return regex.search(rf"{sign}\s?{number}(?!\p{{N}}|\.\p{{N}})", text) is not None
    return any(term.text in concept.forms for term in called_alike(weights, nth, analyse(text, language)))


def called_alike(weights: TermWeights, nth: int, terms: Sequence[Term]) -> Iterator[Term]:
    """Yield the numbers that stand after the word by which one of the question is called."""
    called = weights.concepts[nth - 1]
    for before, term in pairwise(terms):
        if term.kind is Kind.NUMBER and called.stands_in(forms_of([before])) and _adjoin(before, term):
            yield term


def is_called(weights: TermWeights, nth: int) -> bool:
    """Return whether a name follows what it is called: "Ferry Carla", "President Biden"."""
    return nth > 0 and adjoins(weights, nth - 1) and bool(weights.concepts[nth - 1].is_found)


def is_in_range(number: str, first: Term, text: str) -> bool:
    """Return whether a number is within a range of numbers that a term begins or ends: "gates 7-9", "2-8 mm"."""
    found = (match for match in _RANGE.finditer(text) if match.start() <= first.span.start < match.end())
    return number.isdecimal() and any(int(match[1]) <= int(number) <= int(match[2]) for match in found)


def adjoins(weights: TermWeights, nth: int) -> bool:
    """Return whether one space is between a word of the question and the next."""
    one, other = weights.concepts[nth].concept, weights.concepts[nth + 1].concept
    return other.span.start - one.span.end == 1


def _adjoin(one: Term, other: Term) -> bool:
    return other.span.start - one.span.end == 1

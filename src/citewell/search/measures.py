"""Amounts that a place says in place of the one that a question asks for: "4 mm" for "6 mm", "5 inch" for "8 inch"."""

from __future__ import annotations

import regex

from citewell.index.weights import TermWeights, Weighted
from citewell.search.answering import AnsweringPlace, forms_near, neighbours, unasked
from citewell.search.labels import is_in_range
from citewell.text.concepts import Concept, word_before
from citewell.text.language import detect, function_words
from citewell.text.terms import DEFAULT_LANGUAGE, Term, analyse, forms_of
from citewell.text.units import Measure, measure_of
from citewell.text.words import Kind

# The first word of a sentence, before a place.
_BEGINS = regex.compile(r"(?:^|[\p{Po}\n])\s*[\p{L}\p{M}'’]+[ \u00a0]$")
_LONGEST_BEGINNING = 20
# The word after a number.
_AFTER = regex.compile(r"[ \u00a0-](\p{L}+)(?![\p{L}\p{N}])")


def other_measures(weights: TermWeights, nth: int, place: AnsweringPlace) -> list[str]:
    """Return what measures a place has of the same; none if the asked one is between two of them.

    They are of the same quantity, beside the same words, and after the same word ("of 4 mm") or the first of a sentence ("The
    4 mm cable"), or each of several of what is asked for ("took 2 mg of melatonin", "took 5 mg"): "over 5 kg" includes others.
    """
    concept = weights.concepts[nth].concept
    asked = measure_of(concept.word)
    beside = neighbours(weights, nth)
    others = {term.span for term in unasked(weights, place)}
    alike = [
        (at, term)
        for at, term in enumerate(place.terms)
        if asked
        and term.span in others
        and _is_of_quantity(term, asked)
        and any(each.stands_in(forms_near(place.terms, at)) for each in beside)
    ]
    listed = [term for at, term in alike if _is_one_of_several(weights, nth, at, place)]
    several = listed if len({term.text for term in listed}) > 1 else []
    found = [term for _, term in alike if term in several or _is_introduced_alike(concept, term, place.text)]
    if asked and any(_is_in_its_range(asked, term, place.text) for term in found):
        return []
    return [term.span.of(place.text) for term in found]


def is_of_another(asked: Concept, sentence: str, language: str | None) -> bool:
    """Return whether a sentence without the measure that a question asks for has others of the same quantity."""
    measure = measure_of(asked.word)
    return measure is not None and any(_is_of_quantity(term, measure) for term in analyse(sentence, language))


def other_counts(weights: TermWeights, nth: int, place: AnsweringPlace, question: str) -> list[str]:
    """Return what other short numbers a place has of the same thing, by the word after them: "8 inch pipe", "63 A breaker".

    They are introduced as those of ``other_measures``, or by that thing ("Breaker 32 A"), or several.
    """
    counted = _counted(weights, nth, question)
    if counted is None:
        return []
    unit, of = counted
    concept = weights.concepts[nth].concept
    there = [
        (at, term)
        for at, term in enumerate(place.terms)
        if term.kind is Kind.NUMBER and (match := _AFTER.match(place.text, term.span.end)) and match[1] == unit
    ]
    if any(term.text in concept.forms or is_in_range(concept.word, term, place.text) for _, term in there):
        return []
    alike = [(at, term) for at, term in there if of.stands_in(forms_near(place.terms, at))]
    several = len({term.text for _, term in alike}) > 1
    return [
        term.span.of(place.text)
        for at, term in alike
        if several
        or _is_introduced_alike(concept, term, place.text)
        or of.stands_in(forms_of(place.terms[max(0, at - 1) : at]))
    ]


def _counted(weights: TermWeights, nth: int, question: str) -> tuple[str, Weighted] | None:
    """Return the word after a short number of a question, and what it is of, which stands after that; None without these."""
    concept = weights.concepts[nth].concept
    match = _AFTER.match(question, concept.span.end) if concept.kind is Kind.NUMBER and not concept.is_key else None
    if match is None or match[1] in function_words(detect(question) or DEFAULT_LANGUAGE):
        return None
    of = next((each for each in weights.concepts if each.concept.span.start == match.end() + 1), None)
    return (match[1], of) if of is not None and of.is_found else None


def _is_of_quantity(term: Term, asked: Measure) -> bool:
    other = measure_of(term.word) if term.kind is Kind.NUMBER else None
    return other is not None and other.quantity == asked.quantity and other.amount != asked.amount


def _is_introduced_alike(asked: Concept, term: Term, text: str) -> bool:
    start = term.span.start
    if asked.before == word_before(text, start):
        return True
    return _BEGINS.search(text, max(0, start - _LONGEST_BEGINNING), start) is not None


def _is_one_of_several(weights: TermWeights, nth: int, at: int, place: AnsweringPlace) -> bool:
    """Return whether a measure is of what the asked one is of, and stands before it, and no function word precedes it."""
    of = weights.concepts[nth + 1 : nth + 2]
    if not of or not of[0].stands_in(forms_of(place.terms[at + 1 : at + 2])):
        return False
    before = word_before(place.text, place.terms[at].span.start)
    return before.isalpha() and before not in function_words(place.language or DEFAULT_LANGUAGE)


def _is_in_its_range(asked: Measure, term: Term, text: str) -> bool:
    other = measure_of(term.word)
    return other is not None and is_in_range(asked.amount / other.factor, term, text)

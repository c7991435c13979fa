"""Numbers that say which of something is meant ("platform 4", "§ 4"), and how much of it ("4 mm")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise

import regex

from citewell.index.weights import TermWeights
from citewell.text.concepts import word_before
from citewell.text.dates import iso_date
from citewell.text.lists import languages_of, words_of
from citewell.text.terms import Term, analyse, forms_of
from citewell.text.versions import number_of, version_in
from citewell.text.words import Kind

# "7-9", "2–8 mm", "2 mm – 8 mm", "2 to 8 mm", "2. bis 8.".
_RANGE = regex.compile(
    r"(\p{Nd}{1,9}(?:[.,]\p{Nd}{1,9})?)(?:\.|\s?\p{L}{1,3})?(?:\s?[-‐‑–—…~〜]\s?|\s\p{L}{1,3}\s)(\p{Nd}{1,9}(?:[.,]\p{Nd}{1,9})?)"
)
_VERSION = regex.compile(r"\p{Nd}+(?:\.\p{Nd}+)+")
# Between an ordinal and what it counts: "2. Stock".
_ORDINAL = ". "

# "4.2", "4.2.1"
_OF_LEVELS = regex.compile(r"\p{Nd}{1,3}(?:\.\p{Nd}{1,3})+")
_OF_ONE_LEVEL = regex.compile(r"\p{Nd}{1,2}")
_PARTS = "document_parts"


def is_label(weights: TermWeights, nth: int) -> bool:
    """Return whether a number says which of something is meant, by its sign ("§ 4a") or by the word beside it ("platform 4").

    Longer ones without a sign are keys.
    """
    concept = weights.concepts[nth].concept
    if concept.kind is Kind.WORD:
        return False
    if concept.sign:
        return True
    return (concept.kind is Kind.NUMBER and not concept.is_key and is_called(weights, nth)) or is_ordinal(weights, nth)


def is_ordinal(weights: TermWeights, nth: int) -> bool:
    """Return whether a number with a stop says which of what follows it is meant: "2. Vorsitzender", "3. Stock"."""
    concept, following = weights.concepts[nth].concept, weights.concepts[nth + 1 : nth + 2]
    if concept.kind is not Kind.NUMBER or concept.is_key or concept.month or is_called(weights, nth) or not following:
        return False
    beside = following[0].concept.span.start - concept.span.end == len(_ORDINAL)
    return beside and bool(following[0].is_found) and following[0].concept.kind is Kind.WORD


def asks_for_labels(weights: TermWeights, question_words: Collection[str], above: Collection[str]) -> bool:
    """Return whether a question has, beside its labels and what they are called, at most its verb: "What does § 4 say?".

    The verb stands after a question word, or ends the question directly after a label. What stands above a place (``above``
    are its forms) says where: "What does § 4 of the statutes say?".
    """
    every = range(len(weights.concepts))
    labels = [nth for nth in every if is_label(weights, nth) or is_clause(weights, nth)]
    called = {
        nth + 1 if is_ordinal(weights, nth) else nth - 1 for nth in labels if not weights.concepts[nth].concept.sign
    }
    named = {nth for nth in every if weights.concepts[nth].stands_in(above)}
    others = [nth for nth in every if nth not in labels and nth not in called | named]
    if not labels or len(others) > 1:
        return False
    return all(
        weights.concepts[nth].concept.before in question_words
        or (nth == every[-1] and nth - 1 in labels and adjoins(weights, nth - 1))
        for nth in others
    )


def begins_with_label(weights: TermWeights, nth: int, line: str, language: str | None) -> bool:
    """Return whether a line begins with a label as it is asked, as a heading does: "§ 4 Deposits", "Article 7"."""
    first = {term.span for term in analyse(line, language)[:2]}
    return any(term.span in first for term in _labels(weights, nth, line, language))


def is_labelled(weights: TermWeights, nth: int, text: str, language: str | None) -> bool:
    """Return whether a label stands in a text as it is asked, after the same sign or word, or within a range ("§§ 5-7")."""
    return any(True for _ in _labels(weights, nth, text, language))


def _labels(weights: TermWeights, nth: int, text: str, language: str | None) -> Iterator[Term]:
    concept = weights.concepts[nth].concept
    for term in called_alike(weights, nth, text, language):
        if term.text in concept.forms or is_in_range(concept.word, term, text):
            yield term


def called_alike(weights: TermWeights, nth: int, text: str, language: str | None) -> Iterator[Term]:
    """Yield the numbers of a text after the word or sign by which one of the question is called, or before that word."""
    terms, sign = analyse(text, language), weights.concepts[nth].concept.sign
    if sign:
        yield from (
            term
            for term in terms
            if term.kind in (Kind.NUMBER, Kind.CODE) and word_before(text, term.span.start) == sign
        )
    elif is_called(weights, nth):
        called = weights.concepts[nth - 1]
        for before, term in pairwise(terms):
            if term.kind is Kind.NUMBER and called.stands_in(forms_of([before])) and _adjoin(before, term):
                yield term
    elif is_ordinal(weights, nth):
        counted = weights.concepts[nth + 1]
        for term, after in pairwise(terms):
            beside = text[term.span.end : after.span.start] == _ORDINAL
            if term.kind is Kind.NUMBER and beside and counted.stands_in(forms_of([after])):
                yield term


def other_versions(
    weights: TermWeights, nth: int, terms: Sequence[Term], text: str, above: Sequence[str], language: str | None
) -> list[str]:
    """Return the versions of a place in whose stead a number with points is asked for that no passage has: "release 3.4".

    They stand behind a "v", or in what stands above the place: in its file's name, or as a heading that is a version alone. If
    the place itself speaks of what the number is called by ("a grade of 3.0 or better"), only those directly after that count.

    Args:
        weights: The concepts of the question.
        nth: The number.
        terms: The words of the place.
        text: The text of the place.
        above: The lines that stand above it.
        language: Its language.
    """
    weighted = weights.concepts[nth]
    if weighted.is_found or not _VERSION.fullmatch(weighted.concept.word) or not (nth and adjoins(weights, nth - 1)):
        return []
    called = weights.concepts[nth - 1]
    there = [at for at, term in enumerate(terms) if number_of(term.word.lower())]
    if any(called.stands_in(forms_of([term])) for term in terms):
        there = [at for at in there if at and called.stands_in(forms_of([terms[at - 1]]))]
        return [terms[at].span.of(text) for at in there]
    return [terms[at].span.of(text) for at in there] or list(_versions_above(above, language))


def _versions_above(above: Sequence[str], language: str | None) -> Iterator[str]:
    for line in above:
        terms = analyse(line, language)
        alone = [term.word for term in terms[:1] if all(each.kind is Kind.NUMBER for each in terms)]
        found = [version for term in terms if (version := version_in(term.span.of(line)))] or alone
        yield from (each for each in found if _VERSION.fullmatch(each) and not iso_date(each))


def is_called(weights: TermWeights, nth: int) -> bool:
    """Return whether a name follows what it is called: "Ferry Carla", "President Biden"."""
    return nth > 0 and adjoins(weights, nth - 1) and bool(weights.concepts[nth - 1].is_found)


def is_clause(weights: TermWeights, nth: int) -> bool:
    """Return whether a number is that of a part of a document: "clause 4.2", "第4.2条", "section 4".

    It has several levels and no unit, and follows a word or begins; or one, and follows what such parts are called. No passage
    needs to have that word: a contract mostly calls its clauses nothing.
    """
    concept = weights.concepts[nth].concept
    if concept.kind is not Kind.NUMBER or concept.month:
        return False
    if has_levels(concept.word):
        return nth == 0 or concept.span.start - weights.concepts[nth - 1].concept.span.end <= 1
    return bool(_OF_ONE_LEVEL.fullmatch(concept.word)) and concept.before in _document_parts()


def has_levels(number: str) -> bool:
    """Return whether a number has several levels: "4.2", "4.2.1"."""
    return _OF_LEVELS.fullmatch(number) is not None


@cache
def _document_parts() -> frozenset[str]:
    """Return what parts of documents are called, in any language: a short question may not tell its own."""
    return frozenset[str]().union(*(words_of(_PARTS, each) for each in languages_of(_PARTS)))


def is_in_range(number: str | Decimal, first: Term, text: str) -> bool:
    """Return whether a number is within a range of numbers that a term begins or ends: "gates 7-9", "2-8 mm"."""
    if isinstance(number, str) and not number.isdecimal():
        return False
    found = (match for match in _RANGE.finditer(text) if match.start() <= first.span.start < match.end())
    return any(_decimal(match[1]) <= Decimal(number) <= _decimal(match[2]) for match in found)


def _decimal(written: str) -> Decimal:
    return Decimal(written.replace(",", "."))


def adjoins(weights: TermWeights, nth: int) -> bool:
    """Return whether one space is between a word of the question and the next."""
    one, other = weights.concepts[nth].concept, weights.concepts[nth + 1].concept
    return other.span.start - one.span.end == 1


def _adjoin(one: Term, other: Term) -> bool:
    return other.span.start - one.span.end == 1

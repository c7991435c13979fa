"""Concepts: the words of a question, each with every form in which the documents of an index may have it.

Documents of different languages are stemmed differently, so a word has a form for each language of the index. Whichever form is
found, the word counts once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

from citewell.document import Span
from citewell.text.capitals import Case
from citewell.text.language import detect, function_words
from citewell.text.months import month_names, month_of
from citewell.text.terms import DEFAULT_LANGUAGE, Term, analyse, function_pieces, stem
from citewell.text.words import Kind

# Words of a question that stand side by side may be one word in a document ("web site"), and one may be two.
_SHORTEST_PART = 3
_SHORTEST_NUMBER = 3
# A question is looked at several times while it is answered.
_REMEMBERED = 64
_YEAR = regex.compile(r"1\d{3}|20\d\d")
_SIGN = regex.compile(r"(?:§|¶|№|#)(?=[ \u00a0]?$)")
_SIDE_BY_SIDE = regex.compile(r"[ \u00a0\u202f]")


class _Month(NamedTuple):
    """A month by its number, from 1, and the year beside it."""

    number: int
    year: str | None


@dataclass(frozen=True, slots=True)
class Concept:
    """A word of a question.

    ``word`` is the word as it is asked, normalised, and ``span`` its place in the question. ``forms`` are the terms that mean
    it, ``sequences`` terms that mean it side by side, ``bags`` terms that mean it if a passage has all of them.
    ``kind`` and ``case`` are those of the word, and ``sign`` stands before a number: "§ 4".
    """

    word: str
    span: Span
    forms: tuple[str, ...]
    sequences: tuple[tuple[str, ...], ...] = ()
    bags: tuple[tuple[str, ...], ...] = ()
    kind: Kind = Kind.WORD
    case: Case = Case.SMALL
    sign: str = ""

    @property
    def is_key(self) -> bool:
        """Whether it is a name, a code, or a number that tells things apart."""
        if self.kind is Kind.NUMBER:
            return sum(map(str.isdecimal, self.word)) >= _SHORTEST_NUMBER
        return self.kind is Kind.CODE or (self.kind is Kind.WORD and self.case in (Case.NAME, Case.CAPITALS))


def concepts(question: str, languages: Iterable[str] = (DEFAULT_LANGUAGE,)) -> tuple[Concept, ...]:
    """Return the concepts of a question, in order, each once.

    Args:
        question: The question, or another text.
        languages: The languages of the documents that are searched.
    """
    return _concepts(question, tuple(dict.fromkeys(languages)) or (DEFAULT_LANGUAGE,))


@lru_cache(maxsize=_REMEMBERED)
def _concepts(question: str, languages: tuple[str, ...]) -> tuple[Concept, ...]:
    asked = detect(question)
    # The question's own function words; if it does not tell its language, those of all documents.
    stops = frozenset().union(*map(function_words, (asked,) if asked else languages))
    places: dict[Span, dict[str, Term]] = {}
    for language in languages:
        for term in analyse(question, language):
            if term.case is Case.CAPITALS or term.kind is not Kind.WORD or term.word.lower() not in stops:
                places.setdefault(term.span, {})[language] = term
    ordered = sorted(places.items())
    joined, months = (
        _joined(question, ordered),
        dict(_months(question, ordered, (asked, *languages) if asked else languages)),
    )
    pieces = function_pieces(question, [term.span for _, terms in ordered for term in terms.values()], languages)
    seen: dict[tuple[str, ...], Concept] = {}
    for nth, (span, terms) in enumerate(ordered):
        if span in pieces:
            continue
        own = tuple(dict.fromkeys(term.text for term in terms.values()))
        if own not in seen:
            sign = _SIGN.search(question, max(0, span.start - 2), span.start)
            found = replace(_concept(span, terms, joined.get(nth, ())), sign=sign[0] if sign else "")
            seen[own] = _dated(found, months[nth], languages) if nth in months else found
    return tuple(seen.values())


def splits(concept: Concept, languages: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the forms of two words that a word may consist of, for each place and language."""
    word = concept.word.lower()
    if concept.kind is not Kind.WORD or concept.bags or not word.isalpha():
        return
    for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        for language in languages:
            yield stem(word[:at], language), stem(word[at:], language)


def _concept(span: Span, terms: dict[str, Term], joined: Sequence[str]) -> Concept:
    first = next(iter(terms.values()))
    parts = tuple(dict.fromkeys(term.parts for term in terms.values() if term.kind is not Kind.PIECE and term.parts))
    word = first.kind is Kind.WORD
    return Concept(
        word=first.word,
        span=span,
        forms=tuple(dict.fromkeys([*(term.text for term in terms.values()), *joined])),
        sequences=() if word else parts,
        bags=parts if word else (),
        kind=first.kind,
        case=first.case,
    )


def _dated(concept: Concept, date: _Month, languages: Collection[str]) -> Concept:
    """Return the name of a month with its other names, and beside a year, with its figures: "2023-01", "1/2023"."""
    forms = [stem(name, language) for name, language in month_names(date.number, languages)]
    figures = (f"{date.number:02}", str(date.number))
    pairs = [pair for month in figures for pair in ((date.year, month), (month, date.year))] if date.year else []
    return replace(concept, forms=tuple(dict.fromkeys([*concept.forms, *forms])), sequences=tuple(dict.fromkeys(pairs)))


def _months(
    question: str, ordered: Sequence[tuple[Span, dict[str, Term]]], languages: Iterable[str]
) -> Iterator[tuple[int, _Month]]:
    """Yield which words of a question name a month. "Jan" alone is somebody's name; "Jan 2023", "Jan." and "jan" are none."""
    terms = [next(iter(each.values())) for _, each in ordered]
    for nth, term in enumerate(terms):
        if term.kind is not Kind.WORD or not term.word.isalpha():
            continue
        beside = [
            each for at in (nth - 1, nth + 1) if at >= 0 for each in terms[at : at + 1] if each.kind is Kind.NUMBER
        ]
        is_abbreviated = bool(beside) or term.case is Case.SMALL or question[term.span.end : term.span.end + 1] == "."
        number = month_of(term.word, languages, is_abbreviated=is_abbreviated)
        if number is not None:
            yield nth, _Month(number, next((each.text for each in beside if _YEAR.fullmatch(each.text)), None))


def _joined(question: str, ordered: Sequence[tuple[Span, dict[str, Term]]]) -> dict[int, list[str]]:
    """Return the forms of neighbouring words written together, for both of them."""
    found: dict[int, list[str]] = {}
    for nth, ((one, first), (other, second)) in enumerate(pairwise(ordered)):
        if not _SIDE_BY_SIDE.fullmatch(question, one.end, other.start):
            continue
        for language in first.keys() & second.keys():
            words = first[language].word, second[language].word
            if all(word.isalpha() and len(word) >= _SHORTEST_PART for word in words):
                form = stem("".join(words).lower(), language)
                found.setdefault(nth, []).append(form)
                found.setdefault(nth + 1, []).append(form)
    return found

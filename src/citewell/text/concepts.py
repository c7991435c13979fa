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
from citewell.text.dates import iso_date
from citewell.text.language import detect, function_words
from citewell.text.months import month_names, month_of
from citewell.text.terms import DEFAULT_LANGUAGE, Term, analyse, function_pieces, stem
from citewell.text.words import Kind

# Words of a question that stand side by side may be one word in a document ("web site"), and one may be two.
_SHORTEST_PART = 3
_SHORTEST_NUMBER = 3
# A question is looked at several times while it is answered.
_REMEMBERED = 64
_DAY = regex.compile(r"0?[1-9]|[12]\d|3[01]")
_YEAR = regex.compile(r"1\d{3}|20\d\d")
_SIGN = regex.compile(r"(?:§|¶|№|#)(?=[ \u00a0]?$)")
_SIDE_BY_SIDE = regex.compile(r"[ \u00a0\u202f]")


class _Month(NamedTuple):
    """A month by its number, from 1, and the year and the day beside it."""

    number: int
    year: str | None
    day: str | None


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
    """Return a word of a date with the other names of its month, and beside a year, in figures: "2023-01", "3.1.2023".

    A date in figures has the name of its month.
    """
    names = [stem(name, language) for name, language in month_names(date.number, languages)]
    figures = (f"{date.number:02}", str(date.number))
    forms, sequences = [*concept.forms], [*concept.sequences]
    if concept.kind is Kind.WORD:
        forms += names
        sequences += [pair for month in figures if date.year for pair in ((date.year, month), (month, date.year))]
    if date.day and date.year:
        days = (f"{date.day:0>2}", str(int(date.day)))
        forms += [f"{day}.{month}.{date.year}" for day, month in zip(days, figures, strict=True)]
        forms.append(f"{date.year}{figures[0]}{days[0]}")
        if concept.kind is not Kind.WORD and len(concept.word) > len(date.year):
            sequences += [(*pair, date.year) for name in names for pair in ((days[1], name), (name, days[1]))]
    return replace(concept, forms=tuple(dict.fromkeys(forms)), sequences=tuple(dict.fromkeys(sequences)))


def _months(
    question: str, ordered: Sequence[tuple[Span, dict[str, Term]]], languages: Iterable[str]
) -> Iterator[tuple[int, _Month]]:
    """Yield which words of a question name a month. "Jan" alone is somebody's name; "Jan 2023", "Jan." and "jan" are none."""
    terms = [next(iter(each.values())) for _, each in ordered]
    for nth, term in enumerate(terms):
        if term.kind is not Kind.WORD:
            yield from ((nth, date) for date in _in_figures(term.span.of(question)))
        elif term.word.isalpha():
            yield from _in_words(question, terms, nth, languages)


def _in_figures(written: str) -> Iterator[_Month]:
    """Yield the day that a word without letters says: "2024-07-09"."""
    year, month, day = [*(iso_date(written) or "").split("-"), "", ""][:3]
    if day:
        yield _Month(int(month), year, day)


def _in_words(question: str, terms: Sequence[Term], nth: int, languages: Iterable[str]) -> Iterator[tuple[int, _Month]]:
    """Yield the words of the date whose month a word names, if it does."""
    beside = [each for at in (nth - 1, nth + 1) if at >= 0 for each in terms[at : at + 1] if each.kind is Kind.NUMBER]
    term = terms[nth]
    is_abbreviated = bool(beside) or term.case is Case.SMALL or question[term.span.end : term.span.end + 1] == "."
    number = month_of(term.word, languages, is_abbreviated=is_abbreviated)
    if number is None:
        return
    near = [at for at in range(max(0, nth - 2), min(nth + 3, len(terms))) if terms[at].kind is Kind.NUMBER]
    year, day = (next((at for at in near if form.fullmatch(terms[at].text)), None) for form in (_YEAR, _DAY))
    date = _Month(number, *(None if at is None else terms[at].text for at in (year, day)))
    yield nth, date
    if year is not None and day is not None:
        yield from ((at, date) for at in (year, day))


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

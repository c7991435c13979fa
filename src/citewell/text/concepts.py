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
from citewell.text.terms import DEFAULT_LANGUAGE, Term, analyse, fold, function_pieces, stem
from citewell.text.units import measure_of, named_measures, same_measures, symbol_of
from citewell.text.words import Kind

# Words of a question that stand side by side may be one word in a document ("web site"), and one may be two.
_SHORTEST_PART = 3
_SHORTEST_NUMBER = 3
# A question is looked at several times while it is answered.
_REMEMBERED = 64
# "3", and "3rd", "1er", "2º" beside the name of a month.
_DAY = regex.compile(r"(0?[1-9]|[12]\d|3[01])\p{Ll}{0,3}")
_YEAR = regex.compile(r"1\d{3}|20\d\d")
_SIGNS = "§¶№#"
_BEFORE = regex.compile(r"([\p{L}\p{M}\p{N}'’-]+|[^\s\p{L}\p{M}\p{N}])[ \u00a0]?$")
_LONGEST_BEFORE = 40
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
    ``kind`` and ``case`` are those of the word; ``before`` is the word or sign directly before it (``word_before``).
    """

    word: str
    span: Span
    forms: tuple[str, ...]
    sequences: tuple[tuple[str, ...], ...] = ()
    bags: tuple[tuple[str, ...], ...] = ()
    kind: Kind = Kind.WORD
    case: Case = Case.SMALL
    before: str = ""

    @property
    def sign(self) -> str:
        """The sign that says of what a number or code is the number: "§ 4", "§ 4a"."""
        return self.before if self.kind in (Kind.NUMBER, Kind.CODE) and self.before in _SIGNS else ""

    @property
    def is_measure(self) -> bool:
        """Whether it is a number with a unit: "4 mm"."""
        return self.kind is Kind.NUMBER and measure_of(self.word) is not None

    @property
    def is_key(self) -> bool:
        """Whether it is a name, a code, or a number that tells things apart."""
        if self.kind is Kind.NUMBER:
            return sum(map(str.isdecimal, self.word)) >= _SHORTEST_NUMBER
        return self.kind is Kind.CODE or (self.kind is Kind.WORD and self.case in (Case.NAME, Case.CAPITALS))


def word_before(text: str, start: int) -> str:
    """Return the word or sign that stands directly before a place of a text, in small letters; "" at the start of a line."""
    match = _BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start)
    return match[1].lower() if match else ""


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
    joined = _joined(question, ordered)
    known = (asked, *languages) if asked else languages
    months, measures = dict(_months(question, ordered, known)), dict(_measures(question, ordered, known))
    pieces = function_pieces(question, [term.span for _, terms in ordered for term in terms.values()], languages)
    seen: dict[tuple[str, ...], Concept] = {}
    for nth, (span, terms) in enumerate(ordered):
        if span in pieces:
            continue
        own = tuple(dict.fromkeys(term.text for term in terms.values()))
        if own not in seen:
            found = replace(_concept(span, terms, joined.get(nth, ())), before=word_before(question, span.start))
            if nth in measures:
                found = _measured(found, measures[nth], languages)
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


def _measures(
    question: str, ordered: Sequence[tuple[Span, dict[str, Term]]], languages: Iterable[str]
) -> Iterator[tuple[int, str]]:
    """Yield which words of a question are a number with a unit, and that as it is matched; of "5 litres" both are "5l"."""
    terms = [next(iter(each.values())) for _, each in ordered]
    for nth, term in enumerate(terms):
        if term.kind is not Kind.NUMBER:
            continue
        if measure_of(term.word):
            yield nth, term.word
        for following in terms[nth + 1 : nth + 2]:
            beside = _SIDE_BY_SIDE.fullmatch(question, term.span.end, following.span.start)
            symbol = symbol_of(following.word, languages) if beside else None
            if symbol and measure_of(term.word + symbol):
                yield from ((at, term.word + symbol) for at in (nth, nth + 1))


def _measured(concept: Concept, word: str, languages: Collection[str]) -> Concept:
    """Return a word of a measure with how the same amount is written otherwise: in another unit, or with its name."""
    forms = (fold(each.lower()) for each in same_measures(word))
    sequences = () if concept.is_measure else concept.sequences
    named = ((number, stem(name, language)) for number, name, language in named_measures(word, languages))
    return replace(
        concept,
        forms=tuple(dict.fromkeys([*concept.forms, *forms])),
        sequences=tuple(dict.fromkeys([*sequences, *(named if concept.kind is Kind.NUMBER else ())])),
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
    if date.day and concept.kind is Kind.CODE:
        # "3rd" tells more than a 3 does.
        sequences += [pair for name in names for pair in ((str(int(date.day)), name), (name, str(int(date.day))))]
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
    term = terms[nth]
    numbered = [at for at in (nth - 1, nth + 1) if 0 <= at < len(terms) and terms[at].kind in (Kind.NUMBER, Kind.CODE)]
    days = {
        at: match[1] for at in numbered if (match := _DAY.fullmatch(terms[at].text)) and not measure_of(terms[at].word)
    }
    is_abbreviated = (
        any(at in days or terms[at].kind is Kind.NUMBER for at in numbered)
        or term.case is Case.SMALL
        or question[term.span.end : term.span.end + 1] == "."
    )
    number = month_of(term.word, languages, is_abbreviated=is_abbreviated)
    if number is None:
        return
    day = next(iter(days), None)
    # "April 3, 2024"
    near = [*numbered, *([nth + 2] if day == nth + 1 and nth + 2 < len(terms) else ())]
    year = next((at for at in near if _YEAR.fullmatch(terms[at].text)), None)
    date = _Month(number, None if year is None else terms[year].text, None if day is None else days[day])
    yield from ((at, date) for at in (nth, day, year if day is not None else None) if at is not None)


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

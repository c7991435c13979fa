"""Concepts: the words of a question, each with every form in which the documents of an index may have it.

Documents of different languages are stemmed differently, so a word has a form for each language of the index. Whichever form is
found, the word counts once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

from citewell.document import Span
from citewell.text.amounts import is_money, same_amounts
from citewell.text.capitals import Case
from citewell.text.language import detect, function_words
from citewell.text.months import month_names
from citewell.text.named_days import Month, named_months
from citewell.text.telephones import asked_forms
from citewell.text.terms import CAPITALS_SAY_LITTLE, DEFAULT_LANGUAGE, Term, analyse, fold, function_pieces, stem
from citewell.text.units import measure_of, named_measures, same_measures, symbol_of
from citewell.text.versions import name_and_number, number_of
from citewell.text.words import UNITS, Kind

# Words of a question that stand side by side may be one word in a document ("web site"), and one may be two.
_SHORTEST_PART = 3
_SHORTEST_NUMBER = 3
# A question is looked at several times while it is answered.
_REMEMBERED = 64
_SIGNS = "§¶№#"
# Read from its end, so that what stands further before is not tried at all.
_BEFORE = regex.compile(r"([\p{L}\p{M}\p{N}'’-]+|[^\s\p{L}\p{M}\p{N}])[ \u00a0]?\Z", regex.REVERSE)
_LONGEST_BEFORE = 40
_FIRST_LETTER = regex.compile(r"(?<![\p{L}\p{M}\p{N}'’])\p{L}(?=\p{L})")
# What is between words that stand side by side.
_SIDE_BY_SIDE = frozenset(" \u00a0\u202f")
# "6-mm-Kabel", "5-litre tank"
_HYPHENED = regex.compile(r"(?<![\p{L}\p{N}.,])(\p{Nd}+(?:[.,]\p{Nd}+)?)[-‐‑]([\p{L}°]+)([-‐‑](?=\p{L}))?(?![\p{N}])")
_HYPHEN = regex.compile(r"[-‐‑]")
# Where a code may be two: "LS10 1JW".
_DIGIT_BESIDE_DIGIT = regex.compile(r"(?<=\p{L}.*\p{Nd})(?=\p{Nd}.*\p{L})")
# Languages whose pronouns follow their verb with a hyphen in a question: "faut-il".
_INVERTING = ("fr",)


class Concept(NamedTuple):
    """A word of a question.

    ``word`` is the word as it is asked, normalised, and ``span`` its place in the question. ``forms`` are the terms that mean
    it, ``sequences`` terms that mean it side by side, ``bags`` terms that mean it if a passage has all of them.
    ``kind`` and ``case`` are those of the word; ``before`` is the word or sign directly before it (``word_before``).
    ``month`` is the one of which it is the day, if it is one: "12 June".
    """

    word: str
    span: Span
    forms: tuple[str, ...]
    sequences: tuple[tuple[str, ...], ...] = ()
    bags: tuple[tuple[str, ...], ...] = ()
    kind: Kind = Kind.WORD
    case: Case = Case.SMALL
    before: str = ""
    month: Month | None = None
    # Whether only its capital makes it more than a function word: "Will".
    may_be_name: bool = False

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
    known = tuple(dict.fromkeys((asked, *languages))) if asked else languages
    question = _HYPHENED.sub(lambda match: _apart(match, known), question)
    places: dict[Span, dict[str, Term]] = {}
    for language in languages:
        for term in analyse(question, language):
            if not _is_function_word(term, question, stops, asked) or _may_be_name(term, question, asked):
                places.setdefault(term.span, {})[language] = term
    ordered = sorted(places.items(), key=lambda place: (place[0].start, place[0].end))
    joined = _joined(question, ordered)
    first = [next(iter(each.values())) for _, each in ordered]
    months, measures = dict(named_months(question, first, known)), dict(_measures(question, first, known))
    pieces = function_pieces(question, [term.span for _, terms in ordered for term in terms.values()], languages)
    seen: dict[tuple[str, ...], Concept] = {}
    for nth, (span, terms) in enumerate(ordered):
        if span in pieces:
            continue
        own = tuple(dict.fromkeys(term.text for term in terms.values()))
        if own not in seen:
            forms = tuple(dict.fromkeys([*own, *joined.get(nth, ())]))
            found = _concept(span, terms, forms, word_before(question, span.start))
            if found.case is Case.NAME and found.word.lower() in stops:
                found = found._replace(may_be_name=True)
            if nth in measures:
                found = _measured(found, measures[nth], languages)
            elif found.kind is not Kind.WORD and nth not in months:
                found = _written_otherwise(found, question)
            seen[own] = _dated(found, months[nth], languages) if nth in months else found
    return tuple(seen.values())


def _apart(match: regex.Match[str], languages: Iterable[str]) -> str:
    """Return a number with a unit as it is written without hyphens, at the same length."""
    number, unit = match[1], match[2]
    known = unit in UNITS or symbol_of(unit, languages)
    return f"{number} {unit}{' ' * len(match[3] or '')}" if known else match.group()


def _is_function_word(term: Term, question: str, stops: Collection[str], asked: str | None) -> bool:
    """Return whether a word of a question tells nothing: a function word, or two of them that inversion has joined."""
    if term.case is Case.CAPITALS or term.kind is not Kind.WORD:
        return False
    if asked in _INVERTING:
        return all(part in stops for part in _HYPHEN.split(term.span.of(question).lower()))
    return term.word.lower() in stops


def _may_be_name(term: Term, question: str, asked: str | None) -> bool:
    """Return whether the capital of a function word may make it a name: "What did Will say?", and not "Where Do I Park"."""
    if term.case is not Case.NAME or (asked or DEFAULT_LANGUAGE) in CAPITALS_SAY_LITTLE or len(term.word) == 1:
        return False
    letters = _FIRST_LETTER.findall(question)
    return 2 * sum(map(str.isupper, letters[1:])) < len(letters)


def splits(concept: Concept, languages: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the forms of two words that a word may consist of, for each place and language.

    A code may be two within its digits, if each is a code: "LS101JW" is "LS10 1JW", and "KX441012" no 12 of "KX4410".
    """
    word = concept.word.lower()
    if concept.kind is Kind.CODE and word.isalnum():
        yield from (
            (fold(word[: cut.start()]), fold(word[cut.start() :])) for cut in _DIGIT_BESIDE_DIGIT.finditer(word)
        )
    if concept.kind is not Kind.WORD or concept.bags or not word.isalpha():
        return
    for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        for language in languages:
            yield stem(word[:at], language), stem(word[at:], language)


def _concept(span: Span, terms: dict[str, Term], forms: tuple[str, ...], before: str) -> Concept:
    first = next(iter(terms.values()))
    parts = tuple(
        dict.fromkeys(term.own_parts for term in terms.values() if term.own_parts and term.kind is not Kind.PIECE)
    )
    word = first.kind is Kind.WORD
    return Concept(
        word=first.word,
        span=span,
        forms=forms,
        sequences=() if word else tuple(each for own in parts for each in _sequences(first, own)),
        bags=parts if word else (),
        kind=first.kind,
        case=first.case,
        before=before,
    )


def _sequences(term: Term, parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield how the parts of a code or number may stand apart: "SKF6205-2RS" is "SKF 6205-2RS", too.

    A part that is a function word is in no index, and without it, the code is another one: "KX-4410-A".
    """
    whole = "".join(parts) == fold("".join(filter(str.isalnum, term.word.lower())))
    if term.kind is not Kind.CODE or whole:
        yield parts
    if term.kind is Kind.CODE and whole:
        yield from (("".join(parts[:at]), "".join(parts[at:])) for at in range(1, len(parts)) if len(parts) > 2)


def _measures(question: str, terms: Sequence[Term], languages: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield which words of a question are a number with a unit, and that as it is matched; of "5 litres" both are "5l"."""
    for nth, term in enumerate(terms):
        if term.kind is not Kind.NUMBER:
            continue
        if measure_of(term.word):
            yield nth, term.word
        for following in terms[nth + 1 : nth + 2]:
            beside = question[term.span.end : following.span.start] in _SIDE_BY_SIDE
            symbol = symbol_of(following.word, languages) if beside else None
            if symbol and measure_of(term.word + symbol):
                yield from ((at, term.word + symbol) for at in (nth, nth + 1))


def _measured(concept: Concept, word: str, languages: Collection[str]) -> Concept:
    """Return a word of a measure with how the same amount is written otherwise: in another unit, or with its name."""
    forms = (fold(each.lower()) for each in same_measures(word))
    sequences = () if concept.is_measure else concept.sequences
    named = ((number, stem(name, language)) for number, name, language in named_measures(word, languages))
    return concept._replace(
        forms=tuple(dict.fromkeys([*concept.forms, *forms])),
        sequences=tuple(dict.fromkeys([*sequences, *(named if concept.kind is Kind.NUMBER else ())])),
    )


def _written_otherwise(concept: Concept, question: str) -> Concept:
    """Return a number or code as documents may have it: an amount (2150.00), a telephone number, a version ("v3.10")."""
    if concept.kind is Kind.CODE:
        named, number = name_and_number(concept.word.lower()), number_of(concept.word.lower())
        sequences = (*concept.sequences, named) if named else concept.sequences
        return concept._replace(forms=(*concept.forms, number) if number else concept.forms, sequences=sequences)
    money = "." in concept.word and is_money(question, concept.span)
    forms = [form for each in concept.forms for form in (each, *same_amounts(each, is_money=money))]
    if concept.word.isdecimal():
        start = concept.span.start - question[: concept.span.start].endswith("+")
        forms += asked_forms(question[start : concept.span.end])
    return concept._replace(forms=tuple(dict.fromkeys(forms)))


def _dated(concept: Concept, date: Month, languages: Collection[str]) -> Concept:
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
    is_day = concept.kind is not Kind.WORD and date.day is not None and concept.word != date.year
    return concept._replace(
        forms=tuple(dict.fromkeys(forms)),
        sequences=tuple(dict.fromkeys(sequences)),
        month=date if is_day else None,
    )


def _joined(question: str, ordered: Sequence[tuple[Span, dict[str, Term]]]) -> dict[int, list[str]]:
    """Return the forms of neighbouring words or codes written together, for both of them."""
    found: dict[int, list[str]] = {}
    for nth, ((one, first), (other, second)) in enumerate(pairwise(ordered)):
        if question[one.end : other.start] not in _SIDE_BY_SIDE:
            continue
        for language in first.keys() & second.keys():
            words = first[language].word, second[language].word
            written = "".join(words).lower()
            if all(word.isalpha() and len(word) >= _SHORTEST_PART for word in words):
                form = stem(written, language)
            elif first[language].kind is second[language].kind is Kind.CODE:
                form = fold(written)
            else:
                continue
            found.setdefault(nth, []).append(form)
            found.setdefault(nth + 1, []).append(form)
    return found

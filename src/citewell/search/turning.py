"""What a question turns on: a name, a number, a code or a year that the documents, or the place that would answer, do not have.

"How much does the gasket KX-4410-C cost?" is not answered by what KX-4410-B costs, although all other words match. A code or a
number that is missing decides alone. A name decides if it is most of what the question says, or if another name stands where it
would stand: beside the same words. So does a short number that says which of several is meant ("platform 4"), and a word that
is another one in part ("downstream" for "upstream").
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import regex
from rapidfuzz import process
from rapidfuzz.distance import OSA

from citewell.asked import Missing
from citewell.index.weights import TermWeights, Weighted
from citewell.lazy import lazy
from citewell.search.days import other_days
from citewell.search.labels import adjoins, called_alike, is_called, is_in_range, is_label, is_labelled
from citewell.text.capitals import Case
from citewell.text.concepts import Concept, word_before
from citewell.text.terms import Term, analyse, forms_of, is_stemmed
from citewell.text.typos import are_others
from citewell.text.units import Measure, measure_of
from citewell.text.words import Kind

# Missing names that have this share of a question's weight are what the question is about; with less, if other names stand in
# their place.
_MOST = 0.4
_MUCH = 0.3
# Words that are alike to this degree, but are no typos of one another, differ in a syllable (hypertension, hypotension).
_ALIKE = 0.75
_SHORTEST_LOOK_ALIKE = 7
# A name stands beside a word if at most one other word is between.
_BESIDE = 2
_NEAREST = 3
# The first word of a sentence, before a place.
_BEGINS = regex.compile(r"(?:^|[\p{Po}\n])\s*[\p{L}\p{M}'’]+[ \u00a0]$")
_LONGEST_BEGINNING = 20
_YEAR = regex.compile(r"1[5-9]\d\d|20\d\d")


@dataclass(frozen=True)
class AnsweringPlace:
    """The place that would answer a question: its text, and the forms of the question there and in what stands above it.

    ``is_name`` returns whether the corpus has a word, in lower case, as a name only. ``headings`` are those above it.
    """

    text: str
    language: str | None
    forms: Collection[str]
    is_name: Callable[[str], bool]
    headings: str = ""

    def has(self, weighted: Weighted) -> bool:
        """Return whether a concept stands here."""
        return weighted.stands_in(self.forms)

    @lazy
    def terms(self) -> Sequence[Term]:
        """The terms of the text."""
        return analyse(self.text, self.language)

    def names(self, term: Term) -> bool:
        """Return whether a term of this place is a name."""
        return term.kind is Kind.WORD and term.case is not Case.SMALL and self.is_name(term.word.lower())


def missing(
    weights: TermWeights,
    place: AnsweringPlace,
    in_document: Callable[[Weighted], bool],
    looks_like_a_name: Callable[[str], bool],
    asked: Callable[[Concept], str],
    others: Callable[[int], list[str]],
) -> list[Missing]:
    """Return what a question turns on and the place that would answer it does not have.

    Args:
        weights: The concepts of the question.
        place: The best place.
        in_document: Returns whether a concept stands elsewhere in the document of the place.
        looks_like_a_name: Returns whether a word that is written small is probably a name.
        asked: Returns a concept as it is written in the question.
        others: Returns which other words the place has for a word that no document has, if it says which of something is meant.
    """
    absent = [
        nth
        for nth, each in enumerate(weights.concepts)
        if not _stands_here(weights, nth, place)
        and not (each.is_found and not is_label(weights, nth) and (not tells_apart(weights, nth) or in_document(each)))
    ]
    share = sum(weights.concepts[nth].weight for nth in absent if _is_named(weights, nth)) / (weights.total or 1.0)
    lacking = _Lacking(weights, place, looks_like_a_name, share, others)
    found = []
    for nth in absent:
        rivals, decides = lacking.decided_by(nth)
        if decides:
            weighted = weights.concepts[nth]
            word = asked(weighted.concept)
            found.append(Missing(word=word, nearest=_nearest(word, rivals), elsewhere=bool(weighted.is_found)))
    return found


@dataclass(frozen=True, slots=True)
class _Lacking:
    """Decides whether a question turns on a concept that a place does not have; ``names`` is the share of names of that kind.

    Each method returns the rivals of a concept, which are what stands in its place, and whether the question turns on it.
    """

    weights: TermWeights
    place: AnsweringPlace
    looks_like_a_name: Callable[[str], bool]
    names: float
    others: Callable[[int], list[str]]

    def decided_by(self, nth: int) -> tuple[list[str], bool]:
        concept = self.weights.concepts[nth].concept
        if _is_named(self.weights, nth):
            return self._name(nth)
        if concept.month:
            return self._day(nth)
        if concept.is_measure:
            return self._measure(nth)
        if is_label(self.weights, nth):
            return self._label(nth)
        return self._key(nth) if concept.is_key else self._word(nth)

    def _name(self, nth: int) -> tuple[list[str], bool]:
        rivals = _other_names(self.weights, nth, self.place) if self.names >= _MUCH else []
        is_absent = not self.weights.concepts[nth].is_found
        is_meant = self.names >= _MOST or _qualifies(self.weights, nth, self.names)
        return rivals, bool(rivals) or (is_absent and is_meant)

    def _day(self, nth: int) -> tuple[list[str], bool]:
        weighted, place = self.weights.concepts[nth], self.place
        rivals = other_days(weighted.concept, place.terms, place.text, place.language)
        return rivals, bool(rivals) or (weighted.concept.is_key and not weighted.is_found)

    def _measure(self, nth: int) -> tuple[list[str], bool]:
        weighted, rivals = self.weights.concepts[nth], _other_measures(self.weights, nth, self.place)
        return rivals, bool(rivals) or (weighted.concept.is_key and not _is_somewhere(weighted))

    def _label(self, nth: int) -> tuple[list[str], bool]:
        weighted, rivals = self.weights.concepts[nth], _other_labels(self.weights, nth, self.place)
        if rivals or not weighted.concept.sign:
            return rivals, bool(rivals)
        return rivals, not (weighted.is_found or _is_labelled(self.weights, nth, self.place))

    def _key(self, nth: int) -> tuple[list[str], bool]:
        weighted = self.weights.concepts[nth]
        rivals = _other_numbers(self.weights, weighted, self.place)
        return rivals, bool(rivals) or not _is_somewhere(weighted)

    def _word(self, nth: int) -> tuple[list[str], bool]:
        weights, weighted, place = self.weights, self.weights.concepts[nth], self.place
        rivals = _look_alikes(weights, weighted, place) or _others_of_its_kind(weights, nth, place)
        if not rivals and weighted.weight >= _MUCH * weights.total and weighted.concept.kind is Kind.WORD:
            others = _other_names(weights, nth, place)
            rivals = others if others and self.looks_like_a_name(weighted.concept.word) else []
        rivals = rivals or ([] if weighted.is_found else self.others(nth))
        return rivals, bool(rivals)


def _is_named(weights: TermWeights, nth: int) -> bool:
    """Return whether a concept of a question is a name."""
    concept = weights.concepts[nth].concept
    return concept.is_key and concept.kind is Kind.WORD


def _is_somewhere(weighted: Weighted) -> bool:
    return bool(weighted.is_found) or weighted.named_without_number


def _stands_here(weights: TermWeights, nth: int, place: AnsweringPlace) -> bool:
    """Return whether a word of a question stands in a place; of "§ 4", the 4 of "Step 4" does not, beside other paragraphs."""
    weighted = weights.concepts[nth]
    if weighted.concept.month and other_days(weighted.concept, place.terms, place.text, place.language):
        return False
    return place.has(weighted) and not (weighted.concept.sign and _other_labels(weights, nth, place))


def _qualifies(weights: TermWeights, nth: int, share: float) -> bool:
    """Return whether a missing name says which of something the question means: "a Japanese student visa"."""
    following = weights.concepts[nth + 1 : nth + 2]
    qualified = bool(following) and bool(following[0].is_found) and adjoins(weights, nth)
    return share >= _MUCH and qualified and not is_called(weights, nth)


def _other_numbers(weights: TermWeights, weighted: Weighted, place: AnsweringPlace) -> list[str]:
    """Return the codes or numbers of a place that look like one of the question."""
    asked = shape(weighted.concept.word)
    return [
        term.span.of(place.text)
        for term in _unasked(weights, place)
        if term.kind is weighted.concept.kind and shape(term.word) == asked
    ]


def _other_labels(weights: TermWeights, nth: int, place: AnsweringPlace) -> list[str]:
    """Return the numbers of a place that say which of the same is meant there; none if the asked one is among them."""
    if _is_labelled(weights, nth, place):
        return []
    for text in (place.text, place.headings):
        found = [term.span.of(text) for term in called_alike(weights, nth, text, place.language)]
        if found:
            return found
    return []


def _is_labelled(weights: TermWeights, nth: int, place: AnsweringPlace) -> bool:
    return any(is_labelled(weights, nth, text, place.language) for text in (place.text, place.headings))


def tells_apart(weights: TermWeights, nth: int) -> bool:
    """Return whether a word of a question is a name, a code, a longer number, a number with a unit, a label, or a day."""
    concept = weights.concepts[nth].concept
    return concept.is_key or concept.is_measure or concept.month is not None or is_label(weights, nth)


def _other_measures(weights: TermWeights, nth: int, place: AnsweringPlace) -> list[str]:
    """Return what measures a place has of the same; none if the asked one is between two of them.

    They are of the same quantity, beside the same words, and after the same word ("of 4 mm") or the first of a sentence ("The
    4 mm cable"): "over 5 kg" includes others.
    """
    concept = weights.concepts[nth].concept
    asked = measure_of(concept.word)
    beside = [each for at in (nth - 1, nth + 1) if at >= 0 for each in weights.concepts[at : at + 1] if each.is_found]
    unasked = {term.span for term in _unasked(weights, place)}
    found = [
        term
        for at, term in enumerate(place.terms)
        if asked
        and term.span in unasked
        and _is_of_quantity(term, asked)
        and _is_introduced_alike(concept, term, place.text)
        and any(each.stands_in(_forms_near(place.terms, at)) for each in beside)
    ]
    if asked and any(_is_in_its_range(asked, term, place.text) for term in found):
        return []
    return [term.span.of(place.text) for term in found]


def _is_of_quantity(term: Term, asked: Measure) -> bool:
    other = measure_of(term.word) if term.kind is Kind.NUMBER else None
    return other is not None and other.quantity == asked.quantity and other.amount != asked.amount


def _is_introduced_alike(asked: Concept, term: Term, text: str) -> bool:
    start = term.span.start
    if asked.before == word_before(text, start):
        return True
    return _BEGINS.search(text, max(0, start - _LONGEST_BEGINNING), start) is not None


def _is_in_its_range(asked: Measure, term: Term, text: str) -> bool:
    other = measure_of(term.word)
    return other is not None and is_in_range(asked.amount / other.factor, term, text)


def _others_of_its_kind(weights: TermWeights, nth: int, place: AnsweringPlace) -> list[str]:
    """Return the words of a place that differ from one of the question in a part, and stand beside the same words."""
    asked = weights.concepts[nth].concept
    # Without stems, words have the ends of their inflection in common.
    if asked.kind is not Kind.WORD or not is_stemmed(place.language):
        return []
    beside = [each for at in (nth - 1, nth + 1) if at >= 0 for each in weights.concepts[at : at + 1] if each.is_found]
    unasked = {term.span for term in _unasked(weights, place)}
    return [
        term.span.of(place.text)
        for at, term in enumerate(place.terms)
        if term.kind is Kind.WORD
        and term.span in unasked
        and any(are_others(asked.word.lower(), form, term.word.lower(), term.text) for form in asked.forms)
        and any(each.stands_in(_forms_near(place.terms, at)) for each in beside)
    ]


def _forms_near(terms: Sequence[Term], at: int) -> frozenset[str]:
    return forms_of(terms[max(0, at - _BESIDE) : at + _BESIDE + 1])


def _other_names(weights: TermWeights, nth: int, place: AnsweringPlace) -> list[str]:
    """Return the names of a place that stand beside the same words as one of the question."""
    before, after = (weights.concepts[at : at + 1] if at >= 0 else () for at in (nth - 1, nth + 1))
    # What a name is called decides what is another of its kind.
    beside = before if is_called(weights, nth) else (*before, *after)
    unasked = {term.span for term in _unasked(weights, place)}
    found = []
    for at, term in enumerate(place.terms):
        if term.span in unasked and place.names(term):
            here = _forms_near(place.terms, at)
            if any(each.stands_in(here) for each in beside):
                found.append(term.span.of(place.text))
    return found


def _look_alikes(weights: TermWeights, weighted: Weighted, place: AnsweringPlace) -> list[str]:
    """Return the words of a place that differ from one of the question in a syllable, and so are other words."""
    word = weighted.concept.word.lower()
    if weighted.concept.kind is not Kind.WORD or len(word) < _SHORTEST_LOOK_ALIKE:
        return []
    return [
        term.span.of(place.text)
        for term in _unasked(weights, place)
        if term.kind is Kind.WORD
        and term.word[:2].lower() == word[:2]
        and OSA.normalized_similarity(word, term.word.lower()) >= _ALIKE
    ]


def _unasked(weights: TermWeights, place: AnsweringPlace) -> list[Term]:
    asked = {form for each in weights.concepts for form in each.forms}
    asked |= {form for each in weights.concepts for name, _ in each.others for part in name.sequences for form in part}
    return [term for term in place.terms if term.text not in asked]


def shape(word: str) -> str:
    """Return the shape of a code or number: what kind of character stands where; years have a shape of their own."""
    if _YEAR.fullmatch(word):
        return "year"
    return regex.sub(r"\p{N}+", "0", regex.sub(r"\p{L}", "a", word))


def _nearest(word: str, rivals: Sequence[str]) -> tuple[str, ...]:
    distinct = list(dict.fromkeys(rivals))
    return tuple(each for each, _, _ in process.extract(word, distinct, scorer=OSA.distance, limit=_NEAREST))

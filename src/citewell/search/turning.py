"""What a question turns on: a name, a number, a code or a year that the documents, or the place that would answer, do not have.

"How much does the gasket KX-4410-C cost?" is not answered by what KX-4410-B costs, although all other words match. A code or a
number that is missing decides alone. A name decides if it is most of what the question says, or if another name stands where it
would stand: beside the same words, or, where the question says much else, between the same two. So does a short number that
says which of several is meant ("platform 4"), and a word that is another one in part ("downstream" for "upstream").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import regex
from rapidfuzz import process
from rapidfuzz.distance import OSA, Postfix

from citewell.asked import Missing
from citewell.index.weights import TermWeights, Weighted
from citewell.search.answering import LONG_END, AnsweringPlace, forms_asked, forms_near, neighbours, unasked
from citewell.search.labels import adjoins, called_alike, is_called, is_label, is_labelled, is_ordinal, other_versions
from citewell.search.measures import other_counts, other_measures
from citewell.text.capitals import Case
from citewell.text.concepts import Concept
from citewell.text.customs import never_ends
from citewell.text.inflections import are_forms
from citewell.text.terms import CAPITALS_SAY_LITTLE, DEFAULT_LANGUAGE, Term, analyse, forms_of, is_stemmed, stem
from citewell.text.typos import are_opposites, are_others
from citewell.text.words import Kind

# Missing names that have this share of a question's weight are what the question is about; with less, if other names stand in
# their place.
_MOST = 0.4
_MUCH = 0.3
# Words that are alike to this degree, but are no typos of one another, differ in a syllable (hypertension, hypotension).
_ALIKE = 0.75
_SHORTEST_LOOK_ALIKE = 7
_NEAREST = 3
# What compounds end with; shorter ends are as often those of other words for the same ("Passwort", "Kennwort").
_SHORTEST_HEAD = 6
_YEAR = regex.compile(r"1[5-9]\d\d|20\d\d")


def missing(
    weights: TermWeights,
    place: AnsweringPlace,
    in_document: Callable[[Weighted], bool],
    looks_like_a_name: Callable[[str], bool],
    question: str,
    others: Callable[[int], list[str]],
) -> list[Missing]:
    """Return what a question turns on and the place that would answer it does not have.

    Args:
        weights: The concepts of the question.
        place: The best place.
        in_document: Returns whether a concept stands elsewhere in the document of the place.
        looks_like_a_name: Returns whether a word that is written small is probably a name.
        question: The question.
        others: Returns which other words the place has for a word that no document has, if it says which of something is meant.
    """
    absent = [
        nth
        for nth, each in enumerate(weights.concepts)
        if _is_another(weights, nth, place, question)
        or not (
            _stands_here(weights, nth, place)
            or (each.is_found and not is_label(weights, nth) and (not tells_apart(weights, nth) or in_document(each)))
        )
    ]
    share = sum(weights.concepts[nth].weight for nth in absent if _is_named(weights, nth)) / (weights.total or 1.0)
    lacking = _Lacking(weights, place, looks_like_a_name, share, question, others)
    found = []
    for nth in absent:
        rivals, decides = lacking.decided_by(nth)
        if decides:
            weighted = weights.concepts[nth]
            word = weighted.concept.span.of(question) or weighted.concept.word
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
    question: str
    others: Callable[[int], list[str]]

    def decided_by(self, nth: int) -> tuple[list[str], bool]:
        concept = self.weights.concepts[nth].concept
        if _is_named(self.weights, nth):
            return self._name(nth)
        if concept.month:
            return self._day(nth)
        if concept.is_measure:
            return self._measure(nth)
        place = self.place
        if versions := other_versions(self.weights, nth, place.terms, place.text, place.above, place.language):
            return versions, True
        if is_label(self.weights, nth):
            return self._label(nth)
        if concept.is_key:
            return self._key(nth)
        return self._count(nth) if concept.kind is Kind.NUMBER else self._word(nth)

    def _name(self, nth: int) -> tuple[list[str], bool]:
        other_names = _other_names if self.names >= _MUCH else _names_between
        rivals = other_names(self.weights, nth, self.place)
        is_absent = not self.weights.concepts[nth].is_found
        is_meant = self.names >= _MOST or _qualifies(self.weights, nth, self.names)
        return rivals, bool(rivals) or (is_absent and is_meant)

    def _day(self, nth: int) -> tuple[list[str], bool]:
        weighted = self.weights.concepts[nth]
        rivals = self.place.other_days(self.weights, weighted.concept)
        return rivals, bool(rivals) or (weighted.concept.is_key and not weighted.is_found)

    def _measure(self, nth: int) -> tuple[list[str], bool]:
        weighted, rivals = self.weights.concepts[nth], other_measures(self.weights, nth, self.place)
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

    def _count(self, nth: int) -> tuple[list[str], bool]:
        rivals = other_counts(self.weights, nth, self.place, self.question)
        return rivals, bool(rivals)

    def _word(self, nth: int) -> tuple[list[str], bool]:
        weights, weighted, place = self.weights, self.weights.concepts[nth], self.place
        rivals = _look_alikes(weights, weighted, place) or [
            term.span.of(place.text) for term in _others_of_its_kind(weights, nth, place)
        ]
        if not rivals and weighted.weight >= _MUCH * weights.total and weighted.concept.kind is Kind.WORD:
            others = _other_names(weights, nth, place)
            rivals = others if others and self.looks_like_a_name(weighted.concept.word) else []
            rivals = rivals or ([] if weighted.is_found else _other_compounds(weighted.concept, place))
        rivals = rivals or ([] if weighted.is_found else self.others(nth))
        return rivals, bool(rivals)


def _is_named(weights: TermWeights, nth: int) -> bool:
    """Return whether a concept of a question is a name."""
    concept = weights.concepts[nth].concept
    return concept.is_key and concept.kind is Kind.WORD


def _is_somewhere(weighted: Weighted) -> bool:
    return bool(weighted.is_found) or weighted.named_without_number


def _stands_here(weights: TermWeights, nth: int, place: AnsweringPlace) -> bool:
    """Return whether a word of a question stands in a place; of "§ 4", the 4 of "Step 4" does not, beside other paragraphs.

    Nor does, of "2. Stock", the 2 of "2 Gäste" beside other floors.
    """
    weighted = weights.concepts[nth]
    if weighted.concept.month and place.other_days(weights, weighted.concept):
        return False
    is_strict = weighted.concept.sign or is_ordinal(weights, nth)
    return place.has(weighted) and not (is_strict and _other_labels(weights, nth, place))


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
        for term in unasked(weights, place)
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


def _others_of_its_kind(weights: TermWeights, nth: int, place: AnsweringPlace) -> list[Term]:
    """Return the words of a place that differ from one of the question in a part, and stand beside the same words."""
    asked = weights.concepts[nth].concept
    # Without stems, words have the ends of their inflection in common.
    if asked.kind is not Kind.WORD or not is_stemmed(place.language):
        return []
    beside = neighbours(weights, nth)
    asked_forms = forms_asked(weights)
    return [
        term
        for at, term in enumerate(place.terms)
        if term.kind is Kind.WORD
        and term.text not in asked_forms
        and _is_of_its_kind(asked, term, place.language)
        and any(each.stands_in(forms_near(place.terms, at)) for each in beside)
    ]


def _other_compounds(asked: Concept, place: AnsweringPlace) -> list[str]:
    """Return the nouns of a place that are other kinds of the same: "Hauptversammlung" for "Vorstandsversammlung".

    Only in languages that write them as one word, and nouns with a capital.
    """
    if (place.language or DEFAULT_LANGUAGE) not in CAPITALS_SAY_LITTLE:
        return []
    word = asked.word.lower()
    form = stem(word, place.language or DEFAULT_LANGUAGE)
    return [
        term.span.of(place.text)
        for term in place.terms
        if term.case is Case.NAME
        and Postfix.similarity(form, term.text) >= _SHORTEST_HEAD
        and are_others(word, form, term.word.lower(), term.text)
    ]


def _is_of_its_kind(asked: Concept, term: Term, language: str | None) -> bool:
    """Return whether a word is the opposite of an asked one, or differs from it in another part."""
    word, other = asked.word.lower(), term.word.lower()
    # Most words have other ends.
    if word[-1] != other[-1] and all(form[-1] != term.text[-1] for form in asked.forms):
        return False
    if are_opposites(word, other, language or DEFAULT_LANGUAGE):
        return True
    return any(are_others(word, form, other, term.text) for form in asked.forms) and not are_forms(
        word, other, language
    )


def _is_another(weights: TermWeights, nth: int, place: AnsweringPlace, question: str) -> bool:
    """Return whether an ordinary word or short number that some passage has is another one than a place has in its place.

    No document has it beside the same words: "the minimum withdrawal", where only the maximum one and a minimum deposit are
    spoken of.
    """
    weighted = weights.concepts[nth]
    if not weighted.found or weighted.others or not place.may_have_another(weights, nth) or tells_apart(weights, nth):
        return False
    if weighted.concept.kind is Kind.NUMBER:
        found = bool(other_counts(weights, nth, place, question))
    else:
        found = any(
            _is_another_modifier(term, weights, nth, place) for term in _others_of_its_kind(weights, nth, place)
        )
    beside = [weights.concepts[at].concept.word for at in (nth - 1, nth + 1) if 0 <= at < len(weights.concepts)]
    return found and not any(place.are_near(weighted.concept.word, each) for each in beside)


def _is_another_modifier(term: Term, weights: TermWeights, nth: int, place: AnsweringPlace) -> bool:
    """Return whether a word of a place has so much in common with one of the question, and is said of the same as that.

    Both are directly before or after it: "minimum withdrawal", "maximum withdrawal". A name is of no kind: Tuesday, thursday.
    """
    concept, at = weights.concepts[nth].concept, place.terms.index(term)
    if place.names(term) or all(Postfix.similarity(form, term.text) < LONG_END for form in concept.forms):
        return False
    before = nth > 0 and adjoins(weights, nth - 1) and at > 0
    after = nth + 1 < len(weights.concepts) and adjoins(weights, nth) and at + 1 < len(place.terms)
    return any(
        weights.concepts[nth + by].stands_in(forms_of([place.terms[at + by]]))
        and max(term.span.start, place.terms[at + by].span.start) - min(term.span.end, place.terms[at + by].span.end)
        == 1
        for by in (-1,) * before + (1,) * after
    )


def _other_names(weights: TermWeights, nth: int, place: AnsweringPlace) -> list[str]:
    """Return the names of a place that stand beside the same words as one of the question."""
    before, after = (weights.concepts[at : at + 1] if at >= 0 else () for at in (nth - 1, nth + 1))
    # What a name is called decides what is another of its kind.
    beside = before if is_called(weights, nth) else (*before, *after)
    others = {term.span for term in unasked(weights, place)}
    found = []
    for at, term in enumerate(place.terms):
        if term.span in others and place.names(term):
            here = forms_near(place.terms, at)
            if any(each.stands_in(here) for each in beside):
                found.append(term.span.of(place.text))
    return found


def _names_between(weights: TermWeights, nth: int, place: AnsweringPlace) -> list[str]:
    """Return the names of a place that stand between the same two words as one of the question: "St. Mark's hospital".

    None for one that says more exactly who is called so: President Biden speaks of "President Roosevelt's purpose".
    """
    if not 0 < nth < len(weights.concepts) - 1:
        return []
    title = weights.concepts[nth - 1].concept.word
    if is_called(weights, nth) and not never_ends(title, place.language or DEFAULT_LANGUAGE):
        return []
    before, after = weights.concepts[nth - 1], weights.concepts[nth + 1]
    others = {term.span for term in unasked(weights, place)}
    return [
        term.span.of(place.text)
        for left, term, right in zip(place.terms, place.terms[1:], place.terms[2:], strict=False)
        if term.span in others
        and place.names(term)
        and before.stands_in(forms_of([left]))
        and after.stands_in(forms_of([right]))
    ]


def _look_alikes(weights: TermWeights, weighted: Weighted, place: AnsweringPlace) -> list[str]:
    """Return the words of a place that differ from one of the question in a syllable, and so are other words.

    If it is much of what the question says, they may stand in any place that is shown.
    """
    word = weighted.concept.word.lower()
    if weighted.concept.kind is not Kind.WORD or len(word) < _SHORTEST_LOOK_ALIKE:
        return []
    found = [term.span.of(place.text) for term in unasked(weights, place) if _looks_alike(word, term, place.language)]
    if found or weighted.weight < _MUCH * weights.total:
        return found
    near = (term for text in place.others for term in analyse(text, place.language))
    return [
        term.word for term in near if _looks_alike(word, term, place.language) and not _begins(term, weighted.concept)
    ]


def _looks_alike(word: str, term: Term, language: str | None) -> bool:
    return (
        term.kind is Kind.WORD
        and term.word[:2].lower() == word[:2]
        and OSA.normalized_similarity(word, term.word.lower()) >= _ALIKE
        and not are_forms(word, term.word.lower(), language)
    )


def _begins(term: Term, concept: Concept) -> bool:
    """Return whether one of two words is made of the other: contract, contractor."""
    return any(one.startswith(other) for form in concept.forms for one, other in permutations((form, term.text)))


def shape(word: str) -> str:
    """Return the shape of a code or number: what kind of character stands where; years have a shape of their own."""
    if _YEAR.fullmatch(word):
        return "year"
    return regex.sub(r"\p{N}+", "0", regex.sub(r"\p{L}", "a", word))


def _nearest(word: str, rivals: Sequence[str]) -> tuple[str, ...]:
    distinct = list(dict.fromkeys(rivals))
    return tuple(each for each, _, _ in process.extract(word, distinct, scorer=OSA.distance, limit=_NEAREST))

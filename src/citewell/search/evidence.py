"""Reads the best windows of an answer with the question in mind: what comes first, how sure it is, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.asked import Missing
from citewell.document import Span, above
from citewell.encoder.encoding import Encoder
from citewell.index.storage import Snapshot
from citewell.index.stored import StoredPassage
from citewell.index.weights import TermWeights, Weighted
from citewell.search.answering import AnsweringPlace
from citewell.search.clauses import AskedLines
from citewell.search.crossing import is_same_everywhere
from citewell.search.days import asked_day, says_day
from citewell.search.full_names import put_together
from citewell.search.headings import heading_forms
from citewell.search.labels import asks_for_labels, begins_with_label, is_clause, is_label, is_labelled, is_ordinal
from citewell.search.lacking import Lacking
from citewell.search.lead import Said
from citewell.search.marking import Marker
from citewell.search.matching import Matcher
from citewell.search.names import looks_like_a_name, looks_like_no_name, without_nouns_as_names
from citewell.search.nearby import are_near
from citewell.search.page import Shown, inside
from citewell.search.qualifying import other_qualifiers
from citewell.search.turning import missing, shape, tells_apart
from citewell.text.concepts import Concept
from citewell.text.dates import Period, periods_in
from citewell.text.language import detect
from citewell.text.months import is_date_in, may_be_a_date
from citewell.text.terms import DEFAULT_LANGUAGE, analyse, forms_of
from citewell.text.words import Kind

# A day that a document has is in one of so many passages of it, those that have most of the question.
_LIKELY = 5
# From a word to what it is said of.
_NEAR = 3
_ANY_YEAR = "2000"
# Of a question's weight, what a word has at least that says what it is about.
_MUCH = 0.25


class AnswerReader:
    """Reads the best windows of an answer with the question in mind.

    Args:
        snapshot: The snapshot.
        weights: The concepts of the question.
        matcher: Finds them in passages.
        encoder: The encoder of the snapshot.
        vector: The unit vector of the question.
        asks: Whether it is a question, and not keywords, which are themselves what is looked for.
        question_words: The question words of its language.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        weights: TermWeights,
        matcher: Matcher,
        encoder: Encoder,
        vector: npt.NDArray[np.float32],
        *,
        asks: bool = True,
        question_words: Collection[str] = (),
    ) -> None:
        self._snapshot = snapshot
        self._weights = weights
        self._encoder = encoder
        self._marker = Marker(weights, encoder, vector, snapshot.manifest.calibration, asks=asks)
        self._matcher = matcher
        self._found = [each for each in weights.concepts if each.is_found]
        keys = [each for each in self._found if each.concept.is_key]
        self._codes = [
            each for each in keys if each.concept.kind is not Kind.WORD and shape(each.concept.word) != shape(_ANY_YEAR)
        ]
        self._exact = [
            nth
            for nth, each in enumerate(weights.concepts)
            if each.is_found and (each.concept.kind is Kind.CODE or each.concept.is_measure)
        ]
        self._named = bool(keys)
        every = range(len(weights.concepts))
        self._labels = [nth for nth in every if is_label(weights, nth) or is_clause(weights, nth)]
        self._lines = AskedLines(weights, self._labels)
        self._question_words = question_words
        self._means: dict[str, list[int]] = {}
        self._composed = [number for number, each in enumerate(weights.concepts) if each.is_composed]
        for number, each in enumerate(weights.concepts):
            for form in () if each.is_composed else each.forms:
                self._means.setdefault(form, []).append(number)
        self._asked = {form for each in weights.concepts for form in each.every_form}
        self._here: dict[int, frozenset[str]] = {}
        self._headed: dict[int, frozenset[int]] = {}

    def highlight(self, shown: Shown) -> Span:
        """Choose the span to mark: the sentences that answer, or the best window where that has no whole sentence."""
        if self._asks_for_labels(shown) and (line := self._lines.asked(shown)):
            return line
        return self._marker.answer(shown, self._above(shown)) or shown.sentences.whole

    def is_named(self, shown: Shown) -> bool:
        """Return whether a place has a name, number or code of the question, and all other words of it that any passage has.

        So has a place whose heading says just what is asked: "Who is the locksmith?", below "Locksmith".
        """
        if shown.candidate.foreign or not (self._named or self._is_labelled(shown) or self._is_its_heading(shown)):
            return False
        if not self._weights.vary:
            return self._has(shown, self._found)
        return self._has(shown, [each for each in self._weights_at(shown).concepts if each.is_found])

    def labelled_first(self, shown: Sequence[Shown]) -> Sequence[Shown]:
        """Return some places in order, those first that have the numbers of paragraphs, codes and days that are asked for."""
        if any(headed := [self.is_headed(each) for each in shown]):
            return [each for _, each in sorted(zip(headed, shown, strict=True), key=lambda pair: not pair[0])]
        if any(self._weights.concepts[nth].concept.sign for nth in self._labels):
            return sorted(shown, key=lambda each: not self._is_labelled(each))
        if self._labels:
            labelled = [each for each in shown if self._has_labels(each)]
            first = sorted(labelled, key=lambda each: self._lines.rank(each.passage))
            shown = [*first, *(each for each in shown if each not in labelled)]
        return self._with_codes_first(self._dated_first(shown))

    def _with_codes_first(self, shown: Sequence[Shown]) -> Sequence[Shown]:
        """Return some places in order, first the first one with all codes and measures asked for, if the best one has none.

        A measure may be one of anything else, so only the place of the same document counts: another row of a table.
        """
        concepts = self._weights.concepts

        def has(each: Shown, nth: int) -> bool:
            return bool(each.judged.words[:, nth].any()) or self._has(each, [concepts[nth]])

        if not self._exact or shown[0].candidate.foreign or any(has(shown[0], nth) for nth in self._exact):
            return shown
        among = [each for each in shown if not each.candidate.foreign]
        if any(concepts[nth].concept.is_measure for nth in self._exact):
            among = [each for each in among if each.passage.document == shown[0].passage.document]
        first = next((each for each in among if all(has(each, nth) for nth in self._exact)), None)
        return shown if first is None else [first, *(each for each in shown if each is not first)]

    def _dated_first(self, shown: Sequence[Shown]) -> Sequence[Shown]:
        """Return some places in order, those of the asked day first if the first one is of another."""
        days = [each.concept for each in self._weights.concepts if each.concept.month]
        if not days or not any(self._place(shown[0]).other_days(self._weights, each) for each in days):
            return shown
        return sorted(shown, key=lambda each: not all(self._says_day(day, each.passage) for day in days))

    def _says_day(self, concept: Concept, passage: StoredPassage) -> bool:
        """Return whether a passage, or what stands above it, has the day that a question asks for."""
        text = f"{above(passage.document, passage.title, passage.section)}\n{passage.text}"
        asked = asked_day(self._weights, concept)
        return asked is not None and says_day(asked, analyse(text, passage.language), text, passage.language)

    def is_asked_for(self, shown: Shown) -> bool:
        """Return whether a question asks for what stands below a numbered heading, and a place is that or below it."""
        if not self._asks_for_labels(shown):
            return False
        passage = shown.passage
        lines = [passage.title, *passage.section, *inside(passage, shown.sentences.whole).splitlines()]
        return all(
            any(begins_with_label(self._weights, nth, line, passage.language) for line in lines)
            or self._lines.stand(nth, shown)
            for nth in self._labels
        )

    def _asks_for_labels(self, shown: Shown) -> bool:
        """Return whether a question asks for nothing but numbers, and what stands above a place."""
        return bool(self._labels) and asks_for_labels(self._weights, self._question_words, heading_forms(shown.passage))

    def _has_labels(self, shown: Shown) -> bool:
        """Return whether a place has the numbers that a question asks for, and nothing else."""
        return self._asks_for_labels(shown) and (self.is_asked_for(shown) or self._is_labelled(shown))

    def is_headed(self, shown: Shown) -> bool:
        """Return whether the heading of a place is nothing but a code or a number of the question: "E-102"; a year is none."""
        if not self._codes or not shown.passage.section:
            return False
        heading = analyse(shown.passage.section[-1], shown.passage.language)
        return len(heading) == 1 and any(each.stands_in(forms_of(heading)) for each in self._codes)

    def _is_its_heading(self, shown: Shown) -> bool:
        """Return whether the heading of a place has all words of the question, and no others."""
        concepts, above = self._weights.concepts, heading_forms(shown.passage)
        if not shown.passage.section or not concepts or not all(each.stands_in(above) for each in concepts):
            return False
        heading = analyse(shown.passage.section[-1], shown.passage.language)
        has_others = any(self._asked.isdisjoint((term.text, *term.parts)) for term in heading)
        return not has_others and all(each.stands_in(forms_of(heading)) for each in concepts)

    def _is_labelled(self, shown: Shown) -> bool:
        """Return whether the short numbers that say what is meant stand in a place, or above it, as they are asked."""
        if not self._labels:
            return False
        passage = shown.passage
        text = "\n".join([passage.title, *passage.section, inside(passage, shown.sentences.whole)])
        return all(is_labelled(self._weights, nth, text, passage.language) for nth in self._labels)

    def said(self, shown: Shown, mark: Span) -> Said:
        """Return which concepts of the question stand in what is marked of a passage, and which above it."""
        (here,) = self._matcher.in_sentences(shown.passage, [mark])
        return Said(self._standing_in(here, shown), self._above(shown), shown.passage.records)

    def missing(
        self, places: Sequence[Shown], question: str, weights: TermWeights, lacking: Lacking
    ) -> tuple[Missing, ...]:
        """Return what the question turns on and the best place does not have.

        Args:
            places: The places, the best first.
            question: The question as it is searched.
            weights: Its own concepts, without those of earlier turns.
            lacking: The words of it that no document has.
        """
        shown = places[0]
        if self.is_asked_for(shown):
            return ()
        found = self._missing(places, question, weights, lacking)
        if not self._asks_for_labels(shown):
            return found
        elsewhere = {each.word for each in found if each.elsewhere}
        lines = self._lines.missing(shown.passage, self._snapshot.catalogue)
        return tuple(each.model_copy(update={"elsewhere": each.word in elsewhere}) for each in lines) or found

    def _missing(
        self, places: Sequence[Shown], question: str, weights: TermWeights, lacking: Lacking
    ) -> tuple[Missing, ...]:
        """Return what of the words of a question the best place does not have."""
        shown = places[0]
        weights = weights.at(shown.candidate.passage)
        if shown.candidate.foreign:
            # Other words are other words there, and many names are written in another way.
            kept = tuple(each for each in weights.concepts if is_same_everywhere(each.concept))
            weights = replace(weights, concepts=kept)
        keys = [each for nth, each in enumerate(weights.concepts) if tells_apart(weights, nth)]
        is_strict = any(
            each.concept.sign or each.concept.month or is_ordinal(weights, nth)
            for nth, each in enumerate(weights.concepts)
        )
        found = all(each.is_found for each in weights.concepts)
        others = [each.passage.text for each in places[1:] if each.passage.language == shown.passage.language]
        place = self._place(shown, others)
        has_all = found and not is_strict and self._has(shown, keys)
        if has_all and not any(place.may_have_another(weights, nth) for nth in range(len(weights.concepts))):
            return self._put_together(shown, question) or self._of_another(place, weights, question, lacking)
        spoken = [each for each in (detect(question), shown.passage.language, DEFAULT_LANGUAGE) if each]
        dated = tuple(each for each in weights.concepts if not self._is_its_date(each.concept.word, shown, spoken))
        weights = replace(weights, concepts=dated)
        weights = without_nouns_as_names(
            weights, question, self._snapshot, self._encoder, lambda each: not place.has(each)
        )
        document = Scope(documents=(shown.passage.document,))

        def in_document(weighted: Weighted) -> bool:
            if weighted.concept.month:
                # Its number alone may be anything.
                likely = self._snapshot.best_passages(weights, _LIKELY, scope=document)[0].tolist()
                passages = self._snapshot.catalogue.passages(likely)
                return any(self._says_day(weighted.concept, each) for each in passages)
            alone = TermWeights((weighted,), self._weights.unknown)
            return bool(len(self._snapshot.best_passages(alone, 1, scope=document)[0]))

        def named(word: str) -> bool:
            # A name cannot be said in other words; what can is a word for somebody ("the contact person", "the buyer").
            return looks_like_a_name(word, self._encoder) and not lacking.are_said_otherwise(shown.candidate)

        def qualifiers(nth: int) -> list[str]:
            return self._other_qualifiers(place, weights, nth, question, lacking)

        lacked = tuple(missing(weights, place, in_document, named, question, qualifiers))
        return lacked or self._put_together(shown, question) or self._of_another(place, weights, question, lacking)

    def _put_together(self, shown: Shown, question: str) -> tuple[Missing, ...]:
        """Return the full names of a question that are put together from two of the best place."""
        if shown.candidate.foreign:
            return ()
        text = inside(shown.passage, shown.sentences.whole)
        found = put_together(question, text, self._snapshot, lambda word: looks_like_a_name(word, self._encoder))
        return tuple(Missing(word=word, nearest=others) for word, others in found)

    def _other_qualifiers(
        self, place: AnsweringPlace, weights: TermWeights, nth: int, question: str, lacking: Lacking
    ) -> list[str]:
        """Return the words of a place that say of which it is that a question asks for another: "the theatre club"."""
        text = "\n".join((*place.above, place.text))
        asked, found = weights.concepts[nth].concept, other_qualifiers(weights, nth, question, text, place.language)
        if found and looks_like_no_name(asked.word.lower(), self._encoder):
            # What has a name may be one of what is asked for: "the vessel", and the Carla.
            found = [each for each in found if not looks_like_a_name(each.word.lower(), self._encoder)]
        return [each.word for each in found] if lacking.is_another(asked, found) else []

    def _of_another(
        self, place: AnsweringPlace, weights: TermWeights, question: str, lacking: Lacking
    ) -> tuple[Missing, ...]:
        """Return the word of a question that says which is meant, if the place has another, and no document has it so.

        "Who drives the red van?", where a white van is spoken of, and elsewhere a red card.
        """
        for nth, each in enumerate(weights.concepts):
            if not each.found or each.others or each.concept.kind is not Kind.WORD or place.has(each):
                continue
            if each.weight < _MUCH * weights.total or tells_apart(weights, nth):
                continue
            others = self._other_qualifiers(place, weights, nth, question, lacking)
            beside = [weights.concepts[at].concept.word for at in (nth - 1, nth + 1) if 0 <= at < len(weights.concepts)]
            if others and not any(self._are_near(each.concept.word, other) for other in beside):
                return (Missing(word=each.concept.span.of(question), nearest=tuple(others), elsewhere=True),)
        return ()

    def _is_its_date(self, word: str, shown: Shown, languages: Sequence[str]) -> bool:
        """Return whether a word says when the document of a place is from, as its facts or its path say in another form."""
        if not may_be_a_date(word, languages):
            return False
        document = shown.passage.document
        facts, ordinals = self._snapshot.catalogue.facts, self._snapshot.catalogue.paths.ordinals
        known = Period.of(facts.date(ordinals[document]) or "")
        periods = [*([known] if known else ()), *periods_in(document)]
        return any(is_date_in(word, period, languages) for period in periods)

    def _weights_at(self, shown: Shown) -> TermWeights:
        return self._weights.at(shown.candidate.passage)

    def _above(self, shown: Shown) -> frozenset[int]:
        """Return the numbers of the concepts that stand above a passage."""
        at = shown.candidate.passage
        if at not in self._headed:
            self._headed[at] = self._standing_in(heading_forms(shown.passage), shown)
        return self._headed[at]

    def _standing_in(self, forms: Collection[str], shown: Shown) -> frozenset[int]:
        alone = (number for form in self._means.keys() & forms for number in self._means[form])
        if not self._composed:
            return frozenset(alone)
        concepts = self._weights_at(shown).concepts
        return frozenset((*alone, *(number for number in self._composed if concepts[number].stands_in(forms))))

    def _has(self, shown: Shown, concepts: Sequence[Weighted]) -> bool:
        """Return whether all of some concepts stand in the best window of a passage or above it."""
        if not concepts:
            return True
        here = self._forms_at(shown)
        return all(each.stands_in(here) for each in concepts)

    def _forms_at(self, shown: Shown) -> frozenset[str]:
        """Return the forms of the question in the best window of a passage, and all forms above it."""
        at = shown.candidate.passage
        if at not in self._here:
            here = self._matcher.in_any(shown.passage, shown.sentences)
            self._here[at] = heading_forms(shown.passage) | here
        return self._here[at]

    def _place(self, shown: Shown, others: Sequence[str] = ()) -> AnsweringPlace:
        passage, is_name = shown.passage, self._snapshot.catalogue.vocabulary.is_name
        text, headings = inside(passage, shown.sentences.whole), "\n".join(passage.section)
        lines = above(passage.document, passage.title, passage.section).splitlines()
        return AnsweringPlace(
            text, passage.language, self._forms_at(shown), is_name, headings, lines, self._are_near, others
        )

    def _are_near(self, one: str, other: str) -> bool:
        return are_near((one, other), self._snapshot, within=_NEAR)

"""Reads the best windows of an answer with the question in mind: what is marked, how sure it is, and what is missing."""

from __future__ import annotations

from dataclasses import replace

from citewell.answer import Missing, Scope
from citewell.document import Span, above
from citewell.encoder.encoding import Encoder
from citewell.index.snapshot import Snapshot
from citewell.index.weights import TermWeights, Weighted
from citewell.search.names import looks_like_a_name
from citewell.search.page import Shown, inside
from citewell.search.turning import AnsweringPlace, missing
from citewell.text.concepts import Concept
from citewell.text.terms import Term, analyse

# One sentence is marked instead of the whole window if it has this share of the window's matched term weights.
_STANDS_OUT = 0.6


class AnswerReader:
    """Reads the best windows of an answer with the question in mind.

    Args:
        snapshot: The snapshot.
        weights: The concepts of the question.
        encoder: The encoder of the snapshot.
    """

    def __init__(self, snapshot: Snapshot, weights: TermWeights, encoder: Encoder) -> None:
        self._snapshot = snapshot
        self._weights = weights
        self._encoder = encoder
        self._keys = [each for each in weights.concepts if each.concept.is_key]
        self._read: dict[int, list[list[Term]]] = {}

    def highlight(self, shown: Shown) -> Span:
        """Choose the span to mark: the best window, or one sentence of it that matches most of the question."""
        matched = [self._weights.matched(terms) for terms in self._sentences(shown)]
        best = max(matched)
        if best and best >= _STANDS_OUT * sum(matched):
            return shown.sentences[matched.index(best)]
        return Span(shown.sentences[0].start, shown.sentences[-1].end)

    def evidence(self, shown: Shown) -> float:
        """Return the evidence that a passage answers the question.

        A place that has a name, number or code of the question, and all other words of it that any passage has, is no chance.
        """
        if not any(each.found for each in self._keys):
            return shown.candidate.evidence
        place = self._place(shown)
        complete = all(place.has(each) for each in self._weights.concepts if each.found)
        return shown.candidate.named_evidence if complete else shown.candidate.evidence

    def missing(self, shown: Shown, question: str) -> tuple[Missing, ...]:
        """Return what the question turns on and the best place does not have.

        Args:
            shown: The best place.
            question: The question as it is searched.
        """
        if all(each.found and not each.concept.is_key for each in self._weights.concepts):
            return ()
        document = self._snapshot.catalogue.within(Scope(documents=(shown.passage.document,)))

        def in_document(weighted: Weighted) -> bool:
            alone = TermWeights((weighted,), self._weights.unknown)
            return bool(len(self._snapshot.lexical.best(alone, 1, within=document)[0]))

        def named(word: str) -> bool:
            return looks_like_a_name(word, self._encoder)

        def asked(concept: Concept) -> str:
            return concept.span.of(question) or concept.word

        return tuple(missing(self._weights, self._place(shown), in_document, named, asked))

    def _sentences(self, shown: Shown) -> list[list[Term]]:
        """Return the terms of each sentence of a passage's best window."""
        key = shown.candidate.passage
        if key not in self._read:
            language = shown.passage.language
            self._read[key] = [analyse(inside(shown.passage, each), language) for each in shown.sentences]
        return self._read[key]

    def _place(self, shown: Shown) -> AnsweringPlace:
        passage, terms = shown.passage, []
        for sentence, found in zip(shown.sentences, self._sentences(shown), strict=True):
            terms += [replace(term, span=term.span.shifted(sentence.start - passage.span.start)) for term in found]
        heading = analyse(above(passage.document, passage.title, passage.section), passage.language)
        return AnsweringPlace(passage.text, terms, heading, self._snapshot.catalogue.vocabulary.is_name)

"""Reads the best windows of an answer with the question in mind: what is marked, how sure it is, and what is missing."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

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
# What stands above passages is the same for many of them.
_HEADINGS = 4096


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
        self._places: dict[int, AnsweringPlace] = {}

    def highlight(self, shown: Shown) -> Span:
        """Choose the span to mark: the best window, or one sentence of it that matches most of the question."""
        window = Span(shown.sentences[0].start, shown.sentences[-1].end)
        if len(shown.sentences) == 1:
            return window
        starts = [sentence.start - window.start for sentence in shown.sentences]
        parts: list[list[Term]] = [[] for _ in starts]
        for term in self._place(shown).terms:
            parts[bisect_right(starts, term.span.start) - 1].append(term)
        weights = self._weights.at(shown.candidate.passage)
        matched = [weights.matched(terms) for terms in parts]
        best = max(matched)
        return shown.sentences[matched.index(best)] if best and best >= _STANDS_OUT * sum(matched) else window

    def evidence(self, shown: Shown) -> float:
        """Return the evidence that a passage answers the question.

        A place that has a name, number or code of the question, and all other words of it that any passage has, is no chance.
        """
        if not any(each.is_found for each in self._keys):
            return shown.candidate.evidence
        place = self._place(shown)
        weights = self._weights.at(shown.candidate.passage)
        complete = all(place.has(each) for each in weights.concepts if each.is_found)
        return shown.candidate.named_evidence if complete else shown.candidate.evidence

    def missing(self, shown: Shown, question: str) -> tuple[Missing, ...]:
        """Return what the question turns on and the best place does not have.

        Args:
            shown: The best place.
            question: The question as it is searched.
        """
        if all(each.is_found and not each.concept.is_key for each in self._weights.concepts):
            return ()
        document = self._snapshot.catalogue.within(Scope(documents=(shown.passage.document,)))

        def in_document(weighted: Weighted) -> bool:
            alone = TermWeights((weighted,), self._weights.unknown)
            return bool(len(self._snapshot.lexical.best(alone, 1, within=document)[0]))

        def named(word: str) -> bool:
            return looks_like_a_name(word, self._encoder)

        def asked(concept: Concept) -> str:
            return concept.span.of(question) or concept.word

        weights = self._weights.at(shown.candidate.passage)
        return tuple(missing(weights, self._place(shown), in_document, named, asked))

    def _place(self, shown: Shown) -> AnsweringPlace:
        """Return the best window of a passage, analysed."""
        passage = shown.passage
        if shown.candidate.passage not in self._places:
            text = inside(passage, Span(shown.sentences[0].start, shown.sentences[-1].end))
            heading = _heading(above(passage.document, passage.title, passage.section), passage.language)
            is_name = self._snapshot.catalogue.vocabulary.is_name
            place = AnsweringPlace(text, analyse(text, passage.language), heading, is_name)
            self._places[shown.candidate.passage] = place
        return self._places[shown.candidate.passage]


@lru_cache(maxsize=_HEADINGS)
def _heading(text: str, language: str | None) -> list[Term]:
    return analyse(text, language)

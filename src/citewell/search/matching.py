"""Which words of a question stand where in a passage, by the records of its words (``citewell.index.term_places``)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from citewell.document import Span
from citewell.index.sentence_spans import Bounds, Spans
from citewell.index.storage import Storage
from citewell.index.stored import StoredPassage
from citewell.index.term_places import key_of
from citewell.index.weights import TermWeights

# Two neighbours of the question are near each other if at most so many words are from one to the other.
_NEAR = 3
# What the weight (idf) of a word, or of two in the mean, has to exceed: words that a third of the passages have meet by chance.
BY_CHANCE = 1.0
# More than a document has code points.
_APART = 1 << 40

Weights = npt.NDArray[np.float64]


class Matcher:
    """Finds the words of one question in passages.

    Args:
        weights: The concepts of the question.
        storage: The words of the documents.
    """

    def __init__(self, weights: TermWeights, storage: Storage) -> None:
        self._storage = storage
        self._weights = weights
        self._vary = weights.vary
        by_key = {key_of(form): form for each in weights.concepts for form in each.every_form}
        self._keys = np.array(sorted(by_key), dtype=np.uint64)
        self._forms = [by_key[key] for key in self._keys.tolist()]
        numbers = {form: nth for nth, form in enumerate(self._forms)}
        self._concepts: list[list[int]] = [[] for _ in self._forms]
        # Which concepts a form alone means, shape (forms, concepts); the others are looked at one by one.
        self._meant = np.zeros((len(self._forms), len(weights.concepts)), dtype=np.float32)
        self._composed: dict[int, list[int]] = {}
        for concept, each in enumerate(weights.concepts):
            own = [numbers[form] for form in each.every_form]
            for number in own:
                self._concepts[number].append(concept)
            if each.is_composed:
                self._composed[concept] = own
            else:
                self._meant[own, concept] = 1.0
        self._each = np.array([each.weight for each in weights.concepts])
        self._neighbours = _Neighbours(weights, self._concepts)
        self._hits: dict[int, _Hits] = {}

    def look_at(self, passages: Sequence[StoredPassage]) -> None:
        """Find the words in some passages at once, which takes less time than one by one."""
        unread = [each for each in passages if each.ordinal not in self._hits]
        if not unread:
            return
        keys, starts = self._storage.words(*(each.records for each in unread))
        at = np.searchsorted(self._keys, keys)
        asked = np.flatnonzero(self._keys.take(at, mode="clip") == keys) if self._forms else at[:0]
        # The parts of a word stand where it does.
        words = np.zeros(len(starts), dtype=np.int64)
        np.not_equal(starts[1:], starts[:-1]).cumsum(out=words[1:])
        forms, places = at[asked], starts[asked].astype(np.int64)
        listed, numbers, which = places.tolist(), words[asked].tolist(), forms.tolist()
        ends = asked.searchsorted(list(accumulate(len(each.records) for each in unread))).tolist()
        for passage, (first, end) in zip(unread, pairwise([0, *ends]), strict=True):
            part = slice(first, end)
            self._hits[passage.ordinal] = _Hits(listed[part], numbers[part], which[part], places[part], forms[part])

    def in_sentences(self, passage: StoredPassage, sentences: Sequence[Span]) -> list[set[str]]:
        """Return which forms of the question each sentence of a passage has."""
        hits = self._hits_of(passage)
        return [{self._forms[number] for number in hits.forms[hits.inside(each)]} for each in sentences]

    def in_any(self, passage: StoredPassage, sentences: Spans) -> set[str]:
        """Return which forms of the question stand in some sentences of a passage."""
        hits = self._hits_of(passage)
        each = map(hits.between, sentences.starts, sentences.ends)
        return {self._forms[number] for some in each for number in hits.forms[some]}

    def weights_in(self, passages: Sequence[StoredPassage], sentences: Sequence[Bounds]) -> Weights:
        """Return what each concept counts in each sentence of some passages.

        Args:
            passages: The passages.
            sentences: Where the sentences of each passage start and end, shape (sentences, 2).

        Returns:
            Weights, 0 where a sentence does not have a concept, shape (all sentences, concepts).
        """
        hits = [self._hits_of(each) for each in passages]
        own = np.repeat(np.arange(len(passages)), list(map(len, sentences)))
        theirs = np.repeat(np.arange(len(passages)), [len(each.places) for each in hits]) * _APART
        places = theirs + np.concatenate([each.at for each in hits])
        starts, ends = (np.concatenate(sentences) + own[:, None] * _APART).T
        at = np.searchsorted(starts, places, side="right") - 1
        inside = (at >= 0) & (places < ends[at])
        has = np.zeros((len(own), len(self._forms)), dtype=np.float32)
        has[at[inside], np.concatenate([each.which for each in hits])[inside]] = 1.0
        weights: Weights = (has @ self._meant > 0) * self._each
        for concept, forms in self._composed.items():
            for row in np.flatnonzero(has[:, forms].any(axis=1)).tolist():
                here = {self._forms[number] for number in np.flatnonzero(has[row]).tolist()}
                at_home = self._weights.at(passages[own[row]].ordinal) if self._vary else self._weights
                weights[row, concept] = at_home.concepts[concept].weight_in(here)
        return weights

    def nearness(self, passage: StoredPassage, window: Span) -> float:
        """Return how much of the question stands together in a window as it is asked, between 0 and 1.

        It is the share of the weights of the question's neighbouring words that are near each other there, in order. The
        question counts as if it had one more pair, because a short one is matched by chance.
        """
        if not self._neighbours.pairs:
            return 0.0
        hits = self._hits_of(passage)
        inside = hits.inside(window)
        return self._neighbours.near(zip(hits.words[inside], hits.forms[inside], strict=True))

    def _hits_of(self, passage: StoredPassage) -> _Hits:
        if passage.ordinal not in self._hits:
            self.look_at([passage])
        return self._hits[passage.ordinal]


class _Hits(NamedTuple):
    """The numbers of a question's forms in a passage, in order: where each stands, and the number of the word there.

    ``at`` and ``which`` are ``places`` and ``forms`` as arrays: some steps are faster with all of them, some with each.
    """

    places: list[int]
    words: list[int]
    forms: list[int]
    at: npt.NDArray[np.int64]
    which: npt.NDArray[np.int64]

    def inside(self, span: Span) -> slice:
        """Return which of them are in a span."""
        return self.between(span.start, span.end)

    def between(self, start: int, end: int) -> slice:
        """Return which of them are between two places."""
        return slice(bisect_left(self.places, start), bisect_left(self.places, end))


class _Neighbours:
    """The neighbouring words of a question that tell something together: the numbers of two concepts, and their weight."""

    def __init__(self, weights: TermWeights, concepts: Sequence[Sequence[int]]) -> None:
        self._concepts = concepts
        values = [each.weight for each in weights.concepts]
        means = enumerate((one + other) / 2 for one, other in pairwise(values))
        self.pairs: Mapping[int, float] = {number: mean for number, mean in means if mean > BY_CHANCE}
        self._most = sum(self.pairs.values()) + weights.unknown

    def near(self, hits: Iterable[tuple[int, int]]) -> float:
        """Return the share of pairs that are near each other, by weight, given the places of forms in order."""
        last: dict[int, int] = {}
        found: set[int] = set()
        for place, form in hits:
            for number in self._concepts[form]:
                last[number] = place
                # Of two that stand at one word, either may come first.
                for pair in (number - 1, number):
                    if pair in last and 0 <= last.get(pair + 1, -1) - last[pair] <= _NEAR:
                        found.add(pair)
        return sum(self.pairs[number] for number in sorted(found & self.pairs.keys())) / self._most

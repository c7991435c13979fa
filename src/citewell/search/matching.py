"""Which words of a question stand where in a passage, by the records of its words (``citewell.index.term_places``)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from citewell.document import Span
from citewell.index.sentence_spans import Spans
from citewell.index.stored import StoredPassage
from citewell.index.term_places import TermPlaces, key_of
from citewell.index.weights import TermWeights

# Two neighbours of the question are near each other if at most so many words are from one to the other.
_NEAR = 3
# What the weight (idf) of a word, or of two in the mean, has to exceed: words that a third of the passages have meet by chance.
BY_CHANCE = 1.0


class Matcher:
    """Finds the words of one question in passages.

    Args:
        weights: The concepts of the question.
        places: The words of the documents.
    """

    def __init__(self, weights: TermWeights, places: TermPlaces) -> None:
        self._places = places
        self._weights = weights
        self._numbers: dict[str, list[int]] = defaultdict(list)
        for number, each in enumerate(weights.concepts):
            for form in each.every_form:
                self._numbers[form].append(number)
        self._asked = {key_of(form): form for form in self._numbers}
        self._neighbours = _Neighbours(weights, self._numbers)
        self._vary = weights.vary
        self._keys = np.array(list(self._asked), dtype=np.uint64)
        self._hits: dict[int, _Hits] = {}

    def weights_at(self, passage: StoredPassage) -> TermWeights:
        """Return the concepts of the question as they are in a passage."""
        return self._weights.at(passage.ordinal) if self._vary else self._weights

    def look_at(self, passages: Sequence[StoredPassage]) -> None:
        """Find the words in some passages at once, which takes less time than one by one."""
        unread = [each for each in passages if each.ordinal not in self._hits]
        if not unread:
            return
        keys, starts = self._places.read(*(each.records for each in unread))
        keys = np.ascontiguousarray(keys)
        asked = np.flatnonzero(np.isin(keys, self._keys))
        # The parts of a word stand where it does.
        words = np.cumsum(np.diff(starts, prepend=starts[:1]) != 0)
        forms = [self._asked[key] for key in keys[asked].tolist()]
        places, numbers = starts[asked].tolist(), words[asked].tolist()
        ends = np.cumsum([len(each.records) for each in unread])
        first = 0
        for passage, end in zip(unread, np.searchsorted(asked, ends).tolist(), strict=True):
            self._hits[passage.ordinal] = _Hits(places[first:end], numbers[first:end], forms[first:end])
            first = end

    def in_sentences(self, passage: StoredPassage, sentences: Sequence[Span]) -> list[set[str]]:
        """Return which forms of the question each sentence of a passage has."""
        hits = self._hits_of(passage)
        return [set(hits.forms[hits.inside(each)]) for each in sentences]

    def words_in(self, passage: StoredPassage, sentences: Spans) -> list[dict[int, float]]:
        """Return the question's words in each sentence of a passage: numbers of concepts, with their weights there."""
        hits, concepts = self._hits_of(passage), self.weights_at(passage).concepts
        forms_in: dict[int, set[str]] = {}
        for place, form in zip(hits.places, hits.forms, strict=True):
            nth = bisect_right(sentences.starts, place) - 1
            if nth >= 0 and place < sentences.ends[nth]:
                forms_in.setdefault(nth, set()).add(form)
        found: list[dict[int, float]] = [{} for _ in sentences]
        for nth, forms in forms_in.items():
            numbers = {number for form in forms for number in self._numbers[form]}
            weights = {number: concepts[number].weight_in(forms) for number in numbers}
            # Of a word of several parts, a sentence may have only one.
            found[nth] = {number: weight for number, weight in weights.items() if weight}
        return found

    def nearness(self, passage: StoredPassage, window: Span) -> float:
        """Return how much of the question stands together in a window as it is asked, between 0 and 1.

        It is the share of the weights of the question's neighbouring words that are near each other there, in order. The
        question counts as if it had one more pair, because a short one is matched by chance.
        """
        here = self.weights_at(passage)
        neighbours = self._neighbours if here is self._weights else _Neighbours(here, self._numbers)
        if not neighbours.pairs:
            return 0.0
        hits = self._hits_of(passage)
        inside = hits.inside(window)
        return neighbours.near(zip(hits.words[inside], hits.forms[inside], strict=True))

    def _hits_of(self, passage: StoredPassage) -> _Hits:
        if passage.ordinal not in self._hits:
            self.look_at([passage])
        return self._hits[passage.ordinal]


@dataclass(frozen=True, slots=True)
class _Hits:
    """The forms of a question in a passage, in order: where each stands, and the number of the word that it is part of."""

    places: list[int]
    words: list[int]
    forms: list[str]

    def inside(self, span: Span) -> slice:
        """Return which of them are in a span."""
        return slice(bisect_left(self.places, span.start), bisect_left(self.places, span.end))


class _Neighbours:
    """The neighbouring words of a question that tell something together: the numbers of two concepts, and their weight."""

    def __init__(self, weights: TermWeights, numbers: Mapping[str, Sequence[int]]) -> None:
        self._numbers = numbers
        values = [each.weight for each in weights.concepts]
        means = enumerate((one + other) / 2 for one, other in pairwise(values))
        self.pairs: Mapping[int, float] = {number: mean for number, mean in means if mean > BY_CHANCE}
        self._most = sum(self.pairs.values()) + weights.unknown

    def near(self, hits: Iterable[tuple[int, str]]) -> float:
        """Return the share of pairs that are near each other, by weight, given the places of forms."""
        places: dict[int, list[int]] = defaultdict(list)
        for place, form in hits:
            for number in self._numbers[form]:
                places[number].append(place)
        found = 0.0
        for number in places.keys() & self.pairs.keys():
            after = places.get(number + 1, ())
            if any(0 <= later - place <= _NEAR for place in places[number] for later in after):
                found += self.pairs[number]
        return found / self._most

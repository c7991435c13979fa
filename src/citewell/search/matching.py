"""Which words of a question stand where in a passage, by the records of its words (``citewell.index.term_places``)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from citewell.document import Span
from citewell.index.stored import StoredPassage
from citewell.index.term_places import TermPlaces, key_of
from citewell.index.weights import TermWeights, Weighted

# Two neighbours of the question are near each other if at most so many words are from one to the other.
_NEAR = 3
# What the weight (idf) of a word, or of two in the mean, has to exceed: words that a third of the passages have meet by chance.
_BY_CHANCE = 1.0


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
            for form in _forms(each):
                self._numbers[form].append(number)
        self._asked = {key_of(form): form for form in self._numbers}
        self._neighbours = _Neighbours(weights, self._numbers)
        self._read: dict[int, tuple[list[int], list[int]]] = {}

    def in_sentences(self, passage: StoredPassage, sentences: Sequence[Span]) -> list[set[str]]:
        """Return which forms of the question each sentence of a passage has."""
        keys, starts = self._words(passage)
        edges = [(bisect_left(starts, each.start), bisect_left(starts, each.end)) for each in sentences]
        return [{self._asked[key] for key in self._asked.keys() & keys[first:end]} for first, end in edges]

    def matched(self, passage: StoredPassage, sentences: Sequence[Span]) -> list[tuple[float, float]]:
        """Return the weights of the question's words that each sentence of a passage has: all, and those not met by chance."""
        concepts = self._weights.at(passage.ordinal).concepts
        found = []
        for forms in self.in_sentences(passage, sentences):
            numbers = {number for form in forms for number in self._numbers[form]}
            weights = [concepts[number].weight_in(forms) for number in numbers]
            found.append((sum(weights), sum(weight for weight in weights if weight > _BY_CHANCE)))
        return found

    def nearness(self, passage: StoredPassage, window: Span) -> float:
        """Return how much of the question stands together in a window as it is asked, between 0 and 1.

        It is the share of the weights of the question's neighbouring words that are near each other there, in order. The
        question counts as if it had one more pair, because a short one is matched by chance.
        """
        here = self._weights.at(passage.ordinal)
        neighbours = self._neighbours if here is self._weights else _Neighbours(here, self._numbers)
        return neighbours.near(self._hits(passage, window)) if neighbours.pairs else 0.0

    def _words(self, passage: StoredPassage) -> tuple[list[int], list[int]]:
        """Return the keys and the places of a passage's words."""
        if passage.ordinal not in self._read:
            self._read[passage.ordinal] = self._places.read(passage.records)
        return self._read[passage.ordinal]

    def _hits(self, passage: StoredPassage, window: Span) -> list[tuple[int, str]]:
        """Return where forms of the question stand in a window, counted in words."""
        keys, starts = self._words(passage)
        first, end = bisect_left(starts, window.start), bisect_left(starts, window.end)
        asked = self._asked
        hits = [(at, asked[key]) for at, key in enumerate(keys[first:end]) if key in asked]
        words = list(dict.fromkeys(starts[first:end]))
        if len(words) == end - first:
            return hits
        # The parts of a word stand where it does.
        number = {start: word for word, start in enumerate(words)}
        return [(number[starts[first + at]], form) for at, form in hits]


class _Neighbours:
    """The neighbouring words of a question that tell something together: the numbers of two concepts, and their weight."""

    def __init__(self, weights: TermWeights, numbers: Mapping[str, Sequence[int]]) -> None:
        self._numbers = numbers
        values = [each.weight for each in weights.concepts]
        means = enumerate((one + other) / 2 for one, other in pairwise(values))
        self.pairs: Mapping[int, float] = {number: mean for number, mean in means if mean > _BY_CHANCE}
        self._most = sum(self.pairs.values()) + weights.unknown

    def near(self, hits: Sequence[tuple[int, str]]) -> float:
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


def _forms(weighted: Weighted) -> Iterator[str]:
    """Yield every form of a concept that a passage may have."""
    yield from weighted.forms
    others = (each for name, _ in weighted.others for each in name.sequences)
    for parts in (*weighted.sequences, *weighted.bags, *others):
        yield from parts

"""Which words of a question stand where in a passage, by the records of its words (``citewell.index.term_places``)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from citewell.document import Span
from citewell.index.stored import StoredPassage
from citewell.index.term_places import TermPlaces, key_of
from citewell.index.weights import TermWeights, Weighted

# Two neighbours of the question are near each other if at most so many words are from one to the other.
_NEAR = 3
# What the weights (idf) of two words have to exceed in the mean: words that a third of the passages have meet by chance.
_BY_CHANCE = 1.0


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two neighbouring words of the question: the forms of each, and what they tell together."""

    ones: frozenset[str]
    others: frozenset[str]
    weight: float

    def is_near(self, places: Mapping[str, list[int]]) -> bool:
        """Return whether they are near each other, in order."""
        after = [place for form in self.others & places.keys() for place in places[form]]
        before = (place for form in self.ones & places.keys() for place in places[form])
        return any(0 <= later - place <= _NEAR for place in before for later in after)


class Matcher:
    """Finds the words of one question in passages.

    Args:
        weights: The concepts of the question.
        places: The words of the documents.
    """

    def __init__(self, weights: TermWeights, places: TermPlaces) -> None:
        self._places = places
        self._asked = {key_of(form): form for each in weights.concepts for form in _forms(each)}
        self._weights = weights
        self._pairs = _pairs(weights)

    def in_sentences(self, passage: StoredPassage, sentences: Sequence[Span]) -> list[set[str]]:
        """Return which forms of the question each sentence of a passage has."""
        keys, starts = self._places.read(passage.records)
        edges = [(bisect_left(starts, each.start), bisect_left(starts, each.end)) for each in sentences]
        return [{self._asked[key] for key in self._asked.keys() & keys[first:end]} for first, end in edges]

    def nearness(self, passage: StoredPassage, window: Span) -> float:
        """Return how much of the question stands together in a window as it is asked, between 0 and 1.

        It is the share of the weights of the question's neighbouring words that are near each other there, in order. The
        question counts as if it had one more pair, because a short one is matched by chance.
        """
        here = self._weights.at(passage.ordinal)
        pairs = self._pairs if here is self._weights else _pairs(here)
        if not pairs:
            return 0.0
        places = self._places_of(passage, window)
        near = sum(pair.weight for pair in pairs if pair.is_near(places))
        return near / (sum(pair.weight for pair in pairs) + here.unknown)

    def _places_of(self, passage: StoredPassage, window: Span) -> Mapping[str, list[int]]:
        """Return where each form of the question stands in a window, counted in words."""
        keys, starts = self._places.read(passage.records)
        found: dict[str, list[int]] = defaultdict(list)
        word, before = -1, -1
        for at in range(bisect_left(starts, window.start), bisect_left(starts, window.end)):
            # The parts of a word stand where it does.
            if starts[at] != before:
                word, before = word + 1, starts[at]
            if keys[at] in self._asked:
                found[self._asked[keys[at]]].append(word)
        return found


def _pairs(weights: TermWeights) -> list[_Pair]:
    found = (
        _Pair(frozenset(_forms(one)), frozenset(_forms(other)), (one.weight + other.weight) / 2)
        for one, other in pairwise(weights.concepts)
    )
    return [pair for pair in found if pair.weight > _BY_CHANCE]


def _forms(weighted: Weighted) -> Iterator[str]:
    """Yield every form of a concept that a passage may have."""
    yield from weighted.forms
    for parts in (
        *weighted.sequences,
        *weighted.bags,
        *(each for name, _ in weighted.others for each in name.sequences),
    ):
        yield from parts

"""Which words of a question stand where in a passage, by the records of its words (``citewell.index.term_places``)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from citewell.document import Span
from citewell.index.stored import StoredPassage
from citewell.index.term_places import TermPlaces, key_of
from citewell.index.weights import TermWeights, Weighted


class Matcher:
    """Finds the words of one question in passages.

    Args:
        weights: The concepts of the question.
        places: The words of the documents.
    """

    def __init__(self, weights: TermWeights, places: TermPlaces) -> None:
        self._places = places
        self._asked = {key_of(form): form for each in weights.concepts for form in _forms(each)}

    def in_sentences(self, passage: StoredPassage, sentences: Sequence[Span]) -> list[set[str]]:
        """Return which forms of the question each sentence of a passage has."""
        keys, starts = self._places.read(passage.records)
        edges = [(bisect_left(starts, each.start), bisect_left(starts, each.end)) for each in sentences]
        return [{self._asked[key] for key in self._asked.keys() & keys[first:end]} for first, end in edges]


def _forms(weighted: Weighted) -> Iterator[str]:
    """Yield every form of a concept that a passage may have."""
    yield from weighted.forms
    for parts in (
        *weighted.sequences,
        *weighted.bags,
        *(each for name, _ in weighted.others for each in name.sequences),
    ):
        yield from parts

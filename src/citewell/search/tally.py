"""The places of a query counted, one segment after the other: of the places themselves, only those of a page are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from citewell.found import Sort
from citewell.search.occurrences import Integers, Occurrences, SegmentPlaces


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place that is shown: in which segment, and which of its places."""

    number: int
    segment: int
    place: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many places there are, in all, in each document, and of each term; and those of the page."""

    total: int
    paragraphs: int
    documents: Integers
    terms: tuple[int, ...]
    excluded: tuple[int, ...]
    chosen: tuple[Chosen, ...]


class _Page:
    """Keeps the places from ``first`` to ``end`` in their order."""

    def __init__(self, sort: Sort, first: int, end: int) -> None:
        self._sort = sort
        self._first = first
        self._end = end
        self._seen = 0
        self._segments: Integers = np.zeros(0, dtype=np.int64)
        self._places: Integers = np.zeros(0, dtype=np.int64)
        self._scores: npt.NDArray[np.float64] = np.zeros(0)

    def add(self, number: int, segment: SegmentPlaces) -> None:
        if self._sort == "place":
            first, end = (min(max(edge - self._seen, 0), len(segment.places)) for edge in (self._first, self._end))
            self._keep(number, np.arange(first, end), np.zeros(end - first))
        elif len(segment.places):
            scores = segment.relevance()
            best = _best(scores, self._end)
            self._keep(number, best, scores[best])
            order = np.argsort(-self._scores, kind="stable")[: self._end]
            self._segments, self._places, self._scores = (
                self._segments[order],
                self._places[order],
                self._scores[order],
            )
        self._seen += len(segment.places)

    def _keep(self, number: int, places: Integers, scores: npt.NDArray[np.float64]) -> None:
        self._segments = np.append(self._segments, np.full(len(places), number))
        self._places = np.append(self._places, places)
        self._scores = np.append(self._scores, scores)

    def chosen(self) -> tuple[Chosen, ...]:
        start = self._first if self._sort == "relevance" else 0
        kept = zip(self._segments[start:].tolist(), self._places[start:].tolist(), strict=True)
        return tuple(Chosen(self._first + nth, *each) for nth, each in enumerate(kept, 1))


def tally(segments: Iterable[SegmentPlaces], counts: tuple[int, int, int], sort: Sort, first: int, end: int) -> Tally:
    """Count the places of all segments.

    Args:
        segments: The places of each segment, in order.
        counts: How many documents, terms and excluded terms there are.
        sort: The order of the places.
        first: The first place of the page, from 0.
        end: The end of the page.
    """
    documents, terms, excluded = (np.zeros(count, dtype=np.int64) for count in counts)
    total = paragraphs = 0
    page = _Page(sort, first, end)
    for number, each in enumerate(segments):
        total += len(each.places)
        paragraphs += len(np.unique(each.places.paragraphs))
        documents += np.bincount(each.documents, minlength=len(documents))
        terms += _sizes(each.terms)
        excluded += _sizes(each.excluded)
        page.add(number, each)
    return Tally(total, paragraphs, documents, tuple(terms.tolist()), tuple(excluded.tolist()), page.chosen())


def _sizes(terms: Iterable[Occurrences]) -> Integers:
    return np.array([len(term) for term in terms], dtype=np.int64)


def _best(scores: npt.NDArray[np.float64], count: int) -> Integers:
    """Return the places with the best scores, and those that score as much as the last of them, in their order."""
    if count >= len(scores):
        return np.arange(len(scores))
    # Sorting all places of a frequent word would take longer than finding them.
    least = -np.partition(-scores, count - 1)[count - 1]
    found: Integers = np.flatnonzero(scores >= least)
    return found

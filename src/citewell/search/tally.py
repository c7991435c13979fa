"""The places of a query counted, one block after the other: of the places themselves, only those of a page are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from citewell.found import Sort
from citewell.search.occurrences import BlockPlaces, Integers, Occurrences

_RANKED = np.dtype([("score", "<f8"), ("document", "<i8"), ("block", "<i8"), ("place", "<i8")])


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place that is shown: in which block, and which of its places."""

    number: int
    block: int
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


@dataclass(frozen=True, slots=True)
class Runs:
    """The places of each document in each block, as ranges; columns, shape (runs,).

    The documents of a block follow one another in the order of their paths, but those of two segments alternate.
    """

    documents: Integers
    blocks: Integers
    firsts: Integers
    counts: Integers

    @classmethod
    def of(cls, blocks: Iterable[Integers]) -> Runs:
        """Return the runs in the order of the documents, given the document of each place of each block."""
        columns: list[tuple[Integers, ...]] = []
        for number, documents in enumerate(blocks):
            found, firsts, counts = np.unique(documents, return_index=True, return_counts=True)
            columns.append((found, np.full(len(found), number), firsts, counts))
        if not columns:
            return cls(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
        joined = [np.concatenate(column) for column in zip(*columns, strict=True)]
        order = np.lexsort((joined[1], joined[0]))
        return cls(*(column[order] for column in joined))

    def between(self, first: int, end: int) -> Iterator[tuple[int, range]]:
        """Yield the block and the places of each run of the places from ``first`` to ``end``, counted in order."""
        ends = np.cumsum(self.counts)
        for nth in range(int(np.searchsorted(ends, first, side="right")), len(ends)):
            before = int(ends[nth] - self.counts[nth])
            if before >= end:
                return
            start = int(self.firsts[nth]) - before
            yield int(self.blocks[nth]), range(start + max(first, before), start + min(end, int(ends[nth])))


class _Best:
    """Keeps the most relevant places, up to a number; of equal ones, those that stand first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept = np.zeros(0, dtype=_RANKED)

    def add(self, number: int, block: BlockPlaces) -> None:
        if not len(block.places):
            return
        scores = block.relevance()
        best = _best(scores, self._most)
        more = np.zeros(len(best), dtype=_RANKED)
        more["score"], more["document"], more["block"], more["place"] = (
            -scores[best],
            block.documents[best],
            number,
            best,
        )
        self._kept = np.sort(np.append(self._kept, more), order=_RANKED.names)[: self._most]

    def chosen(self, first: int) -> Iterator[tuple[int, int]]:
        kept = self._kept[first:]
        yield from zip(kept["block"].tolist(), kept["place"].tolist(), strict=True)


def tally(blocks: Iterable[BlockPlaces], counts: tuple[int, int, int], sort: Sort, first: int, end: int) -> Tally:
    """Count the places of all blocks.

    Args:
        blocks: The places of each block, in order.
        counts: How many documents, terms and excluded terms there are.
        sort: The order of the places.
        first: The first place of the page, from 0.
        end: The end of the page.
    """
    documents, terms, excluded = (np.zeros(count, dtype=np.int64) for count in counts)
    total = paragraphs = 0
    best = _Best(end) if sort == "relevance" else None
    homes: list[Integers] = []
    for number, each in enumerate(blocks):
        total += len(each.places)
        paragraphs += len(np.unique(each.places.paragraphs))
        here = each.documents
        documents += np.bincount(here, minlength=len(documents))
        terms += _sizes(each.terms)
        excluded += _sizes(each.excluded)
        if best:
            best.add(number, each)
        else:
            homes.append(here)
    places = best.chosen(first) if best else _each(Runs.of(homes).between(first, end))
    chosen = tuple(Chosen(first + nth, *each) for nth, each in enumerate(places, 1))
    return Tally(total, paragraphs, documents, tuple(terms.tolist()), tuple(excluded.tolist()), chosen)


def _each(runs: Iterable[tuple[int, range]]) -> Iterator[tuple[int, int]]:
    return ((block, place) for block, places in runs for place in places)


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

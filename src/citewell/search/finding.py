"""Finding: every place of some words, counted by document, a page of them shown; without a threshold."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.document import Span
from citewell.errors import UsageError
from citewell.found import DocumentPlaces, Found, FoundPlace, Sort, SoughtTerm
from citewell.index.snapshot import Snapshot
from citewell.index.stored import StoredDocument
from citewell.search.find_query import FindQuery, Sought, parse_query
from citewell.search.occurrences import Integers, SegmentPlaces, places_in

PER_PAGE = 20
MOST_PER_PAGE = 1000
# A longer paragraph is shown around the place only.
_LONGEST_TEXT = 600
_BEFORE = 200
_AFTER = 300


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A place that is shown: in which segment, and which of its places."""

    number: int
    segment: int
    place: int


class Finder:
    """Finds words in one snapshot.

    Args:
        snapshot: The snapshot.
        scope: The documents to search; empty is all.
        most: The maximum number of characters of a query.

    Raises:
        UsageError: The scope names a document or a folder that is not in the index.
    """

    def __init__(self, snapshot: Snapshot, scope: Scope, most: int) -> None:
        self._snapshot = snapshot
        self._most = most
        self._summaries = snapshot.catalogue.documents()
        self._admitted: npt.NDArray[np.bool_] | None = None
        if scope:
            snapshot.catalogue.paths.check(scope)
            self._admitted = np.zeros(len(self._summaries), dtype=bool)
            self._admitted[snapshot.catalogue.paths.admitted(scope)] = True

    def page(self, query: str, *, sort: Sort, page: int, per_page: int) -> Found:
        """Find all places, and return one page of them.

        Args:
            query: What is to be found (``find_query``).
            sort: The order of the places and of the documents.
            page: Which page, from 1.
            per_page: How many places it has.

        Raises:
            QuestionError: The query cannot be read.
            UsageError: There is no such page.
        """
        began = time.perf_counter()
        parsed = parse_query(query, self._most)
        segments = list(self._segments(parsed))
        counts, total = _by_document(segments, len(self._summaries)), sum(len(each.places) for each in segments)
        pages = max(1, -(-total // per_page))
        if not 1 <= page <= pages:
            raise UsageError(f"there is no page {page}; the last one is {pages}")
        chosen = _chosen(segments, sort, (page - 1) * per_page, page * per_page)
        documents = self._documents(counts, sort)
        return Found(
            query=parsed.text,
            terms=_terms(parsed, segments),
            ignored=parsed.ignored,
            total=total,
            paragraphs=sum(len(np.unique(each.places.paragraphs)) for each in segments),
            documents_total=len(documents),
            documents=documents,
            sort=sort,
            page=page,
            pages=pages,
            per_page=per_page,
            places=tuple(self._shown(segments, chosen)),
            snapshot=self._snapshot.manifest.name,
            seconds=round(time.perf_counter() - began, 6),
        )

    def count(self, query: str) -> int:
        """Return the number of all places.

        Raises:
            QuestionError: The query cannot be read.
        """
        return sum(len(each.places) for each in self._segments(parse_query(query, self._most)))

    def all(self, query: str) -> Iterator[FoundPlace]:
        """Yield all places in order, one segment at a time.

        Raises:
            QuestionError: The query cannot be read; before the first place.
        """
        parsed = parse_query(query, self._most)
        return self._all(parsed)

    def _all(self, parsed: FindQuery) -> Iterator[FoundPlace]:
        number = 0
        for segment in self._segments(parsed):
            chosen = [_Chosen(number + nth + 1, 0, nth) for nth in range(len(segment.places))]
            yield from self._shown([segment], chosen)
            number += len(chosen)

    def _segments(self, parsed: FindQuery) -> Iterator[SegmentPlaces]:
        concordance = self._snapshot.concordance
        return (places_in(concordance, nth, parsed, self._admitted) for nth in concordance.segments)

    def _documents(self, counts: Integers, sort: Sort) -> tuple[DocumentPlaces, ...]:
        ordinals = np.flatnonzero(counts)
        if sort == "relevance":
            ordinals = ordinals[np.argsort(-counts[ordinals], kind="stable")]
        return tuple(
            DocumentPlaces(document=each.path, title=each.title, places=int(counts[ordinal]))
            for ordinal in ordinals.tolist()
            for each in [self._summaries[ordinal]]
        )

    def _shown(self, segments: list[SegmentPlaces], chosen: list[_Chosen]) -> Iterator[FoundPlace]:
        # Places of one document follow one another, and its text is read once.
        read = lru_cache(maxsize=2)(self._read)
        for each in chosen:
            segment = segments[each.segment]
            row = segment.segment.paragraphs[segment.places.paragraphs[each.place]]
            document, starts = read(int(row["document"]))
            place = Span(int(segment.places.starts[each.place]), int(segment.places.ends[each.place]))
            marks = tuple(Span(*mark) for mark in segment.marks(each.place))
            around = _around(document.text, Span(int(row["start"]), int(row["end"])), place, marks[0])
            above = bisect_right(starts, place.start)
            yield FoundPlace(
                number=each.number,
                document=document.path,
                title=document.title,
                section=document.headings[above - 1].path if above else (),
                start=place.start,
                end=place.end,
                text=around.of(document.text),
                text_start=around.start,
                marks=marks,
            )

    def _read(self, ordinal: int) -> tuple[StoredDocument, list[int]]:
        document = self._snapshot.catalogue.document(self._summaries[ordinal].path)
        return document, [heading.span.start for heading in document.headings]


def _by_document(segments: list[SegmentPlaces], documents: int) -> Integers:
    counts = np.zeros(documents, dtype=np.int64)
    for each in segments:
        counts += np.bincount(each.documents, minlength=documents)
    return counts


def _terms(parsed: FindQuery, segments: list[SegmentPlaces]) -> tuple[SoughtTerm, ...]:
    def told(sought: Sought, places: int) -> SoughtTerm:
        return SoughtTerm(text=sought.text, kind=sought.kind, excluded=sought.is_excluded, places=places)

    wanted = [told(each, sum(len(one.terms[nth]) for one in segments)) for nth, each in enumerate(parsed.wanted)]
    left_out = [told(each, sum(len(one.excluded[nth]) for one in segments)) for nth, each in enumerate(parsed.excluded)]
    return (*wanted, *left_out)


def _chosen(segments: list[SegmentPlaces], sort: Sort, first: int, end: int) -> list[_Chosen]:
    """Return the places from ``first`` to ``end`` in their order."""
    sizes = [len(each.places) for each in segments]
    before = np.cumsum([0, *sizes])
    ordered = np.arange(before[-1])[first:end]
    if sort == "relevance" and len(ordered):
        scores = np.concatenate([each.relevance() for each in segments])
        # Sorting all places of a frequent word takes longer than finding them.
        least = -np.partition(-scores, len(scores) - 1 if end >= len(scores) else end - 1)[min(end, len(scores)) - 1]
        best = np.flatnonzero(scores >= least)
        ordered = best[np.argsort(-scores[best], kind="stable")][first:end]
    homes = np.searchsorted(before, ordered, side="right") - 1
    pairs = zip(homes.tolist(), (ordered - before[homes]).tolist(), strict=True)
    return [_Chosen(first + nth + 1, home, place) for nth, (home, place) in enumerate(pairs)]


def _around(text: str, paragraph: Span, place: Span, mark: Span) -> Span:
    """Return the paragraph of a place, or the part of a long one around it, cut between words where there are spaces."""
    if paragraph.end - paragraph.start <= _LONGEST_TEXT:
        return paragraph
    last = place.end if place.end - place.start <= _AFTER else mark.end
    start, end = max(paragraph.start, place.start - _BEFORE), min(paragraph.end, last + _AFTER)
    if start > paragraph.start:
        space = next((at for at in range(start, place.start) if text[at].isspace()), start - 1)
        start = space + 1
    if end < paragraph.end:
        end = next((at for at in range(end, last, -1) if text[at - 1].isspace()), end + 1) - 1
    return Span(start, end)

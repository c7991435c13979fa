"""Finding: every place of some words, counted by document, a page of them shown; without a threshold."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np

from citewell.answer import Scope
from citewell.document import Span
from citewell.errors import UsageError
from citewell.found import DocumentPlaces, Found, FoundPlace, Sort, SoughtTerm
from citewell.index.storage import Snapshot
from citewell.index.stored import StoredDocument
from citewell.search.filtering import filtered
from citewell.search.find_query import FindQuery, parse_query
from citewell.search.occurrences import BlockPlaces, Integers, PlaceRow, places_in
from citewell.search.page import locator
from citewell.search.tally import Chosen, Runs, Tally, tally

PER_PAGE = 20
MOST_PER_PAGE = 1000
# A longer paragraph is shown around the place only.
_LONGEST_TEXT = 600
_BEFORE = 200
_AFTER = 300


class Finder:
    """Finds words in one snapshot.

    Args:
        snapshot: The snapshot.
        scope: The documents to search; empty is all.
        most: The maximum number of characters of a query.

    Raises:
        UsageError: The scope names a document, a folder or a fact that is not in the index.
    """

    def __init__(self, snapshot: Snapshot, scope: Scope, most: int) -> None:
        self._snapshot = snapshot
        self._most = most
        self._summaries = snapshot.catalogue.documents()
        snapshot.catalogue.check(scope)
        self._scope = scope

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
        parsed, scope = self._parsed(query)
        block = self._reader(parsed, scope)
        counts = (len(self._summaries), len(parsed.wanted), len(parsed.excluded))
        blocks = map(block, self._snapshot.concordance.blocks)
        found = tally(blocks, counts, sort, (page - 1) * per_page, page * per_page)
        total = found.total
        pages = max(1, -(-total // per_page))
        if not 1 <= page <= pages:
            raise UsageError(f"there is no page {page}; the last one is {pages}")
        documents = self._documents(found.documents, sort)
        return Found(
            query=query.strip(),
            terms=_terms(parsed, found),
            ignored=parsed.ignored,
            filters=scope.filters,
            total=total,
            paragraphs=found.paragraphs,
            documents_total=len(documents),
            documents=documents,
            sort=sort,
            page=page,
            pages=pages,
            per_page=per_page,
            places=tuple(self._shown(block, found.chosen)),
            snapshot=self._snapshot.manifest.name,
            seconds=round(time.perf_counter() - began, 6),
        )

    def count(self, query: str) -> int:
        """Return the number of all places.

        Raises:
            QuestionError: The query cannot be read.
        """
        block = self._reader(*self._parsed(query))
        return sum(len(block(nth).places) for nth in self._snapshot.concordance.blocks)

    def all(self, query: str) -> Iterator[FoundPlace]:
        """Yield all places in order.

        Raises:
            QuestionError: The query cannot be read; before the first place.
        """
        return self._all(*self._parsed(query))

    def _parsed(self, query: str) -> tuple[FindQuery, Scope]:
        """Return what is to be found, and where: the filters in a query are no words."""
        words, scope = filtered(query, self._scope, self._snapshot.catalogue.facts)
        if words.filters:
            self._snapshot.catalogue.check(scope)
        return parse_query(words.text, self._most), scope

    def _all(self, parsed: FindQuery, scope: Scope) -> Iterator[FoundPlace]:
        block, number = self._reader(parsed, scope), 0
        runs = Runs.of(block(nth).documents for nth in self._snapshot.concordance.blocks)
        for nth, places in runs.between(0, int(runs.counts.sum())):
            yield from self._shown(block, [Chosen(number + at, nth, place) for at, place in enumerate(places, 1)])
            number += len(places)

    def _reader(self, parsed: FindQuery, scope: Scope) -> Callable[[int], BlockPlaces]:
        """Return what reads the places of a block. Two are kept: most corpora have no more, and others are too large.

        After an update, places of a small block stand between those of a large one, so one more is kept for each segment.
        """
        concordance = self._snapshot.concordance
        admitted = self._snapshot.catalogue.admits(scope) if scope else None
        kept = 1 + len(self._snapshot.manifest.segments)
        return lru_cache(maxsize=kept)(lambda nth: places_in(concordance, nth, parsed, admitted))

    def _documents(self, counts: Integers, sort: Sort) -> tuple[DocumentPlaces, ...]:
        ordinals = np.flatnonzero(counts)
        if sort == "relevance":
            ordinals = ordinals[np.argsort(-counts[ordinals], kind="stable")]
        return tuple(
            DocumentPlaces(document=each.path, title=each.title, places=int(counts[ordinal]))
            for ordinal in ordinals.tolist()
            for each in [self._summaries[ordinal]]
        )

    def _shown(self, block: Callable[[int], BlockPlaces], chosen: Sequence[Chosen]) -> Iterator[FoundPlace]:
        # By relevance, places of many blocks may alternate.
        rows = {each: block(each.block).row(each.place) for each in sorted(chosen, key=lambda each: each.block)}
        # Places of one document follow one another, and its text is read once.
        read = lru_cache(maxsize=2)(self._read)
        for each in chosen:
            row = rows[each]
            document, starts = read(row.document)
            around = _around(document.text, row)
            above = bisect_right(starts, row.place.start)
            page, place = locator(self._snapshot.catalogue.maps, document.path, row.place.start)
            yield FoundPlace(
                number=each.number,
                document=document.path,
                title=document.title,
                section=document.headings[above - 1].path if above else (),
                page=page,
                place=place,
                start=row.place.start,
                end=row.place.end,
                text=around.of(document.text),
                text_start=around.start,
                marks=row.marks,
            )

    def _read(self, ordinal: int) -> tuple[StoredDocument, list[int]]:
        document = self._snapshot.catalogue.document(self._summaries[ordinal].path)
        return document, [heading.span.start for heading in document.headings]


def _terms(parsed: FindQuery, found: Tally) -> tuple[SoughtTerm, ...]:
    counted = zip((*parsed.wanted, *parsed.excluded), (*found.terms, *found.excluded), strict=True)
    return tuple(
        SoughtTerm(text=each.text, kind=each.kind, excluded=each.is_excluded, places=places) for each, places in counted
    )


def _around(text: str, row: PlaceRow) -> Span:
    """Return the paragraph of a place, or the part of a long one around it, cut between words where there are spaces."""
    paragraph, place = row.paragraph, row.place
    if paragraph.end - paragraph.start <= _LONGEST_TEXT:
        return paragraph
    last = place.end if place.end - place.start <= _AFTER else row.marks[0].end
    start, end = max(paragraph.start, place.start - _BEFORE), min(paragraph.end, last + _AFTER)
    if start > paragraph.start:
        space = next((at for at in range(start, place.start) if text[at].isspace()), start - 1)
        start = space + 1
    if end < paragraph.end:
        end = next((at for at in range(end, last, -1) if text[at - 1].isspace()), end + 1) - 1
    return Span(start, end)

"""The catalogue of one segment, read row by row: its documents, passages and windows have the numbers that they have there.

Every row is verified against its seal (``sealing``) when it is read. The rows are the same in every engine, and only the
queries differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from citewell.document import Located, Location
from citewell.index.listing import Listing, seal_of
from citewell.index.sealing import seal, seal_bytes, seal_text
from citewell.index.segment_rows import Row, Rows, verified
from citewell.index.sentence_spans import Sentences
from citewell.lazy import lazy
from citewell.text.vocabulary import Known

# The table of windows is read once for as many keys.
_KEYS = 100_000
# By their seals, as long as a snapshot has them.
_LISTINGS: WeakValueDictionary[bytes, Listing] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class CatalogueQueries:
    """The queries for the rows of a segment, in the language of an engine.

    Columns are in the order in which the writer seals them (``cataloguing``), and the seal is the last one, if there is
    one. Several ordinals, and keys, are given as a JSON array.
    """

    listing: str
    sentences: str
    words: str
    # Given an ordinal; all, in order.
    document: str
    documents: str
    # How many documents, passages and windows there are.
    counts: str
    # Given a document.
    text: str
    boxes: str
    # Given some ordinals.
    passages: str
    # Given the first passage and the end of the last, the end of the place and its start: their ordinals, in order.
    passages_at: str
    # Given the first window and the end of the last.
    windows: str
    # Given some keys.
    windows_with: str
    # Given a document; in order of their start. Given a place, too: the one that it is in.
    locations: str
    location: str
    # The documents that have any.
    mapped: str


class SegmentCatalogue:
    """The catalogue of one segment. Thread-safe.

    Its listing, and where its sentences are, are read when it is opened.

    Args:
        rows: Its rows.
        queries: How they are asked for.

    Raises:
        IndexDamagedError: They are no catalogue.
    """

    def __init__(self, rows: Rows, queries: CatalogueQueries) -> None:
        self._rows = rows
        self._queries = queries
        self.damaged = rows.damaged
        self.listing = self._read_listing()
        self.document_count = len(self.listing)
        # The first window of each passage, followed by the end of the last.
        self.window_starts = self.listing.windows
        self.passage_count = len(self.window_starts) - 1
        self.window_count = int(self.window_starts[-1])
        self.sentences = self._read_sentences()

    def document(self, ordinal: int) -> Row:
        """Return the row of a document, without its text: its figures and its headings are the last two."""
        (row,) = self._verified("documents", self._queries.document, ordinal, ordinals=[ordinal])
        return row

    def read_documents(self) -> list[Row]:
        """Return the rows of all documents, without their texts."""
        return self._verified("documents", self._queries.documents, ordinals=range(self.document_count))

    def row_counts(self) -> tuple[int, int, int]:
        """Return how many documents, passages and windows there are, counted in their tables; the listing is not asked."""
        (counts,) = self._rows.all(self._queries.counts)
        return counts[0], counts[1], counts[2]

    def text(self, document: int, sealed: str) -> str:
        """Return the text of a document, which must have this seal."""
        rows = self._rows.all(self._queries.text, document)
        if len(rows) != 1 or seal_text(rows[0][0]) != sealed:
            raise self.damaged(f"the text of document {document} has changed")
        return str(rows[0][0])

    def passages(self, ordinals: Sequence[int]) -> list[Row]:
        """Return the rows of some passages, in the given order."""
        return self._verified("passages", self._queries.passages, json.dumps(ordinals), ordinals=ordinals)

    def passages_at(self, passages: range, start: int, end: int) -> list[int]:
        """Return which of some passages, those of one document, have text in ``[start, end)`` of it."""
        return [row[0] for row in self._rows.all(self._queries.passages_at, passages.start, passages.stop, end, start)]

    def windows(self, ordinals: range) -> list[Row]:
        """Return the rows of windows that follow one another."""
        return self._verified("windows", self._queries.windows, ordinals.start, ordinals.stop, ordinals=ordinals)

    def windows_with(self, keys: Sequence[str]) -> dict[str, int]:
        """Return the windows that have some keys; of several with one key, the last."""
        query = self._queries.windows_with
        rows = (row for some in in_packets(keys) for row in self._verified("windows", query, some))
        return {row[1]: row[0] for row in rows}

    def words(self) -> Iterator[Known]:
        """Yield the most frequent words, in order."""
        for words, sealed in self._rows.all(self._queries.words):
            if sealed == seal("words", 0, seal_text(words)):
                yield from (_known(line) for line in words.split("\n") if line)
                return
        raise self.damaged("its vocabulary has changed")

    def locations(self, document: int) -> tuple[Located, ...]:
        """Return all locations of a document, in order."""
        return self._located(self._queries.locations, document)

    def location(self, document: int, at: int) -> Location | None:
        """Return the location of a place of a document, if it has one."""
        if document not in self._mapped:
            return None
        found = self._located(self._queries.location, document, at)
        return found[0].location if found else None

    def boxes(self, document: int) -> bytes:
        """Return where the words of a document stand on its pages (``citewell.boxes``); nothing if it has no pages."""
        for packed, sealed in self._rows.all(self._queries.boxes, document):
            if sealed != seal("boxes", document, seal_bytes(packed)):
                raise self.damaged(f"the boxes of document {document} have changed")
            return bytes(packed)
        return b""

    @lazy
    def _mapped(self) -> frozenset[int]:
        """The documents that have locations: not every text is in pages or rows."""
        return frozenset(document for (document,) in self._rows.all(self._queries.mapped))

    def _verified(
        self, table: str, query: str, *parameters: object, ordinals: Sequence[int] | None = None
    ) -> list[Row]:
        return verified(table, self._rows.all(query, *parameters), self.damaged, ordinals)

    def _located(self, query: str, *parameters: object) -> tuple[Located, ...]:
        rows = self._verified("locations", query, *parameters)
        return tuple(
            Located(start, Location(kind, label, page, bool(is_ocr))) for _, start, kind, label, page, is_ocr in rows
        )

    def _read_listing(self) -> Listing:
        for *packed, sealed in self._rows.all(self._queries.listing):
            try:
                if sealed == seal_of((packed[0], packed[1], packed[2], packed[3], packed[4])):
                    # Snapshots that share a segment share its listing: an update opens the snapshot before and its own.
                    known = _LISTINGS.get(sealed)
                    if known is None:
                        known = _LISTINGS[sealed] = Listing((packed[0], packed[1], packed[2], packed[3], packed[4]))
                    return known
            except (TypeError, ValueError, KeyError) as error:
                raise self.damaged(error) from error
        raise self.damaged("the list of its documents has changed")

    def _read_sentences(self) -> Sentences:
        for spans, windows, sealed in self._rows.all(self._queries.sentences):
            try:
                if sealed == seal("sentences", 0, seal_bytes(spans), seal_bytes(windows)):
                    return Sentences.unpacked(spans, windows)
            except (TypeError, ValueError) as error:
                raise self.damaged(error) from error
        raise self.damaged("its sentences have changed")


def in_packets(keys: Sequence[str]) -> Iterator[str]:
    """Yield keys of windows as `CatalogueQueries.windows_with` takes them: the table is read once for each packet."""
    yield from (json.dumps(keys[start : start + _KEYS]) for start in range(0, len(keys), _KEYS))


def _known(line: str) -> Known:
    word, count, is_name = line.split("\t")
    return Known(word, int(count), is_name == "1")

"""The catalogue of one segment, read row by row: its documents, passages and windows have the numbers that they have there.

Every row is verified against its seal (``sealing``) when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from citewell.document import Located, Location
from citewell.index.database import Database, Row
from citewell.index.listing import Listing, seal_of
from citewell.index.sealing import seal, seal_bytes, seal_text
from citewell.index.sentence_spans import Sentences
from citewell.index.soundness import Soundness
from citewell.text.vocabulary import Known

# The seal is the last column; the others are in the order in which the writer seals them.
_DOCUMENTS = "SELECT ordinal, figures, headings, seal FROM documents"
_LISTING = "SELECT columns, digests, text_seals, passages, windows, seal FROM listing WHERE ordinal = 0"
_PASSAGES = (
    "SELECT ordinal, id, document, section, start, end, first_window, end_window, head,"
    " first_record, end_record, outline, seal FROM passages"
)
_WINDOWS = "SELECT ordinal, key, head, seal FROM windows"
_LOCATIONS = "SELECT document, start, kind, label, page, is_ocr, seal FROM locations WHERE document = ?"
_COUNTS = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages), (SELECT count(*) FROM windows)"
_AT = "SELECT ordinal FROM passages WHERE ordinal >= ? AND ordinal < ? AND start < ? AND end > ? ORDER BY ordinal"
# What of the table of windows is wanted, given a packet of keys.
WITH_KEYS = "key IN (SELECT value FROM json_each(?))"
_AMONG = "ordinal IN (SELECT value FROM json_each(?))"
# The table of windows is read once for as many keys.
_KEYS = 100_000


class CatalogueFile:
    """The file of one segment. Thread-safe.

    Its listing, and where its sentences are, are read when it is opened.

    Args:
        file: The file.
        soundness: Where damage is reported.

    Raises:
        IndexDamagedError: The file is not a catalogue.
    """

    def __init__(self, file: Path, soundness: Soundness | None = None) -> None:
        self._file = Database(file, soundness)
        self.listing = self._read_listing()
        self.document_count = len(self.listing)
        # The first window of each passage, followed by the end of the last.
        self.window_starts = self.listing.windows
        self.passage_count = len(self.window_starts) - 1
        self.window_count = int(self.window_starts[-1])
        self.sentences = self._read_sentences()
        self.damaged = self._file.damaged

    def document(self, ordinal: int) -> Row:
        """Return the row of a document, without its text: its figures and its headings are the last two."""
        (row,) = self._file.sealed("documents", f"{_DOCUMENTS} WHERE ordinal = ?", ordinal, ordinals=[ordinal])
        return row

    def read_documents(self) -> list[Row]:
        """Return the rows of all documents, without their texts."""
        ordinals = range(self.document_count)
        return self._file.sealed("documents", f"{_DOCUMENTS} ORDER BY ordinal", ordinals=ordinals)

    def row_counts(self) -> tuple[int, int, int]:
        """Return how many documents, passages and windows there are, counted in their tables; the listing is not asked."""
        (counts,) = self._file.all(_COUNTS)
        return counts[0], counts[1], counts[2]

    def text(self, document: int, sealed: str) -> str:
        """Return the text of a document, which must have this seal."""
        rows = self._file.all("SELECT text FROM documents WHERE ordinal = ?", document)
        if len(rows) != 1 or seal_text(rows[0][0]) != sealed:
            raise self._file.damaged(f"the text of document {document} has changed")
        return str(rows[0][0])

    def passages(self, ordinals: Sequence[int]) -> list[Row]:
        """Return the rows of some passages, in the given order."""
        return self._file.sealed("passages", f"{_PASSAGES} WHERE {_AMONG}", json.dumps(ordinals), ordinals=ordinals)

    def passages_at(self, passages: range, start: int, end: int) -> list[int]:
        """Return which of some passages, those of one document, have text in ``[start, end)`` of it."""
        return [row[0] for row in self._file.all(_AT, passages.start, passages.stop, end, start)]

    def windows(self, ordinals: range) -> list[Row]:
        """Return the rows of windows that follow one another."""
        limits = f"{_WINDOWS} WHERE ordinal >= ? AND ordinal < ?"
        return self._file.sealed("windows", limits, ordinals.start, ordinals.stop, ordinals=ordinals)

    def windows_with(self, keys: Sequence[str]) -> dict[str, int]:
        """Return the windows that have some keys; of several with one key, the last."""
        query = f"{_WINDOWS} WHERE {WITH_KEYS}"
        rows = (row for some in in_packets(keys) for row in self._file.sealed("windows", query, some))
        return {row[1]: row[0] for row in rows}

    def words(self) -> Iterator[Known]:
        """Yield the most frequent words, in order."""
        for words, sealed in self._file.all("SELECT words, seal FROM words WHERE ordinal = 0"):
            if sealed == seal("words", 0, seal_text(words)):
                yield from (_known(line) for line in words.split("\n") if line)
                return
        raise self._file.damaged("its vocabulary has changed")

    def locations(self, document: int) -> tuple[Located, ...]:
        """Return all locations of a document, in order."""
        return self._located(f"{_LOCATIONS} ORDER BY start", document)

    def location(self, document: int, at: int) -> Location | None:
        """Return the location of a place of a document, if it has one."""
        if document not in self._mapped:
            return None
        found = self._located(f"{_LOCATIONS} AND start <= ? ORDER BY start DESC LIMIT 1", document, at)
        return found[0].location if found else None

    def boxes(self, document: int) -> bytes:
        """Return where the words of a document stand on its pages (``citewell.boxes``); nothing if it has no pages."""
        for packed, sealed in self._file.all("SELECT packed, seal FROM boxes WHERE document = ?", document):
            if sealed != seal("boxes", document, seal_bytes(packed)):
                raise self._file.damaged(f"the boxes of document {document} have changed")
            return bytes(packed)
        return b""

    @cached_property
    def _mapped(self) -> frozenset[int]:
        """The documents that have locations: not every text is in pages or rows."""
        return frozenset(document for (document,) in self._file.all("SELECT DISTINCT document FROM locations"))

    def _located(self, query: str, *parameters: object) -> tuple[Located, ...]:
        rows = self._file.sealed("locations", query, *parameters)
        return tuple(
            Located(start, Location(kind, label, page, bool(is_ocr))) for _, start, kind, label, page, is_ocr in rows
        )

    def _read_listing(self) -> Listing:
        for *packed, sealed in self._file.all(_LISTING):
            try:
                if sealed == seal_of((packed[0], packed[1], packed[2], packed[3], packed[4])):
                    return Listing((packed[0], packed[1], packed[2], packed[3], packed[4]))
            except (TypeError, ValueError, KeyError) as error:
                raise self._file.damaged(error) from error
        raise self._file.damaged("the list of its documents has changed")

    def _read_sentences(self) -> Sentences:
        for spans, windows, sealed in self._file.all("SELECT spans, windows, seal FROM sentences WHERE ordinal = 0"):
            try:
                if sealed == seal("sentences", 0, seal_bytes(spans), seal_bytes(windows)):
                    return Sentences.unpacked(spans, windows)
            except (TypeError, ValueError) as error:
                raise self._file.damaged(error) from error
        raise self._file.damaged("its sentences have changed")


def in_packets(keys: Sequence[str]) -> Iterator[str]:
    """Yield keys of windows as `WITH_KEYS` takes them: the table is read once for each packet."""
    yield from (json.dumps(keys[start : start + _KEYS]) for start in range(0, len(keys), _KEYS))


def _known(line: str) -> Known:
    word, count, is_name = line.split("\t")
    return Known(word, int(count), is_name == "1")

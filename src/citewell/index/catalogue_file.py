"""The catalogue of one segment, read row by row: its documents, passages and windows have the numbers that they have there.

Every row is verified against its seal (``sealing``) when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from citewell.document import Located, Location
from citewell.index.database import Database, Row
from citewell.index.sealing import seal, seal_bytes, seal_text
from citewell.index.sentence_spans import Sentences
from citewell.index.soundness import Soundness
from citewell.text.vocabulary import Known

# The seal is the last column; the others are in the order in which the writer seals them.
_DOCUMENTS = (
    "SELECT ordinal, path, title, digest, language, reader, container, words, pages, first_passage, end_passage, characters,"
    " text_seal, facts, figures, headings, seal FROM documents"
)
_PASSAGES = (
    "SELECT ordinal, id, document, section, start, end, first_window, end_window, head,"
    " first_record, end_record, outline, seal FROM passages"
)
_WINDOWS = "SELECT ordinal, key, head, seal FROM windows"
_LOCATIONS = "SELECT document, start, kind, label, page, is_ocr, seal FROM locations WHERE document = ?"
_AT = "SELECT ordinal FROM passages WHERE ordinal >= ? AND ordinal < ? AND start < ? AND end > ? ORDER BY ordinal"
_WITH_KEYS = "key IN (SELECT value FROM json_each(?))"
_AMONG = "ordinal IN (SELECT value FROM json_each(?))"
# The table of windows is read once for as many keys.
_KEYS = 100_000


class CatalogueFile:
    """The file of one segment. Thread-safe.

    Where its windows begin and its sentences are is read when it is opened, just after the whole file was verified.

    Args:
        file: The file.
        soundness: Where damage is reported.

    Raises:
        IndexDamagedError: The file is not a catalogue.
    """

    def __init__(self, file: Path, soundness: Soundness | None = None) -> None:
        self._file = Database(file, soundness)
        self.document_count = int(self._file.all("SELECT count(*) FROM documents")[0][0])
        # The first window of each passage, followed by the end of the last.
        self.window_starts = self._read_starts()
        self.passage_count = len(self.window_starts) - 1
        self.window_count = int(self.window_starts[-1])
        self.sentences = self._read_sentences()
        self.damaged = self._file.damaged

    def documents(self) -> list[Row]:
        """Return the rows of all documents, in the order of their paths, without figures and headings."""
        rows = self._file.sealed("documents", f"{_DOCUMENTS} ORDER BY ordinal")
        paths = [row[1] for row in rows]
        if [row[0] for row in rows] != list(range(self.document_count)) or paths != sorted(paths):
            raise self._file.damaged("documents are missing or out of order")
        return [row[:-2] for row in rows]

    def document(self, ordinal: int) -> Row:
        """Return the row of a document."""
        (row,) = self._file.sealed("documents", f"{_DOCUMENTS} WHERE ordinal = ?", ordinal, ordinals=[ordinal])
        return row

    def read_documents(self) -> list[Row]:
        """Return the rows of all documents, with their headings."""
        ordinals = range(self.document_count)
        return self._file.sealed("documents", f"{_DOCUMENTS} ORDER BY ordinal", ordinals=ordinals)

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
        found: dict[str, int] = {}
        for start in range(0, len(keys), _KEYS):
            some = json.dumps(keys[start : start + _KEYS])
            rows = self._file.sealed("windows", f"{_WINDOWS} WHERE {_WITH_KEYS}", some)
            found.update((row[1], row[0]) for row in rows)
        return found

    def words(self) -> Iterator[Known]:
        """Yield the most frequent words, in order."""
        for words, sealed in self._file.all("SELECT words, seal FROM words WHERE ordinal = 0"):
            if sealed == seal("words", 0, seal_text(words)):
                yield from (_known(line) for line in words.split("\n") if line)
                return
        raise self._file.damaged("its vocabulary has changed")

    def section_counts(self) -> list[tuple[int, int]]:
        """Return how many sections with text each document has that has any."""
        return self._file.all("SELECT document, count(DISTINCT section) FROM passages GROUP BY document")

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

    def _read_starts(self) -> npt.NDArray[np.int64]:
        rows = self._file.all("SELECT ordinal, first_window FROM passages ORDER BY ordinal")
        count = self._file.all("SELECT count(*) FROM windows")[0][0]
        try:
            found = np.array([*rows, (len(rows), count)], dtype=np.int64).reshape(-1, 2)
        except (TypeError, ValueError, OverflowError) as error:
            raise self._file.damaged(error) from error
        if (found[:, 0] != np.arange(len(found))).any() or (np.diff(found[:, 1]) < 0).any():
            raise self._file.damaged("passages are missing or out of order")
        return found[:, 1].copy()

    def _read_sentences(self) -> Sentences:
        for spans, windows, sealed in self._file.all("SELECT spans, windows, seal FROM sentences WHERE ordinal = 0"):
            try:
                if sealed == seal("sentences", 0, seal_bytes(spans), seal_bytes(windows)):
                    return Sentences.unpacked(spans, windows)
            except (TypeError, ValueError) as error:
                raise self._file.damaged(error) from error
        raise self._file.damaged("its sentences have changed")


def _known(line: str) -> Known:
    word, count, is_name = line.split("\t")
    return Known(word, int(count), is_name == "1")

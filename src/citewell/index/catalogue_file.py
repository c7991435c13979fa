"""The catalogue of one segment in a SQLite file, where digests are bytes, and texts are compressed (zlib)."""

from __future__ import annotations

import zlib
from pathlib import Path

from citewell.index.catalogue_segment import CatalogueQueries, SegmentCatalogue
from citewell.index.database import Database
from citewell.index.sealing import seal_bytes
from citewell.index.segment_rows import Row
from citewell.index.soundness import Soundness

# The text is the last column: SQLite has to read all pages of a long value to reach the next one.
SCHEMA = """
CREATE TABLE listing (
    ordinal INTEGER PRIMARY KEY, columns TEXT NOT NULL, digests BLOB NOT NULL, text_seals BLOB NOT NULL,
    passages BLOB NOT NULL, windows BLOB NOT NULL, seal BLOB NOT NULL);
CREATE TABLE documents (
    ordinal INTEGER PRIMARY KEY, seal BLOB NOT NULL, figures TEXT NOT NULL, headings TEXT NOT NULL, text BLOB NOT NULL);
CREATE TABLE locations (
    document INTEGER NOT NULL REFERENCES documents, start INTEGER NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
    page INTEGER, is_ocr INTEGER NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (document, start)) WITHOUT ROWID;
CREATE TABLE boxes (
    document INTEGER PRIMARY KEY REFERENCES documents, packed BLOB NOT NULL, seal BLOB NOT NULL);
CREATE TABLE passages (
    ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL, document INTEGER NOT NULL REFERENCES documents,
    section TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    first_window INTEGER NOT NULL, end_window INTEGER NOT NULL, head TEXT NOT NULL,
    first_record INTEGER NOT NULL, end_record INTEGER NOT NULL, outline BLOB NOT NULL, seal BLOB NOT NULL);
CREATE TABLE windows (
    ordinal INTEGER PRIMARY KEY, key BLOB NOT NULL, head TEXT NOT NULL, seal BLOB NOT NULL);
CREATE TABLE sentences (
    ordinal INTEGER PRIMARY KEY, spans BLOB NOT NULL, windows BLOB NOT NULL, seal BLOB NOT NULL);
CREATE TABLE words (
    ordinal INTEGER PRIMARY KEY, words TEXT NOT NULL, seal BLOB NOT NULL);
"""
# The rows of windows that have some keys, given a packet of them; older formats have keys as text.
_ANY_KEY = "CASE typeof(key) WHEN 'blob' THEN lower(hex(key)) ELSE key END"
KEYS_OF_ANY_FORMAT = f"SELECT {_ANY_KEY}, ordinal FROM windows WHERE {_ANY_KEY} IN (SELECT value FROM json_each(?))"  # noqa: S608 - our own words
_DOCUMENTS = "SELECT ordinal, figures, headings, seal FROM documents"
_PASSAGES = (
    "SELECT ordinal, lower(hex(id)), document, section, start, end, first_window, end_window, head,"
    " first_record, end_record, lower(hex(outline)), seal FROM passages"
)
_WINDOWS = "SELECT ordinal, lower(hex(key)), head, seal FROM windows"
_LOCATIONS = "SELECT document, start, kind, label, page, is_ocr, seal FROM locations WHERE document = ?"
_QUERIES = CatalogueQueries(
    listing="SELECT columns, digests, text_seals, passages, windows, seal FROM listing WHERE ordinal = 0",
    sentences="SELECT spans, windows, seal FROM sentences WHERE ordinal = 0",
    words="SELECT words, seal FROM words WHERE ordinal = 0",
    document=f"{_DOCUMENTS} WHERE ordinal = ?",
    documents=f"{_DOCUMENTS} ORDER BY ordinal",
    counts="SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages), (SELECT count(*) FROM windows)",
    text="SELECT text FROM documents WHERE ordinal = ?",
    boxes="SELECT packed, seal FROM boxes WHERE document = ?",
    passages=f"{_PASSAGES} WHERE ordinal IN (SELECT value FROM json_each(?))",  # noqa: S608 - our own words
    passages_at="SELECT ordinal FROM passages"
    " WHERE ordinal >= ? AND ordinal < ? AND start < ? AND end > ? ORDER BY ordinal",
    windows=f"{_WINDOWS} WHERE ordinal >= ? AND ordinal < ?",
    windows_with=f"{_WINDOWS} WHERE lower(hex(key)) IN (SELECT value FROM json_each(?))",  # noqa: S608 - our own words
    locations=f"{_LOCATIONS} ORDER BY start",
    location=f"{_LOCATIONS} AND start <= ? ORDER BY start DESC LIMIT 1",
    mapped="SELECT DISTINCT document FROM locations",
)


class CatalogueFile(SegmentCatalogue):
    """The file of one segment. Thread-safe.

    Args:
        file: The file.
        soundness: Where damage is reported.

    Raises:
        IndexDamagedError: The file is not a catalogue.
    """

    def __init__(self, file: Path, soundness: Soundness | None = None) -> None:
        super().__init__(Database(file, soundness), _QUERIES)

    def text(self, document: int, sealed: str) -> str:
        """Return the text of a document, which must have this seal."""
        # What is damaged could become longer than memory; a character has at most four bytes.
        most = 4 * self.listing.characters[document] + 1
        try:
            ((packed,),) = self._rows.all(self._queries.text, document)
            content = zlib.decompressobj().decompress(packed, most)
        except (ValueError, TypeError, zlib.error):
            content = b""
        if seal_bytes(content) != sealed:
            raise self.damaged(f"the text of document {document} has changed")
        return content.decode("utf-8")


def _document_row(row: Row) -> Row:
    *others, text = row
    return (*others, zlib.compress(text.encode("utf-8")))


def _passage_row(row: Row) -> Row:
    ordinal, name, *others, outline, written = row
    return (ordinal, bytes.fromhex(name), *others, bytes.fromhex(outline), written)


def _window_row(row: Row) -> Row:
    ordinal, key, *others = row
    return (ordinal, bytes.fromhex(key), *others)


# How rows become those of these tables.
CHANGED = {"documents": _document_row, "passages": _passage_row, "windows": _window_row}

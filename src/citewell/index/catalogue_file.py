"""The catalogue of one segment in a SQLite file."""

from __future__ import annotations

from pathlib import Path

from citewell.index.catalogue_segment import CatalogueQueries, SegmentCatalogue
from citewell.index.database import Database
from citewell.index.soundness import Soundness

# What of the table of windows is wanted, given a packet of keys.
WITH_KEYS = "key IN (SELECT value FROM json_each(?))"
_DOCUMENTS = "SELECT ordinal, figures, headings, seal FROM documents"
_PASSAGES = (
    "SELECT ordinal, id, document, section, start, end, first_window, end_window, head,"
    " first_record, end_record, outline, seal FROM passages"
)
_WINDOWS = "SELECT ordinal, key, head, seal FROM windows"
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
    windows_with=f"{_WINDOWS} WHERE {WITH_KEYS}",
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

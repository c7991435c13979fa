"""The catalogue of one segment in PostgreSQL."""

from __future__ import annotations

from citewell.index.catalogue_segment import CatalogueQueries, SegmentCatalogue
from citewell.index.postgres.rows import SegmentTables
from citewell.index.sealing import seal_text
from citewell.index.segment_rows import Row

_HERE = "WHERE segment = %s"
_DOCUMENTS = f"SELECT ordinal, figures, headings, seal FROM documents {_HERE}"  # noqa: S608 - our own words
_PLACED = (
    'ordinal, id, document, section, start, "end", first_window, end_window, head, first_record, end_record, outline'
)
_PASSAGES = f"SELECT {_PLACED}, seal FROM passages {_HERE}"  # noqa: S608 - our own words
_WINDOWS = f"SELECT ordinal, key, head, seal FROM windows {_HERE}"  # noqa: S608 - our own words
_LOCATIONS = f"SELECT document, start, kind, label, page, is_ocr, seal FROM locations {_HERE} AND document = %s"  # noqa: S608 - our own words
_AMONG = "ordinal = ANY(ARRAY(SELECT value::int4 FROM json_array_elements_text(%s::json)))"
_KEYS = "key = ANY(ARRAY(SELECT json_array_elements_text(%s::json)))"
_QUERIES = CatalogueQueries(
    listing=f"SELECT columns, digests, text_seals, passages, windows, seal FROM listing {_HERE}",  # noqa: S608 - our own words
    sentences=f"SELECT spans, windows, seal FROM sentences {_HERE}",  # noqa: S608 - our own words
    words=f"SELECT words, seal FROM words {_HERE}",  # noqa: S608 - our own words
    document=f"{_DOCUMENTS} AND ordinal = %s",
    documents=f"{_DOCUMENTS} ORDER BY ordinal",
    counts="SELECT (SELECT count(*) FROM documents WHERE segment = asked.id),"
    " (SELECT count(*) FROM passages WHERE segment = asked.id),"
    " (SELECT count(*) FROM windows WHERE segment = asked.id) FROM (SELECT %s::int4 AS id) AS asked",
    text=f"SELECT text FROM documents {_HERE} AND ordinal = %s",  # noqa: S608 - our own words
    boxes=f"SELECT packed, seal FROM boxes {_HERE} AND document = %s",  # noqa: S608 - our own words
    passages=f"{_PASSAGES} AND {_AMONG}",
    passages_at=f"SELECT ordinal FROM passages {_HERE}"  # noqa: S608 - our own words
    ' AND ordinal >= %s AND ordinal < %s AND start < %s AND "end" > %s ORDER BY ordinal',
    windows=f"{_WINDOWS} AND ordinal >= %s AND ordinal < %s",
    windows_with=f"{_WINDOWS} AND {_KEYS}",
    locations=f"{_LOCATIONS} ORDER BY start",
    location=f"{_LOCATIONS} AND start <= %s ORDER BY start DESC LIMIT 1",
    mapped=f"SELECT DISTINCT document FROM locations {_HERE}",  # noqa: S608 - our own words
)


class CatalogueTables(SegmentCatalogue):
    """The tables of one segment. Thread-safe.

    Args:
        rows: Its rows.

    Raises:
        IndexDamagedError: They are no catalogue.
    """

    def __init__(self, rows: SegmentTables) -> None:
        super().__init__(rows, _QUERIES)

    def text(self, document: int, sealed: str) -> str:
        """Return the text of a document, which must have this seal."""
        rows = self._rows.all(self._queries.text, document)
        try:
            text = rows[0][0].decode("utf-8") if len(rows) == 1 else None
        except UnicodeDecodeError:
            text = None
        if text is None or seal_text(text) != sealed:
            raise self.damaged(f"the text of document {document} has changed")
        return str(text)


def document_row(row: Row) -> Row:
    """Return a row of the table of documents with the bytes of its text."""
    *others, text = row
    return (*others, text.encode("utf-8"))

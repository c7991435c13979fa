"""Which words stand where, in PostgreSQL: the records of a segment, some in each row (``term_places``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from citewell.index.postgres.rows import SegmentTables
from citewell.index.postgres.sending import numbers
from citewell.index.sealing import seal, seal_bytes
from citewell.index.segment_rows import RowsToWrite
from citewell.index.term_places import RECORD, Keys, Starts, records_of
from citewell.text.terms import Term

# So many records stay in the row, and are not kept beside it: a passage has some of these.
_CHUNK = 128
_BYTES = _CHUNK * RECORD.itemsize
_TABLE = "term_records"
_QUERY = "SELECT chunk, records, seal FROM term_records WHERE segment = %s AND chunk = ANY(%s::int4[])"
_LAST = "SELECT chunk, length(records) FROM term_records WHERE segment = %s ORDER BY chunk DESC LIMIT 1"


class TermTables:
    """The records of one segment (`term_places.SegmentRecords`). Thread-safe.

    Args:
        rows: Its rows.
    """

    def __init__(self, rows: SegmentTables) -> None:
        self._rows = rows
        self.count = sum(chunk * _CHUNK + size // RECORD.itemsize for chunk, size in rows.all(_LAST))

    def read(self, parts: Sequence[range]) -> tuple[Keys, Starts]:
        """Return the records of some parts (`SegmentRecords.read`), in one question."""
        asked = sorted({chunk for part in parts if part for chunk in _chunks(part)})
        found = dict(self._verified(asked)) if asked else {}
        if len(found) != len(asked):
            raise self._rows.damaged("records of words are missing")
        records = np.frombuffer(b"".join(self._part(part, found) for part in parts), dtype=RECORD)
        return records["key"], records["start"]

    def _verified(self, chunks: list[int]) -> Iterator[tuple[int, bytes]]:
        for chunk, records, written in self._rows.all(_QUERY, numbers(chunks)):
            if written != seal(_TABLE, chunk, seal_bytes(records)):
                raise self._rows.damaged(f"chunk {chunk} of the records of words has changed")
            yield chunk, records

    def _part(self, part: range, found: dict[int, bytes]) -> bytes:
        if not part:
            return b""
        chunks = _chunks(part)
        first = (part.start - chunks.start * _CHUNK) * RECORD.itemsize
        records = b"".join(found[chunk] for chunk in chunks)[first : first + len(part) * RECORD.itemsize]
        if len(records) != len(part) * RECORD.itemsize:
            raise self._rows.damaged("records of words are missing")
        return records


class TermTablesWriter:
    """Writes the records of a segment, document by document; ``count`` is how many there are.

    Args:
        rows: Where its rows are written.
    """

    def __init__(self, rows: RowsToWrite) -> None:
        self._rows = rows
        self._waiting = bytearray()
        self._chunks = 0
        self.count = 0

    def add(self, terms: Iterable[Term]) -> list[int]:
        """Add the next terms of a document; return the number of the first record of each."""
        records, firsts = records_of(terms)
        firsts = [self.count + first for first in firsts]
        self.count += len(records)
        self._waiting += records.tobytes()
        whole = len(self._waiting) // _BYTES * _BYTES
        self._write(bytes(self._waiting[:whole]))
        del self._waiting[:whole]
        return firsts

    def close(self) -> None:
        """Write what is left."""
        self._write(bytes(self._waiting))

    def _write(self, records: bytes) -> None:
        for start in range(0, len(records), _BYTES):
            chunk = records[start : start + _BYTES]
            self._rows.add(_TABLE, [(self._chunks, chunk, seal(_TABLE, self._chunks, seal_bytes(chunk)))])
            self._chunks += 1


def _chunks(part: range) -> range:
    return range(part.start // _CHUNK, (part.stop - 1) // _CHUNK + 1)

"""The concordance of one segment in PostgreSQL (`concordance.ConcordanceSegment`)."""

from __future__ import annotations

from citewell.index.concordance import LAST, PackedPlaces
from citewell.index.postgres.rows import SegmentTables
from citewell.index.sealing import seal, seal_bytes
from citewell.index.segment_rows import Row, RowsToWrite

_BLOCKS, _WORDS = "concordance_blocks", "concordance_words"
_PLACES = "SELECT block, word, count, places, seal FROM concordance_words WHERE segment = %s AND block = %s"


class ConcordanceTables:
    """The concordance of one segment. Thread-safe.

    Args:
        rows: Its rows.
    """

    def __init__(self, rows: SegmentTables) -> None:
        self._rows = rows
        self.damaged = rows.damaged

    def block_count(self) -> int:
        """Return how many blocks there are."""
        return int(self._rows.all("SELECT count(*) FROM concordance_blocks WHERE segment = %s")[0][0])

    def block(self, block: int) -> tuple[int, bytes]:
        """Return a block (`ConcordanceSegment.block`)."""
        query = "SELECT end_number, paragraphs, seal FROM concordance_blocks WHERE segment = %s AND ordinal = %s"
        for end_number, paragraphs, written in self._rows.all(query, block):
            if written == _seal_of(_BLOCKS, (block, end_number, paragraphs)):
                return end_number, paragraphs
            raise self.damaged(f"block {block} has changed")
        raise self.damaged(f"block {block} is missing")

    def places(self, block: int, form: str) -> list[PackedPlaces]:
        """Return the places of a word (`ConcordanceSegment.places`)."""
        return self._places(f"{_PLACES} AND word = %s", block, form)

    def places_from(self, block: int, form: str) -> list[PackedPlaces]:
        """Return the places of words that begin with some letters (`ConcordanceSegment.places_from`)."""
        return self._places(f"{_PLACES} AND word >= %s AND word < %s", block, form, form + LAST)

    def _places(self, query: str, *parameters: object) -> list[PackedPlaces]:
        found = []
        for *row, written in self._rows.all(query, *parameters):
            if written != _seal_of(_WORDS, tuple(row)):
                raise self.damaged(f"the places of {row[1]!r} have changed")
            found.append((row[2], row[3]))
        return found


class ConcordanceRows:
    """Writes the rows of a concordance (``concordance_writing``) with their seals.

    Args:
        rows: Where all rows are written.
    """

    def __init__(self, rows: RowsToWrite) -> None:
        self._rows = rows

    def add(self, table: str, rows: object) -> None:
        """Write rows of a table (`segment_rows.RowsToWrite.add`)."""
        name = f"concordance_{table}"
        self._rows.add(name, ((*row, _seal_of(name, row)) for row in rows))  # type: ignore[attr-defined]


def _seal_of(table: str, row: Row) -> bytes:
    *values, packed = row
    return seal(table, *values, seal_bytes(packed))

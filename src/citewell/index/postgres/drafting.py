"""A snapshot in PostgreSQL while it is written: the rows of its new segment, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from citewell.index.cataloguing import CatalogueWriter
from citewell.index.concordance_writing import ConcordanceWriter
from citewell.index.manifest import Manifest, SegmentRecord
from citewell.index.postgres import graph
from citewell.index.postgres.catalogue import document_row
from citewell.index.postgres.concordance import ConcordanceRows
from citewell.index.postgres.connecting import Connection, Connections
from citewell.index.postgres.packed import PostingsWriter
from citewell.index.postgres.rows import TableWriter
from citewell.index.postgres.schema import TABLES, VECTORS
from citewell.index.postgres.snapshot import PostgresSnapshot
from citewell.index.postgres.terms import TermTablesWriter
from citewell.index.postgres.vectors import VectorTablesWriter
from citewell.index.segment_writing import SegmentWriter
from citewell.index.segmented import check_written


class PostgresDraft:
    """A snapshot that nothing names yet (`storage.Draft`).

    Args:
        name: Its name, and that of its new segment.
        connections: What reads the database.
        connection: What writes it.
    """

    def __init__(self, name: str, connections: Connections, connection: Connection) -> None:
        self.name = name
        self._connections = connections
        self._connection = connection
        self._written: PostgresWriter | None = None

    @contextmanager
    def writing(self, number: int, dimension: int, *, continues: bool) -> Iterator[PostgresWriter]:  # noqa: ARG002 - the segments that stay are in the manifest
        """Write its new segment while the block runs (`storage.Draft.writing`)."""
        with self._connection.transaction():
            writer = PostgresWriter(self._connection, _new_segment(self._connection, self.name), number, dimension)
            try:
                yield writer
                writer.close()
                if writer.has_documents:
                    self._written = writer
                else:
                    # Documents were only removed.
                    drop_segment(self._connection, writer.segment)
            finally:
                writer.vectors.close()

    def segments(self) -> tuple[SegmentRecord, ...]:
        """Describe the new segment (`storage.Draft.segments`)."""
        written = self._written
        return () if written is None else (written.record(self.name, written.digests, written.vectors.choice),)

    def files(self) -> dict[str, str]:
        """Return nothing: a snapshot is the list of its segments."""
        return {}

    def seal(self, manifest: Manifest) -> PostgresSnapshot:
        """Open the snapshot, and verify that its parts agree (`storage.Draft.seal`)."""
        snapshot = PostgresSnapshot(self._connections, manifest)
        check_written(snapshot, manifest)
        return snapshot


class PostgresWriter(SegmentWriter):
    """Writes a segment (`storage.Writer`).

    Args:
        connection: The connection, in a transaction.
        segment: The number of the segment in the database.
        number: Its number in the snapshot.
        dimension: The dimension of its vectors.
    """

    def __init__(self, connection: Connection, segment: int, number: int, dimension: int) -> None:
        self.segment = segment
        self._rows = TableWriter(connection, segment, {"documents": document_row})
        self._postings = PostingsWriter(self._rows)
        concordance = ConcordanceWriter(ConcordanceRows(self._rows))
        super().__init__(number, CatalogueWriter(self._rows), self._postings, concordance)
        self.places = TermTablesWriter(self._rows)
        self.vectors = VectorTablesWriter(connection, segment, dimension)

    def remove(self, segment: int, passages: range) -> None:
        """Do nothing: the manifest says which documents of earlier segments are no longer valid."""

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each table (``row_digests``)."""
        return {**self._rows.digests, VECTORS: self.vectors.digest}

    def close(self) -> None:
        """Write what is left; the vectors are written before."""
        with self._concordance:
            self._catalogue.close()
            self._postings.close()
            self.places.close()
        self._rows.flush()


def _new_segment(connection: Connection, name: str) -> int:
    """Return the number of a new segment, which is greater than all before."""
    row = connection.execute("INSERT INTO segments (name) VALUES (%s) RETURNING id", [name]).fetchone()
    return int(row[0]) if row else 0


def drop_segment(connection: Connection, segment: int) -> None:
    """Delete the rows of a segment, and its graph."""
    graph.drop(connection, segment)
    for table in TABLES:
        connection.execute(f"DELETE FROM {table} WHERE segment = %s", [segment])  # noqa: S608 - our own names
    connection.execute("DELETE FROM segments WHERE id = %s", [segment])

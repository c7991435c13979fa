"""A snapshot in PostgreSQL while it is written: the rows of its new segment, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from citewell.errors import IndexDamagedError
from citewell.index.cataloguing import CatalogueWriter
from citewell.index.concordance_writing import ConcordanceWriter
from citewell.index.manifest import Manifest, SegmentRecord
from citewell.index.postgres import graph
from citewell.index.postgres.catalogue import document_row
from citewell.index.postgres.concordance import ConcordanceRows
from citewell.index.postgres.connecting import Connection, Connections
from citewell.index.postgres.packed import PostingsWriter
from citewell.index.postgres.rows import TableWriter
from citewell.index.postgres.schema import SPREAD, TABLES, VECTORS, servers_of
from citewell.index.postgres.snapshot import PostgresSnapshot
from citewell.index.postgres.terms import TermTablesWriter
from citewell.index.postgres.vectors_writing import VectorTablesWriter
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
        segment = _begun(self._connection)
        with self._connection.transaction():
            self._connection.execute("INSERT INTO segments (id, name) VALUES (%s, %s)", [segment, self.name])
            writer = PostgresWriter(self._connection, segment, number, dimension)
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
        if self._written:
            _check_spread(self._connection, self._written)
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
        servers = servers_of(connection)
        self._rows = TableWriter(connection, segment, {"documents": document_row}, len(servers))
        self._postings = PostingsWriter(self._rows)
        concordance = ConcordanceWriter(ConcordanceRows(self._rows))
        super().__init__(number, CatalogueWriter(self._rows), self._postings, concordance)
        self.places = TermTablesWriter(self._rows)
        self.vectors = VectorTablesWriter(connection, segment, dimension, servers)

    def remove(self, segment: int, passages: range) -> None:
        """Do nothing: the manifest says which documents of earlier segments are no longer valid."""

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each table (``row_digests``)."""
        return {**self._rows.digests, VECTORS: self.vectors.digest}

    @property
    def spread(self) -> Counter[tuple[str, int]]:
        """How many rows each shard has of each table that is spread."""
        return self._rows.spread + self.vectors.spread

    def close(self) -> None:
        """Write what is left; the vectors are written before."""
        with self._concordance:
            self._catalogue.close()
            self._postings.close()
            self.places.close()
        self._rows.flush()


def _begun(connection: Connection) -> int:
    """Return the number of a new segment, which is greater than all before, and is never given again.

    The commit of a transaction over several servers is not one: if it is interrupted, shards can have rows that the coordinator
    does not know of, but for this number.
    """
    row = connection.execute("INSERT INTO begun DEFAULT VALUES RETURNING segment").fetchone()
    return int(row[0]) if row else 0


def _check_spread(connection: Connection, written: PostgresWriter) -> None:
    """Check that each shard has as many rows of each table as were written.

    Raises:
        IndexDamagedError: One has not.
    """
    found: Counter[tuple[str, int]] = Counter()
    for table in SPREAD:
        query = f"SELECT shard, count(*) FROM {table} WHERE segment = %s GROUP BY shard"  # noqa: S608 - our own names
        for shard, count in connection.execute(query, [written.segment]).fetchall():
            found[table, shard] = count
    for table, shard in sorted(found.keys() | written.spread.keys()):
        expected = written.spread[table, shard]
        if found[table, shard] != expected:
            raise IndexDamagedError(
                f"the new snapshot is not consistent (shard {shard} has {found[table, shard]} rows of the table {table},"
                f" but was given {expected}); the current one is unchanged"
            )


def drop_segment(connection: Connection, segment: int) -> None:
    """Delete the rows of a segment, and its graph."""
    graph.drop(connection, segment)
    for table in TABLES:
        connection.execute(f"DELETE FROM {table} WHERE segment = %s", [segment])  # noqa: S608 - our own names
    connection.execute("DELETE FROM segments WHERE id = %s", [segment])
    connection.execute("DELETE FROM begun WHERE segment = %s", [segment])

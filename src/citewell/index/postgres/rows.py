"""The rows of one segment in PostgreSQL: read (`segment_rows.Rows`), and written in batches (`segment_rows.RowsToWrite`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import psycopg

from citewell.errors import IndexDamagedError
from citewell.index.postgres.connecting import SnapshotConnections
from citewell.index.postgres.row_digests import RowDigest
from citewell.index.postgres.schema import TABLES
from citewell.index.segment_rows import Row
from citewell.index.soundness import Soundness

# Rows that wait to be written, and the bytes of their values.
_MOST_ROWS = 20_000
_MOST_BYTES = 1 << 24


class SegmentTables:
    """The rows of one segment. Thread-safe.

    Args:
        connections: The database.
        segment: The number of the segment there.
        name: Its name.
        soundness: Where damage is reported.
    """

    def __init__(self, connections: SnapshotConnections, segment: int, name: str, soundness: Soundness) -> None:
        self._connections = connections
        self._segment = segment
        self._name = name
        self._soundness = soundness

    def all(self, query: str, *parameters: object) -> list[Row]:
        """Return all rows of a query (`segment_rows.Rows.all`), whose first parameter is the segment."""
        return self._connections.all(query, (self._segment, *parameters))

    def damaged(self, reason: object) -> IndexDamagedError:
        """Report damage, and return it as an error."""
        message = f"the segment {self._name} in {self._connections.address} is damaged: {reason}"
        return self._soundness.mark_damaged(message)


class TableWriter:
    """Writes the rows of a new segment, many at a time (COPY).

    Args:
        connection: The connection, in a transaction.
        segment: The number of the segment.
        changed: Of some tables, how their rows are made those of PostgreSQL.
        shards: Over how many shards rows are spread.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        segment: int,
        changed: Mapping[str, Callable[[Row], Row]],
        shards: int = 1,
    ) -> None:
        # How many rows each shard has of each table that is spread.
        self.spread: Counter[tuple[str, int]] = Counter()
        self._shards = shards
        self._connection = connection
        self._segment = segment
        self._changed = changed
        self._waiting: dict[str, list[Row]] = {}
        self._digests: dict[str, RowDigest] = {}
        self._bytes = 0
        self._rows = 0

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Write rows of a table (`segment_rows.RowsToWrite.add`)."""
        waiting, changed = self._waiting.setdefault(table, []), self._changed.get(table)
        digest = self._digests.setdefault(table, RowDigest())
        for row in rows:
            written = changed(row) if changed else row
            waiting.append(written)
            digest.add(written)
            self._bytes += sum(len(value) for value in written if isinstance(value, str | bytes))
            self._rows += 1
            if self._rows >= _MOST_ROWS or self._bytes >= _MOST_BYTES:
                self.flush()
                waiting = self._waiting.setdefault(table, [])

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each table (``row_digests``)."""
        return {table: str(digest) for table, digest in sorted(self._digests.items())}

    def flush(self) -> None:
        """Write the rows that wait.

        Raises:
            OSError: The database does not take them.
        """
        for table, rows in self._waiting.items():
            self._copy(table, rows)
        self._waiting = {}
        self._bytes = self._rows = 0

    def _copy(self, table: str, rows: list[Row]) -> None:
        types, numbered = TABLES[table].types, self._numbered(table)
        try:
            with self._connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row((*numbered(row), *row))
        except psycopg.Error as error:
            raise OSError(f"the table {table} could not be written: {str(error).partition(chr(10))[0]}") from error

    def _numbered(self, table: str) -> Callable[[Row], Row]:
        """Return what gives a row of a table its numbers: of the shard, if it has one, and of the segment."""
        spread = TABLES[table].spread
        if spread is None:
            return lambda _row: (self._segment,)
        at = list(TABLES[table].columns).index(spread.column)

        def numbers(row: Row) -> Row:
            shard = spread.shard(self._segment, row[at], self._shards)
            self.spread[table, shard] += 1
            return shard, self._segment

        return numbers

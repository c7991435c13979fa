"""Writes the vectors of a segment into PostgreSQL, as it reads them in its binary format."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import psycopg

from citewell.index.numbering import Ordinals
from citewell.index.postgres import graph
from citewell.index.postgres.connecting import Connection
from citewell.index.postgres.row_digests import digest_of_vectors
from citewell.index.postgres.schema import VECTORS, spread_of
from citewell.index.postgres.sending import HALF, HEAD
from citewell.index.promised import ChoiceRecord
from citewell.index.storage import Vectors
from citewell.index.vectors import GatheredVectors

_AT_ONCE = 4096
_BEGIN, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


class VectorTablesWriter(GatheredVectors):
    """Writes the vectors of a new segment (`storage.VectorsToWrite`); until all are there, they are in a temporary file.

    ``choice`` is how a search will choose among them, if it does, ``digest`` that of their rows (``row_digests``).

    Args:
        connection: The connection, in a transaction.
        segment: The number of the segment.
        dimension: The dimension of the vectors.
        servers: The server of each shard (`schema.servers_of`).
    """

    def __init__(
        self, connection: Connection, segment: int, dimension: int, servers: Sequence[str | None] = (None,)
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="citewell-")
        super().__init__(Path(self._folder.name, "vectors"), dimension)
        self.choice: ChoiceRecord | None = None
        self.digest = ""
        self._connection = connection
        self._segment = segment
        self._servers = servers

    def write(self) -> None:
        """Write the table and, of many, the graph.

        Raises:
            OSError: The database did not take it.
        """
        try:
            with self._connection.cursor().copy("COPY vectors FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(_BEGIN)
                for start in range(0, self.count, _AT_ONCE):
                    copy.write(self._packed(start, min(self.count, start + _AT_ONCE)))
                copy.write(_END)
            self.digest = digest_of_vectors(self._batches())
            # A query over several servers cannot use a graph.
            if self.count and not any(self._servers):
                self.choice = graph.create(self._connection, self._segment, self.all())
        except psycopg.Error as error:
            raise OSError(f"the vectors could not be written: {str(error).partition(chr(10))[0]}") from error

    def _batches(self) -> Iterator[Vectors]:
        for start in range(0, self.count, _AT_ONCE):
            yield self.rows(np.arange(start, min(self.count, start + _AT_ONCE)))

    def close(self) -> None:
        """Remove the temporary file."""
        super().close()
        self._folder.cleanup()

    @property
    def spread(self) -> Counter[tuple[str, int]]:
        """How many rows each shard has."""
        shards = self._shards(np.arange(self.count, dtype=np.int64)).tolist()
        return Counter((VECTORS, shard) for shard in shards)

    def _shards(self, numbers: Ordinals) -> Ordinals:
        return spread_of(VECTORS).shard(np.full(len(numbers), self._segment), numbers, len(self._servers))

    def _packed(self, start: int, end: int) -> bytes:
        """Return some rows as PostgreSQL reads them (COPY in its binary format)."""
        numbers = [(name, ">i4") for each in ("shard", "segment", "number") for name in (f"{each}_size", each)]
        vector = [("vector_size", ">i4"), ("dimension", ">i2"), ("unused", ">i2"), ("values", HALF, (self.dimension,))]
        rows = np.zeros(end - start, dtype=[("fields", ">i2"), *numbers, *vector])
        rows["fields"] = 4
        rows["shard_size"] = rows["segment_size"] = rows["number_size"] = 4
        rows["shard"] = self._shards(np.arange(start, end, dtype=np.int64))
        rows["segment"] = self._segment
        rows["number"] = np.arange(start, end)
        rows["vector_size"] = HEAD + self.dimension * HALF.itemsize
        rows["dimension"] = self.dimension
        rows["values"] = self.rows(np.arange(start, end))
        return rows.tobytes()

"""Digests of the rows of a segment, table by table: a check finds with them what has changed, and what is missing.

The digest of a table is how many rows it has, and the sum of the digests of its rows, which has no order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from citewell.index.postgres.connecting import SnapshotConnections
from citewell.index.postgres.schema import TABLES, VECTORS
from citewell.index.postgres.sending import HALF, HEAD
from citewell.index.storage import Vectors

_BYTES = 16


class RowDigest:
    """The digest of the rows that were added."""

    def __init__(self) -> None:
        self._rows = 0
        self._sum = 0

    def add(self, row: Sequence[object]) -> None:
        """Add a row: the values of its columns after the segment."""
        whole = hashlib.blake2b(digest_size=_BYTES)
        for value in row:
            content = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
            whole.update(f"{type(value).__name__} {len(content)} ".encode("ascii"))
            whole.update(content)
        self._rows += 1
        self._sum = (self._sum + int.from_bytes(whole.digest(), "big")) % (1 << 8 * _BYTES)

    def __str__(self) -> str:
        return f"{self._rows} rows {self._sum:0{2 * _BYTES}x}"


def digest_of_vectors(vectors: Iterable[Vectors]) -> str:
    """Return the digest of the vectors of a segment, each batch with the shape (n, dimension)."""
    digest, number = RowDigest(), 0
    for batch in vectors:
        for vector in batch.astype(HALF):
            digest.add((number, vector.tobytes()))
            number += 1
    return str(digest)


def row_faults(
    connections: SnapshotConnections, segments: Iterable[tuple[int, str, Mapping[str, str]]]
) -> Iterator[str]:
    """Read all rows of some segments, and yield each table that is not as it was written.

    Args:
        connections: The database.
        segments: Of each segment, its number, its name, and the digest of each of its tables.
    """
    for number, name, digests in segments:
        for table, written in digests.items():
            digest = RowDigest()
            chosen = ", ".join(f'"{column}"' for column in TABLES[table].columns)
            for row in connections.each(f"SELECT {chosen} FROM {table} WHERE segment = %s", (number,)):  # noqa: S608 - our own words
                digest.add((row[0], bytes(row[1])[HEAD:]) if table == VECTORS else row)
            if str(digest) != written:
                found, expected = (str(each).partition(" ")[0] for each in (digest, written))
                many = f"has {found} rows, but was written with {expected}" if found != expected else "has changed"
                yield f"the table {table} of the segment {name} {many}"

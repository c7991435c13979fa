"""Graphs of the vectors of large segments, by which a search chooses the windows whose cosines it computes: HNSW of pgvector.

Each large segment has a graph of its own (Malkov and Yashunin, 2018), made when its vectors are there; half precision
has the values of vectors exactly (``rounding``), so that the graph, which keeps them so, compares them as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from citewell.index.numbering import Ordinals
from citewell.index.postgres.connecting import Connection
from citewell.index.postgres.sending import half
from citewell.index.promised import NEAREST, ChoiceRecord, enough
from citewell.index.rounding import Codes, Vectors

# To find a window by a graph takes as long as to compare 38 with one processor, of which an exact search uses two or more. Of
# fewer windows, no graph that keeps its promise is faster.
MOST_CHOSEN = 1 / 64
LEAST_WINDOWS = 1 << 16
# Of half precision, which pgvector can index.
_MOST_DIMENSIONS = 4000
# Bytes of a graph while it is made: its vectors, and the neighbours of each, with something to spare.
_NEIGHBOURS, _SPARE, _MEMORY = 500, 1.2, (64 << 20, 2 << 30)


def hnsw(segment: int) -> str:
    """Return the name of the graph of a segment."""
    return f"vectors_hnsw_{segment}"


def near(segment: int, dimension: int, where: str = "") -> str:
    """Return the query of the windows of a segment that the graph finds near a vector.

    The segment is written into it, because the graph is that of one segment, which must be known when the query is planned.

    Args:
        segment: The number of the segment.
        dimension: The dimension of its vectors.
        where: What else is asked of a window.

    Returns:
        Its parameters are those of ``where``, the vector, and how many.
    """
    return (
        f"SELECT segment, number, vector FROM vectors WHERE segment = {segment} {where}"  # noqa: S608 - our own words
        f" ORDER BY (vector::halfvec({dimension})) <#> %s::halfvec({dimension}) LIMIT %s"
    )


def chosen(choice: ChoiceRecord | None, windows: int, most: int) -> int | None:
    """Return how many windows of a segment its graph chooses for a search; None if it has none, or to compare all is faster.

    Args:
        choice: How its graph is used, if it has one.
        windows: How many windows the segment has.
        most: How many are wanted.
    """
    count = choice.chooses * max(1, -(-most // NEAREST)) if choice else windows
    return count if count <= MOST_CHOSEN * windows else None


def create(connection: Connection, segment: int, codes: Codes) -> ChoiceRecord | None:
    """Create the graph of a segment whose vectors are in the table.

    Args:
        connection: The connection, in a transaction.
        segment: The number of the segment.
        codes: Its vectors in steps, shape (n, dimension).

    Returns:
        How it is used; None, and no graph, where it would not help.
    """
    count, dimension = codes.shape
    if count < LEAST_WINDOWS or dimension > _MOST_DIMENSIONS:
        return None
    least, most = _MEMORY
    memory = min(most, max(least, int(count * (2 * dimension + _NEIGHBOURS) * _SPARE)))
    connection.execute(f"SET LOCAL maintenance_work_mem = '{memory >> 10}kB'")
    # Several processes would share memory of which a container has little, and fail.
    connection.execute("SET LOCAL max_parallel_maintenance_workers = 0")
    connection.execute(
        f"CREATE INDEX {hnsw(segment)} ON vectors USING hnsw ((vector::halfvec({dimension})) halfvec_ip_ops)"
        f" WHERE segment = {segment}"
    )
    connection.execute("ANALYZE vectors")

    def choose(asked: Vectors, chooses: int) -> Iterator[Ordinals]:
        query = f"SELECT number FROM ({near(segment, dimension)}) AS near"  # noqa: S608 - our own words
        for each in asked:
            rows = connection.execute(query, [half(each), chooses]).fetchall()
            yield np.array(rows, dtype=np.int64)[:, 0]

    record = enough(codes, choose, most=MOST_CHOSEN)
    if record is None:
        drop(connection, segment)
    return record


def drop(connection: Connection, segment: int) -> None:
    """Drop the graph of a segment, if it has one."""
    connection.execute(f"DROP INDEX IF EXISTS {hnsw(segment)}")

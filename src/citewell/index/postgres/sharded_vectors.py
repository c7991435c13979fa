"""The vectors of a snapshot that are spread over shards: each compares its own, in one statement, and sends cosines only.

postgres_fdw has a shard compute what is grouped, sorted and limited, but would fetch the vectors of what is only sorted: so
rows are grouped by their key.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from citewell.index.numbering import Ordinals
from citewell.index.postgres.bounding import Bound
from citewell.index.postgres.connecting import SnapshotConnections
from citewell.index.postgres.schema import VECTORS, part, spread_of
from citewell.index.postgres.sending import Sent, whole
from citewell.index.postgres.vectors import LEFT, LEFT_OUT, SCORE, VectorSegment, VectorTables, within_bound
from citewell.index.segment_rows import Row
from citewell.index.settled import Scores, best_of
from citewell.index.soundness import Soundness
from citewell.index.storage import Vectors

_NEAREST = (
    f"(SELECT segment, number, max({SCORE}) AS score FROM {{part}} WHERE segment = ANY(%s) {{near}} {{where}}"  # noqa: S608 - our own words
    " GROUP BY segment, number ORDER BY score DESC, segment, number LIMIT %s)"
)
# The first conditions let a shard use its index, the last one says which windows are meant.
_THESE = "shard = ANY(%s) AND segment = ANY(%s) AND number = ANY(%s) AND ((segment::int8 << 32) + number) = ANY(%s)"
_COSINES = f"SELECT segment, number, max({SCORE}) FROM vectors WHERE {_THESE} GROUP BY shard, segment, number"  # noqa: S608 - our own words
_ROWS = f"SELECT segment, number, vector FROM vectors WHERE {_THESE}"  # noqa: S608 - our own words


class ShardedVectors(VectorTables):
    """The vectors of one snapshot (`VectorTables`).

    Args:
        connections: The database of the coordinator.
        segments: Its segments, whose numbers grow.
        dimension: The dimension of the vectors.
        valid: Of each window, whether its document is still valid; None is that all are.
        soundness: Where damage is reported.
        shards: How many shards there are.
    """

    def __init__(
        self,
        connections: SnapshotConnections,
        segments: Sequence[VectorSegment],
        dimension: int,
        valid: npt.NDArray[np.bool_] | None,
        soundness: Soundness,
        shards: int,
    ) -> None:
        super().__init__(connections, segments, dimension, valid, soundness)
        self._shards = shards

    def _rows_of(self, ordinals: Ordinals) -> list[Row]:
        return self._connections.all(_ROWS, self._keys(ordinals), by_values=True)

    def _cosines_of(self, sent: Sent, ordinals: Ordinals) -> list[Row]:
        return self._connections.all(_COSINES, (sent, *self._keys(ordinals)), by_values=True)

    def _exactly(
        self, vector: Vectors, most: int, within: Ordinals | None, bound: Bound | None
    ) -> tuple[Ordinals, Scores]:
        where, ranges = (LEFT_OUT, [self._removed]) if self._removed else ("", [])
        segments, shards = self._numbers.tolist(), list(range(self._shards))
        if within is not None:
            where, ranges = LEFT, [self._multirange(within)]
            shards, segments, *_ = self._keys(within)
        near, bounds = within_bound(bound)
        asked = [_NEAREST.format(part=part(VECTORS, shard), near=near, where=where) for shard in shards]
        parameters = (whole(vector), segments, *bounds, *ranges, most) * len(shards)
        rows = self._connections.all(" UNION ALL ".join(asked), parameters, by_values=True)
        scores = np.array([score for _, _, score in rows], dtype=np.float32)
        ordinals = self._ordinals(rows)
        order = np.argsort(ordinals)
        return best_of(ordinals[order], scores[order], most)

    def _keys(self, ordinals: Ordinals) -> tuple[list[int], list[int], list[int], list[int]]:
        """Return the shards of some windows, their segments, their numbers there, and both as one number of each."""
        segments, numbers = self._places(ordinals)
        shards = spread_of(VECTORS).shard(segments, numbers, self._shards)
        keys = (segments << 32) + numbers
        return (*(np.unique(each).tolist() for each in (shards, segments, numbers)), keys.tolist())

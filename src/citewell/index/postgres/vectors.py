"""The vectors of a snapshot in PostgreSQL: compared by pgvector, where they are (`segmented.VectorStore`).

An exact search compares every window in half precision, which has the values that every engine keeps (``rounding``), and those
that may be among the nearest exactly (``bounding``). In a large segment, a graph chooses what is compared, if that takes less
time (``graph``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from citewell.index.numbering import Ordinals, Stretches
from citewell.index.postgres import graph
from citewell.index.postgres.bounding import LEAST_WINDOWS, Bound, Sample, sample_of
from citewell.index.postgres.connecting import Query, SnapshotConnections
from citewell.index.postgres.sending import HALF, HEAD, Sent, half, numbers, whole
from citewell.index.promised import ChoiceRecord
from citewell.index.segment_rows import Row
from citewell.index.settled import Scores, best_of
from citewell.index.soundness import Soundness
from citewell.index.storage import Vectors
from citewell.lazy import lazy

SCORE = "(-(vector::vector <#> %s::vector))::float4"
# The index keeps halves, so that this compares them as they are.
NEAR = "AND vector <#> %s::halfvec <= %s::float8"
_BEST = "ORDER BY score DESC, segment, number LIMIT %s"
_WHOLE = "SELECT segment, number, vector FROM vectors WHERE segment = ANY(%s)"
# A search leaves windows out by their segment and number, as one number.
LEFT_OUT = "AND NOT ((segment::int8 << 32) + number) <@ %s::int8multirange"
LEFT = "AND ((segment::int8 << 32) + number) <@ %s::int8multirange"
_INSIDE = (
    f"SELECT segment, number, {SCORE} AS score FROM unnest(%s::int4[], %s::int4[], %s::int4[]) AS asked(segment, first, past)"  # noqa: S608 - our own words
    f" JOIN vectors USING (segment) WHERE number >= first AND number < past {{near}} {_BEST}"
)
# What a part of the table says: in which file it is, and of which server, unless that is a standby.
_PART = (
    f"(SELECT segment, number, {SCORE} AS score, NULL AS file, NULL AS server FROM vectors"  # noqa: S608 - our own words
    f" WHERE segment = ANY(%s) AND ctid >= %s::tid AND ctid < %s::tid {{near}} {{where}} {_BEST})"
    " UNION ALL SELECT NULL, NULL, NULL, pg_relation_filenode('vectors')::int8,"
    " CASE WHEN NOT pg_is_in_recovery() THEN pg_postmaster_start_time() END"
)
# A table that an extension has spread is none that has these pages.
_PAGES = (
    "SELECT pg_relation_size('vectors') / current_setting('block_size')::int8 WHERE (SELECT count(*) FROM shards) = 1"
)
# Behind all pages that a table can have.
_LAST_PAGE = (1 << 32) - 1
# To compare fewer takes no longer than to ask one more time.
_LEAST_PART = 8192
_THESE = " FROM unnest(%s::int4[], %s::int4[]) AS asked(segment, number) JOIN vectors USING (segment, number)"
_COSINES = f"SELECT segment, number, {SCORE} AS score{_THESE}"
_ROWS = f"SELECT segment, number, vector{_THESE}"
# Each shard counts its own.
_COUNT = "SELECT count(*) FROM vectors WHERE segment = ANY(%s) AND vector_dims(vector) = %s GROUP BY shard"


@dataclass(frozen=True, slots=True)
class VectorSegment:
    """A segment: its number in the database, how many windows it has, and how a search chooses among them, if it does."""

    number: int
    windows: int
    choice: ChoiceRecord | None = None

    def chosen(self, most: int) -> int | None:
        """Return how many windows its graph chooses for a search (`graph.chosen`)."""
        return graph.chosen(self.choice, self.windows, most)


class VectorTables:
    """The vectors of one snapshot. Thread-safe; ``count`` is how many there are, as they are counted.

    Args:
        connections: The database.
        segments: Its segments, whose numbers grow.
        dimension: The dimension of the vectors.
        valid: Of each window, whether its document is still valid; None is that all are.
        soundness: Where damage is reported.
    """

    def __init__(
        self,
        connections: SnapshotConnections,
        segments: Sequence[VectorSegment],
        dimension: int,
        valid: npt.NDArray[np.bool_] | None,
        soundness: Soundness,
    ) -> None:
        self._connections = connections
        self._segments = segments
        self._numbers = np.array([each.number for each in segments], dtype=np.int64)
        self._bases = np.cumsum([0, *(each.windows for each in segments)], dtype=np.int64)
        self._soundness = soundness
        self._valid = valid
        self._removed = "" if valid is None else self._multirange(np.flatnonzero(~valid))
        self._valid_count = int(self._bases[-1]) if valid is None else int(np.count_nonzero(valid))
        self.dimension = dimension

    @lazy
    def count(self) -> int:
        """How many there are."""
        rows = self._connections.all(_COUNT, (self._numbers.tolist(), self.dimension))
        return sum(int(count) for (count,) in rows)

    def nearest(self, vector: Vectors, count: int, *, within: Ordinals | None = None) -> tuple[Ordinals, Scores]:
        """Find the windows nearest to a vector (`segmented.VectorStore.nearest`)."""
        if within is not None and len(within) <= count:
            return best_of(within, self.cosines(vector, within), count)
        most = min(count, self._valid_count if within is None else len(within))
        bound = self._bound(vector, most, within)
        if self._by_graphs(most, within):
            found = self._among(vector, most, within, bound)
            # A graph gives up where few of the near windows are searched.
            if len(found[0]) == most and (bound is None or bound.holds(found[1], most)):
                return found
        found = self._exactly(vector, most, within, bound)
        if bound is None or bound.holds(found[1], most):
            return found
        return self._exactly(vector, most, within, None)

    def _bound(self, vector: Vectors, most: int, within: Ordinals | None) -> Bound | None:
        """Return what a search need not compare exactly; None if it has to compare all."""
        searched = self._valid_count if within is None else len(within)
        return self._sample.bound(vector, most, within) if searched >= LEAST_WINDOWS else None

    @lazy
    def _sample(self) -> Sample:
        """Some windows, by which a search is bounded."""
        ordinals = sample_of(int(self._bases[-1]), self._valid)
        return Sample(ordinals, self.rows(ordinals), self._valid_count)

    def rows(self, ordinals: Ordinals) -> Vectors:
        """Return the vectors of some windows, shape (n, dimension)."""
        asked, places = np.unique(ordinals, return_inverse=True)
        rows = self._rows_of(asked) if len(asked) else []
        found = np.zeros((len(asked), self.dimension), dtype=np.float32)
        at = np.searchsorted(asked, self._ordinals(rows))
        try:
            for nth, (_, _, sent) in zip(at.tolist(), rows, strict=True):
                found[nth] = np.frombuffer(sent, dtype=HALF, offset=HEAD)
        except ValueError as error:
            raise self._soundness.mark_damaged(
                f"vectors in {self._connections.address} are damaged: {error}"
            ) from error
        self._check(asked, rows)
        return found[places]

    def cosines(self, vector: Vectors, ordinals: Ordinals) -> Scores:
        """Return the cosine of each of some windows with a unit vector (`segmented.VectorStore.cosines`)."""
        asked, places = np.unique(ordinals, return_inverse=True)
        found = np.zeros(len(asked), dtype=np.float32)
        if len(asked):
            rows = self._cosines_of(whole(vector), asked)
            found[np.searchsorted(asked, self._ordinals(rows))] = [score for _, _, score in rows]
            self._check(asked, rows)
        return found[places]

    def _rows_of(self, ordinals: Ordinals) -> list[Row]:
        """Return the segment, the number and the vector of each of some windows."""
        return self._connections.all(_ROWS, self._sent(ordinals))

    def _cosines_of(self, sent: Sent, ordinals: Ordinals) -> list[Row]:
        """Return the segment, the number and the cosine of each of some windows."""
        return self._connections.all(_COSINES, (sent, *self._sent(ordinals)))

    def _exactly(
        self, vector: Vectors, most: int, within: Ordinals | None, bound: Bound | None
    ) -> tuple[Ordinals, Scores]:
        """Find the nearest windows, comparing every one, or leaving out what is not within a bound."""
        if within is None:
            return self._in_parts(vector, most, bound) or self._among(vector, most, None, bound, exactly=True)
        near, bounds = within_bound(bound)
        query = _INSIDE.format(near=near)
        return self._found(query, whole(vector), *map(numbers, self._stretches(within)), *bounds, most)

    def _in_parts(self, vector: Vectors, most: int, bound: Bound | None) -> tuple[Ordinals, Scores] | None:
        """Find the nearest windows, comparing parts of the table at the same time; None if these are not of one table."""
        if not self._pages:
            return None
        near, bounds = within_bound(bound)
        where, removed = (LEFT_OUT, [self._removed]) if self._removed else ("", [])
        query, segments, pages = _PART.format(near=near, where=where), self._numbers.tolist(), self._pages

        def divided(count: int) -> list[Query]:
            cuts = [f"({pages * nth // count},0)" for nth in range(count)]
            sent = whole(vector)
            return [
                (query, (sent, segments, first, past, *bounds, *removed, most))
                for first, past in pairwise([*cuts, f"({_LAST_PAGE},0)"])
            ]

        rows = self._connections.together(self._valid_count // _LEAST_PART, divided)
        if not are_of_one_table(rows):
            return None
        found = [row[:3] for row in rows if row[0] is not None]
        scores = np.array([score for _, _, score in found], dtype=np.float32)
        return best_of(self._ordinals(found), scores, most)

    @lazy
    def _pages(self) -> int:
        """How many pages the table has, by which it is divided; 0 if it cannot be. The last part has what is added."""
        return sum(int(pages) for (pages,) in self._connections.all(_PAGES))

    def _by_graphs(self, most: int, within: Ordinals | None) -> bool:
        """Return whether graphs choose what is compared."""
        is_large = within is None or len(within) >= graph.LEAST_WINDOWS
        return is_large and any(each.chosen(most) for each in self._segments)

    def _among(
        self, vector: Vectors, most: int, within: Ordinals | None, bound: Bound | None, *, exactly: bool = False
    ) -> tuple[Ordinals, Scores]:
        """Find the nearest windows among those that graphs choose, and all of the segments without one; exactly, among all."""
        where, ranges = (LEFT_OUT, [self._removed]) if self._removed else ("", [])
        if within is not None:
            where, ranges = LEFT, [self._multirange(within)]
        parts: list[str] = []
        parameters: list[object] = []
        chosen = {} if exactly else {each.number: count for each in self._segments if (count := each.chosen(most))}
        compared = [each.number for each in self._segments if each.number not in chosen]
        if compared:
            near, bounds = within_bound(bound)
            parts.append(f"{_WHOLE} {near} {where}")
            parameters += [compared, *bounds, *ranges]
        for number, count in chosen.items():
            parts.append(f"({graph.near(number, self.dimension, where)})")
            parameters += [*ranges, half(vector), count]
        every = " UNION ALL ".join(parts)
        query = f"SELECT segment, number, {SCORE} AS score FROM ({every}) AS near {_BEST}"  # noqa: S608 - our own words
        return self._found(query, whole(vector), *parameters, most)

    def _found(self, query: str, *parameters: object) -> tuple[Ordinals, Scores]:
        rows = self._connections.all(query, parameters)
        return self._ordinals(rows), np.array([score for _, _, score in rows], dtype=np.float32)

    def _check(self, asked: Ordinals, rows: Sequence[tuple[object, ...]]) -> None:
        if len(rows) != len(asked):
            raise self._soundness.mark_damaged(f"vectors in {self._connections.address} are missing")

    def _ordinals(self, rows: Sequence[tuple[int, ...]]) -> Ordinals:
        numbers = np.array([row[:2] for row in rows], dtype=np.int64).reshape(-1, 2)
        found: Ordinals = self._bases[np.searchsorted(self._numbers, numbers[:, 0])] + numbers[:, 1]
        return found

    def _places(self, ordinals: Ordinals) -> tuple[Ordinals, Ordinals]:
        """Return the segment of each of some windows, and its number there."""
        at = np.searchsorted(self._bases, ordinals, side="right") - 1
        return self._numbers[at], ordinals - self._bases[at]

    def _sent(self, ordinals: Ordinals) -> list[Sent]:
        return [numbers(each) for each in self._places(ordinals)]

    def _stretches(self, ordinals: Ordinals) -> tuple[list[int], list[int], list[int]]:
        """Return some windows as ranges: the segment of each, its first window, and the one after the last."""
        cut = np.flatnonzero(np.isin(ordinals, self._bases))
        pieces = [Stretches.of(each).ranges for each in np.split(ordinals, cut)]
        ranges = [each for some in pieces for each in some]
        segments, firsts = (
            each.tolist() for each in self._places(np.array([each.start for each in ranges], dtype=np.int64))
        )
        return segments, firsts, [first + len(each) for first, each in zip(firsts, ranges, strict=True)]

    def _multirange(self, ordinals: Ordinals) -> str:
        ranges = zip(*self._stretches(ordinals), strict=True)
        return "{" + ",".join(f"[{(one << 32) + first},{(one << 32) + past})" for one, first, past in ranges) + "}"


def are_of_one_table(rows: Sequence[Row]) -> bool:
    """Return whether parts are of the same file, which a standby has as its primary, so that each row is in one of them.

    A table that is written again (VACUUM FULL) is another file, where rows are in other places.
    """
    said = [row[3:] for row in rows if row[0] is None]
    files, servers = {file for file, _ in said}, {server for _, server in said if server is not None}
    return len(files) == 1 and len(servers) <= 1


def within_bound(bound: Bound | None) -> tuple[str, list[object]]:
    """Return what a query says of a bound, if there is one, and its parameters."""
    return (NEAR, [bound.vector, bound.farthest]) if bound else ("", [])

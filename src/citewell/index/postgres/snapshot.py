"""A snapshot in PostgreSQL: its stores, over the tables of its segments."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from citewell.index.catalogue import Catalogue
from citewell.index.concordance import Concordance
from citewell.index.lexical import PassageTerms
from citewell.index.manifest import Manifest
from citewell.index.numbering import Numbering
from citewell.index.postgres.catalogue import CatalogueTables
from citewell.index.postgres.concordance import ConcordanceTables
from citewell.index.postgres.connecting import Connections, SnapshotConnections
from citewell.index.postgres.lexical import PostingTables
from citewell.index.postgres.matching import Node
from citewell.index.postgres.rows import SegmentTables
from citewell.index.postgres.schema import SHARDS
from citewell.index.postgres.sharded_vectors import ShardedVectors
from citewell.index.postgres.terms import TermTables
from citewell.index.postgres.vectors import VectorSegment, VectorTables
from citewell.index.segmented import SegmentedStorage
from citewell.index.soundness import Soundness
from citewell.index.term_places import TermPlaces

_SEGMENTS = "SELECT name, id FROM segments WHERE name = ANY(%s)"


class PostgresSnapshot(SegmentedStorage[Node]):
    """An opened snapshot in PostgreSQL (`storage.Snapshot`). Thread-safe.

    Rows are verified by their seals when they are read. Vectors, which the database compares itself, are by a check only;
    ``numbers`` are those of its segments in the database.

    Args:
        connections: The database.
        manifest: Its manifest.
        command: The command that rebuilds it.

    Raises:
        IndexDamagedError: A segment is missing, or is not what was written.
        IndexUnreadableError: The database cannot be reached.
    """

    def __init__(self, connections: Connections, manifest: Manifest, command: str | None = None) -> None:
        self.manifest = manifest
        self.connections = SnapshotConnections(connections, [each.name for each in manifest.segments])
        soundness = Soundness(command)
        segments = self.numbers = self._segments(soundness)
        rows = [
            SegmentTables(self.connections, number, each.name, soundness)
            for number, each in zip(segments, manifest.segments, strict=True)
        ]
        files = [CatalogueTables(each) for each in rows]
        terms = TermPlaces(*map(TermTables, rows))
        catalogue = Catalogue(files, [frozenset(each.removed) for each in manifest.segments], terms.bases)
        valid_windows = None if catalogue.is_whole else catalogue.valid_windows
        windows = [
            VectorSegment(number, file.window_count, each.choice)
            for number, file, each in zip(segments, files, manifest.segments, strict=True)
        ]
        vectors = self._vectors(windows, valid_windows, soundness)
        sizes = [file.passage_count for file in files]
        numbering = Numbering([(each.number, size) for each, size in zip(manifest.segments, sizes, strict=True)])
        valid = None
        if not catalogue.is_whole:
            valid = np.zeros(catalogue.passages_end, dtype=bool)
            valid[catalogue.valid_passages] = True
        postings = PostingTables(self.connections, segments, numbering, sizes, valid, soundness)
        concordance = Concordance(*map(ConcordanceTables, rows), documents=catalogue.ordinals_by_segment)
        super().__init__(soundness, catalogue, concordance, terms, vectors, PassageTerms(postings, numbering))

    def _vectors(
        self, segments: list[VectorSegment], valid: npt.NDArray[np.bool_] | None, soundness: Soundness
    ) -> VectorTables:
        """Return the vectors, which foreign servers compare if there are any."""
        what = self.connections, segments, self.manifest.encoder.dimension, valid, soundness
        servers = [server for (server,) in self.connections.all(SHARDS)]
        return ShardedVectors(*what, len(servers)) if any(servers) else VectorTables(*what)

    def _segments(self, soundness: Soundness) -> list[int]:
        """Return the number of each segment in the database; they grow, as those of the snapshot do."""
        names = [each.name for each in self.manifest.segments]
        known: dict[str, int] = dict(self.connections.all(_SEGMENTS, (names,)))
        missing = next((name for name in names if name not in known), None)
        if missing is not None:
            raise soundness.mark_damaged(f"the segment {missing} is missing in {self.connections.address}")
        numbers = [known[name] for name in names]
        if any(one >= other for one, other in pairwise(numbers)):
            raise soundness.mark_damaged(f"the segments in {self.connections.address} are out of order")
        return numbers

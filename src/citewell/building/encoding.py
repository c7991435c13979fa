"""The vectors of a new segment: of each window in order, known or encoded.

Windows are encoded in groups while documents are read, so however large a corpus is, no more than a group of them is in memory;
their vectors go to a file. What is encoded is kept as it is made, in case the build is stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from citewell.building.context import BuildContext
from citewell.building.reusing import KnownVectors
from citewell.document import Window
from citewell.encoder.encoding import Vectors
from citewell.index.manifest import ABOVE_WEIGHT
from citewell.index.storage import VectorsToWrite

# Windows of a group are sorted by length, so that those that are encoded together are equally long; more of them gain little.
_GROUP = 16_384
# What is encoded in one go, and kept if the build is stopped after it.
_PART = 1_024


class WindowEncoder:
    """Makes the vector of each window of a new segment: that of its text, moved a little towards that of what stands above it.

    ``missing`` is how many windows had no vector yet.

    Args:
        context: What the steps of the build have in common.
        known: The vectors that are there already.
        vectors: Where they are written.
    """

    def __init__(self, context: BuildContext, known: KnownVectors, vectors: VectorsToWrite) -> None:
        self._encoder = context.encoder
        self._unfinished = context.unfinished
        self._progress = context.progress
        self._known = known
        self._writer = vectors
        self._group: list[Window] = []
        # The first row of each key: windows with equal texts are encoded once.
        self._rows: dict[bytes, int] = {}
        self._done = 0
        self._total = 0
        self.missing = 0

    def add(self, windows: Iterable[Window]) -> None:
        """Add the next windows."""
        self._group += windows
        while len(self._group) >= _GROUP:
            self._encode(self._group[:_GROUP])
            del self._group[:_GROUP]

    def finish(self) -> None:
        """Encode what is left, and write all vectors.

        Raises:
            OSError: The disk did not take it.
        """
        self._encode(self._group)
        self._group = []
        self._writer.write()

    def _encode(self, windows: list[Window]) -> None:
        if not windows:
            return
        keys = [window.key for window in windows]
        vectors = np.zeros((len(windows), self._encoder.card.dimension), dtype=np.float32)
        missing = self._fill_repeated(keys, vectors)
        missing = self._known.fill(keys, vectors, missing)
        self.missing += len(missing)
        fresh = list({keys[at]: at for at in reversed(missing)}.values())[::-1]
        self._fill_fresh(windows, keys, vectors, fresh)
        row_of = {keys[at]: at for at in fresh}
        for at in missing:
            vectors[at] = vectors[row_of[keys[at]]]
        first = self._writer.count
        for at, key in enumerate(keys):
            self._rows.setdefault(bytes.fromhex(key), first + at)
        self._writer.add(vectors)

    def _fill_repeated(self, keys: list[str], vectors: Vectors) -> list[int]:
        """Write the vectors of windows that an earlier group had; return the rows of others."""
        rows = [self._rows.get(bytes.fromhex(key), -1) for key in keys]
        repeated = [at for at, row in enumerate(rows) if row >= 0]
        if repeated:
            vectors[repeated] = self._writer.rows(np.array([rows[at] for at in repeated], dtype=np.int64))
        return [at for at, row in enumerate(rows) if row < 0]

    def _fill_fresh(self, windows: list[Window], keys: list[str], vectors: Vectors, fresh: list[int]) -> None:
        """Write the vectors of windows that nothing has but perhaps a build that was stopped."""
        before = self._unfinished.vectors([keys[at] for at in fresh])
        for at in fresh:
            if keys[at] in before:
                vectors[at] = before[keys[at]]
        left = [at for at in fresh if keys[at] not in before]
        left.sort(key=lambda at: len(windows[at].measured))
        contexts = {windows[at].above for at in left if windows[at].above}
        above: dict[str, npt.NDArray[np.float32]] = {}
        self._total += len(fresh) + len(contexts)
        self._advance(len(fresh) - len(left))
        for start in range(0, len(left), _PART):
            part = left[start : start + _PART]
            vectors[part] = self._encode_part([windows[at] for at in part], above, self._advance)
            self._unfinished.keep_vectors([keys[at] for at in part], vectors[part])

    def _advance(self, count: int) -> None:
        self._done += count
        if self._total:
            self._progress("Encoding", self._done, self._total)

    def _encode_part(
        self, windows: list[Window], above: dict[str, npt.NDArray[np.float32]], advance: Callable[[int], None]
    ) -> Vectors:
        """Return the vectors of some windows; ``above`` has those of what stands above earlier ones."""
        contexts = [each for each in dict.fromkeys(window.above for window in windows) if each and each not in above]
        vectors = self._encoder.encode_documents([window.measured for window in windows], advance)
        if contexts:
            above.update(zip(contexts, self._encoder.encode_documents(contexts, advance), strict=True))
        for vector, window in zip(vectors, windows, strict=True):
            if window.above:
                vector += ABOVE_WEIGHT * above[window.above]
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return vectors

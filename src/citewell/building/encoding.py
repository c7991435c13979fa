"""The vectors of a new segment: of each window in order, known or encoded.

Windows are encoded in groups while the next documents are read, so however large a corpus is, no more than a few groups of them
are in memory; their vectors go to a file. What is encoded is kept as it is made, in case the build is stopped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import wait
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from citewell.building.context import BuildContext
from citewell.building.encoding_thread import Coming, EncodingThread
from citewell.building.reusing import KnownVectors
from citewell.document import Window
from citewell.encoder.encoding import Vectors
from citewell.index.manifest import ABOVE_WEIGHT
from citewell.index.storage import VectorsToWrite

# Windows of a group are sorted by length, so that those that are encoded together are equally long; more of them gain little.
# The first groups are small, so that encoding begins soon. Which windows are a group depends on nothing else, because what is
# encoded together tells in the last digits.
_FIRST_GROUP = 1_024
_GROUP = 16_384
# What is encoded in one go, and kept if the build is stopped after it.
_PART = 512
# How often progress is reported while vectors are waited for.
_LOOK_SECONDS = 0.1


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
        self._shared = context.shared
        self._here = EncodingThread(context.encoder)
        self._unfinished = context.unfinished
        self._progress = context.progress
        self._known = known
        self._writer = vectors
        self._waiting: list[Window] = []
        self._begun: deque[_Group] = deque()
        self._next_group = _FIRST_GROUP
        # The first row of each key: windows with equal texts are encoded once.
        self._rows: dict[bytes, int] = {}
        self._count = vectors.count
        self._done = 0
        self._total = 0
        self.missing = 0

    def add(self, windows: Iterable[Window]) -> None:
        """Add the next windows.

        Raises:
            CitewellError: Workers encode them, and are no longer there.
        """
        self._waiting += windows
        while len(self._waiting) >= self._next_group:
            self._begin(self._waiting[: self._next_group])
            del self._waiting[: self._next_group]
            self._next_group = min(2 * self._next_group, _GROUP)
            # Encoding goes on while the next documents are read, and workers need not wait at the end of a group.
            while len(self._begun) > 1 + (self._shared.places * _PART // _GROUP if self._shared else 0):
                self._end_first()
        self.take_made()

    def take_made(self) -> None:
        """Take what is made by now, and keep it in case the build is stopped."""
        for group in self._begun:
            self._take(group, only_done=True)

    def finish(self) -> None:
        """Encode what is left, and write all vectors.

        Raises:
            OSError: The disk did not take it.
            CitewellError: Workers encode it, and are no longer there.
        """
        if self._waiting:
            self._begin(self._waiting)
            self._waiting = []
        while self._begun:
            self._end_first()
        self._writer.write()

    def close(self) -> None:
        """Stop what is encoded, and keep what is; nothing may run when the process ends."""
        self._here.close()
        # A build that was stopped has no progress.
        self._total = 0
        self.take_made()

    def _begin(self, windows: list[Window]) -> None:
        """Find out which vectors of a group have to be made, and have them made."""
        keys = [window.key for window in windows]
        vectors = np.zeros((len(windows), self._encoder.card.dimension), dtype=np.float32)
        repeated = self._repeated(keys)
        missing = self._known.fill(keys, vectors, [at for at in range(len(keys)) if at not in repeated])
        self.missing += len(missing)
        fresh = list({keys[at]: at for at in reversed(missing)}.values())[::-1]
        parts = self._parts(windows, keys, vectors, fresh)
        self._begun.append(_Group(windows, keys, vectors, repeated, missing, fresh, parts))

    def _end_first(self) -> None:
        """Write the vectors of the group that was begun first."""
        group = self._begun[0]
        self._take(group)
        self._begun.popleft()
        keys, vectors = group.keys, group.vectors
        if group.repeated:
            rows = np.fromiter(group.repeated.values(), dtype=np.int64)
            vectors[list(group.repeated)] = self._writer.rows(rows)
        row_of = {keys[at]: at for at in group.fresh}
        for at in group.missing:
            vectors[at] = vectors[row_of[keys[at]]]
        self._writer.add(vectors)

    def _repeated(self, keys: list[str]) -> dict[int, int]:
        """Return which windows an earlier group has, and in which row; remember the rows of the others."""
        rows = [self._rows.get(bytes.fromhex(key), -1) for key in keys]
        for at, key in enumerate(keys):
            self._rows.setdefault(bytes.fromhex(key), self._count + at)
        self._count += len(keys)
        return {at: row for at, row in enumerate(rows) if row >= 0}

    def _parts(self, windows: list[Window], keys: list[str], vectors: Vectors, fresh: list[int]) -> deque[_Part]:
        """Return what has to be encoded: windows that nothing has, also no build that was stopped."""
        before = self._unfinished.vectors([keys[at] for at in fresh])
        for at in fresh:
            if keys[at] in before:
                vectors[at] = before[keys[at]]
        left = [at for at in fresh if keys[at] not in before]
        left.sort(key=lambda at: len(windows[at].measured))
        self._total += len(fresh) + len({windows[at].above for at in left if windows[at].above})
        self._advance(len(fresh) - len(left))
        begin = self._shared.begin_encoding if self._shared else self._here.begin
        parts, seen = deque[_Part](), set[str]()
        for start in range(0, len(left), _PART):
            rows = left[start : start + _PART]
            named = dict.fromkeys(windows[at].above for at in rows)
            contexts = [each for each in named if each and each not in seen]
            seen.update(contexts)
            parts.append(_Part(rows, contexts, begin([windows[at].measured for at in rows], contexts)))
        return parts

    def _take(self, group: _Group, *, only_done: bool = False) -> None:
        """Take the vectors of parts in their order, and keep them; those that are to come are waited for, or left."""
        while group.parts and not (only_done and not group.parts[0].is_made):
            part = group.parts[0]
            vectors = self._made(group, part)
            group.parts.popleft()
            group.vectors[part.rows] = vectors
            self._unfinished.keep_vectors([group.keys[at] for at in part.rows], vectors)

    def _advance(self, count: int) -> None:
        self._done += count
        if self._total:
            self._progress("Encoding", self._done, self._total)

    def _made(self, group: _Group, part: _Part) -> Vectors:
        """Return the vectors of a part, shape (n, dimension)."""
        vectors, contexts = self._encoded(part.coming)
        group.above.update(zip(part.contexts, contexts, strict=True))
        for vector, at in zip(vectors, part.rows, strict=True):
            if group.windows[at].above:
                vector += ABOVE_WEIGHT * group.above[group.windows[at].above]
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return vectors

    def _encoded(self, coming: Coming) -> list[Vectors]:
        """Return what was made of a part; until it is, report how far it is, so that a build can be cancelled meanwhile."""
        told = 0
        while not wait([coming], _LOOK_SECONDS).done:
            count = max(told, self._here.encoded(coming))
            self._advance(count - told)
            told = count
        made = coming.result()
        self._advance(sum(map(len, made)) - told)
        return made


@dataclass
class _Part:
    """Windows that are encoded in one go, by their rows in their group, and what stands above them and no earlier part had.

    ``coming`` are the vectors of both.
    """

    rows: list[int]
    contexts: list[str]
    coming: Coming

    @property
    def is_made(self) -> bool:
        """Whether its vectors can be taken without waiting."""
        return self.coming.done() and not self.coming.cancelled() and self.coming.exception() is None


@dataclass
class _Group:
    """Windows in order, and their vectors, shape (n, dimension), as far as they are made.

    ``repeated`` are those that an earlier group has, with their rows there; ``missing`` are those that nothing had, ``fresh``
    the first of each text among them, and ``above`` the vectors of what stands above those of the parts that were taken.
    """

    windows: list[Window]
    keys: list[str]
    vectors: Vectors
    repeated: dict[int, int]
    missing: list[int]
    fresh: list[int]
    parts: deque[_Part]
    above: dict[str, npt.NDArray[np.float32]] = field(default_factory=dict)

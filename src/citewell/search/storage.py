"""The storage that search needs, and the stores of a snapshot as one."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from citewell.index.numbering import Ordinals
from citewell.index.settled import Scores
from citewell.index.snapshot import Stores
from citewell.index.weights import TermWeights


class Storage(Protocol):
    """The storage that search needs; candidates, ranking, highlights and confidence are the same for every engine."""

    def nearest_windows(
        self, vector: npt.NDArray[np.float32], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Ordinals, Scores]:
        """Return the nearest windows, their passages and their cosines; ``within`` limits the passages."""

    def best_passages(
        self, weights: TermWeights, count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Return the passages with the best BM25 scores, and the scores; ``within`` limits the passages."""

    def cosines(self, vector: npt.NDArray[np.float32], windows: range) -> Scores:
        """Return the cosine of each of some windows."""


class SnapshotStorage:
    """The stores of one snapshot on this machine."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def nearest_windows(
        self, vector: npt.NDArray[np.float32], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Ordinals, Scores]:
        """Return the nearest windows, their passages and their cosines; ``within`` limits the passages."""
        catalogue = self._stores.catalogue
        allowed = None if within is None else catalogue.windows_of(within)
        windows, cosines = self._stores.vectors.nearest(vector, count, within=allowed)
        return windows, catalogue.passages_of(windows), cosines

    def best_passages(
        self, weights: TermWeights, count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Return the passages with the best BM25 scores, and the scores; ``within`` limits the passages."""
        return self._stores.lexical.best(weights, count, within=within)

    def cosines(self, vector: npt.NDArray[np.float32], windows: range) -> Scores:
        """Return the cosine of each of some windows."""
        return self._stores.vectors.between(windows) @ vector

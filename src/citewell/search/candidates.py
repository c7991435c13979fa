"""Joins the candidates that vectors and BM25 propose: ordinals of windows and passages, with their scores."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from citewell.index.numbering import Ordinals
from citewell.index.settled import Scores

Values = npt.NDArray[np.float64]


def best_of_each(*found: tuple[Ordinals, Ordinals, Scores]) -> tuple[Ordinals, Ordinals, Values]:
    """Return passages, the best window of each, and its cosine, given windows, their passages and cosines, best first."""
    windows = np.concatenate([each[0] for each in found])
    owners = np.concatenate([each[1] for each in found])
    cosines = np.concatenate([each[2] for each in found])
    passages, first = np.unique(owners, return_index=True)
    return passages, windows[first], cosines[first].astype(np.float64)


def without(some: Ordinals, others: Ordinals) -> Ordinals:
    """Return what some ordinals have and others lack, sorted; of a few hundred, sets are faster than arrays."""
    return np.array(sorted(set(some.tolist()) - set(others.tolist())), dtype=np.int64)


def scores_of(passages: Ordinals, scored: Ordinals, scores: Scores) -> Values:
    """Return the score of each passage, 0 where it has none; ``passages`` are sorted and contain those scored."""
    found = np.zeros(len(passages))
    found[np.searchsorted(passages, scored)] = scores
    return found

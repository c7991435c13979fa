"""What a search leaves out before it sorts: windows that are not among the nearest, by a cosine that is computed quickly.

Some windows, evenly spread, tell which cosine many windows reach, but few of all. What the database compares quickly, in half
precision, and is below that by more than the rounding can change, is neither compared exactly nor sorted. If as many windows as
are wanted reach that cosine, they are the nearest of all; if not, all are compared again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from citewell.index.numbering import Ordinals
from citewell.index.postgres.matching import is_among
from citewell.index.postgres.sending import Sent, half
from citewell.index.promised import spread
from citewell.index.settled import Scores
from citewell.index.storage import Vectors

_SAMPLE = 1024
# Of fewer, no more than a few are spared.
LEAST_WINDOWS = 4096
# Of the sample, the windows above the bound: if most of those wanted happen to be among them, too few others reach it.
_LEAST_ABOVE, _SPARE = 10, 4


@dataclass(frozen=True, slots=True)
class Bound:
    """The ``least`` cosine that the nearest windows are supposed to have, and what finds all windows that may have it.

    That is the ``vector`` that is asked, in half precision, and how ``farthest`` a window may be (``<#>`` of pgvector).
    """

    least: float
    vector: Sent
    farthest: float

    def holds(self, scores: Scores, most: int) -> bool:
        """Return whether as many as are wanted reach it, so that none of the others is nearer."""
        return len(scores) == most and bool((scores[-1:] >= self.least).all())


class Sample:
    """Some windows, evenly spread.

    Args:
        ordinals: The windows, given in order.
        vectors: Their vectors, shape (n, dimension).
        count: How many there are that they stand for.
    """

    def __init__(self, ordinals: Ordinals, vectors: Vectors, count: int) -> None:
        self._ordinals = ordinals
        self._vectors = vectors
        self._count = count

    def bound(self, vector: Vectors, most: int, within: Ordinals | None) -> Bound | None:
        """Return a bound for a search; None where it would spare little.

        Args:
            vector: The vector that is asked, shape (dimension,).
            most: How many windows are wanted.
            within: The windows that are searched, given in order; None is all.
        """
        here = self._vectors if within is None else self._vectors[is_among(self._ordinals, within)]
        searched = self._count if within is None else len(within)
        above = max(_LEAST_ABOVE, -(-_SPARE * most * len(here) // max(1, searched)))
        if searched < LEAST_WINDOWS or 2 * above > len(here):
            return None
        least = float(np.partition(here @ vector, len(here) - above)[len(here) - above])
        return Bound(least, half(vector), -(least - _rounding(vector)))


def sample_of(count: int, valid: npt.NDArray[np.bool_] | None) -> Ordinals:
    """Return the windows of a sample, of so many windows, or of those that are valid."""
    if valid is None:
        return spread(count, _SAMPLE)
    every = np.flatnonzero(valid)
    return every[spread(len(every), _SAMPLE)]


def _rounding(vector: Vectors) -> float:
    """Return how far a cosine in half precision may be from the exact one: of unit vectors, and of sums in any order."""
    lost = np.linalg.norm(vector - vector.astype(np.float16).astype(np.float32))
    return float(1.01 * lost) + len(vector) * 2.0**-22

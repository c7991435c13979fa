"""The best of a search, where equal scores are in the order of their ordinals, whichever of them an engine finds first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from citewell.index.numbering import Ordinals

Scores = npt.NDArray[np.float32]

# So many more are asked for at once: passages that score alike are frequent, and seldom many.
_SPARE = 16


def settled(search: Callable[[int], tuple[Ordinals, Scores]], count: int, most: int) -> tuple[Ordinals, Scores]:
    """Return the best of a search; of equal ones, those with the lowest ordinals.

    Args:
        search: Returns so many of the best, with their scores, best first.
        count: How many are wanted.
        most: How many there can be.
    """
    asked = min(count + _SPARE, most)
    ordinals, scores = search(asked)
    # The last that is wanted scores as much as others, which may have lower ordinals: until all of them are known.
    while len(scores) == asked < most and count < asked and scores[count - 1] == scores[-1]:
        asked = min(2 * asked, most)
        ordinals, scores = search(asked)
    return best_of(ordinals, scores, count)


def best_of(ordinals: Ordinals, scores: Scores, count: int) -> tuple[Ordinals, Scores]:
    """Return the best of some, best first; of equal ones, the lowest ordinals first."""
    order = np.lexsort((ordinals, -scores))[:count]
    return ordinals[order], scores[order]

"""Vectors as every engine keeps them: each component is a whole number of steps, in a byte.

The step depends on the dimension alone, so a vector is rounded in the same way whatever else is encoded. It is a power of two:
what is kept is exact in single and in half precision, and all engines compare the same values.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int8]
Vectors = npt.NDArray[np.float32]

# Of either sign.
MOST_STEPS = 127
# What is kept of a component, in standard deviations of those of a unit vector; of real texts, one in a million is greater.
_DEVIATIONS = 4.8


@cache
def step_of(dimension: int) -> float:
    """Return the step of the vectors of a dimension."""
    return math.ldexp(1.0, math.ceil(math.log2(_DEVIATIONS / (MOST_STEPS * math.sqrt(dimension)))))


def codes_of(vectors: npt.NDArray[np.floating]) -> Codes:
    """Return unit vectors in steps, shape (n, dimension); greater components become the greatest that can be kept."""
    steps = np.rint(vectors / np.float32(step_of(vectors.shape[1])))
    found: Codes = np.clip(steps, -MOST_STEPS, MOST_STEPS).astype(np.int8)
    return found


def vectors_of(codes: Codes) -> Vectors:
    """Return the vectors that are kept in steps, shape (n, dimension)."""
    found: Vectors = codes * np.float32(step_of(codes.shape[1]))
    return found

"""Vectors that lie as those of texts do, and vectors that are asked for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


def uneven(count: int, dimension: int) -> Vectors:
    """Return unit vectors that differ more in some directions than in others, shape (count, dimension)."""
    draw = np.random.default_rng(3)
    turned = np.linalg.qr(draw.standard_normal((dimension, dimension)))[0]
    return unit(draw.standard_normal((count, dimension)) * np.arange(1, dimension + 1) ** -0.5 @ turned)


def near(vectors: Vectors, count: int) -> Vectors:
    """Return unit vectors that are near some of these."""
    draw = np.random.default_rng(4)
    some = vectors[draw.integers(0, len(vectors), count)]
    return unit(some + 0.1 * draw.standard_normal(some.shape))


def unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Return the vectors with length 1."""
    found: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return found

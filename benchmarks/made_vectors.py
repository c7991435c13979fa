"""Vectors of many windows without encoding them all: others are made from real ones, so that they have real statistics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import faiss
import numpy as np

from citewell.encoder.encoding import Encoder, Vectors

# How far a made vector is moved from where it was: so its nearest windows are about as near as those of real ones.
_MOVED = 0.2
_AMONG = 20_000
_NEAREST = 10
_AT_ONCE = 4_096


class VectorMaker:
    """Makes vectors: each between a real one and one of its nearest ten, moved by the difference of two others.

    Args:
        real: The real vectors, shape (n, dimension), of more than ten texts.
    """

    def __init__(self, real: Vectors) -> None:
        self._draw = np.random.default_rng(0)
        self._real = real
        self._some = self._draw.integers(0, len(real), min(_AMONG, len(real)))
        exact = faiss.IndexFlatIP(real.shape[1])
        exact.add(real)
        self._near = exact.search(real[self._some], _NEAREST + 1)[1]

    def make(self, count: int) -> Vectors:
        """Return unit vectors, shape (count, dimension)."""
        rows = self._draw.integers(0, len(self._some), count)
        one = self._real[self._some[rows]]
        other = self._real[self._near[rows, self._draw.integers(1, _NEAREST + 1, count)]]
        first, second = (self._real[self._draw.integers(0, len(self._real), count)] for _ in range(2))
        between = one + self._draw.random((count, 1), dtype=np.float32) * (other - one)
        made: Vectors = (between + _MOVED * (first - second)).astype(np.float32)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        return made


class SparingEncoder:
    """An encoder that encodes so many texts, and makes the vectors of all others; everything else is that of another.

    ``encoded`` is how many texts it has encoded, ``seconds`` how long that took.

    Args:
        encoder: The other.
        most: How many texts are encoded, at least.
    """

    def __init__(self, encoder: Encoder, most: int) -> None:
        self._encoder = encoder
        self._most = most
        self._real: list[Vectors] = []
        self._maker: VectorMaker | None = None
        self.encoded = 0
        self.made = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._encoder, name)

    def encode_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return unit vectors, shape (n, dimension)."""
        if self.encoded < self._most:
            vectors = self._encoder.encode_documents(texts, progress)
            self._real.append(vectors)
            self.encoded += len(texts)
            return vectors
        if self._maker is None:
            self._maker = VectorMaker(np.concatenate(self._real))
            self._real = []
        self.made += len(texts)
        if progress:
            progress(len(texts))
        made = self._maker
        parts = [made.make(min(_AT_ONCE, len(texts) - start)) for start in range(0, len(texts), _AT_ONCE)]
        return np.concatenate([np.zeros((0, self._encoder.card.dimension), dtype=np.float32), *parts])

"""Sketches of the windows of a large segment: short codes, by which a search chooses the windows whose cosines it computes.

A sketch has 4 bits for every four dimensions (product quantisation: Jégou, Douze and Schmid, 2011), a sixteenth of a vector;
the processor compares them from its registers (FastScan: André, Kermarrec and Le Scouarnec, 2015). What is chosen by them is
compared by the vectors themselves, so that what is found has its exact cosine, and something can only be missed. How many
windows are chosen is decided when the segment is written, by what exact searches find for a sample made of its own windows.
"""

from __future__ import annotations

import os
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from citewell.errors import IndexDamagedError
from citewell.index.numbering import Ordinals

# An exact search of 100,000 takes four milliseconds; of fewer, choosing saves little.
LEAST_WINDOWS = 1 << 16
# The share of the nearest hundred windows that a search finds, in the mean of the sample.
PROMISED = 0.99
NEAREST = 100
_SAMPLE = 200
# How far: then the cosine with the nearest window is about 0.7 in the median, as that of questions is.
_MOVED = 0.9
# Dimensions that are one code of 4 bits.
_TOGETHER = 4
_TRAINED = 1 << 16
_AT_ONCE = 1 << 16
# A search that chooses more of the windows than this share is no faster than an exact one.
MOST_CHOSEN = 1 / 8

Half = npt.NDArray[np.float16]
Vectors = npt.NDArray[np.float32]


class SketchRecord(BaseModel):
    """The sketches of a segment: how many windows a search ``chooses`` by them, and which ``recall`` it has then.

    That is the share of the hundred nearest windows, in the mean of a sample made of the segment's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    chooses: int
    recall: float


class Sketches:
    """The sketches of one segment.

    Args:
        file: Their file.
        record: How they are used.

    Raises:
        IndexDamagedError: The file has none.
    """

    def __init__(self, file: Path, record: SketchRecord) -> None:
        try:
            self._index = faiss.read_index(str(file))
        except (RuntimeError, MemoryError) as error:
            raise IndexDamagedError(f"{file} is not a FAISS index") from error
        if not isinstance(self._index, faiss.IndexPQFastScan):
            raise IndexDamagedError(f"{file} is another kind of FAISS index")
        self._chooses = record.chooses
        self.count: int = self._index.ntotal
        self.dimension: int = self._index.d

    def choose(self, vector: Vectors, count: int, valid: npt.NDArray[np.bool_] | None) -> Ordinals | None:
        """Choose the windows among which the nearest ones are.

        Args:
            vector: A unit vector, shape (dimension,).
            count: How many of the nearest ones are wanted.
            valid: Which windows are searched, shape (count,); None is all.

        Returns:
            Windows, in order; None if an exact search takes no longer.
        """
        there = self.count if valid is None else int(np.count_nonzero(valid))
        wanted = self._chooses * max(1, -(-count // NEAREST))
        # Of those that are chosen, as many are searched as of all.
        chosen = wanted * self.count // max(1, there)
        while chosen <= MOST_CHOSEN * self.count:
            found = np.sort(self._index.search(vector[None, :], chosen)[1][0])
            found = found if valid is None else found[valid[found]]
            if len(found) >= wanted // 2:
                return found
            # They are rarer where the nearest ones are.
            chosen *= 2
        return None


def write_sketches(vectors: Half, file: Path) -> SketchRecord | None:
    """Write the sketches of a segment.

    Args:
        vectors: The unit vectors of its windows as they are kept, shape (n, dimension).
        file: The file.

    Returns:
        How they are used; None, and no file, where they would not help.

    Raises:
        OSError: They cannot be written.
    """
    count, dimension = vectors.shape
    if count < LEAST_WINDOWS or dimension % _TOGETHER:
        return None
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    try:
        index = faiss.IndexPQFastScan(dimension, dimension // _TOGETHER, 4, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors[_spread(count, _TRAINED)].astype(np.float32))
        for start in range(0, count, _AT_ONCE):
            index.add(vectors[start : start + _AT_ONCE].astype(np.float32))
        record = _measured(index, vectors)
    finally:
        faiss.omp_set_num_threads(threads)
    if record is not None:
        try:
            faiss.write_index(index, str(file))
        except RuntimeError as error:
            raise OSError(f"{file} could not be written: {error}") from error
    return record


def _measured(index: faiss.IndexPQFastScan, vectors: Half) -> SketchRecord | None:
    """Return how many windows have to be chosen so that a search keeps its promise; None if that is too many."""
    asked = _questions(vectors)
    nearest = _nearest(asked, vectors)
    chooses = 2 * NEAREST
    while chooses <= MOST_CHOSEN * len(vectors):
        chosen = index.search(asked, chooses)[1]
        found = [np.isin(theirs, ours).mean() for theirs, ours in zip(nearest, chosen, strict=True)]
        if np.mean(found) >= PROMISED:
            return SketchRecord(chooses=chooses, recall=round(float(np.mean(found)), 4))
        chooses *= 2
    return None


def _questions(vectors: Half) -> Vectors:
    """Return vectors that are as far from the windows of a segment as questions are.

    Each is one of its windows, moved by the difference of two others: the windows nearest to a window are its neighbours in the
    text, which are found too easily.
    """
    draw = np.random.default_rng(0)
    some = vectors[_spread(len(vectors), _SAMPLE)].astype(np.float32)
    one, other = (vectors[draw.integers(0, len(vectors), len(some))].astype(np.float32) for _ in range(2))
    moved = some + _MOVED * (one - other)
    unit: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit


def _nearest(asked: Vectors, vectors: Half) -> Ordinals:
    """Return the windows nearest to some vectors, compared with all, shape (vectors, NEAREST)."""
    scores = np.zeros((len(asked), 0), dtype=np.float32)
    found = np.zeros((len(asked), 0), dtype=np.int64)
    for start in range(0, len(vectors), _AT_ONCE):
        cosines = asked @ vectors[start : start + _AT_ONCE].astype(np.float32).T
        best = np.argpartition(-cosines, min(NEAREST, cosines.shape[1] - 1), axis=1)[:, :NEAREST]
        scores = np.hstack([scores, np.take_along_axis(cosines, best, axis=1)])
        found = np.hstack([found, best + start])
        order = np.argsort(-scores, axis=1)[:, :NEAREST]
        scores, found = np.take_along_axis(scores, order, axis=1), np.take_along_axis(found, order, axis=1)
    return found


def _spread(count: int, most: int) -> Ordinals:
    """Return some of so many numbers, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))

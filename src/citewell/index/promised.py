"""What a search promises that compares only some of the windows: it finds nearly all of the nearest ones.

What tells roughly which windows are near (sketches, a graph) chooses some, and their vectors are compared exactly, so that what
is found has its exact cosine, and something can only be missed. How many are chosen is decided when a segment is written, by
what exact searches find for a sample made of its own windows. A search by sketches that misses
more of the nearest ones compares all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from pydantic import BaseModel, ConfigDict

from citewell.index.numbering import Ordinals
from citewell.index.rounding import Codes, Vectors
from citewell.index.settled import Scores

# The share of the nearest hundred windows that a search finds, in the mean of the sample.
PROMISED = 0.99
NEAREST = 100
# A search that chooses more of the windows than this share is no faster than an exact one.
MOST_CHOSEN = 1 / 8
_SAMPLE = 200
# How far: then the cosine with the nearest window is about 0.7 in the median, as that of questions is.
_MOVED = 0.9
_AT_ONCE = 1 << 16


class ChoiceRecord(BaseModel):
    """How many windows of a segment a search ``chooses``, and which ``recall`` it has then.

    That is the share of the hundred nearest windows, in the mean of a sample made of the segment's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    chooses: int
    recall: float


def enough(codes: Codes, choose: Callable[[Vectors, int], Iterable[Ordinals]], *, most: float) -> ChoiceRecord | None:
    """Return how many windows of a segment have to be chosen so that a search keeps its promise; None if that is too many.

    Args:
        codes: The vectors of its windows in steps, shape (n, dimension); which are near is the same as without them.
        choose: Returns of each of some vectors, shape (m, dimension), so many windows that seem to be near.
        most: The share of the windows above which it is too many.
    """
    asked = _questions(codes)
    nearest = _nearest(asked, codes)
    chooses = 2 * NEAREST
    while chooses <= most * len(codes):
        found = [np.isin(theirs, ours).mean() for theirs, ours in zip(nearest, choose(asked, chooses), strict=True)]
        if np.mean(found) >= PROMISED:
            return ChoiceRecord(chooses=chooses, recall=round(float(np.mean(found)), 4))
        chooses *= 2
    return None


def missed(alike: Scores, cosines: Scores, others: Scores, count: int) -> float:
    """Return how many of the nearest windows are expected among some that were not chosen.

    Cosines are a line over what was told roughly, and what they are off it for some windows, they are for others, too.

    Args:
        alike: How near the chosen windows seemed to be, shape (n,).
        cosines: Their cosines, shape (n,).
        others: How near the next windows seem to be, shape (m,).
        count: How many of the nearest ones are wanted; at most n.
    """
    about, mean = float(alike.mean()), float(cosines.mean())
    varies = float(alike.var())
    slope = float(((alike - about) * (cosines - mean)).mean()) / varies if varies else 0.0
    off = np.sort(cosines - mean - slope * (alike - about))
    last = np.partition(cosines, -count)[-count]
    needed = last - mean - slope * (others - about)
    return float((len(off) - np.searchsorted(off, needed)).sum()) / len(off)


def spread(count: int, most: int) -> Ordinals:
    """Return some of so many numbers, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def _questions(codes: Codes) -> Vectors:
    """Return vectors that are as far from the windows of a segment as questions are.

    Each is one of its windows, moved by the difference of two others: the windows nearest to a window are its neighbours in the
    text, which are found too easily.
    """
    draw = np.random.default_rng(0)
    some = codes[spread(len(codes), _SAMPLE)].astype(np.float32)
    one, other = (codes[draw.integers(0, len(codes), len(some))].astype(np.float32) for _ in range(2))
    moved = some + _MOVED * (one - other)
    unit: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit


def _nearest(asked: Vectors, codes: Codes) -> Ordinals:
    """Return the windows nearest to some vectors, compared with all, shape (vectors, NEAREST)."""
    scores = np.zeros((len(asked), 0), dtype=np.float32)
    found = np.zeros((len(asked), 0), dtype=np.int64)
    for start in range(0, len(codes), _AT_ONCE):
        scored = asked @ codes[start : start + _AT_ONCE].astype(np.float32).T
        best = np.argpartition(-scored, min(NEAREST, scored.shape[1] - 1), axis=1)[:, :NEAREST]
        scores = np.hstack([scores, np.take_along_axis(scored, best, axis=1)])
        found = np.hstack([found, best + start])
        order = np.argsort(-scores, axis=1)[:, :NEAREST]
        scores, found = np.take_along_axis(scores, order, axis=1), np.take_along_axis(found, order, axis=1)
    return found

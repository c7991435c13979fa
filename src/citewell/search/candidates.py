"""Candidates: the passages that vectors and BM25 propose for a question, ranked as far as they are looked at.

What one of the two did not return scores no more there than the last that it returned. So a candidate whose score cannot reach
that of the ones looked at needs neither its cosine nor its BM25 (the threshold algorithm; Fagin, Lotem and Naor, "Optimal
aggregation algorithms for middleware", 2003).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.encoder.models import Fit
from citewell.index.numbering import Ordinals
from citewell.index.settled import Scores
from citewell.index.storage import Storage
from citewell.index.weights import TermWeights
from citewell.search.page import Candidate, Candidates

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# An answer looks at some twenty candidates, of hundreds.
_FIRST = 32
# No score of BM25 is so high.
_UNLIMITED = 1e9
# Engines add the scores of words in different orders, so that their sums differ in the last digits.
_ROUNDING = 1 + 1e-5


class Pool:
    """Passages with the best window of each, its cosine as with the English model (``Fit``), and their BM25 scores.

    All have the shape (passages,). ``is_near`` and ``is_scored`` tell where the cosine and the score are known; elsewhere, they
    are the most that they can be.

    Args:
        storage: Where windows and passages are stored.
        vector: The unit vector of the question.
        weights: Its concepts.
        fit: What its cosines mean.
        passages: The passages, sorted.
    """

    def __init__(
        self,
        storage: Storage,
        vector: npt.NDArray[np.float32],
        weights: TermWeights,
        fit: Fit,
        passages: Ordinals,
    ) -> None:
        self._storage = storage
        self._vector = vector
        self._weights = weights
        self._fit = fit
        self.passages = passages
        self.windows = np.zeros(len(passages), dtype=np.int64)
        self.cosines = np.ones(len(passages))
        self.bm25 = np.full(len(passages), _UNLIMITED)
        self.is_near = np.zeros(len(passages), dtype=bool)
        self.is_scored = np.zeros(len(passages), dtype=bool)

    @classmethod
    def found(
        cls,
        storage: Storage,
        vector: npt.NDArray[np.float32],
        weights: TermWeights,
        fit: Fit,
        scope: Scope,
        counts: tuple[int, int],
    ) -> Pool:
        """Return the passages that are found in a scope, given how many windows and how many passages are proposed."""
        windows, owners, cosines = storage.nearest_windows(vector, counts[0], scope=scope)
        worded, bm25 = storage.best_passages(weights, counts[1], scope=scope)
        pool = cls(storage, vector, weights, fit, _union(owners, worded))
        if len(cosines):
            pool.cosines[:] = fit.closeness(cosines[-1:].astype(np.float64))
        pool.place(windows, owners, cosines)
        is_all = len(worded) < counts[1]
        pool.bm25[:] = 0.0 if is_all else _ROUNDING * float(bm25[-1])
        pool.is_scored[:] = is_all
        pool.score(worded, bm25)
        return pool

    def place(self, windows: Ordinals, owners: Ordinals, cosines: Scores) -> None:
        """Take the windows of some passages, best first, with their cosines; of each passage, its first counts."""
        passages, first = np.unique(owners, return_index=True)
        at = self.passages.searchsorted(passages)
        self.windows[at] = windows[first]
        self.cosines[at] = self._fit.closeness(cosines[first].astype(np.float64))
        self.is_near[at] = True

    def score(self, passages: Ordinals, bm25: Scores) -> None:
        """Take the BM25 scores of some passages."""
        at = self.passages.searchsorted(passages)
        self.bm25[at] = bm25
        self.is_scored[at] = True

    def complete(self, needed: Mask) -> None:
        """Compute what is not known of some passages."""
        far, unscored = self.passages[needed & ~self.is_near], self.passages[needed & ~self.is_scored]
        if len(far):
            self.place(*self._storage.best_windows(self._vector, far))
        if len(unscored):
            self.score(unscored, self._storage.scores(self._weights, unscored))


class Ranked(Sequence[Candidate]):
    """The candidates of a question, best first; equal scores in the order of the corpus. ``[:]`` computes all of them at once.

    Args:
        pool: The passages.
        score: Returns scores, given cosines and BM25 scores; it grows with both.
    """

    def __init__(self, pool: Pool, score: Callable[[Values, Values], Values]) -> None:
        self._pool = pool
        self._score = score
        self._first = Candidates([], [], [], [], [])

    def __len__(self) -> int:
        return len(self._pool.passages)

    def __iter__(self) -> Iterator[Candidate]:
        given = 0
        while given < len(self):
            first = self._best(max(_FIRST, 2 * given))
            yield from first[given:]
            given = len(first)

    @overload
    def __getitem__(self, at: int) -> Candidate: ...

    @overload
    def __getitem__(self, at: slice) -> Candidates: ...

    def __getitem__(self, at: int | slice) -> Candidate | Candidates:
        last = at.stop - 1 if isinstance(at, slice) and at.stop is not None else at if isinstance(at, int) else -1
        return self._best(last + 1 if last >= 0 else len(self))[at]

    def _best(self, count: int) -> Candidates:
        """Return at least so many of the best; fewer if there are no more."""
        if len(self._first) < min(count, len(self)):
            self._first = self._ranked(count)
        return self._first

    def _ranked(self, count: int) -> Candidates:
        pool = self._pool
        self._complete(count)
        known = (pool.is_near & pool.is_scored).nonzero()[0]
        passages, cosines, bm25 = pool.passages[known], pool.cosines[known], pool.bm25[known]
        scores = self._score(cosines, bm25)
        order = np.lexsort((passages, -scores))[:count]
        columns = (passages, pool.windows[known], cosines, bm25, scores)
        return Candidates(*(each[order].tolist() for each in columns))

    def _complete(self, count: int) -> None:
        """Compute what can be among so many of the best."""
        pool = self._pool
        needed = ~(pool.is_near & pool.is_scored)
        if count < len(self) and needed.any():
            lowest = self._score(np.where(pool.is_near, pool.cosines, 0.0), np.where(pool.is_scored, pool.bm25, 0.0))
            needed &= self._score(pool.cosines, pool.bm25) >= np.partition(lowest, -count)[-count]
        pool.complete(needed)


def _union(some: Ordinals, others: Ordinals) -> Ordinals:
    """Return the ordinals of both, sorted, each once; of a few hundred, sets are faster than arrays."""
    return np.array(sorted({*some.tolist(), *others.tolist()}), dtype=np.int64)

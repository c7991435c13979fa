"""Candidates are ranked as far as they are looked at, in the order that they have if all are computed."""

from __future__ import annotations

from itertools import islice
from typing import Any, cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from citewell.answer import Scope
from citewell.encoder.models import Fit
from citewell.index.numbering import Ordinals
from citewell.index.settled import Scores, best_of
from citewell.index.storage import Storage
from citewell.index.weights import TermWeights
from citewell.search.candidates import Pool, Ranked, Values

_VECTOR = np.ones(1, dtype=np.float32)
_WEIGHTS = TermWeights((), 1.0)


class Passages:
    """Passages of one window each, with known cosines and scores; ``computed`` are those asked for one by one."""

    def __init__(self, cosines: list[float], bm25: list[float]) -> None:
        self._cosines = np.array(cosines, dtype=np.float32)
        self._bm25 = np.array(bm25, dtype=np.float32)
        self.computed: list[int] = []

    def nearest_windows(self, _: object, count: int, **__: object) -> tuple[Ordinals, Ordinals, Scores]:
        passages, cosines = best_of(np.arange(len(self._cosines)), self._cosines, count)
        return 10 * passages, passages, cosines

    def best_passages(self, _: object, count: int, **__: object) -> tuple[Ordinals, Scores]:
        having = np.flatnonzero(self._bm25)
        return best_of(having, self._bm25[having], count)

    def best_windows(self, _: object, passages: Ordinals) -> tuple[Ordinals, Ordinals, Scores]:
        self.computed += passages.tolist()
        order = np.lexsort((passages, -self._cosines[passages]))
        return 10 * passages[order], passages[order], self._cosines[passages[order]]

    def scores(self, _: object, passages: Ordinals) -> Scores:
        self.computed += passages.tolist()
        return self._bm25[passages]

    def ranked(self, count: int) -> Ranked:
        storage = cast("Storage", self)
        pool = Pool.found(storage, _VECTOR, _WEIGHTS, Fit(gain=1.25, offset=-0.1), Scope(), (count, count))
        return Ranked(pool, _score)


def _score(cosines: Values, bm25: Values) -> Values:
    return cast("Values", np.minimum(1.0, (np.maximum(0.0, cosines) + 0.7 * bm25 / 20) / 1.5))


# Few different values, so that many are equal.
_COSINES = st.integers(min_value=-4, max_value=12).map(lambda each: each / 12)
_BM25 = st.integers(min_value=0, max_value=12).map(lambda each: each * 1.7)


@given(st.lists(st.tuples(_COSINES, _BM25), min_size=1, max_size=120), st.integers(1, 60), st.integers(1, 80))
def test_the_first_are_those_of_the_whole_ranking(each: list[tuple[float, float]], count: int, first: int) -> None:
    cosines, bm25 = zip(*each, strict=True)
    passages = Passages(list(cosines), list(bm25))
    expected = passages.ranked(count)[:]
    keys = [(-candidate.score, candidate.passage) for candidate in expected]
    assert keys == sorted(keys)
    assert [candidate.window for candidate in expected] == [10 * candidate.passage for candidate in expected]
    for candidate in expected:
        assert candidate.cosine == min(1.0, 1.25 * float(np.float32(cosines[candidate.passage])) - 0.1)
        assert candidate.bm25 == float(np.float32(bm25[candidate.passage]))
    assert list(islice(passages.ranked(count), first)) == list(expected[:first])
    assert list(passages.ranked(count)) == list(expected)
    assert passages.ranked(count)[0] == expected[0]
    assert len(passages.ranked(count)) == len(expected)


def test_what_cannot_be_among_the_first_is_not_computed() -> None:
    # As in real text, few are much nearer than the others, and few have many of the words.
    draw = np.random.default_rng(0)
    cosines, bm25 = (draw.uniform(0, 1, 1000) ** 20).tolist(), (20 * draw.uniform(0.1, 1, 1000) ** 20).tolist()
    looked_at, every = Passages(cosines, bm25), Passages(cosines, bm25)
    assert list(islice(looked_at.ranked(100), 10)) == list(every.ranked(100)[:][:10])
    assert len(looked_at.computed) < len(every.computed) / 4


def test_given_passages_are_all_ranked() -> None:
    storage: Any = Passages([0.5, 0.9, 0.1], [3.4, 0.0, 20.4])
    pool = Pool(storage, _VECTOR, _WEIGHTS, Fit(), np.arange(3))
    assert [candidate.passage for candidate in Ranked(pool, _score)] == [1, 2, 0]
    assert sorted(storage.computed) == [0, 0, 1, 1, 2, 2]

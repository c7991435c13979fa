"""Ordinals and marks of passages, and the best of a search with equal scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.index.numbering import Numbering, Ordinals, Stretches, mark
from citewell.index.settled import Scores, settled

SIZES = st.lists(st.integers(0, 5), min_size=1, max_size=5)


def numbering_of(sizes: list[int]) -> tuple[Numbering, list[int]]:
    """Return a numbering of segments with every second number, and the mark of each passage."""
    segments = [(2 * nth + 1, size) for nth, size in enumerate(sizes)]
    return Numbering(segments), [mark(number, passage) for number, size in segments for passage in range(size)]


@given(sizes=SIZES)
def test_marks_and_ordinals_are_each_others(sizes: list[int]) -> None:
    numbering, marks = numbering_of(sizes)
    ordinals = np.arange(len(marks))
    assert numbering.marks(ordinals).tolist() == marks
    assert numbering.ordinals(np.array(marks, dtype=np.int64)).tolist() == ordinals.tolist()


@pytest.mark.parametrize("wrong", [mark(1, 2), mark(0, 0), mark(2, 0), mark(9, 1), mark(3, 3)])
def test_marks_of_no_passage_are_refused(wrong: int) -> None:
    numbering = Numbering([(1, 2), (3, 3)])
    with pytest.raises(ValueError, match="do not exist"):
        numbering.ordinals(np.array([mark(1, 0), wrong]))


@given(sizes=SIZES, data=st.data())
def test_stretches_have_their_ordinals_and_end_where_segments_meet(sizes: list[int], data: st.DataObject) -> None:
    numbering, marks = numbering_of(sizes)
    chosen = sorted(data.draw(st.sets(st.integers(0, len(marks) - 1)))) if marks else []
    stretches = Stretches.of(np.array(chosen, dtype=np.int64))
    assert [nth for nth in range(len(marks)) if nth in stretches] == chosen
    assert bool(stretches) == bool(chosen)
    found = [each for first, last in numbering.stretches(stretches) for each in range(first, last + 1)]
    assert found == [marks[nth] for nth in chosen]


@given(scores=st.lists(st.integers(0, 3), min_size=1, max_size=40), count=st.integers(1, 40), seed=st.integers(0, 99))
def test_of_equal_scores_the_lowest_ordinals_are_the_best(scores: list[int], count: int, seed: int) -> None:
    # An engine that finds equal ones in any order.
    shuffled = np.random.default_rng(seed).permutation(len(scores))

    def search(asked: int) -> tuple[Ordinals, Scores]:
        best = sorted(shuffled.tolist(), key=lambda nth: -scores[nth])[:asked]
        return np.array(best, dtype=np.int64), np.array([scores[nth] for nth in best], dtype=np.float32)

    count = min(count, len(scores))
    found, values = settled(search, count, len(scores))
    expected = sorted(range(len(scores)), key=lambda nth: (-scores[nth], nth))[:count]
    assert found.tolist() == expected
    assert values.tolist() == [scores[nth] for nth in expected]

"""The statistics of judging."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.evaluation.statistics import (
    auroc,
    best_p_value,
    estimate,
    mcnemar_p_value,
    paired_p_value,
    questions_needed,
)


def test_an_interval_is_where_theory_says() -> None:
    values = [0.0] * 40 + [1.0] * 60
    found = estimate(values)
    spread = 1.96 * np.sqrt(0.6 * 0.4 / 100)
    assert found.mean == 0.6
    assert found.low == pytest.approx(0.6 - spread, abs=0.02)
    assert found.high == pytest.approx(0.6 + spread, abs=0.02)
    assert estimate(values) == found


@pytest.mark.parametrize(("values", "mean"), [([], 0.0), ([0.25], 0.25), ([1.0, 1.0, 1.0], 1.0)])
def test_without_variation_the_interval_is_the_mean(values: list[float], mean: float) -> None:
    found = estimate(values)
    assert (found.mean, found.low, found.high) == (mean, mean, mean)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30))
def test_the_mean_lies_in_its_interval(values: list[float]) -> None:
    found = estimate(values)
    assert min(values) - 1e-9 <= found.low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.high <= max(values) + 1e-9


def test_the_paired_test_is_exact_where_few_questions_allow_it() -> None:
    # Six questions, all better by the same: of 64 ways to swap the sides, two are as extreme.
    assert paired_p_value([0.1] * 6) == pytest.approx(2 / 64)
    assert paired_p_value([0.1, -0.1]) == 1
    assert paired_p_value([0.0] * 10) == 1


def test_the_paired_test_is_seeded_and_tells_a_difference_from_chance() -> None:
    draw = np.random.default_rng(1)
    chance = draw.normal(0, 0.2, 200).tolist()
    better = draw.normal(0.1, 0.2, 200).tolist()
    assert paired_p_value(chance) > 0.05
    assert paired_p_value(better) < 0.001
    assert paired_p_value(chance) == paired_p_value(chance)


def test_what_sums_leave_in_the_last_digit_is_no_difference() -> None:
    assert paired_p_value([1e-16] * 40) == 1


def test_mcnemars_test_counts_only_what_changed() -> None:
    assert mcnemar_p_value(0, 0) == 1
    assert mcnemar_p_value(3, 3) == 1
    # Six of six, as the paired test of the same differences.
    assert mcnemar_p_value(6, 0) == mcnemar_p_value(0, 6) == pytest.approx(paired_p_value([1.0] * 6))
    assert mcnemar_p_value(9, 1) == pytest.approx(2 * 11 / 2**10)


def test_one_question_shows_nothing() -> None:
    assert paired_p_value([1.0]) == 1


def test_the_best_of_many_has_to_be_better_than_the_best_of_many_by_chance() -> None:
    draw = np.random.default_rng(1)
    better = draw.normal(0.07, 0.2, 40)
    others = draw.normal(0, 0.2, (30, 40))
    alone = best_p_value([better])
    # One side, and only whether it is better: half of the test that looks either way.
    assert alone == pytest.approx(paired_p_value(better.tolist()) / 2, abs=0.003)
    assert alone < 0.05
    assert best_p_value([better] * 30) == alone
    assert best_p_value([better, *others]) > 0.05
    assert best_p_value([better + 0.2, *others]) < 0.001
    assert best_p_value([0.1 * np.ones(6)]) == pytest.approx(1 / 64, abs=0.003)
    assert best_p_value(np.zeros((3, 10))) == 1


def test_how_many_questions_would_do() -> None:
    # A difference of half a standard deviation takes (1.96 + 0.84)^2 / 0.5^2 = 31.4 questions; of a tenth, 785.
    signs = np.tile([1.0, -1.0], 5)
    for share, wanted in ((0.5, 32), (0.1, 785)):
        differences = signs + share * signs.std(ddof=1)
        assert questions_needed(differences.tolist()) == wanted
    assert questions_needed([1.0, -1.0]) is None
    assert questions_needed([1.0] * 50) == 51
    # In floating point, this sum is not quite nothing.
    assert questions_needed([0.3, -0.1, -0.2]) is None


def test_auroc_counts_ties_half() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1
    assert auroc([0.1], [0.9]) == 0
    assert auroc([0.5, 0.9], [0.5, 0.1]) == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    assert auroc([], [0.5]) is None
    assert auroc([0.5], []) is None

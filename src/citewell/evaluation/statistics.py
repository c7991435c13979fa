"""The statistics of judging, all seeded: means with bootstrap intervals, paired tests, and how many questions would do.

The tests are scipy's: ``bootstrap`` (percentile; Efron and Tibshirani, 1993) and ``permutation_test`` (paired, as Smucker,
Allan and Carterette, 2007, recommend for retrieval); the best of many is held against the best of many by chance (Westfall and
Young, 1993, "Resampling-Based Multiple Testing").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

_RESAMPLES = 2000
_PERMUTATIONS = 9999
# All at once would take gigabytes for thousands of questions.
_AT_ONCE = 250
_LEVEL = 0.95
_DIGITS = 9
# With this many questions a true difference of the size seen would be found four times in five.
_POWER = 0.8


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions, and the interval that the mean of such questions lies in (95 %)."""

    mean: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Return the estimate for programs."""
        return {"mean": round(self.mean, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


def estimate(values: Sequence[float]) -> Estimate:
    """Return a mean and its bootstrap interval; of equal values, or of one, the interval is the mean."""
    seen = np.asarray(values, dtype=float)
    if len(seen) < 2 or np.ptp(seen) == 0:
        mean = float(seen.mean()) if len(seen) else 0.0
        return Estimate(mean, mean, mean)
    found = scipy.stats.bootstrap(
        (seen,), np.mean, n_resamples=_RESAMPLES, confidence_level=_LEVEL, method="percentile", rng=0
    ).confidence_interval
    return Estimate(float(seen.mean()), float(found.low), float(found.high))


def paired_p_value(differences: Sequence[float]) -> float:
    """Return the probability of a mean difference as large as this, either way, if the two sides were alike."""
    # What sums leave behind in the last digit is no difference, however regular it is.
    seen = _rounded(differences)
    # One question may as well have gone the other way.
    if len(seen) < 2 or not seen.any():
        return 1.0

    def mean(values: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(np.mean(values, axis=axis))

    result = scipy.stats.permutation_test(
        (seen,), mean, permutation_type="samples", n_resamples=_PERMUTATIONS, batch=_AT_ONCE, vectorized=True, rng=0
    )
    return float(result.pvalue)


def best_p_value(differences: npt.ArrayLike) -> float:
    """Return the probability that the best of several mean differences is as large as it is, if no side were better.

    Args:
        differences: From one and the same side; a side a row, a question a column.
    """
    seen = _rounded(differences)
    # A question's sign is flipped for all sides at once, so that what they have in common stays in common.
    draw = np.random.default_rng(0)
    by_chance = [(seen @ draw.choice([-1.0, 1.0], seen.shape[1])).max() for _ in range(_PERMUTATIONS)]
    reached = np.count_nonzero(_rounded(by_chance) >= _rounded(seen.sum(axis=1).max()))
    return float((reached + 1) / (_PERMUTATIONS + 1))


def p_words(p_value: float) -> str:
    """Return a p value as it is written: 0 is none that a test of so many permutations could find."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def questions_needed(differences: Sequence[float]) -> int | None:
    """Return about how many such questions would show a difference of this size; None where there is none."""
    seen = _rounded(differences)
    mean = float(_rounded(seen.mean()))
    if mean == 0:
        return None
    reach = scipy.stats.norm.ppf((1 + _LEVEL) / 2) + scipy.stats.norm.ppf(_POWER)
    return max(len(seen) + 1, int(np.ceil((reach * seen.std(ddof=1) / mean) ** 2)))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return how often a positive is above a negative, ties counting half (Mann and Whitney); None where one side is empty."""
    if not positive or not negative:
        return None
    found = scipy.stats.mannwhitneyu(positive, negative)
    return float(found.statistic / (len(positive) * len(negative)))


def _rounded(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return np.round(np.asarray(values, dtype=float), _DIGITS)

"""The statistics of evaluation, all seeded: means with bootstrap intervals, paired tests, and sample sizes.

The tests are scipy's: ``bootstrap`` (percentile; Efron and Tibshirani, 1993), ``permutation_test`` (paired, as recommended for
retrieval by Smucker, Allan and Carterette, 2007), and ``binomtest`` for McNemar's exact test. The best of many is compared with
the best of many by chance (Westfall and Young, 1993, "Resampling-Based Multiple Testing").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

_RESAMPLES = 2000
_PERMUTATIONS = 9999
# All at once would need gigabytes of memory for thousands of questions.
_AT_ONCE = 250
_LEVEL = 0.95
_DIGITS = 9
# The probability of detecting a true difference of the observed size.
_POWER = 0.8


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95 % confidence interval."""

    mean: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Return the estimate as JSON."""
        return {"mean": round(self.mean, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


def estimate(values: Sequence[float]) -> Estimate:
    """Return a mean and its bootstrap interval; for equal values, or a single one, the interval is the mean."""
    seen = np.asarray(values, dtype=float)
    if len(seen) < 2 or np.ptp(seen) == 0:
        mean = float(seen.mean()) if len(seen) else 0.0
        return Estimate(mean, mean, mean)
    found = scipy.stats.bootstrap(
        (seen,), np.mean, n_resamples=_RESAMPLES, confidence_level=_LEVEL, method="percentile", rng=0
    ).confidence_interval
    return Estimate(float(seen.mean()), float(found.low), float(found.high))


def paired_p_value(differences: Sequence[float]) -> float:
    """Return the two-sided probability of a mean difference this large if both sides were equal."""
    # Rounding errors of sums must not count as differences.
    seen = _rounded(differences)
    # One question alone shows nothing.
    if len(seen) < 2 or not seen.any():
        return 1.0

    def mean(values: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(np.mean(values, axis=axis))

    result = scipy.stats.permutation_test(
        (seen,), mean, permutation_type="samples", n_resamples=_PERMUTATIONS, batch=_AT_ONCE, vectorized=True, rng=0
    )
    return float(result.pvalue)


def mcnemar_p_value(gained: int, lost: int) -> float:
    """Return the two-sided p value of McNemar's exact test (1947): shares of the same questions that are right.

    Args:
        gained: How many questions are right on the second side alone.
        lost: How many are right on the first side alone.
    """
    if gained + lost == 0:
        return 1.0
    return float(scipy.stats.binomtest(gained, gained + lost).pvalue)


def best_p_value(differences: npt.ArrayLike) -> float:
    """Return the probability that the best of several mean differences is this large if none were better than the baseline.

    Args:
        differences: Differences from one baseline, shape (sides, questions).
    """
    seen = _rounded(differences)
    # The sign of a question is flipped for all sides together, which preserves their correlation.
    draw = np.random.default_rng(0)
    by_chance = [(seen @ draw.choice([-1.0, 1.0], seen.shape[1])).max() for _ in range(_PERMUTATIONS)]
    reached = np.count_nonzero(_rounded(by_chance) >= _rounded(seen.sum(axis=1).max()))
    return float((reached + 1) / (_PERMUTATIONS + 1))


def p_words(p_value: float) -> str:
    """Format a p value; 0 cannot result from a permutation test."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def questions_needed(differences: Sequence[float]) -> int | None:
    """Estimate how many similar questions would show a difference of this size; None if there is no difference."""
    seen = _rounded(differences)
    mean = float(_rounded(seen.mean()))
    if mean == 0:
        return None
    reach = scipy.stats.norm.ppf((1 + _LEVEL) / 2) + scipy.stats.norm.ppf(_POWER)
    return max(len(seen) + 1, int(np.ceil((reach * seen.std(ddof=1) / mean) ** 2)))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return how often a positive is above a negative, ties counting half (Mann and Whitney); None if one side is empty."""
    if not positive or not negative:
        return None
    found = scipy.stats.mannwhitneyu(positive, negative)
    return float(found.statistic / (len(positive) * len(negative)))


def _rounded(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return np.round(np.asarray(values, dtype=float), _DIGITS)

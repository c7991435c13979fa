"""Fits a logistic curve from evidence to probability (Platt, 1999, "Probabilistic Outputs for Support Vector Machines")."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from citewell.confidence import Curve

Values = npt.NDArray[np.float64]


def prepare() -> None:
    """Import what fitting needs, which takes a third of a second, where there is nothing else to do."""
    _ = scipy.optimize.minimize


def fit_curve(unanswerable: Values, own: Values) -> Curve:
    """Fit the curve that separates two kinds of evidence; both kinds have the same weight.

    An everyday question with more evidence than half of the corpus's own questions is probably covered by chance, and is
    dropped.

    Args:
        unanswerable: The evidence of questions that the corpus does not cover, shape (m,).
        own: The evidence of questions that it covers, shape (n,).
    """
    low = unanswerable[unanswerable < np.median(own)]
    unanswerable = low if len(low) else unanswerable
    seen = np.concatenate([unanswerable, own])
    # Platt's targets are not quite 0 and 1, which keeps the curve finite if the two kinds do not overlap.
    counts = [len(unanswerable), len(own)]
    target = np.repeat([1 / (len(unanswerable) + 2), (len(own) + 1) / (len(own) + 2)], counts)
    weight = np.repeat([0.5 / len(unanswerable), 0.5 / len(own)], counts)
    center, scale = float(seen.mean()), float(seen.std()) or 1.0

    def loss(parameters: Values) -> float:
        logit = parameters[0] * (seen - center) / scale + parameters[1]
        return float(weight @ (np.logaddexp(0, logit) - target * logit))

    slope, intercept = scipy.optimize.minimize(loss, np.array([1.0, 0.0])).x
    return Curve(slope=slope / scale, intercept=intercept - slope * center / scale)

"""Confidence: how probable it is that a corpus covers a question, calibrated on that corpus when its index is built.

The evidence is that of the best passage alone, so meaning and words must agree on one place: the cosine of its best window, and
its BM25 score divided by the sum of the question's term weights (idf). One unknown term is added to the question, because a
passage can match a short question completely by chance. Bare keywords do not get the extra term.

The same evidence means different things in different corpora: the larger the corpus, the closer an unrelated question comes to
some passage. So the curve from evidence to probability is fitted to each corpus (``citewell.search.calibrating``).
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict

Strictness = Literal["strict", "balanced", "generous"]

# The lowest confidence that is answered.
THRESHOLDS: dict[Strictness, float] = {"strict": 0.85, "balanced": 0.65, "generous": 0.4}

# The weight of BM25 relative to the cosine. Not a setting: the fitted curve is valid for this value only.
_BM25_WEIGHT = 0.7


class Curve(BaseModel):
    """A logistic curve from evidence to probability."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slope: float
    intercept: float

    def logit(self, evidence: float) -> float:
        """Return the logarithm of the odds that the corpus covers a question."""
        return self.intercept + self.slope * evidence

    def confidence(self, evidence: float) -> float:
        """Return the probability that the corpus covers a question, between 0 and 1."""
        # This form cannot overflow.
        return 0.5 * (1 + math.tanh(self.logit(evidence) / 2))

    def evidence(self, confidence: float) -> float:
        """Return the evidence for a probability strictly between 0 and 1."""
        return (2 * math.atanh(2 * confidence - 1) - self.intercept) / self.slope


class Calibration(Curve):
    """The curve of one corpus.

    ``unrelated`` is the cosine that a question and an unrelated text rarely exceed with this encoder. ``across`` is the curve
    for passages in another language than the question; None if the encoder does not bring languages together, and in an index
    that is older than it. ``unseen`` is the probability that a word of another text like these stands nowhere in them; None in
    an older index.
    """

    unrelated: float
    across: Curve | None = None
    unseen: float | None = None


def evidence(cosine: float, bm25: float, term_weight: float, extra_weight: float) -> float:
    """Combine the evidence for a passage.

    Args:
        cosine: The cosine of the passage's best window.
        bm25: The passage's BM25 score.
        term_weight: The sum of the weights (idf) of the question's terms.
        extra_weight: The weight of the unknown term that is added to the question.
    """
    return cosine + _BM25_WEIGHT * bm25 / ((term_weight + extra_weight) or 1.0)

"""Confidence: how probable it is that a corpus covers a question, calibrated on that corpus when its index is built.

The evidence is that of the best passage alone, so that it counts only where meaning and words agree on one place: the cosine of
its best window, and the share of the question's information (the sum of its terms' inverse document frequencies) that its words
match. A question counts as if it had one more word, which the corpus does not know, because of a short question a passage
matches everything by chance; not so bare keywords, which ask no more than where they stand.

What evidence means differs from corpus to corpus: the larger it is, the nearer a foreign question comes to something in it. So
the curve from evidence to probability is fitted to each corpus (``citewell.search.calibrating``).
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict

Strictness = Literal["strict", "balanced", "generous"]

# The confidence from which a question is answered.
THRESHOLDS: dict[Strictness, float] = {"strict": 0.85, "balanced": 0.65, "generous": 0.4}

# What the words weigh beside the cosine. No setting: a curve that was fitted to other evidence would mean nothing.
_BM25_WEIGHT = 0.7


class Calibration(BaseModel):
    """What evidence means in one corpus.

    ``slope`` and ``intercept`` make a probability of evidence. ``unrelated`` is the cosine that a question and a text which
    have nothing to do with each other rarely exceed under this encoder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    slope: float
    intercept: float
    unrelated: float

    def confidence(self, evidence: float) -> float:
        """Return the probability that the corpus covers a question, between 0 and 1."""
        # In this form neither end overflows.
        return 0.5 * (1 + math.tanh((self.intercept + self.slope * evidence) / 2))

    def evidence(self, confidence: float) -> float:
        """Return the evidence that makes a probability, which is between 0 and 1 and neither."""
        return (2 * math.atanh(2 * confidence - 1) - self.intercept) / self.slope


def evidence(cosine: float, bm25: float, information: float, unsaid: float) -> float:
    """Join what speaks for a passage.

    Args:
        cosine: Of the passage's best window.
        bm25: The passage's BM25 score.
        information: The sum of the weights of the question's terms.
        unsaid: The weight of what the question may mean beyond its terms.
    """
    return cosine + _BM25_WEIGHT * bm25 / ((information + unsaid) or 1.0)

"""Asking in one language and finding in another: passages in which the words of a question cannot be expected.

There, meaning is nearly the only evidence, and the model brings texts of two languages less near than those of one. So their
evidence has a curve of its own (``Calibration.across``), and is compared with that of other passages by what it is worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import regex

from citewell.confidence import THRESHOLDS, Calibration
from citewell.index.storage import Snapshot
from citewell.text.concepts import Concept
from citewell.text.foreign import asked_in
from citewell.text.words import Kind

# "50-Yard-Linie" has a word in it, "KX-4410-C" and "COVID-19" do not.
_HAS_A_WORD = regex.compile(r"\p{Ll}{3}")
# The share that does not count of evidence in another language beyond what is answered in any case.
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class Crossing:
    """The passages that are in another language than a question, shape (passages,), and what their evidence is worth."""

    calibration: Calibration
    foreign: npt.NDArray[np.bool_]

    def is_foreign(self, passage: int) -> bool:
        """Return whether a passage is in another language than the question."""
        return bool(self.foreign[passage])

    def worth(self, evidence: float) -> float:
        """Return the evidence in the question's own language that is as convincing as this in another."""
        across, own = self.calibration.across, self.calibration
        return evidence if across is None else (across.logit(evidence) - own.intercept) / own.slope

    def ranked(self, worth: float) -> float:
        """Return what such evidence counts against that of passages in the question's own language.

        Beyond what is answered in any case, little of it: the curves differ most where both are sure.
        """
        beyond = max(0.0, worth - self.calibration.evidence(THRESHOLDS["strict"]))
        return worth - _SURE * beyond


def crossing(question: str, snapshot: Snapshot) -> Crossing | None:
    """Return which passages of an index are in another language than a question.

    Returns:
        None if none is, if the question does not tell its language, or if the model does not bring languages together.
    """
    calibration, languages = snapshot.manifest.calibration, snapshot.catalogue.languages
    asked = asked_in(question, languages) if calibration.across else None
    if asked is None or not languages.keys() - {asked}:
        return None
    return Crossing(calibration, snapshot.catalogue.foreign_to(asked))


def is_same_everywhere(concept: Concept) -> bool:
    """Return whether a word of a question would be written in the same way in other languages: a number or a code."""
    code = concept.kind is Kind.CODE and not _HAS_A_WORD.search(concept.word)
    return bool(concept.sign) or (concept.is_key and (code or concept.kind is Kind.NUMBER))

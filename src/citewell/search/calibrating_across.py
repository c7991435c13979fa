"""Calibrates what evidence means where the language of a question is not that of the passage.

There is no text to ask about in two languages in most corpora. So what the corpus does not cover is what can be measured:
everyday questions in the other languages. At most one in ten of them is answered where refusal is balanced. How fast
evidence becomes certain is taken from questions in nine languages about English texts, which are bundled.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from citewell.answer import Scope
from citewell.confidence import THRESHOLDS, Curve
from citewell.encoder.encoding import Encoder, Vectors
from citewell.encoder.fitting import asked_in_other_languages, samples
from citewell.index.storage import Storage
from citewell.search.bundled_vectors import remembered
from citewell.search.curves import Values, fit_curve
from citewell.search.everyday import everyday_questions, everyday_vectors
from citewell.text.terms import DEFAULT_LANGUAGE

# A model brings two languages together if this share of questions find their passages among twenty. all-MiniLM-L6-v2 has 0.4 at
# most, multilingual-e5-small 0.75 at least.
_BROUGHT_TOGETHER = 0.6
# Of the everyday questions, as many in each language.
_QUESTIONS = 50
_PASSED = 0.1


def calibrate_across(storage: Storage, encoder: Encoder) -> Curve | None:
    """Fit the curve for passages in another language than the question.

    Args:
        storage: The passages of the index, complete.
        encoder: Its encoder.

    Returns:
        The curve, or None if the encoder does not bring languages together or the languages of the corpus are not known.
    """
    known = encoder.card.fit.languages
    related = list(_related(encoder)) if len(known) > 1 else []
    foreign = [found for language in known for found in _everyday(storage, encoder, language)] if related else []
    if not foreign:
        return None
    unrelated = np.array(foreign)
    slope = fit_curve(unrelated, np.array(related)).slope
    balanced = Curve(slope=1.0, intercept=0.0).evidence(THRESHOLDS["balanced"])
    return Curve(slope=slope, intercept=balanced - slope * float(np.quantile(unrelated, 1 - _PASSED)))


def _related(encoder: Encoder) -> Iterator[float]:
    """Yield the cosines of questions and English texts that answer them; none for a model that does not find these."""
    texts = remembered(encoder, "sample", samples()[DEFAULT_LANGUAGE].passages, encoder.encode_documents)
    for language, questions in asked_in_other_languages().items():
        cosines = remembered(encoder, f"asked-{language}", questions, encoder.encode_queries) @ texts.T
        if np.mean(cosines.argmax(axis=1) == np.arange(len(questions))) >= _BROUGHT_TOGETHER:
            yield from encoder.card.fit.closeness(np.diag(cosines))


def _everyday(storage: Storage, encoder: Encoder, language: str) -> Values:
    """Return the cosines of everyday questions with the nearest windows in other languages."""
    others = tuple(each for each in storage.catalogue.languages if each != language)
    if not others or not everyday_questions(language):
        return np.zeros(0)
    vectors: Vectors = everyday_vectors(encoder, language)[:_QUESTIONS]
    nearest = [storage.nearest_windows(vector, 1, scope=Scope(languages=others))[2] for vector in vectors]
    return encoder.card.fit.closeness(np.concatenate(nearest).astype(np.float64))

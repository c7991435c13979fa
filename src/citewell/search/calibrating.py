"""Calibration: fits the curve from evidence to confidence for a new index.

A logistic curve is fitted (Platt, 1999, "Probabilistic Outputs for Support Vector Machines") to questions that are known to be
answerable or unanswerable, without any test set: everyday questions of our own, which the corpus covers only by chance, and
questions made of words from the corpus.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files
from io import BytesIO
from random import Random

import numpy as np
import numpy.typing as npt
import regex
import scipy

from citewell.answer import Scope
from citewell.confidence import Calibration
from citewell.encoder import models
from citewell.encoder.encoding import Encoder, Vectors
from citewell.encoder.models import Fit
from citewell.files import write_atomically
from citewell.index.snapshot import Stores
from citewell.search.searching import Query, SnapshotStorage, rank
from citewell.settings import Searching
from citewell.text.concepts import concepts

Values = npt.NDArray[np.float64]

# How many words from one place, and from another, unrelated one: real questions never use only the words of their answer.
_MADE_OF = ((2, 1), (3, 1), (4, 2), (5, 3))
_QUESTIONS = 200
# Only the best passage matters, and it is among the first candidates of the vectors or of BM25.
_CANDIDATES = 20
_UNRELATED_QUANTILE = 0.95
_WINDOWS = 500
_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*")


def calibrate(stores: Stores, encoder: Encoder, searching: Searching) -> Calibration:
    """Fit the confidence curve of an index.

    The same index gives the same calibration.

    Args:
        stores: The complete stores of the index.
        encoder: Its encoder.
        searching: The search settings for finding the best passage.
    """
    everyday, own = everyday_questions(), list(_own_questions(stores))
    vectors = np.concatenate([_everyday_vectors(encoder), encoder.encode_queries(own)])
    found = np.array(
        [
            _evidence(stores, text, vector, searching, encoder.card.fit)
            for text, vector in zip([*everyday, *own], vectors, strict=True)
        ]
    )
    return fit(found[: len(everyday)], found[len(everyday) :], _unrelated(stores, vectors[: len(everyday)]))


def fit(unanswerable: Values, own: Values, unrelated: float) -> Calibration:
    """Fit the curve that separates two kinds of evidence; both kinds have the same weight.

    An everyday question with more evidence than half of the corpus's own questions is probably covered by chance, and is
    dropped.

    Args:
        unanswerable: The evidence of questions that the corpus does not cover, shape (m,).
        own: The evidence of questions that it covers, shape (n,).
        unrelated: As in ``Calibration``.
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
    return Calibration(slope=slope / scale, intercept=intercept - slope * center / scale, unrelated=unrelated)


def _everyday_vectors(encoder: Encoder) -> Vectors:
    """Return the vectors of the everyday questions, shape (m, d); cached beside the model, on which alone they depend."""
    questions = everyday_questions()
    name = hashlib.sha256("\n".join(questions).encode("utf-8")).hexdigest()[:16]
    file = models.prepared_folder(encoder.card.identity) / f"everyday-{name}.npy"
    # The cache is optional: if it cannot be read or written, the vectors are computed again.
    with suppress(OSError, ValueError, EOFError):
        kept: Vectors = np.load(file, allow_pickle=False)
        whole = kept.shape == (len(questions), encoder.card.dimension)
        if whole and np.allclose(np.linalg.norm(kept, axis=1), 1, atol=1e-3):
            return kept
    vectors = encoder.encode_queries(questions)
    content = BytesIO()
    np.save(content, vectors, allow_pickle=False)
    with suppress(OSError):
        write_atomically(file, content.getvalue())
    return vectors


def _evidence(stores: Stores, text: str, vector: Vectors, searching: Searching, fit: Fit) -> float:
    few = searching.model_copy(update={"candidate_windows": _CANDIDATES, "candidate_passages": _CANDIDATES})
    # The generated texts represent questions, not keywords.
    query = Query(vector, text, stores.weights(text), Scope(), fit=fit)
    return rank(SnapshotStorage(stores), query, few)[0].evidence


def _unrelated(stores: Stores, everyday: Vectors) -> float:
    """Return the cosine that few everyday questions exceed with a random window."""
    count = stores.vectors.count
    rows = stores.vectors.rows(np.unique(np.linspace(0, count - 1, min(count, _WINDOWS)).astype(np.int64)))
    return float(np.quantile(everyday @ rows.T, _UNRELATED_QUANTILE))


def _own_questions(stores: Stores) -> Iterator[str]:
    draw = Random(0)  # noqa: S311 - a reproducible sample, not cryptography
    for nth in range(_QUESTIONS):
        here, elsewhere = _MADE_OF[nth % len(_MADE_OF)]
        yield " ".join([*_words(stores, draw, here), *_words(stores, draw, elsewhere)])


def _words(stores: Stores, draw: Random, count: int) -> Sequence[str]:
    """Return some words of a random sentence, in order, without stop words."""
    window = draw.randrange(stores.catalogue.window_count)
    (passage,) = stores.catalogue.passages(stores.catalogue.passages_of(np.array([window])))
    (sentences,) = stores.catalogue.sentences([window])
    sentence = draw.choice(sentences)
    text = sentence.shifted(-passage.span.start).of(passage.text)
    words = [word for word in dict.fromkeys(_WORD.findall(text)) if concepts(word, stores.languages)] or text.split()
    return [words[at] for at in sorted(draw.sample(range(len(words)), min(count, len(words))))]


@cache
def everyday_questions() -> tuple[str, ...]:
    """Return everyday questions on many subjects."""
    text = files("citewell.search").joinpath("everyday_questions.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())

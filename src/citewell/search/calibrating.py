"""Calibration: fits the curve from evidence to confidence for a new index.

A curve is fitted to questions that are known to be answerable or unanswerable, without any test set: everyday questions in its
languages, which the corpus covers only by chance, and questions made of words from the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
import regex

from citewell.answer import Scope
from citewell.confidence import Calibration
from citewell.encoder.encoding import Encoder, Vectors
from citewell.encoder.models import Fit
from citewell.index.storage import Storage
from citewell.search.calibrating_across import calibrate_across
from citewell.search.curves import fit_curve
from citewell.search.everyday import everyday_questions, everyday_vectors, questions_for
from citewell.search.searching import Query, evidence_of, rank
from citewell.settings import Searching
from citewell.text.concepts import concepts
from citewell.text.terms import SPACELESS_LANGUAGES, split_at_function_words
from citewell.text.words import SPACELESS

# How many words from one place, and from another, unrelated one: real questions never use only the words of their answer.
_MADE_OF = ((2, 1), (3, 1), (4, 2), (5, 3))
_QUESTIONS = 200
# How many words of a question that no place covers are from one place.
_FROM_EACH = 2
# Only the best passage matters, and it is among the first candidates of the vectors or of BM25.
_CANDIDATES = 20
_UNRELATED_QUANTILE = 0.95
_WINDOWS = 500
_PLAIN = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{SPACELESS}]]"
_WORD = regex.compile(rf"[{SPACELESS}][{SPACELESS}\p{{M}}]*|{_PLAIN}+(?:['’-]{_PLAIN}+)*", regex.V1)
# Questions take a few characters of a text without spaces, not a clause.
_SPACELESS = regex.compile(f"[{SPACELESS}]")
_PIECE = regex.compile(r"\X{1,4}")


def calibrate(storage: Storage, encoder: Encoder, searching: Searching) -> Calibration:
    """Fit the confidence curve of an index.

    The same index gives the same calibration.

    Args:
        storage: The passages of the index, complete.
        encoder: Its encoder.
        searching: The search settings for finding the best passage.
    """
    counts = questions_for(storage.catalogue.languages)
    everyday = [each for language, count in counts.items() for each in everyday_questions(language)[:count]]
    vectors = np.concatenate([everyday_vectors(encoder, language)[:count] for language, count in counts.items()])
    chance = list(_scattered_questions(storage, sum(counts.get(language, 0) for language in SPACELESS_LANGUAGES)))
    made = [*chance, *_own_questions(storage)]
    found = np.array(
        [
            _evidence(storage, text, vector, searching, encoder.card.fit)
            for text, vector in zip([*everyday, *made], [*vectors, *encoder.encode_queries(made)], strict=True)
        ]
    )
    unanswerable = len(everyday) + len(chance)
    curve = fit_curve(found[:unanswerable], found[unanswerable:])
    return Calibration(
        slope=curve.slope,
        intercept=curve.intercept,
        unrelated=_unrelated(storage, vectors),
        across=calibrate_across(storage, encoder),
        unseen=storage.unseen(),
    )


def _evidence(storage: Storage, text: str, vector: Vectors, searching: Searching, fit: Fit) -> float:
    few = searching.model_copy(update={"candidate_windows": _CANDIDATES, "candidate_passages": _CANDIDATES})
    # The generated texts represent questions, not keywords.
    query = Query(vector, text, storage.weights(text), Scope(), fit=fit)
    return evidence_of(query, rank(storage, query, few)[0])


def _unrelated(storage: Storage, everyday: Vectors) -> float:
    """Return the cosine that few everyday questions exceed with a random window."""
    count = storage.catalogue.windows_end
    rows = storage.vectors_of(np.unique(np.linspace(0, count - 1, min(count, _WINDOWS)).astype(np.int64)))
    return float(np.quantile(everyday @ rows.T, _UNRELATED_QUANTILE))


def _own_questions(storage: Storage) -> Iterator[str]:
    words = _Words(storage)
    for nth in range(_QUESTIONS):
        here, elsewhere = _MADE_OF[nth % len(_MADE_OF)]
        yield " ".join([*words.of_a_sentence(here), *words.of_a_sentence(elsewhere)])


def _scattered_questions(storage: Storage, count: int) -> Iterator[str]:
    """Yield questions of words from two places, which no place covers.

    In scripts without spaces, pairs of characters match by chance in any question about a related subject, which everyday
    questions do not show.
    """
    words = _Words(storage)
    for _question in range(count):
        yield " ".join(word for _place in range(2) for word in words.of_a_sentence(_FROM_EACH))


class _Words:
    """Words of random sentences; the same ones for the same index."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._draw = Random(0)  # noqa: S311 - a reproducible sample, not cryptography
        self._are_telling: dict[str, bool] = {}

    def of_a_sentence(self, count: int) -> Sequence[str]:
        """Return some words of a sentence, in order, without stop words."""
        catalogue, draw = self._storage.catalogue, self._draw
        window = draw.randrange(catalogue.window_count)
        (passage,) = catalogue.passages(catalogue.passages_of(np.array([window])))
        sentence = draw.choice(catalogue.sentences.of_window(window))
        text = sentence.shifted(-passage.span.start).of(passage.text)
        words = list(filter(self._is_telling, dict.fromkeys(_pieces(text)))) or text.split()
        return [words[at] for at in sorted(draw.sample(range(len(words)), min(count, len(words))))]

    def _is_telling(self, word: str) -> bool:
        if word not in self._are_telling:
            self._are_telling[word] = bool(concepts(word, self._storage.languages))
        return self._are_telling[word]


def _pieces(text: str) -> Iterator[str]:
    """Yield the words of a text, and a few characters at a time where no spaces part them."""
    for word in _WORD.findall(text):
        if _SPACELESS.match(word):
            for part in split_at_function_words(word):
                yield from _PIECE.findall(part)
        else:
            yield word

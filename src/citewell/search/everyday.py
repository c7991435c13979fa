"""Everyday questions, which a corpus covers only by chance: in each language that has function words, on many subjects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from citewell.encoder.encoding import Encoder, Vectors
from citewell.search.bundled_vectors import remembered
from citewell.text.terms import DEFAULT_LANGUAGE

# By model and language, some hundred KB each: follow-ups need them with every question.
_KEPT: dict[tuple[str, str], Vectors] = {}


@cache
def everyday_questions(language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Return everyday questions in a language.

    Args:
        language: The ISO 639-1 code.

    Returns:
        The questions; none for a language without a list.
    """
    resource = files("citewell.search").joinpath("everyday_questions", f"{language}.txt")
    return tuple(resource.read_text(encoding="utf-8").splitlines()) if resource.is_file() else ()


def questions_for(documents: Mapping[str, int]) -> dict[str, int]:
    """Return how many everyday questions to ask of a corpus in each language, in the shares that its documents have.

    The first language gets all of its questions. A corpus without any known language is asked in English.

    Args:
        documents: The number of documents in each language, most first.
    """
    known = {language: count for language, count in documents.items() if everyday_questions(language)}
    if not known:
        return {DEFAULT_LANGUAGE: len(everyday_questions())}
    first, most = next(iter(known.items()))
    return {
        language: min(len(everyday_questions(language)), round(len(everyday_questions(first)) * count / most))
        for language, count in known.items()
    }


def everyday_vectors(encoder: Encoder, language: str) -> Vectors:
    """Return the vectors of the everyday questions in a language, shape (m, d)."""
    return remembered(encoder, f"everyday-{language}", everyday_questions(language), encoder.encode_queries)


def everyday_cosines(encoder: Encoder, language: str, vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the cosines of a vector with the everyday questions in a language: what it has with others by chance."""
    key = encoder.card.identity, language
    if key not in _KEPT:
        _KEPT[key] = everyday_vectors(encoder, language)
    found: npt.NDArray[np.float32] = _KEPT[key] @ vector
    return found

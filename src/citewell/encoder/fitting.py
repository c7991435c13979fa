"""Fits a model: measures, once, what its cosines and its tokens mean, so that search can treat all models alike.

The vectors of many models point nearly the same way: with multilingual-e5, two texts that have nothing in common have a
cosine of 0.78. So the mean vector is subtracted (Mu and Viswanath, 2018, "All-but-the-Top"), one for questions and one for
documents, because their prompts differ. The remaining cosines are stretched so that unrelated and related texts are as far
apart as with the English model, for which the weights and thresholds of search were chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from citewell.encoder.models import Card, Fit
from citewell.settings import Splitting

if TYPE_CHECKING:
    from citewell.encoder.encoding import Encoder

Vectors = npt.NDArray[np.float32]

# Of all-MiniLM-L6-v2, in English: the mean cosines of unrelated and of related texts of the sample, and tokens a character.
_UNRELATED, _RELATED, _DENSITY = 0.059, 0.585, 0.220
# A model knows a language if this share of its questions find their passages among twenty.
_KNOWN = 0.75
# Where unrelated texts have lower cosines, the mean of a sample would say more about the sample than about the model.
_CENTRED = 0.1
_MOST_GAIN = 3.0
# A window must fit into the encoder with its prompt and special tokens, measured in another context.
_SPARE_TOKENS = 16


@dataclass(frozen=True, slots=True)
class Sample:
    """Everyday texts of one language; each question belongs to the passage at the same place and to no other."""

    questions: tuple[str, ...]
    passages: tuple[str, ...]


@cache
def samples() -> Mapping[str, Sample]:
    """Return the bundled sample, by language."""
    found = {}
    for file in sorted(files("citewell.encoder").joinpath("sample").iterdir(), key=lambda each: each.name):
        pairs = [block.split("\n", 1) for block in file.read_text(encoding="utf-8").strip().split("\n\n")]
        questions, passages = zip(*pairs, strict=True)
        found[file.name.removesuffix(".txt")] = Sample(questions, passages)
    return found


@cache
def asked_in_other_languages() -> Mapping[str, tuple[str, ...]]:
    """Return the English questions of the sample in the other languages, by language."""
    folder = files("citewell.encoder").joinpath("sample_asked")
    found = {file.name.removesuffix(".txt"): file.read_text(encoding="utf-8").splitlines() for file in folder.iterdir()}
    return {language: tuple(found[language]) for language in sorted(found)}


def fit(encoder: Encoder) -> Fit:
    """Measure a model on the bundled sample.

    Args:
        encoder: The model, not fitted yet.
    """
    vectors = {
        language: (encoder.encode_queries(sample.questions), encoder.encode_documents(sample.passages))
        for language, sample in samples().items()
    }
    known = [language for language, pair in vectors.items() if _finds(*pair)]
    # A model without any language is measured in all of them.
    pairs = [vectors[language] for language in known or vectors]
    queries, documents = (np.mean(side, axis=(0, 1)) for side in zip(*pairs, strict=True))
    if _cosines(pairs)[0] <= _CENTRED:
        queries, documents = np.zeros_like(queries), np.zeros_like(documents)
    centred = [(centre(query, queries), centre(document, documents)) for query, document in pairs]
    unrelated, related = _cosines(centred)
    gain = (_RELATED - _UNRELATED) / max(related - unrelated, (_RELATED - _UNRELATED) / _MOST_GAIN)
    return Fit(
        languages=tuple(known),
        query_mean=_rounded(queries),
        document_mean=_rounded(documents),
        gain=round(gain, 3),
        offset=round(_UNRELATED - gain * unrelated, 3),
        density=round(_density(encoder, "en" if "en" in known else None), 3),
    )


class Means:
    """The mean vectors of a fitted model, zero where it has none."""

    def __init__(self, card: Card) -> None:
        none = np.zeros(card.dimension, dtype=np.float32)
        self.query = np.array(card.fit.query_mean, dtype=np.float32) if card.fit.query_mean else none
        self.document = np.array(card.fit.document_mean, dtype=np.float32) if card.fit.document_mean else none


def centre(vectors: Vectors, mean: npt.ArrayLike) -> Vectors:
    """Return unit vectors, shape (n, d), less a mean vector, shape (d,), as unit vectors."""
    moved = vectors - np.asarray(mean, dtype=np.float32)
    norms = np.linalg.norm(moved, axis=-1, keepdims=True)
    return (moved / np.where(norms > 0, norms, 1)).astype(np.float32)


def sizes(splitting: Splitting, card: Card) -> Splitting:
    """Return the sizes for one model: given in tokens of the English model, they become tokens of this one.

    One ratio for all languages: the tokens of a model carry about as much in each language that it knows, so a Chinese
    passage has a third of the characters of an English one, and says as much.

    Args:
        splitting: The sizes of the settings.
        card: The model. Its windows fit into its maximum length.
    """
    ratio = card.fit.density / _DENSITY
    most = max(1, card.max_tokens - _SPARE_TOKENS)
    scaled = {
        name: max(1, round(ratio * getattr(splitting, name)))
        for name in ("passage_tokens", "window_tokens", "sentence_tokens")
    }
    limited = {name: min(scaled[name], most) for name in ("window_tokens", "sentence_tokens")}
    return splitting.model_copy(update=scaled | limited)


def _finds(queries: Vectors, documents: Vectors) -> bool:
    queries, documents = centre(queries, queries.mean(axis=0)), centre(documents, documents.mean(axis=0))
    return bool(np.mean((queries @ documents.T).argmax(axis=1) == np.arange(len(queries))) >= _KNOWN)


def _cosines(pairs: Sequence[tuple[Vectors, Vectors]]) -> tuple[float, float]:
    """Return the mean cosines of unrelated and of related texts of one language."""
    unrelated, related = [], []
    for queries, documents in pairs:
        cosines = queries @ documents.T
        related.append(np.diag(cosines).mean())
        unrelated.append(cosines[~np.eye(len(cosines), dtype=bool)].mean())
    return float(np.mean(unrelated)), float(np.mean(related))


def _density(encoder: Encoder, language: str | None) -> float:
    """Return the tokens a character of a language; that of the English model if the encoder does not know it."""
    if language is None:
        return _DENSITY
    passages = samples()[language].passages
    return sum(len(encoder.token_offsets(each)) for each in passages) / sum(map(len, passages))


def _rounded(vector: Vectors) -> tuple[float, ...]:
    return tuple(round(float(each), 6) for each in vector) if vector.any() else ()

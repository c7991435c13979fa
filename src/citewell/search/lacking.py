"""How much the words of a question that no document has count against a place.

"What is the salary of the maintainer?" is near to what is said about the maintainer, although "salary" stands nowhere. Whether
a place says such words in other words, the encoder tells: without them, the question is less near to a place that does ("car"
and "automobile"), and nearer to one that does not. How much is expected of them depends on the corpus: the more words it has,
the less often one of a covered question is missing there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from citewell.encoder.encoding import Encoder
from citewell.index.storage import Storage
from citewell.index.weights import TermWeights, Weighted
from citewell.lazy import lazy
from citewell.search.page import Candidate
from citewell.search.qualifying import Rival
from citewell.text.concepts import Concept
from citewell.text.words import Kind

# What the evidence of a place loses, relative to the rise of its cosine without those words (docs/architecture.md, "Refusal").
_RISE = 1.5
# The rise that is expected of words with all of a question's weight, for each unit of what their absence tells.
_EXPECTED = 0.04
# With another word, a question is nearer to the sentences that have that by this much if it means something else.
_ANOTHER = 0.2
# Of the words of a question that a corpus does not cover, about this share is missing in it.
_MISSING = 0.45


class _Rest(NamedTuple):
    """The question without the words that no document has: its vector, and their share of the weights of the question."""

    vector: npt.NDArray[np.float32]
    share: float


class Lacking:
    """The ordinary words of one question that no document has.

    The question without them is encoded with the question itself, if both are as long (``follow_up``).

    Names, numbers and codes are not among them, because whether they decide is another question (``citewell.search.turning``).

    Args:
        text: The question.
        vector: Its unit vector, not mixed with anything else.
        weights: Its concepts.
        unseen: The probability that a word of a text like those of the corpus stands nowhere in it; None is not known.
        encoder: The encoder.
        storage: The vectors of windows.
    """

    def __init__(
        self,
        text: str,
        vector: npt.NDArray[np.float32],
        weights: TermWeights,
        unseen: float | None,
        encoder: Encoder,
        storage: Storage,
    ) -> None:
        self._text = text
        self._vector = vector
        self._weights = weights
        self._expected = _EXPECTED * told_by_absence(unseen)
        self._encoder = encoder
        self._storage = storage

    def against(self, candidate: Candidate) -> float:
        """Return what the evidence of a place loses by them; nothing in another language, where all words are others."""
        if candidate.foreign or self._rest is None:
            return 0.0
        return _RISE * max(0.0, self._rise(candidate, self._rest) + self._expected * self._rest.share)

    def are_said_otherwise(self, candidate: Candidate) -> bool:
        """Return whether a place says them in other words, as far as the encoder tells."""
        return self._rest is not None and self._rise(candidate, self._rest) < 0

    def is_another(self, asked: Concept, rivals: Sequence[Rival]) -> bool:
        """Return whether a word is none of those that stand in its place, as far as the encoder tells.

        Their sentences are nearer to the question with their own word than with the asked one, and than without any: much
        nearer, all together, and none of them less near, because its word would be another one for what is asked.

        Args:
            asked: The word.
            rivals: Those that stand in its place.
        """
        if not rivals:
            return False
        before, after = self._text[: asked.span.start], self._text[asked.span.end :]
        rest = self._encoder.encode_query(f"{before}{after}".strip())
        nearer: list[float] = []
        for rival in rivals:
            sentence = self._encoder.encode_sentence(rival.sentence)
            other = self._encoder.encode_query(f"{before}{rival.word.lower()}{after}")
            cosines = np.array([float(sentence @ each) for each in (self._vector, rest, other)])
            whole, without, instead = self._encoder.card.fit.closeness(cosines).tolist()
            nearer.append(instead - whole + _RISE * (without - whole))
        return bool(min(nearer) > 0 and sum(nearer) >= _ANOTHER)

    def _rise(self, candidate: Candidate, rest: _Rest) -> float:
        """Return how much nearer the question is to a place without them."""
        window = np.array([candidate.window])
        cosines = [float(self._storage.cosines(each, window)[0]) for each in (self._vector, rest.vector)]
        whole, other = self._encoder.card.fit.closeness(np.array(cosines)).tolist()
        return float(other - whole)

    @lazy
    def _rest(self) -> _Rest | None:
        text = without_lacking(self._text, self._weights)
        if text is None:
            return None
        share = sum(each.weight for each in _lacked(self._weights)) / (self._weights.total or 1.0)
        return _Rest(self._encoder.encode_query(text), share)


def without_lacking(text: str, weights: TermWeights) -> str | None:
    """Return a question without its ordinary words that no document has; None if it has none, or no others."""
    lacked = _lacked(weights)
    # Without its only words, a question asks nothing.
    if not 0 < len(lacked) < len(weights.concepts):
        return None
    # Pieces of writing without spaces overlap.
    places = {at for each in lacked for at in range(each.concept.span.start, each.concept.span.end)}
    return "".join(character for at, character in enumerate(text) if at not in places).strip()


def _lacked(weights: TermWeights) -> list[Weighted]:
    return [each for each in weights.concepts if not (each.is_found or each.concept.is_key)]


def unknown_words(text: str, weights: TermWeights) -> tuple[str, ...]:
    """Return the words and codes of a question that no document has, in any form or by another name, as they are written."""
    return tuple(
        dict.fromkeys(
            each.concept.span.of(text)
            for each in weights.concepts
            if each.concept.kind in (Kind.WORD, Kind.CODE)
            and not (each.is_found or each.named_without_number or each.others)
        )
    )


def told_by_absence(unseen: float | None) -> float:
    """Return how much a missing word tells: the logarithm of how much more often it is, if a corpus does not cover a question.

    Args:
        unseen: The probability that a word of a text like those of the corpus stands nowhere in it; None is not known.
    """
    return max(0.0, math.log(_MISSING / unseen)) if unseen else 0.0

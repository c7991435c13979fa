"""Whether a word that is written small is a name, as far as the encoder knows it.

People type "how many cars does the carla carry". A linear classifier (ridge regression) on the vectors of a few names and of a
few other words tells them apart; it needs no list of names, and works in the languages of the encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from citewell.encoder.encoding import Encoder, Vectors
from citewell.search.bundled_vectors import remembered

# People, places, ships, firms and brands of several countries; and words of all kinds that are no names.
_NAMES = (
    "anna peter maria john olga hassan yuki pierre ingrid carlos smith müller rossi kowalski tanaka novak johansen garcia "
    "lopez ivanov paris norway boston nile sahara toyota nokia titanic bismarck victoria"
)
_OTHERS = (
    "table house price doctor water garden carry repair strong quickly machine letter animal colour money summer travel "
    "contract engine bread window question begin teach forest salary visit light answer ticket storage heavy cheap open lose "
    "medicine holiday report manager vessel"
)
_RIDGE = 1.0
# Between -1 (no name) and 1. Between the highest of 22 other words (0.25) and the lowest of 13 common names (0.29) that are not
# among those above.
_NAME = 0.28

_Score = Callable[[npt.NDArray[np.float32]], float]
_scores: WeakKeyDictionary[Encoder, _Score] = WeakKeyDictionary()


def looks_like_a_name(word: str, encoder: Encoder) -> bool:
    """Return whether a word is probably a name, whatever its capitals."""
    return _score(word, encoder) >= _NAME


def looks_like_no_name(word: str, encoder: Encoder) -> bool:
    """Return whether a word is rather none than a name; some are neither."""
    return _score(word, encoder) < 0


def _score(word: str, encoder: Encoder) -> float:
    if encoder not in _scores:
        _scores[encoder] = _fit(encoder)
    return _scores[encoder](encoder.encode_query(word))


def _fit(encoder: Encoder) -> _Score:
    names, others = _NAMES.split(), _OTHERS.split()

    def encode(words: Sequence[str]) -> Vectors:
        # With what documents are encoded with, a server would need half as much memory again.
        return np.stack([encoder.encode_query(word, *words) for word in words])

    vectors = remembered(encoder, "names", (*names, *others), encode)
    targets = np.repeat([1.0, -1.0], [len(names), len(others)])
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    slope = np.linalg.solve(centred.T @ centred + _RIDGE * np.eye(centred.shape[1]), centred.T @ targets)
    return lambda vector: float((vector - mean) @ slope)

"""Which of many texts is nearly another: what holding each against each would find, at a fraction of the cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

# Texts more alike than this (Indel similarity in per cent) are one text to a reader.
_SAME = 95.0
_KINDS = 128


class Texts:
    """Texts that grow in number, to hold others against.

    Two texts differ by at least as many insertions and deletions as their counts of characters do (of kinds of characters, by
    code point), which rules nearly all out without looking at the order of the characters.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._counts: npt.NDArray[np.int32] = np.zeros((16, _KINDS), dtype=np.int32)
        self._lengths: npt.NDArray[np.int64] = np.zeros(16, dtype=np.int64)

    def add(self, text: str) -> None:
        """Add a text behind the others."""
        size = len(self._texts)
        if size == len(self._counts):
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
            self._lengths = np.concatenate([self._lengths, np.zeros_like(self._lengths)])
        self._counts[size], self._lengths[size] = _count(text), len(text)
        self._texts.append(text)

    def first_like(self, text: str) -> int | None:
        """Return which is the first that is nearly this text, or None."""
        size, counts = len(self._texts), _count(text)
        # Lengths are looked at first, because they are one number a text.
        allowed = (100 - _SAME) / 100 * (self._lengths[:size] + len(text)) + 1
        near = np.flatnonzero(np.abs(self._lengths[:size] - len(text)) <= allowed)
        near = near[np.abs(self._counts[near] - counts).sum(axis=1) <= allowed[near]]
        found = (at for at in near.tolist() if fuzz.ratio(self._texts[at], text, score_cutoff=_SAME) > 0)
        return next(found, None)


def _count(text: str) -> npt.NDArray[np.int32]:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.bincount(points % _KINDS, minlength=_KINDS).astype(np.int32)

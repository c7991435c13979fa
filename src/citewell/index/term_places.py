"""Which words stand where in the documents: read when a question is answered, so that no text is analysed again.

A segment has one record for each word of each document, in order, and one for each part of a joined word, at the same place
(``term_file`` keeps them in a file). A word is stored as a digest of its form; with 64 bits, two words of a question and a
passage have the same one by chance once in 10^15 comparisons.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from citewell.text.terms import Term

Keys = npt.NDArray[np.uint64]
Starts = npt.NDArray[np.uint32]

RECORD = np.dtype([("key", "<u8"), ("start", "<u4")])
_NO_KEYS, _NO_STARTS = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint32)
# How often words stand is counted for so many of them at most, which are a fair sample: digests are spread evenly.
_COUNTED = 1 << 20
_READ_AT_ONCE = 1 << 18
# Most words of a text are among a few thousand.
_REMEMBERED = 1 << 16


@lru_cache(maxsize=_REMEMBERED)
def key_of(form: str) -> int:
    """Return the digest by which the form of a word is stored."""
    return int.from_bytes(blake2b(form.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def records_of(terms: Iterable[Term]) -> tuple[npt.NDArray[np.void], list[int]]:
    """Return the records of some terms (`RECORD`), and which of them is the first of each term."""
    firsts: list[int] = []
    keys: list[int] = []
    starts: list[int] = []
    for term in terms:
        firsts.append(len(keys))
        keys.append(key_of(term.text))
        starts.append(term.span.start)
        for part in term.parts:
            keys.append(key_of(part))
            starts.append(term.span.start)
    records = np.empty(len(keys), dtype=RECORD)
    records["key"], records["start"] = np.array(keys, dtype=np.uint64), starts
    return records, firsts


class SegmentRecords(Protocol):
    """The records of one segment, as an engine keeps them. Thread-safe; ``count`` is how many there are."""

    count: int

    def read(self, parts: Sequence[range]) -> tuple[Keys, Starts]:
        """Return the records of some parts, one part after the other: the keys of words, and their places.

        Raises:
            IndexFaultError: They cannot be read, or are not what was written.
        """


class TermPlaces:
    """The records of one snapshot, which are numbered one segment after the other. Thread-safe.

    Args:
        segments: Those of each segment.
    """

    def __init__(self, *segments: SegmentRecords) -> None:
        self._segments = segments
        # The first record of each segment.
        self.bases = list(accumulate((segment.count for segment in segments), initial=0))[:-1]

    def read(self, *parts: range) -> tuple[Keys, Starts]:
        """Return the keys and the places of the words of some parts, in order; places are code points in their document."""
        if len(self._segments) == 1:
            return self._segments[0].read(parts)
        homes = [bisect_right(self.bases, part.start) - 1 for part in parts]
        found = [(_NO_KEYS, _NO_STARTS)] * len(parts)
        for home in set(homes):
            mine = [nth for nth, each in enumerate(homes) if each == home]
            base = self.bases[home]
            some = [range(parts[nth].start - base, parts[nth].stop - base) for nth in mine]
            keys, starts = self._segments[home].read(some)
            for nth, (first, end) in zip(mine, pairwise(accumulate(map(len, some), initial=0)), strict=True):
                found[nth] = keys[first:end], starts[first:end]
        return np.concatenate([_NO_KEYS, *(each[0] for each in found)]), np.concatenate(
            [_NO_STARTS, *(each[1] for each in found)]
        )

    def unseen(self) -> float | None:
        """Return the probability that the next word of such a text is none of these (Good, 1953): how many stand only once.

        Returns:
            The share of all words that stand once in all documents together; None without any word.
        """
        every = -(-sum(segment.count for segment in self._segments) // _COUNTED)
        parts = (
            range(base + start, base + min(start + _READ_AT_ONCE, segment.count))
            for segment, base in zip(self._segments, self.bases, strict=True)
            for start in range(0, segment.count, _READ_AT_ONCE)
        )
        kept = [keys[keys % every == 0] if every > 1 else keys.copy() for keys, _ in map(self.read, parts)]
        keys = np.concatenate([np.zeros(0, dtype=np.uint64), *kept])
        if not len(keys):
            return None
        counts = np.unique(keys, return_counts=True)[1]
        return float((counts == 1).sum() / len(keys))

"""Postings as they are kept: one row for each word of a block of a segment, with the passages that have it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from citewell.index.lexical_queries import FORMS, PARTS
from citewell.index.sealing import seal, seal_bytes
from citewell.index.segment_rows import Row, RowsToWrite
from citewell.text.terms import Term

# Little-endian, whatever the machine.
PASSAGES = POSITIONS = np.dtype("<u4")
FREQUENCIES = np.dtype("<u2")
POSTINGS, LENGTHS = "postings", "lengths"
# So many places of words are in memory, before they are written as a block.
_MOST_PLACES = 1 << 21
# How long a passage is, as it is kept in a byte: exact up to 40, then with three bits (Lucene's SmallFloat).
_EXACT = 24


def _kept(code: int) -> int:
    rest = code - _EXACT
    return code if rest < 0 else _EXACT + (rest if rest < 8 else (rest & 7 | 8) << (rest >> 3) - 1)


KEPT_LENGTHS = np.array([_kept(code) for code in range(256)], dtype=np.int64)


def codes_of(lengths: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Return the byte of each length: that of the greatest kept length that is not above it."""
    return (np.searchsorted(KEPT_LENGTHS, lengths, side="right") - 1).astype(np.uint8)


class PostingsWriter:
    """Writes the postings of a segment, passage by passage.

    Args:
        rows: Where its rows are written.
        most_places: How many places of words a block has.
    """

    def __init__(self, rows: RowsToWrite, most_places: int = _MOST_PLACES) -> None:
        self._rows = rows
        self._most = most_places
        self._lengths = array("I")
        self._blocks = 0
        self._fields = {field: _Field() for field in (FORMS, PARTS)}

    def add(self, passage: int, terms: Sequence[Term]) -> None:
        """Add one passage of the segment by its terms, with those of what stands above it."""
        self._fields[FORMS].add(passage, [term.text for term in terms])
        self._fields[PARTS].add(passage, [part for term in terms for part in term.parts])
        self._lengths.append(len(terms))
        if sum(field.places for field in self._fields.values()) >= self._most:
            self._flush()

    def close(self) -> None:
        """Write what is left, and how long the passages are."""
        self._flush()
        tokens, codes = sum(self._lengths), codes_of(self._lengths).tobytes()
        self._rows.add(LENGTHS, [(0, tokens, codes, seal(LENGTHS, 0, tokens, seal_bytes(codes)))])

    def _flush(self) -> None:
        for name, field in self._fields.items():
            self._rows.add(POSTINGS, (_sealed(name, form, self._blocks, *packed) for form, *packed in field.packed()))
        self._blocks += 1
        self._fields = {field: _Field() for field in (FORMS, PARTS)}


def _sealed(field: str, form: str, block: int, passages: bytes, frequencies: bytes, positions: bytes) -> Row:
    count = len(passages) // PASSAGES.itemsize
    return (
        *(field, form, block, count, passages, frequencies, positions),
        posting_seal(field, form, block, count, passages, frequencies),
        positions_seal(field, form, block, positions),
    )


def posting_seal(field: str, form: str, block: int, count: int, passages: bytes, frequencies: bytes) -> bytes:
    """Return the seal of a row without its positions, which few questions need."""
    return seal(POSTINGS, field, form, block, count, seal_bytes(passages), seal_bytes(frequencies))


def positions_seal(field: str, form: str, block: int, positions: bytes) -> bytes:
    """Return the seal of the positions of a row."""
    return seal("positions", field, form, block, seal_bytes(positions))


class _Field:
    """The words of a field in the passages of a block."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words = array("I")
        self._passages = array("I")
        self._positions = array("I")

    @property
    def places(self) -> int:
        return len(self._words)

    def add(self, passage: int, words: Iterable[str]) -> None:
        before = len(self._words)
        self._words.extend(self._numbers.setdefault(word, len(self._numbers)) for word in words)
        count = len(self._words) - before
        self._passages.extend([passage] * count)
        self._positions.extend(range(count))

    def packed(self) -> Iterator[tuple[str, bytes, bytes, bytes]]:
        """Yield each word with its passages, how often each has it, and where."""
        words, passages, positions = (
            np.frombuffer(each, dtype=np.uint32) for each in (self._words, self._passages, self._positions)
        )
        if not len(words):
            return
        order = np.argsort(words, kind="stable")
        words, passages, positions = words[order], passages[order], positions[order]
        # Where a word begins to stand in a passage, and of those, where the first passage of a word is.
        firsts = np.flatnonzero(np.diff(words, prepend=words[0] + 1) | np.diff(passages, prepend=0)).astype(np.int64)
        firsts = firsts if firsts[0] == 0 else np.concatenate([[0], firsts])
        ends = np.append(firsts[1:], len(words))
        often = np.minimum(ends - firsts, np.iinfo(FREQUENCIES).max).astype(FREQUENCIES)
        edges = np.searchsorted(words[firsts], np.arange(len(self._numbers) + 1))
        for number, word in enumerate(self._numbers):
            start, end = int(edges[number]), int(edges[number + 1])
            places = positions[firsts[start] : ends[end - 1]]
            yield (
                word,
                passages[firsts[start:end]].astype(PASSAGES).tobytes(),
                often[start:end].tobytes(),
                places.astype(POSITIONS).tobytes(),
            )

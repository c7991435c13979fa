"""The concordance of a snapshot: every word as it is written, with all its places; ``concordance_writing`` writes it.

Each segment has blocks, one after the other in the order of its documents. Words are numbered within a block, so that two stand
side by side where one's number follows the other's, and the numbers of a paragraph are a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from citewell.errors import IndexDamagedError
from citewell.index.concordance_writing import PLACE, unpacked, unpacked_paragraphs
from citewell.index.database import Database
from citewell.index.numbering import Ordinals
from citewell.index.soundness import Soundness
from citewell.index.verifying import VERIFIED, Check

Records = npt.NDArray[np.void]

_PLACES = "SELECT count, places FROM words WHERE block = ?"
# No word has it.
LAST = chr(0x10FFFF)

# How many places a word has, and where, as ``concordance_writing`` packs them.
PackedPlaces = tuple[int, bytes]


class ConcordanceSegment(Protocol):
    """The concordance of one segment, as an engine keeps it. Thread-safe.

    All methods raise `IndexFaultError` if it cannot be read, or is damaged.
    """

    def block_count(self) -> int:
        """Return how many blocks there are."""

    def block(self, block: int) -> tuple[int, bytes]:
        """Return the number after the last word of a block, and its paragraphs as they were written."""

    def places(self, block: int, form: str) -> list[PackedPlaces]:
        """Return the places of a word in a block; nothing if it has none."""

    def places_from(self, block: int, form: str) -> list[PackedPlaces]:
        """Return the places of each word of a block that begins with some letters."""

    def damaged(self, reason: object) -> IndexDamagedError:
        """Report damage, and return it as an error."""


class ConcordanceFile:
    """The concordance of one segment in a SQLite file (`ConcordanceSegment`).

    Args:
        file: The file.
        soundness: Where damage is reported.

    Raises:
        IndexFaultError: The file cannot be opened.
    """

    def __init__(self, file: Path, soundness: Soundness | None = None) -> None:
        self._file = Database(file, soundness)
        self.damaged = self._file.damaged

    def block_count(self) -> int:
        """Return how many blocks there are."""
        return int(self._file.all("SELECT count(*) FROM blocks")[0][0])

    def block(self, block: int) -> tuple[int, bytes]:
        """Return a block (`ConcordanceSegment.block`)."""
        rows = self._file.all("SELECT end_number, paragraphs FROM blocks WHERE ordinal = ?", block)
        if len(rows) != 1:
            raise self.damaged(f"block {block} is missing")
        return rows[0][0], rows[0][1]

    def places(self, block: int, form: str) -> list[PackedPlaces]:
        """Return the places of a word (`ConcordanceSegment.places`)."""
        return [(count, packed) for count, packed in self._file.all(f"{_PLACES} AND word = ?", block, form)]

    def places_from(self, block: int, form: str) -> list[PackedPlaces]:
        """Return the places of words that begin with some letters (`ConcordanceSegment.places_from`)."""
        rows = self._file.all(f"{_PLACES} AND word >= ? AND word < ?", block, form, form + LAST)
        return [(count, packed) for count, packed in rows]


@dataclass(frozen=True, slots=True)
class Block:
    """The paragraphs of a block that have words, in order (`PARAGRAPH`); its words have the numbers below ``end_number``.

    ``documents`` is the ordinal of the document of each paragraph, -1 if that is no longer valid.
    """

    paragraphs: Records
    end_number: int
    documents: Ordinals


class Concordance:
    """The concordance of one snapshot. Thread-safe.

    Args:
        segments: That of each segment.
        documents: Of each segment, the ordinals of its documents, -1 for those that are no longer valid; None is the numbers
            that the documents of a single segment have there.
        check: What verifies all of them before they are first read.

    Raises:
        IndexFaultError: One cannot be read, or is no concordance.
    """

    def __init__(
        self,
        *segments: ConcordanceSegment,
        documents: Sequence[Ordinals] | None = None,
        check: Check = VERIFIED,
    ) -> None:
        self._segments = segments
        self._documents = documents
        self._check = check
        # Of each block, its segment, and its number there.
        self._known = self._read_places() if check.is_done else None
        self._blocks: dict[int, Block] = {}

    @property
    def blocks(self) -> range:
        """The numbers of the blocks."""
        return range(len(self._places))

    @property
    def _places(self) -> list[tuple[int, int]]:
        if self._known is None:
            # A word that a damaged file lacks looks like one that no document has, so all of it is verified.
            self._check.check()
            self._known = self._read_places()
        return self._known

    def _read_places(self) -> list[tuple[int, int]]:
        counts = [segment.block_count() for segment in self._segments]
        return [(segment, nth) for segment, count in enumerate(counts) for nth in range(count)]

    def block(self, block: int) -> Block:
        """Return a block, without its words."""
        if block not in self._blocks:
            self._blocks[block] = self._read_block(*self._places[block])
        return self._blocks[block]

    def places(self, block: int, form: str, *, is_prefix: bool = False) -> Records:
        """Return the places of a word in a block, in order (`PLACE`).

        Args:
            block: The block.
            form: The word, as ``citewell.text.written`` folds it.
            is_prefix: Whether all words that begin with it are meant.
        """
        home, nth = self._places[block]
        segment = self._segments[home]
        if not is_prefix:
            return _unpacked(segment, segment.places(nth, form))
        found = _unpacked(segment, segment.places_from(nth, form))
        # By where they stand; of a word and its half, the word first.
        return found[np.lexsort((-found["size"].astype(np.int64), found["start"], found["number"]))]

    def _read_block(self, home: int, nth: int) -> Block:
        end_number, packed = self._segments[home].block(nth)
        try:
            paragraphs = unpacked_paragraphs(packed)
            numbers = paragraphs["document"].astype(np.int64)
            documents = numbers if self._documents is None else self._documents[home][numbers]
            return Block(paragraphs, int(end_number), documents)
        except (TypeError, ValueError, IndexError) as error:
            raise self._segments[home].damaged(error) from error


def _unpacked(segment: ConcordanceSegment, rows: list[PackedPlaces]) -> Records:
    try:
        places = [unpacked(content, count) for count, content in rows]
        return np.concatenate(places or [np.zeros((0, 3), dtype=np.uint32)]).view(PLACE).reshape(-1)
    except (TypeError, ValueError) as error:
        raise segment.damaged(error) from error

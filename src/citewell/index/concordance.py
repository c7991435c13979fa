"""The concordance of a snapshot: every word as it is written, with all its places; ``concordance_writing`` writes it.

Each segment has a file of blocks, one after the other in the order of its documents. Words are numbered within a block, so that
two stand side by side where one's number follows the other's, and the numbers of a paragraph are a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from citewell.index.concordance_writing import PARAGRAPH, PLACE, unpacked
from citewell.index.database import Database, Row
from citewell.index.numbering import Ordinals
from citewell.index.soundness import Soundness
from citewell.index.verifying import VERIFIED, Check

Records = npt.NDArray[np.void]

_PLACES = "SELECT count, places FROM words WHERE block = ?"
# No word has it.
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Block:
    """The paragraphs of a block that have words, in order (`PARAGRAPH`); its words have the numbers below ``end_number``.

    ``documents`` is the ordinal of the document of each paragraph, -1 if that is no longer valid.
    """

    paragraphs: Records
    end_number: int
    documents: Ordinals


class Concordance:
    """The concordance of one snapshot, one file for each segment. Thread-safe.

    Args:
        files: The files.
        documents: Of each file, the ordinals of its documents, -1 for those that are no longer valid; None is the numbers that
            the documents of a single file have there.
        soundness: Where damage is reported.
        check: What verifies the files before they are first read.

    Raises:
        IndexFaultError: A file cannot be read, or is no concordance.
    """

    def __init__(
        self,
        *files: Path,
        documents: Sequence[Ordinals] | None = None,
        soundness: Soundness | None = None,
        check: Check = VERIFIED,
    ) -> None:
        self._files = [Database(file, soundness) for file in files]
        self._documents = documents
        self._check = check
        # Of each block, its file, and its number there.
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
        counts = [int(file.all("SELECT count(*) FROM blocks")[0][0]) for file in self._files]
        return [(file, nth) for file, count in enumerate(counts) for nth in range(count)]

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
        file = self._files[home]
        if not is_prefix:
            return _unpacked(file, file.all(f"{_PLACES} AND word = ?", nth, form))
        found = _unpacked(file, file.all(f"{_PLACES} AND word >= ? AND word < ?", nth, form, form + _LAST))
        # By where they stand; of a word and its half, the word first.
        return found[np.lexsort((-found["size"].astype(np.int64), found["start"], found["number"]))]

    def _read_block(self, home: int, nth: int) -> Block:
        file = self._files[home]
        rows = file.all("SELECT end_number, paragraphs FROM blocks WHERE ordinal = ?", nth)
        if len(rows) != 1:
            raise file.damaged(f"block {nth} is missing")
        try:
            paragraphs = np.frombuffer(rows[0][1], dtype=PARAGRAPH)
            numbers = paragraphs["document"].astype(np.int64)
            documents = numbers if self._documents is None else self._documents[home][numbers]
            return Block(paragraphs, int(rows[0][0]), documents)
        except (TypeError, ValueError, IndexError) as error:
            raise file.damaged(error) from error


def _unpacked(file: Database, rows: list[Row]) -> Records:
    try:
        places = [unpacked(content, count) for count, content in rows]
        return np.concatenate(places or [np.zeros((0, 3), dtype=np.uint32)]).view(PLACE).reshape(-1)
    except (TypeError, ValueError) as error:
        raise file.damaged(error) from error

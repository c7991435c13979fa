"""The concordance of a snapshot: every word as it is written, with all its places; ``concordance_writing`` writes it.

It consists of segments, one after the other in the order of the documents. Words are numbered within a segment, so that two
stand side by side where one's number follows the other's, and the numbers of a paragraph are a range.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from citewell.index.concordance_writing import PARAGRAPH, PLACE, unpacked
from citewell.index.database import Database, Row
from citewell.index.soundness import Soundness

Records = npt.NDArray[np.void]

_PLACES = "SELECT count, places FROM words WHERE segment = ?"
# No word has it.
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Segment:
    """The paragraphs of a segment that have words, in order (`PARAGRAPH`); its words have the numbers below ``end_number``."""

    paragraphs: Records
    end_number: int


class Concordance:
    """The concordance of one snapshot. Thread-safe.

    Args:
        file: The file.
        soundness: Where damage is reported.

    Raises:
        IndexFaultError: The file cannot be read, or is no concordance.
    """

    def __init__(self, file: Path, soundness: Soundness | None = None) -> None:
        self._file = Database(file, soundness)
        self._segments: dict[int, Segment] = {}
        self.segments = range(int(self._file.all("SELECT count(*) FROM segments")[0][0]))

    def segment(self, segment: int) -> Segment:
        """Return a segment, without its words."""
        if segment not in self._segments:
            rows = self._file.all("SELECT end_number, paragraphs FROM segments WHERE ordinal = ?", segment)
            if len(rows) != 1:
                raise self._file.damaged(f"segment {segment} is missing")
            try:
                self._segments[segment] = Segment(np.frombuffer(rows[0][1], dtype=PARAGRAPH), int(rows[0][0]))
            except (TypeError, ValueError) as error:
                raise self._file.damaged(error) from error
        return self._segments[segment]

    def places(self, segment: int, form: str, *, is_prefix: bool = False) -> Records:
        """Return the places of a word in a segment, in order (`PLACE`).

        Args:
            segment: The segment.
            form: The word, as ``citewell.text.written`` folds it.
            is_prefix: Whether all words that begin with it are meant.
        """
        if not is_prefix:
            return self._unpacked(self._file.all(f"{_PLACES} AND word = ?", segment, form))
        found = self._unpacked(self._file.all(f"{_PLACES} AND word >= ? AND word < ?", segment, form, form + _LAST))
        # By where they stand; of a word and its half, the word first.
        return found[np.lexsort((-found["size"].astype(np.int64), found["start"], found["number"]))]

    def _unpacked(self, rows: list[Row]) -> Records:
        try:
            places = [unpacked(content, count) for count, content in rows]
            return np.concatenate(places or [np.zeros((0, 3), dtype=np.uint32)]).view(PLACE).reshape(-1)
        except (TypeError, ValueError) as error:
            raise self._file.damaged(error) from error

"""Writes the concordance of a new snapshot; ``concordance`` reads it.

The words are collected in memory up to some millions of places, and then written as one block: its paragraphs, and each of
its words with its places. So memory is bounded, whatever the size of the corpus.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from types import TracebackType

import numpy as np
import numpy.typing as npt

from citewell.index.segment_rows import RowsToWrite
from citewell.text.paragraphs import Part, written_parts
from citewell.text.written import DASH, WrittenWord

# A place of a word: its number among the words of the block, where it starts in the document, its length in code points, how
# it is joined to the word before it, and how many numbers it takes.
PLACE = np.dtype([("number", "<u4"), ("start", "<u4"), ("size", "<u2"), ("joint", "u1"), ("width", "u1")])
# A paragraph: its document, where it stands in that, and the number of its first word.
PARAGRAPH = np.dtype([("document", "<u4"), ("start", "<u4"), ("end", "<u4"), ("first", "<u4")])

# The tables in SQLite.
SCHEMA = """
CREATE TABLE blocks (ordinal INTEGER PRIMARY KEY, end_number INTEGER NOT NULL, paragraphs BLOB NOT NULL);
CREATE TABLE words (
    block INTEGER NOT NULL, word TEXT NOT NULL, count INTEGER NOT NULL, places BLOB NOT NULL,
    PRIMARY KEY (block, word)) WITHOUT ROWID;
"""
_MOST_PLACES = 1 << 21
# Only invisible characters make a word longer than its letters; this many are marked.
_LONGEST = (1 << 16) - 1
_MOST_HALVES = 100
# Compressing a few places does not make them smaller.
_FEW = 3
# In pages of SQLite's usual size, a quarter would be empty after long values.
PAGE = 1 << 14


class ConcordanceWriter:
    """Writes the concordance of a new segment, document by document in the order of their paths.

    Args:
        rows: Where its rows are written; leaving the block writes the last of them.
        most_places: How many places a block has, before it is written.
    """

    def __init__(self, rows: RowsToWrite, most_places: int = _MOST_PLACES) -> None:
        self._most = most_places
        self._rows = rows
        self._documents = 0
        self._blocks = 0
        self._clear()

    def __enter__(self) -> ConcordanceWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()

    def add(self, text: str) -> None:
        """Add the next document."""
        for part in written_parts(text):
            # Between two parts of a paragraph, a phrase could be lost.
            if len(self._words) >= (2 * self._most if part.goes_on else self._most):
                self._flush()
            self._add_part(part)
        self._documents += 1

    def _clear(self) -> None:
        self._ordinals: dict[str, int] = {}
        self._words = array("I")
        self._places = array("I")
        self._next = 0
        self._paragraphs: list[tuple[int, int, int, int]] = []
        # Whether the last paragraph that was read is the last of these: one without words is not.
        self._is_open = False

    def _add_part(self, part: Part) -> None:
        starts = [word.start for word in part.words]
        ends = [bisect_left(starts, paragraph.start) for paragraph in part.paragraphs[1:]]
        for nth, edges in enumerate(pairwise([0, *ends, len(starts)])):
            paragraph, words = part.paragraphs[nth], part.words[slice(*edges)]
            # A word with a hyphen at a line's end can go on in the next line, though lines are units.
            end = max(paragraph.end, words[-1].end) if words else paragraph.end
            if nth == 0 and part.goes_on and self._is_open:
                document, start, _, first = self._paragraphs[-1]
                self._paragraphs[-1] = (document, start, end, first)
            else:
                self._is_open = bool(words)
                if words:
                    # A phrase does not go on in the next paragraph, so a number is left out between two.
                    self._next += 1
                    self._paragraphs.append((self._documents, paragraph.start, end, self._next))
            self._add_words(words)

    def _add_words(self, words: Sequence[WrittenWord]) -> None:
        if any(word.halves for word in words):
            for word in words:
                self._add_word(word)
            return
        # Nearly all words of a text are here, so no function is called for each.
        ordinals, first = self._ordinals, self._next
        self._words.extend([ordinals.setdefault(word.form, len(ordinals)) for word in words])
        for number, (_, start, end, joint, _) in enumerate(words, first):
            self._places.extend((number, start, _packed(end - start, joint, 1)))
        self._next += len(words)

    def _add_word(self, word: WrittenWord) -> None:
        halves = word.halves[:_MOST_HALVES]
        width = max(1, len(halves))
        self._add_place(word.form, word.start, word.end, word.joint, width)
        for nth, (form, start, end) in enumerate(halves):
            self._add_place(form, start, end, DASH if nth else word.joint, 1, nth)
        self._next += width

    def _add_place(self, form: str, start: int, end: int, joint: int, width: int, nth: int = 0) -> None:
        self._words.append(self._ordinals.setdefault(form, len(self._ordinals)))
        self._places.extend((self._next + nth, start, _packed(end - start, joint, width)))

    def _flush(self) -> None:
        if not self._words:
            return
        paragraphs = np.array(self._paragraphs, dtype=np.uint32).astype("<u4")
        self._rows.add("blocks", [(self._blocks, self._next, _compressed(paragraphs))])
        self._rows.add("words", self._words_in_order())
        self._blocks += 1
        self._clear()

    def _words_in_order(self) -> Iterable[tuple[int, str, int, bytes]]:
        """Yield each word of the block with its places, in the order of the words."""
        # By code points, as engines compare.
        words = sorted(self._ordinals)
        ranks = np.zeros(len(words), dtype=np.uint32)
        ranks[[self._ordinals[word] for word in words]] = np.arange(len(words), dtype=np.uint32)
        ranked = ranks[np.frombuffer(self._words, dtype=np.uint32)]
        places = np.frombuffer(self._places, dtype=np.uint32).astype("<u4").reshape(-1, 3)
        ordered = places[np.argsort(ranked, kind="stable")]
        ends = np.cumsum(np.bincount(ranked, minlength=len(words))).tolist()
        start = 0
        for word, end in zip(words, ends, strict=True):
            yield self._blocks, word, end - start, packed(ordered[start:end])
            start = end


def _packed(length: int, joint: int, width: int) -> int:
    return min(length, _LONGEST) | joint << 16 | width << 24


def packed(places: npt.NDArray[np.uint32]) -> bytes:
    """Return the places of a word, shape (places, 3), as they are stored: of frequent words, compressed.

    Numbers are stored as differences, and the bytes of each column together, which halves their size again.
    """
    if len(places) <= _FEW:
        return places.tobytes()
    columns = places.copy()
    columns[1:, 0] -= places[:-1, 0]
    return _compressed(columns)


def unpacked_paragraphs(content: bytes) -> npt.NDArray[np.void]:
    """Return the paragraphs of a block, in order (`PARAGRAPH`).

    Raises:
        ValueError: They are not as they were written.
    """
    try:
        columns = np.frombuffer(zlib.decompress(content), dtype=np.uint8).reshape(PARAGRAPH.itemsize, -1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    return columns.T.copy().view(PARAGRAPH).reshape(-1)


def _compressed(rows: npt.NDArray[np.uint32]) -> bytes:
    """Compress numbers, shape (rows, columns), the bytes of each column together."""
    return zlib.compress(rows.view(np.uint8).reshape(len(rows), -1).T.tobytes())


def unpacked(content: bytes, count: int) -> npt.NDArray[np.uint32]:
    """Return the places that ``packed`` has packed.

    Raises:
        ValueError: They are not so many places.
    """
    if count <= _FEW:
        return np.frombuffer(content, dtype="<u4").reshape(count, 3)
    size = count * PLACE.itemsize
    try:
        columns = zlib.decompressobj().decompress(content, size)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    places = np.frombuffer(columns, dtype=np.uint8).reshape(PLACE.itemsize, count).T.copy().view("<u4")
    places[:, 0] = np.cumsum(places[:, 0], dtype=np.uint32)
    return places

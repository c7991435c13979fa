"""The records of words (``term_places``) of one segment in a file.

The file has each digest once, in the order in which words first come, and of each record the number of its digest and its
place, each in as few bytes as the greatest of the file needs.
"""

from __future__ import annotations

import threading
import weakref
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from citewell.errors import IndexDamagedError
from citewell.index.soundness import Soundness
from citewell.index.term_places import Keys, Starts, records_of
from citewell.index.verifying import VERIFIED, Check
from citewell.lazy import lazy
from citewell.text.terms import Term

# How many digests there are, and how many bytes the number of one and a place have.
_HEAD = np.dtype([("digests", "<u8"), ("number", "<u4"), ("start", "<u4")])
_DIGEST = np.dtype("<u8")
# A record while it is not known yet how great numbers and places become.
_LOOSE = np.dtype([("number", "<u4"), ("start", "<u4")])
_MOST_BYTES = 4
_LOOSE_NUMBER = np.dtype("<u4")
# What is left of four bytes if so many of them count.
_MASKS = [np.uint32((1 << 8 * size) - 1) for size in range(_MOST_BYTES + 1)]
_AT_ONCE = 1 << 18


class TermPlacesWriter:
    """Writes the file, document by document; ``count`` is how many records it has.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._loose_file = file.with_name(f"{file.name}.part")
        self._loose = self._loose_file.open("w+b")
        self._numbers: dict[int, int] = {}
        self._greatest_start = 0
        self.count = 0

    def __enter__(self) -> TermPlacesWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._write()
        finally:
            self._loose.close()
            self._loose_file.unlink(missing_ok=True)

    def add(self, terms: Iterable[Term]) -> list[int]:
        """Add the next terms of a document; return the number of the first record of each."""
        records, firsts = records_of(terms)
        firsts = [self.count + first for first in firsts]
        self.count += len(records)
        loose = np.empty(len(records), dtype=_LOOSE)
        numbers = self._numbers
        loose["number"] = [numbers.setdefault(key, len(numbers)) for key in records["key"].tolist()]
        loose["start"] = records["start"]
        self._greatest_start = max(self._greatest_start, int(records["start"].max(initial=0)))
        self._loose.write(loose.tobytes())
        return firsts

    def _write(self) -> None:
        number, start = map(_bytes_for, (max(0, len(self._numbers) - 1), self._greatest_start))
        self._loose.seek(0)
        with self._file.open("wb") as stream:
            stream.write(np.array([(len(self._numbers), number, start)], dtype=_HEAD).tobytes())
            stream.write(np.array(array("Q", self._numbers), dtype=_DIGEST).tobytes())
            while loose := self._loose.read(_AT_ONCE * _LOOSE.itemsize):
                columns = np.frombuffer(loose, dtype=np.uint8).reshape(-1, _LOOSE.itemsize)
                stream.write(np.hstack([columns[:, :number], columns[:, 4 : 4 + start]]).tobytes())


class TermFile:
    """The records of one segment in a file (`term_places.SegmentRecords`).

    Args:
        path: The file.
        soundness: Where damage is reported.
        check: What verifies it when it is read.

    Raises:
        IndexDamagedError: It is missing, or has no whole number of records.
    """

    def __init__(self, path: Path, soundness: Soundness | None = None, check: Check = VERIFIED) -> None:
        self._path = path
        self._check = check
        self._soundness = soundness or Soundness()
        self._lock = threading.Lock()
        try:
            self._file = path.open("rb", buffering=0)
        except FileNotFoundError as error:
            raise self._soundness.mark_damaged(f"{path} is missing") from error
        weakref.finalize(self, self._file.close)
        (head,) = np.frombuffer(self._bytes(0, _HEAD.itemsize), dtype=_HEAD)
        self._digest_count, self._number_bytes, self._start_bytes = map(int, head)
        self._width = self._number_bytes + self._start_bytes
        self._first_byte = _HEAD.itemsize + self._digest_count * _DIGEST.itemsize
        left = path.stat().st_size - self._first_byte
        widths = {self._number_bytes, self._start_bytes}
        if left < 0 or not widths <= set(range(1, _MOST_BYTES + 1)) or left % self._width:
            raise self._damaged()
        self.count = left // self._width

    def read(self, parts: Sequence[range]) -> tuple[Keys, Starts]:
        """Return the records of some parts (`term_places.SegmentRecords.read`)."""
        # A number and a place are read as if they had four bytes, so that the last ones need some after them.
        found = b"".join([*(self._part(part.start, len(part)) for part in parts), bytes(_MOST_BYTES)])
        count = sum(map(len, parts))
        numbers, starts = (
            np.ndarray((count,), _LOOSE_NUMBER, found, first, (self._width,)) & _MASKS[size]
            for first, size in ((0, self._number_bytes), (self._number_bytes, self._start_bytes))
        )
        try:
            return self._digests.take(numbers), starts
        except IndexError as error:
            raise self._damaged() from error

    @lazy
    def _digests(self) -> npt.NDArray[np.uint64]:
        return np.frombuffer(self._bytes(_HEAD.itemsize, self._first_byte), dtype=_DIGEST)

    def _part(self, first: int, count: int) -> bytes:
        start = self._first_byte + first * self._width
        return self._bytes(start, start + count * self._width)

    def _bytes(self, start: int, end: int) -> bytes:
        self._check.check(start, end)
        with self._lock:
            self._file.seek(start)
            found = self._file.read(end - start) or b""
        if len(found) != end - start:
            raise self._damaged()
        return found

    def _damaged(self) -> IndexDamagedError:
        return self._soundness.mark_damaged(f"{self._path} is damaged: records are missing")


def _bytes_for(greatest: int) -> int:
    return max(1, -(-greatest.bit_length() // 8))

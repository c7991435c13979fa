"""Dense search: the vectors of all windows in FAISS indexes, searched exactly by inner product (cosine of unit vectors).

Vectors are kept in steps (``rounding``), a byte for each component. "Exact" means against what is kept: a question is not
rounded. A search first compares whole numbers, in half of the time, with a question that is rounded, too: what that may have
missed is known from how far the question was moved.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeGuard

import faiss
import numpy as np
import numpy.typing as npt

from citewell.errors import IndexDamagedError
from citewell.index.numbering import Ordinals
from citewell.index.promised import ChoiceRecord
from citewell.index.rounding import MOST_STEPS, Codes, Vectors, codes_of, step_of, vectors_of
from citewell.index.settled import Scores, best_of
from citewell.index.sketches import Sketches, write_sketches
from citewell.index.verifying import VERIFIED, Check

# It multiplies whole numbers: on some processors, it would make a question some.
_WHOLE = faiss.ScalarQuantizer.QT_8bit_direct_signed
# FAISS keeps bytes without a sign.
_SIGN = np.uint8(128)
# FAISS maps no file into memory on macOS; on Windows, one that is mapped could not be replaced.
_HOW_TO_READ = faiss.IO_FLAG_MMAP_IFC if sys.platform == "linux" else 0
# What stands before the vectors is shorter.
_HEAD_BYTES = 1024
# How much longer than 1 what is kept of a unit vector can be, and what single precision adds to a score.
_LONGER, _IMPRECISION = 1.04, 1e-5


class GatheredVectors:
    """The vectors of a new segment, in a file until all are there; a window's number is its row.

    ``count`` is how many there are.

    Args:
        file: The file.
        dimension: The dimension of the vectors.
    """

    def __init__(self, file: Path, dimension: int) -> None:
        self.dimension = dimension
        self.count = 0
        self._gathered = file
        self._stream = file.open("w+b")

    def add(self, vectors: Vectors) -> None:
        """Add unit vectors, shape (n, dimension)."""
        self._stream.seek(0, os.SEEK_END)
        self._stream.write(codes_of(vectors).tobytes())
        self.count += len(vectors)

    def rows(self, numbers: Ordinals) -> Vectors:
        """Return some of the vectors that were added, shape (n, dimension)."""
        return vectors_of(self.all()[numbers])

    def all(self) -> Codes:
        """Return all vectors in steps, shape (count, dimension), of which there is at least one."""
        self._stream.flush()
        shape = (self.count, self.dimension)
        found: Codes = np.memmap(self._gathered, dtype=np.int8, mode="r", shape=shape)
        return found

    def close(self) -> None:
        """Remove the file."""
        self._stream.close()
        self._gathered.unlink(missing_ok=True)


class VectorsWriter(GatheredVectors):
    """Writes the vectors of a new segment. Of many, there are ``sketches``, too, in ``sketches_file``.

    Args:
        file: The file.
        dimension: The dimension of the vectors.
        sketches: The file of their sketches.
    """

    def __init__(self, file: Path, dimension: int, sketches: Path) -> None:
        super().__init__(file.with_name(f"{file.name}.part"), dimension)
        self.file = file
        self.sketches_file = sketches
        self.choice: ChoiceRecord | None = None

    def write(self) -> None:
        """Write the file.

        Raises:
            OSError: The disk did not take it.
        """
        index = faiss.IndexScalarQuantizer(self.dimension, _WHOLE, faiss.METRIC_INNER_PRODUCT)
        if self.count:
            _fill(index, self.all())
        try:
            faiss.write_index(index, str(self.file))
        except RuntimeError as error:
            raise OSError(f"{self.file} could not be written: {error}") from error
        if self.count:
            self.choice = write_sketches(self.all(), self.sketches_file)


class WindowVectors:
    """The vectors of one snapshot, one file for each segment; windows are numbered one file after the other.

    Args:
        files: The files.
        sketches: The sketches of each file, if it has some.
        valid: Of each window, whether its document is still valid; None is that all are.
        checks: What verifies each file when it is read; nothing is that they were verified.

    Raises:
        IndexDamagedError: One is not a FAISS index, or they have different dimensions.
    """

    def __init__(
        self,
        *files: Path,
        sketches: Sequence[Sketches | None] = (),
        valid: npt.NDArray[np.bool_] | None = None,
        checks: Sequence[Check] = (),
    ) -> None:
        # More threads would spin between questions and slow down the encoder, which needs the processor more.
        faiss.omp_set_num_threads(1)
        self._valid = valid
        self._parts: list[_Part] = []
        self.count = 0
        nothing, verified = [None] * len(files), [VERIFIED] * len(files)
        for file, theirs, check in zip(files, sketches or nothing, checks or verified, strict=True):
            part = _Part(file, self.count, theirs, check)
            self._parts.append(part)
            self.count += part.count
        self._bases = [part.base for part in self._parts]
        self.dimension = self._parts[0].dimension
        if any(part.dimension != self.dimension for part in self._parts):
            raise IndexDamagedError(f"{files[-1]} has vectors of another dimension than the other segments")

    def nearest(
        self, vector: npt.NDArray[np.float32], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Find the windows nearest to a vector (`segmented.VectorStore.nearest`)."""
        if within is not None and len(within) <= count:
            return best_of(within, self.cosines(vector, within), count)
        valid = self._valid
        if within is not None:
            valid = np.zeros(self.count, dtype=bool)
            valid[within] = True
        found = [part.nearest(vector, count, valid) for part in self._parts]
        if len(found) == 1:
            return found[0]
        ordinals, cosines = (np.concatenate(each) for each in zip(*found, strict=True))
        return best_of(ordinals, cosines, count)

    def rows(self, ordinals: Ordinals) -> npt.NDArray[np.float32]:
        """Return the vectors of some windows, shape (n, dimension)."""
        return vectors_of(self._codes_of(ordinals))

    def cosines(self, vector: npt.NDArray[np.float32], ordinals: Ordinals) -> Scores:
        """Return the cosine of each of some windows with a unit vector, as ``nearest`` does; some may be the same."""
        return _cosines(vector, self._codes_of(ordinals))

    def _codes_of(self, ordinals: Ordinals) -> Codes:
        if len(self._parts) == 1:
            return self._parts[0].rows(ordinals)
        found = np.empty((len(ordinals), self.dimension), dtype=np.int8)
        of = np.searchsorted(self._bases, ordinals, side="right") - 1
        for nth in np.unique(of).tolist():
            here = of == nth
            found[here] = self._parts[nth].rows(ordinals[here] - self._bases[nth])
        return found


class _Part:
    """The vectors of one segment, mapped into memory where that can be done; the first has the number ``base``."""

    def __init__(self, file: Path, base: int, sketches: Sketches | None, check: Check) -> None:
        # The head says how much memory is needed.
        check.check(0, _HEAD_BYTES)
        index = _read(file)
        if not _is_ours(index):
            raise IndexDamagedError(f"{file} is another kind of FAISS index")
        self._index = index
        self.base = base
        self.count: int = self._index.ntotal
        self.dimension: int = self._index.d
        if sketches and (sketches.count, sketches.dimension) != (self.count, self.dimension):
            raise IndexDamagedError(f"{file} has other vectors than its sketches")
        self._sketches = sketches
        self._bytes = _bytes_of(self._index)
        self._check = check
        # The vectors are the end of the file.
        self._first_byte = file.stat().st_size - self.count * self.dimension

    def rows(self, numbers: Ordinals) -> Codes:
        """Return some vectors in steps."""
        if not self._check.is_done:
            for start in (self._first_byte + np.unique(numbers) * self.dimension).tolist():
                self._check.check(start, start + self.dimension)
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < self.count:
            raise IndexError(f"windows are numbered up to {self.count - 1}")
        # Several times as fast as with a check for each.
        found = self._bytes.take(numbers, axis=0, mode="clip")
        found ^= _SIGN
        return found.view(np.int8)

    def nearest(
        self, vector: npt.NDArray[np.float32], count: int, valid: npt.NDArray[np.bool_] | None
    ) -> tuple[Ordinals, Scores]:
        most, parameters = self.count, None
        here = None if valid is None else valid[self.base : self.base + self.count]
        if self._sketches and (
            chosen := self._sketches.choose(vector, count, here, lambda numbers: _cosines(vector, self.rows(numbers)))
        ):
            return best_of(chosen[0] + self.base, chosen[1], count)
        self._check.check()
        if here is not None:
            most = int(np.count_nonzero(here))
            bitmap = np.packbits(here, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bitmap), faiss.swig_ptr(bitmap))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        if not (count and most):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        rounded, scale, moved = _rounded(vector)
        asked = min(2 * count, most)
        while True:
            scores, found = self._index.search(rounded[None, :], asked, params=parameters)
            ordinals, cosines = best_of(found[0] + self.base, _cosines(vector, self.rows(found[0])), count)
            # What was not found has a lower score, and can have been moved no further than the question was.
            if asked == most or scores[0, -1] * scale + moved < cosines[-1]:
                return ordinals, cosines
            asked = min(2 * asked, most)


class VectorsOfAnyFormat:
    """The vectors of one file, which may be of an older format.

    Raises:
        IndexDamagedError: It is not a FAISS index.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._index = _read(file)

    def rows(self, rows: Ordinals) -> Vectors:
        """Return some vectors, shape (n, dimension).

        Raises:
            IndexDamagedError: There are no such rows.
        """
        try:
            found: Vectors = self._index.reconstruct_batch(rows)
        except RuntimeError as error:
            raise IndexDamagedError(f"{self._file} has no such vectors") from error
        return found * np.float32(step_of(self._index.d)) if _is_ours(self._index) else found


def _read(file: Path) -> faiss.Index:
    try:
        return faiss.read_index(str(file), _HOW_TO_READ)
    except (RuntimeError, MemoryError) as error:
        raise IndexDamagedError(f"{file} is not a FAISS index") from error


def _cosines(vector: npt.NDArray[np.float32], codes: Codes) -> Scores:
    """Return the cosine of each of some vectors, in steps, with a unit vector."""
    # One dot product for each: a product with the whole matrix would sum in an order that depends on how many there are.
    found: Scores = np.vecdot(codes.astype(np.float32), vector)
    return found * np.float32(step_of(len(vector)))


def _rounded(vector: Vectors) -> tuple[Vectors, float, float]:
    """Return a question in whole numbers, what makes a product with it a cosine, and how far that may be from the real one."""
    greatest = float(max(vector.max(), -vector.min()))
    step = greatest / MOST_STEPS if greatest else 1.0
    rounded = np.rint(vector / np.float32(step))
    distance = vector - rounded.astype(np.float64) * step
    moved = math.sqrt(float(distance @ distance)) * _LONGER + _IMPRECISION
    return rounded, step * step_of(len(vector)), moved


def _is_ours(index: faiss.Index) -> TypeGuard[faiss.IndexScalarQuantizer]:
    return isinstance(index, faiss.IndexScalarQuantizer) and index.sq.qtype == _WHOLE


def _fill(index: faiss.IndexScalarQuantizer, codes: Codes) -> None:
    """Give an empty index vectors in steps, shape (n, dimension)."""
    index.codes.resize(codes.size)
    index.ntotal = len(codes)
    if len(codes):
        np.bitwise_xor(codes.view(np.uint8), _SIGN, out=_bytes_of(index))


def _bytes_of(index: faiss.IndexScalarQuantizer) -> npt.NDArray[np.uint8]:
    """Return the bytes of the vectors of an index, shape (n, dimension): a view of FAISS's own memory, not a copy."""
    count, dimension = index.ntotal, index.d
    if not count:
        return np.zeros((0, dimension), dtype=np.uint8)
    found: npt.NDArray[np.uint8] = faiss.rev_swig_ptr(index.codes.data(), count * dimension)
    return found.reshape(count, dimension)

"""Sketches of the windows of a large segment: short codes, by which a search chooses the windows whose cosines it computes.

A sketch has 4 bits for every four dimensions (product quantisation: Jégou, Douze and Schmid, 2011), a sixteenth of a vector;
the processor compares them from its registers (FastScan: André, Kermarrec and Le Scouarnec, 2015).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from citewell.errors import IndexDamagedError
from citewell.index.numbering import Ordinals
from citewell.index.promised import MOST_CHOSEN, NEAREST, PROMISED, ChoiceRecord, enough, missed, spread
from citewell.index.rounding import Codes, Vectors
from citewell.index.settled import Scores

# Up to about as many, an exact search takes no longer.
LEAST_WINDOWS = 1 << 17
# Dimensions that are one code of 4 bits.
_TOGETHER = 4
_TRAINED = 1 << 16
# Times as many as are chosen: what is missed is mostly among the next.
_NEXT = 2
_AT_ONCE = 1 << 16


class Sketches:
    """The sketches of one segment.

    Args:
        file: Their file.
        record: How they are used.

    Raises:
        IndexDamagedError: The file has none.
    """

    def __init__(self, file: Path, record: ChoiceRecord) -> None:
        try:
            self._index = faiss.read_index(str(file))
        except (RuntimeError, MemoryError) as error:
            raise IndexDamagedError(f"{file} is not a FAISS index") from error
        if not isinstance(self._index, faiss.IndexPQFastScan):
            raise IndexDamagedError(f"{file} is another kind of FAISS index")
        self._chooses = record.chooses
        self.count: int = self._index.ntotal
        self.dimension: int = self._index.d

    def choose(
        self,
        vector: Vectors,
        count: int,
        valid: npt.NDArray[np.bool_] | None,
        cosines: Callable[[Ordinals], Scores],
    ) -> tuple[Ordinals, Scores] | None:
        """Choose the windows among which the nearest ones are, and compute their cosines.

        How well these agree with the sketches tells how many of the nearest ones are missed. For a question that is near to
        nothing, these are more than what is promised, and all windows have to be compared.

        Args:
            vector: A unit vector, shape (dimension,).
            count: How many of the nearest ones are wanted.
            valid: Which windows are searched, shape (count,); None is all.
            cosines: Returns the cosines of some windows with the vector.

        Returns:
            Windows, in order, and their cosines; None if an exact search takes no longer, or is needed.
        """
        there = self.count if valid is None else int(np.count_nonzero(valid))
        wanted = self._chooses * max(1, -(-count // NEAREST))
        # Of those that are chosen, as many are searched as of all.
        chosen = wanted * self.count // max(1, there)
        while chosen <= MOST_CHOSEN * self.count:
            alike, found = (each[0] for each in self._index.search(vector[None, :], _NEXT * chosen))
            here = np.arange(len(found)) if valid is None else np.flatnonzero(valid[found])
            first, others = np.split(here, [np.searchsorted(here, chosen)])
            if len(first) >= max(count, wanted // 2):
                first = first[np.argsort(found[first])]
                exact = cosines(found[first])
                keeps = missed(alike[first], exact, alike[others], count) <= (1 - PROMISED) * count
                return (found[first], exact) if keeps else None
            # They are rarer where the nearest ones are.
            chosen *= 2
        return None


def write_sketches(codes: Codes, file: Path) -> ChoiceRecord | None:
    """Write the sketches of a segment.

    Args:
        codes: The vectors of its windows in steps, shape (n, dimension); a sketch needs no more.
        file: The file.

    Returns:
        How they are used; None, and no file, where they would not help.

    Raises:
        OSError: They cannot be written.
    """
    count, dimension = codes.shape
    if count < LEAST_WINDOWS or dimension % _TOGETHER:
        return None
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    try:
        index = faiss.IndexPQFastScan(dimension, dimension // _TOGETHER, 4, faiss.METRIC_INNER_PRODUCT)
        index.train(codes[spread(count, _TRAINED)].astype(np.float32))
        for start in range(0, count, _AT_ONCE):
            index.add(codes[start : start + _AT_ONCE].astype(np.float32))
        record = enough(codes, lambda asked, count: index.search(asked, count)[1], most=MOST_CHOSEN)
    finally:
        faiss.omp_set_num_threads(threads)
    if record is not None:
        try:
            faiss.write_index(index, str(file))
        except RuntimeError as error:
            raise OSError(f"{file} could not be written: {error}") from error
    return record

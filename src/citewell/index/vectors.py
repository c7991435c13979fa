"""Dense search: the vectors of all windows in a FAISS index, searched exactly by inner product (cosine of unit vectors)."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from citewell.errors import IndexDamagedError

Ordinals = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


def write_vectors(vectors: npt.NDArray[np.float32], file: Path) -> None:
    """Write unit vectors, shape (n, dimension); a window's ordinal is its row.

    Raises:
        OSError: The disk did not take them.
    """
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    try:
        faiss.write_index(index, str(file))
    except RuntimeError as error:
        raise OSError(f"{file} could not be written: {error}") from error


class WindowVectors:
    """The vectors of one snapshot.

    Raises:
        IndexDamagedError: The file is not a FAISS index.
    """

    def __init__(self, file: Path) -> None:
        try:
            self._index = faiss.read_index(str(file))
        except (RuntimeError, MemoryError) as error:
            raise IndexDamagedError(f"{file} is not a FAISS index") from error
        if not isinstance(self._index, faiss.IndexFlatIP):
            raise IndexDamagedError(f"{file} is another kind of FAISS index")
        # More threads would spin between questions and slow down the encoder, which needs the processor more.
        faiss.omp_set_num_threads(1)
        self.count: int = self._index.ntotal
        self.dimension: int = self._index.d
        # A view of FAISS's own memory, not a copy.
        flat = faiss.rev_swig_ptr(self._index.get_xb(), self.count * self.dimension)
        self._matrix: npt.NDArray[np.float32] = flat.reshape(self.count, self.dimension)

    def nearest(
        self, vector: npt.NDArray[np.float32], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Find the windows nearest to a vector.

        Args:
            vector: A unit vector, shape (dimension,).
            count: The maximum number.
            within: Search only these windows; None is all.

        Returns:
            Ordinals and cosines, best first.
        """
        count = min(count, self.count if within is None else len(within))
        if count == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        parameters = None
        if within is not None and count == len(within):
            cosines = self.rows(within) @ vector
            order = np.argsort(-cosines, kind="stable")
            return within[order], cosines[order]
        if within is not None:
            member = np.zeros(self.count, dtype=bool)
            member[within] = True
            bitmap = np.packbits(member, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bitmap), faiss.swig_ptr(bitmap))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, ordinals = self._index.search(vector[None, :], count, params=parameters)
        return ordinals[0], scores[0]

    def rows(self, ordinals: Ordinals) -> npt.NDArray[np.float32]:
        """Return the vectors of some windows, shape (n, dimension)."""
        rows: npt.NDArray[np.float32] = self._matrix[ordinals]
        return rows

    def between(self, windows: range) -> npt.NDArray[np.float32]:
        """Return the vectors of windows that follow one another, shape (n, dimension), without a copy."""
        rows: npt.NDArray[np.float32] = self._matrix[windows.start : windows.stop]
        return rows

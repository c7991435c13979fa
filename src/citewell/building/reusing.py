"""Vectors that are there already: those of the current snapshot, and of other ones in the index, whatever their format.

A vector depends on the encoder, on how much what stands above a window counts, and on the window's key. Each format so far has
had a table ``windows`` with ``ordinal`` and ``key``, and a FAISS index with one row for each window, so vectors outlive changes
of the format, of the splitting and of Citewell. Those of older formats are rounded when they are written again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from citewell.errors import IndexFaultError
from citewell.index.catalogue_file import KEYS_OF_ANY_FORMAT
from citewell.index.catalogue_segment import in_packets
from citewell.index.index import AnyIndex
from citewell.index.layout import MANIFEST, FolderLayout
from citewell.index.manifest import ABOVE_WEIGHT
from citewell.index.snapshot import CATALOGUE, VECTORS
from citewell.index.soundness import known_digest
from citewell.index.storage import Snapshot
from citewell.index.vectors import VectorsOfAnyFormat

if TYPE_CHECKING:
    from citewell.encoder.encoding import Vectors


@dataclass(frozen=True)
class _Stock:
    """The windows and vectors of a segment, or of a snapshot without segments, with the digests of the two files."""

    folder: Path
    digests: tuple[str, str]

    def rows(self, keys: Sequence[str]) -> dict[str, int]:
        """Return the rows of some windows, if the files are what was written."""
        files = [self.folder / name for name in (CATALOGUE, VECTORS)]
        if tuple(map(known_digest, files)) != self.digests:
            return {}
        with closing(sqlite3.connect(f"{files[0].absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return dict(row for some in in_packets(keys) for row in connection.execute(KEYS_OF_ANY_FORMAT, [some]))

    def vectors_of(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """Return the vectors in some rows."""
        return self._vectors.rows(rows)

    @cached_property
    def _vectors(self) -> VectorsOfAnyFormat:
        return VectorsOfAnyFormat(self.folder / VECTORS)


class KnownVectors:
    """The vectors that a build need not encode again.

    Args:
        current: The snapshot that most of them are in, if its encoder is the same.
        others: Other folders that have some; they are looked at for what the current snapshot lacks.
    """

    def __init__(self, current: Snapshot | None, others: Sequence[_Stock] = ()) -> None:
        self._current = current
        self._others = others

    def fill(self, keys: Sequence[str], vectors: Vectors, missing: list[int]) -> list[int]:
        """Write the vectors that are known into their rows.

        Args:
            keys: The keys of windows.
            vectors: A row for each of them, shape (n, dimension).
            missing: The rows that are wanted, in order.

        Returns:
            Those of them that are not known, in order.
        """
        if self._current and missing:
            snapshot = self._current
            missing = _fill(keys, vectors, missing, snapshot.catalogue.windows_with, snapshot.vectors_of)
        for stock in self._others:
            # What is damaged, or has another form, is no help; then its windows are encoded.
            with suppress(sqlite3.Error, OSError, IndexFaultError):
                if missing:
                    missing = _fill(keys, vectors, missing, stock.rows, stock.vectors_of)
        return missing


def stocks(index: AnyIndex, encoder: str) -> list[_Stock]:
    """Return the folders of an index that have vectors of an encoder, the newest first; an index that is elsewhere has none.

    Args:
        index: The index.
        encoder: The identity of the encoder.
    """
    found: dict[Path, _Stock] = {}
    if not isinstance(index, FolderLayout):
        return []
    for name in reversed(index.names()):
        with suppress(OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
            fields = json.loads((index.snapshots / name / MANIFEST).read_bytes())
            record = fields["encoder"]
            if record["identity"] == encoder and record.get("above", ABOVE_WEIGHT) == ABOVE_WEIGHT:
                found.update((each.folder, each) for each in _stocks(index, name, fields))
    return list(found.values())


def _stocks(index: FolderLayout, name: str, fields: dict[str, Any]) -> Iterator[_Stock]:
    parts = [(index.segments / each["name"], each["files"]) for each in fields.get("segments", ())]
    for folder, files in parts or [(index.snapshots / name, fields["files"])]:
        yield _Stock(folder, (files[CATALOGUE], files[VECTORS]))


def _fill(
    keys: Sequence[str],
    vectors: Vectors,
    missing: Sequence[int],
    rows_of: Callable[[list[str]], dict[str, int]],
    vectors_of: Callable[[npt.NDArray[np.int64]], Vectors],
) -> list[int]:
    rows = rows_of(list({keys[at] for at in missing}))
    known = [at for at in missing if keys[at] in rows]
    if known:
        vectors[known] = vectors_of(np.array([rows[keys[at]] for at in known], dtype=np.int64))
    return [at for at in missing if keys[at] not in rows]

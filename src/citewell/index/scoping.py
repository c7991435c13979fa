"""Resolves scopes against the paths of an index, and finds names that match nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.errors import UsageError
from citewell.lazy import lazy

_AFTER_SLASH = chr(ord("/") + 1)


class Paths:
    """The sorted paths of an index, ``all``. Names are looked up one by one, so the cost grows only with their number.

    Args:
        paths: The paths; a document's ordinal is its position.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.all = paths

    @lazy
    def ordinals(self) -> dict[str, int]:
        """The ordinal of each path. To compare an index with its corpus, nobody asks."""
        return {path: ordinal for ordinal, path in enumerate(self.all)}

    def admitted(self, scope: Scope) -> npt.NDArray[np.int64]:
        """Return the ordinals of the documents in a scope, sorted."""
        # Each range adds a start and an end, so nested folders cost no more than others.
        opened = np.zeros(len(self.all) + 1, dtype=np.int64)
        ranges = np.array(list(self._reached(scope)), dtype=np.int64).reshape(-1, 2)
        np.add.at(opened, ranges[:, 0], 1)
        np.add.at(opened, ranges[:, 1], -1)
        return np.flatnonzero(np.cumsum(opened)[:-1]).astype(np.int64)

    def unknown_name(self, scope: Scope) -> str | None:
        """Return the first name in a scope that matches no document; None if all do."""
        names = (*scope.documents, *scope.folders)
        reached = zip(names, self._reached(scope), strict=True)
        return next((name for name, (start, end) in reached if start >= end), None)

    def check(self, scope: Scope) -> None:
        """Check that every name in a scope matches a document.

        Raises:
            UsageError: It names a document or a folder that is not in the index.
        """
        name = self.unknown_name(scope)
        if name is not None:
            raise UsageError(f"the index has no document at {name!r}", command="citewell status")

    def _reached(self, scope: Scope) -> Iterator[tuple[int, int]]:
        """Yield the range of ordinals that each name of a scope matches, documents first."""
        for path in scope.documents:
            at = self.ordinals.get(path)
            yield (0, 0) if at is None else (at, at + 1)
        for folder in scope.folders:
            inside = folder.rstrip("/") + "/"
            if inside == "/":
                yield 0, 0
            else:
                # Names that start with the folder end where the character after the slash would start.
                yield bisect_left(self.all, inside), bisect_left(self.all, inside[:-1] + _AFTER_SLASH)

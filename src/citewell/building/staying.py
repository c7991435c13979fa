"""What stays of a snapshot when another continues it: counted from what leaves, which is little."""

from __future__ import annotations

from collections.abc import Collection

from citewell.index.storage import Snapshot


class Staying:
    """The documents of a snapshot that stay in its segments.

    ``inside`` is how many of them are inside others; ``passages`` and ``windows`` are theirs.

    Args:
        before: The snapshot; None has no documents.
        leaving: Its documents that do not stay.
    """

    def __init__(self, before: Snapshot | None, leaving: Collection[str]) -> None:
        self._catalogue = before.catalogue if before else None
        self._leaving = leaving
        self.inside = self.passages = self.windows = 0
        if self._catalogue:
            catalogue = self._catalogue
            self.inside = sum(path not in leaving for path in catalogue.containers())
            self.passages = catalogue.passage_count - sum(len(catalogue.passages_in(path)) for path in leaving)
            self.windows = catalogue.window_count - sum(catalogue.window_count_of(path) for path in leaving)

    def __contains__(self, path: str) -> bool:
        return bool(self._catalogue and path in self._catalogue.paths.ordinals) and path not in self._leaving

    def digests(self) -> dict[str, str]:
        """Return the digests of the documents by their paths."""
        found = self._catalogue.digests() if self._catalogue else {}
        for path in self._leaving if found else ():
            del found[path]
        return found

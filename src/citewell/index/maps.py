"""Where the parts of documents are looked up, and where their words stand on pages, as a snapshot has them."""

from __future__ import annotations

from collections.abc import Sequence

from citewell.document import Located, Location
from citewell.index.catalogue_segment import SegmentCatalogue
from citewell.index.held import HeldDocuments
from citewell.index.scoping import Paths
from citewell.index.stored import DocumentMap


class DocumentMaps:
    """Reads the maps of the documents of one snapshot. Thread-safe.

    Args:
        files: The catalogue of each segment.
        documents: Where each document is.
        paths: The paths of the documents.
    """

    def __init__(self, files: Sequence[SegmentCatalogue], documents: HeldDocuments, paths: Paths) -> None:
        self._files = files
        self._documents = documents
        self._paths = paths

    def location(self, path: str, at: int) -> Location | None:
        """Return where a person would look up a place of a document, if that is more than its path.

        Args:
            path: The document.
            at: The place, in code points.
        """
        file, document = self._place(path)
        return file.location(document, at)

    def pages(self, path: str) -> tuple[Located, ...]:
        """Return the locations of a document that are pages, in order."""
        return tuple(each for each in self.locations(path) if each.location.page is not None)

    def locations(self, path: str) -> tuple[Located, ...]:
        """Return all locations of a document, in order."""
        file, document = self._place(path)
        return file.locations(document)

    def boxes(self, path: str) -> bytes:
        """Return where the words of a document stand on its pages (``citewell.boxes``); nothing if it has no pages."""
        file, document = self._place(path)
        return file.boxes(document)

    def of(self, path: str) -> DocumentMap:
        """Return the locations and boxes of a document."""
        return DocumentMap(self.locations(path), self.boxes(path))

    def _place(self, path: str) -> tuple[SegmentCatalogue, int]:
        ordinal = self._paths.ordinals[path]
        return self._files[self._documents.segments[ordinal]], self._documents.numbers[ordinal]

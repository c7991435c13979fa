"""Where the parts of documents are looked up, and where their words stand on pages, as a catalogue has them."""

from __future__ import annotations

from functools import cached_property

from citewell.document import Located, Location
from citewell.index.database import Database
from citewell.index.scoping import Paths
from citewell.index.sealing import seal, seal_bytes
from citewell.index.stored import DocumentMap

_LOCATIONS = "SELECT document, start, kind, label, page, is_ocr, seal FROM locations WHERE document = ?"


class DocumentMaps:
    """Reads the maps of the documents of one catalogue. Thread-safe; each row is verified against its seal.

    Args:
        file: The file of the catalogue.
        paths: The paths of its documents.
    """

    def __init__(self, file: Database, paths: Paths) -> None:
        self._file = file
        self._ordinals = paths.ordinals

    def location(self, path: str, at: int) -> Location | None:
        """Return where a person would look up a place of a document, if that is more than its path.

        Args:
            path: The document.
            at: The place, in code points.
        """
        ordinal = self._ordinals[path]
        if ordinal not in self._mapped:
            return None
        found = self._located(f"{_LOCATIONS} AND start <= ? ORDER BY start DESC LIMIT 1", ordinal, at)
        return found[0].location if found else None

    def pages(self, path: str) -> tuple[Located, ...]:
        """Return the locations of a document that are pages, in order."""
        return tuple(each for each in self.locations(path) if each.location.page is not None)

    def locations(self, path: str) -> tuple[Located, ...]:
        """Return all locations of a document, in order."""
        return self._located(f"{_LOCATIONS} ORDER BY start", self._ordinals[path])

    def boxes(self, path: str) -> bytes:
        """Return where the words of a document stand on its pages (``citewell.boxes``); nothing if it has no pages."""
        ordinal = self._ordinals[path]
        for packed, sealed in self._file.all("SELECT packed, seal FROM boxes WHERE document = ?", ordinal):
            if sealed != seal("boxes", ordinal, seal_bytes(packed)):
                raise self._file.damaged(f"the boxes of {path} have changed")
            return bytes(packed)
        return b""

    def of(self, path: str) -> DocumentMap:
        """Return the locations and boxes of a document."""
        return DocumentMap(self.locations(path), self.boxes(path))

    @cached_property
    def _mapped(self) -> frozenset[int]:
        """The documents that have locations: not every text is in pages or rows."""
        return frozenset(document for (document,) in self._file.all("SELECT DISTINCT document FROM locations"))

    def _located(self, query: str, *parameters: object) -> tuple[Located, ...]:
        rows = self._file.sealed("locations", query, *parameters)
        return tuple(
            Located(start, Location(kind, label, page, bool(is_ocr))) for _, start, kind, label, page, is_ocr in rows
        )

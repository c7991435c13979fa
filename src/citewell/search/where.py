"""A place in the documents, as a reader names it: a file, a position in it, or a quotation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import regex

from citewell.answer import Place
from citewell.errors import UsageError
from citewell.index.index import AnyIndex
from citewell.index.storage import Snapshot
from citewell.search.quoting import QuotationMissingError, places_of

if TYPE_CHECKING:
    from citewell.index.absence import Absence

_POSITION = regex.compile(r"(?P<document>.+):(?P<start>\d{1,12})(?:-(?P<end>\d{1,12}))?", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class Where:
    """A place: ``document`` alone, or with ``start`` (and ``end``) in code points of its text, or a quotation, also of it."""

    document: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None

    @classmethod
    def read(cls, written: str | None, quote: str | None, snapshot: Snapshot, *, on_disk: bool = False) -> Where:
        """Read a place that was written as FILE, FILE:START or FILE:START-END.

        Args:
            written: The place; None is any document.
            quote: A quotation.
            snapshot: The snapshot; a name with a colon is a document if there is such a one.
            on_disk: Whether the path may be that of a file on this machine. Other programs only name documents: the answer
                would tell them where the corpus is.

        Raises:
            UsageError: Neither is given, or a position with a quotation.
        """
        if not written and not quote:
            raise UsageError("name a place", command='citewell why "What is …?" --at FILE:START')

        def path_of(name: str) -> str:
            return _relative(name, snapshot) if on_disk else _plain(name, snapshot)

        known = written is None or bool(snapshot.catalogue.documents([path_of(written)]))
        match = None if known else _POSITION.fullmatch(written or "")
        if match is None:
            return cls(path_of(written) if written else None, quote=quote)
        if quote:
            raise UsageError("give a position or a quotation, not both", hint="name the file alone with the quotation")
        start, end = int(match["start"]), match["end"]
        return cls(path_of(match["document"]), start, int(end) if end else None)

    def places(self, snapshot: Snapshot, index: AnyIndex | None) -> tuple[Place, ...] | Absence:
        """Return the places in a snapshot, or why it has no such place.

        Args:
            snapshot: The snapshot.
            index: Its index, to look at the files of the corpus; None looks at none that is not indexed.

        Raises:
            UsageError: There is no such file, position or quotation.
        """
        if self.document is not None and not snapshot.catalogue.documents([self.document]):
            # What looks at files takes a while to import, and few need it.
            from citewell.index.absence import why_absent

            return why_absent(snapshot, self.document, index)
        if self.quote is not None:
            return self._quoted(snapshot, index)
        length = len(snapshot.catalogue.document(self.document or "").text)
        if self.start is None:
            return (Place(document=self.document or "", start=0, end=length),)
        end = self.start + 1 if self.end is None else self.end
        if self.start < end <= length:
            return (Place(document=self.document or "", start=self.start, end=end),)
        if self._has_changed(snapshot):
            return self._changed()
        raise UsageError(
            f"{self.document} has no place {self.start:,}-{end:,}",
            hint=f"give code points from 0 to {length:,}, the start first",
        )

    def first(self, snapshot: Snapshot) -> Place:
        """Return the place, or the first of several with a quotation.

        Raises:
            UsageError: The snapshot has no such place.
        """
        places = self.places(snapshot, None)
        if isinstance(places, tuple):
            return places[0]
        raise UsageError(places.message, hint=places.hint)

    def _quoted(self, snapshot: Snapshot, index: AnyIndex | None) -> tuple[Place, ...] | Absence:
        quote = self.quote or ""
        try:
            return places_of(snapshot, quote, self.document)
        except QuotationMissingError:
            from citewell.index.absence import newer_text

            newer = newer_text(snapshot, quote.strip(), index) if index else None
            if newer:
                return newer
            if self.document and self._has_changed(snapshot):
                return self._changed()
            raise

    def _has_changed(self, snapshot: Snapshot) -> bool:
        from citewell.index.changes import drifted

        return bool(drifted(Path(snapshot.manifest.corpus), snapshot.catalogue.documents([self.document or ""])))

    def _changed(self) -> Absence:
        from citewell.index.absence import UPDATE, Absence

        return Absence(self.document or "", "changed", f"{self.document} has changed since the index was built", UPDATE)


def _plain(path: str, snapshot: Snapshot) -> str:
    """Return a path as documents have it ("./a.txt" is "a.txt")."""
    if snapshot.catalogue.documents([path]) or "\0" in path:
        return path
    plain = PurePosixPath(path).as_posix()
    return plain if snapshot.catalogue.documents([plain]) else path


def _relative(path: str, snapshot: Snapshot) -> str:
    """Return a path in the corpus, also if it was written with the folder of the corpus in front."""
    plain = _plain(path, snapshot)
    if snapshot.catalogue.documents([plain]) or "\0" in path:
        return plain
    corpus, given = Path(snapshot.manifest.corpus).absolute(), Path(path).absolute()
    return given.relative_to(corpus).as_posix() if given.is_relative_to(corpus) else path

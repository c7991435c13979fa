"""Documents and passages as a catalogue has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from citewell.document import Document, Fact, Figure, Located, Span


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text; ``language`` is an ISO 639-1 code, or None where nothing tells.

    ``reader`` is the name and version of what read it. ``pages`` is None where there are none. ``container`` is the document
    whose file it is inside, if it is inside one, and ``container_digest`` the digest of that file.
    """

    path: str
    title: str
    digest: str
    language: str | None = None
    reader: str = ""
    container: str | None = None
    words: int = 0
    pages: int | None = None
    container_digest: str | None = None

    @property
    def file(self) -> str:
        """The path of its file in the corpus."""
        return self.container or self.path

    @property
    def file_digest(self) -> str:
        """The digest of its file."""
        return self.container_digest or self.digest


@dataclass(frozen=True, slots=True)
class StoredHeading:
    """A heading: its span, and its text without markup, preceded by those of the headings above it."""

    span: Span
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as indexed; a heading without text of its own appears only in the paths of others."""

    path: str
    title: str
    digest: str
    text: str
    headings: tuple[StoredHeading, ...]
    language: str | None = None
    reader: str = ""
    container: str | None = None
    facts: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentMap:
    """Where a person would look up the parts of a document, and where its words stand on its pages (``boxes``)."""

    locations: tuple[Located, ...] = ()
    boxes: bytes = b""


@dataclass(frozen=True, slots=True)
class DocumentOutline:
    """The headings of a document, its length, and the start of its first passage; without its text."""

    path: str
    title: str
    characters: int
    headings: tuple[StoredHeading, ...]
    first: int = 0


class StoredPassage(NamedTuple):
    """A passage with the title and language of its document; its windows are ``range(first_window, end_window)``.

    ``head`` is the head of the table of its rows, if that is outside its span, and ``head_text`` its text.
    ``records`` are those of its words (``term_places``). Passages that say the same have the same ``outline``.
    """

    ordinal: int
    id: str
    document: str
    title: str
    section: tuple[str, ...]
    span: Span
    text: str
    first_window: int
    end_window: int
    head: Span | None = None
    head_text: str = ""
    language: str | None = None
    records: range = range(0)
    outline: str = ""


def pages_of(locations: Iterable[Located]) -> int | None:
    """Return how many pages there are, as far as text is on them; None where there are none."""
    return max((each.location.page for each in locations if each.location.page is not None), default=None)


def stored(document: Document, container: str | None = None) -> StoredDocument:
    """Return a document in the form of the catalogue.

    Args:
        document: The document.
        container: The path of the file that it is inside, if it is.
    """
    headings = tuple(
        StoredHeading(section.heading, section.path or (document.title,))
        for section in document.sections
        if section.heading
    )
    return StoredDocument(
        document.path,
        document.title,
        document.digest,
        document.text,
        headings,
        document.language,
        document.reader,
        container,
        document.facts,
        document.figures,
    )

"""Documents and passages as a catalogue has them."""

from __future__ import annotations

from dataclasses import dataclass

from citewell.document import Document, Span


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text; ``language`` is an ISO 639-1 code, or None where nothing tells."""

    path: str
    title: str
    digest: str
    language: str | None = None


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


@dataclass(frozen=True, slots=True)
class DocumentOutline:
    """The headings of a document, its length, and the start of its first passage; without its text."""

    path: str
    title: str
    characters: int
    headings: tuple[StoredHeading, ...]
    first: int = 0


@dataclass(frozen=True, slots=True)
class StoredPassage:
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


def stored(document: Document) -> StoredDocument:
    """Return a document in the form of the catalogue."""
    headings = tuple(
        StoredHeading(section.heading, section.path or (document.title,))
        for section in document.sections
        if section.heading
    )
    return StoredDocument(document.path, document.title, document.digest, document.text, headings, document.language)

"""The data model of a source file, from the whole document down to the span.

A span is ``[start, end)`` in Unicode code points of the document's text. Spans are created once, when a document is read and
split, and passed on to the page; no later stage searches for a text again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of code points in a document's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part of ``text`` that the span covers."""
        return text[self.start : self.end]

    def shifted(self, by: int) -> Span:
        """Return the span moved by some code points, such as into the coordinates of a part of the text."""
        return Span(self.start + by, self.end + by)

    def overlaps(self, other: Span) -> bool:
        """Return whether the two spans share a code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a section that is split by one rule.

    ``prose`` is split into sentences, and so is a long ``item`` of a list; ``verbatim`` (code, table rows) is split only at
    line ends. ``head`` is the part of a table at its start that names the columns: it is no row of its own, but belongs to each
    row.
    """

    span: Span
    kind: Literal["prose", "item", "verbatim"] = "prose"
    head: Span | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a document under one heading, from its first block to its last.

    ``path`` lists the headings above it, outermost first, without the document's title; it is empty for text before the first
    heading. ``heading`` is the span of the section's own heading, or None; it is before ``span``, and may be a block of the
    section above as well. A line that is text itself, such as that of a function, is at the start of ``span`` instead.
    """

    path: tuple[str, ...]
    span: Span
    blocks: tuple[Block, ...]
    heading: Span | None = None


LOCATION_KINDS = ("page", "slide", "sheet", "row", "cell", "chapter", "message", "time", "line", "record")


@dataclass(frozen=True, slots=True)
class Location:
    """Where a person would look something up: a page, a slide, a row.

    ``kind`` is one of ``LOCATION_KINDS``. ``label`` is what tells it from others of its kind, as it is printed ("iv", "Prices,
    row 12"). ``page`` is the number of the page from 1, where there are pages. ``is_ocr`` means that its text was read from a
    picture, so it may have misread letters.
    """

    kind: str
    label: str
    page: int | None = None
    is_ocr: bool = False


@dataclass(frozen=True, slots=True)
class Located:
    """The start of what is at a location; it ends where the next one starts."""

    start: int
    location: Location


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known about a document.

    ``name`` is ``title``, ``author``, ``date``, ``kind``, ``language``, ``tag``, or another that the document gives itself. A
    date is ISO 8601, as exact as it is known ("2023", "2023-04", "2023-04-05"). ``source`` is where it comes from: "front
    matter", "file properties", "message", "folder", "table".
    """

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture beside the text: where it stands, and its name inside the file or its address."""

    start: int
    reference: str


@dataclass(frozen=True, slots=True)
class UnreadPart:
    """A part of a file that was not read, such as an attachment: its name, and why.

    ``lacks`` is the program without which it cannot be read, if that is why (``citewell.errors.ReadingError``).
    """

    name: str
    reason: str
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One source file as text, with its outline.

    ``path`` is relative to the corpus, with forward slashes. ``sections`` are in order and do not overlap. ``digest`` is the
    SHA-256 of the file's bytes. ``language`` is an ISO 639-1 code, or None where nothing tells; a build finds it.
    ``warnings`` say what could not be read and was replaced.

    ``reader`` is the name and version of what read it ("pdf 1"). ``locations`` are in order. ``boxes`` says where on its pages
    the words stand (``boxes``). ``attached`` are the documents inside it, and ``unread`` the parts that could not be read.
    """

    path: str
    title: str
    text: str
    sections: tuple[Section, ...]
    digest: str
    language: str | None = None
    warnings: tuple[str, ...] = ()
    reader: str = ""
    locations: tuple[Located, ...] = ()
    facts: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()
    boxes: bytes = b""
    attached: tuple[Document, ...] = ()
    unread: tuple[UnreadPart, ...] = ()


def above(path: str, title: str, section: tuple[str, ...]) -> str:
    """Return what stands above a part of a document and speaks for it, a line each: folders, file name, title and headings.

    Args:
        path: The path of the document.
        title: Its title.
        section: The headings above the part, outermost first.
    """
    name = PurePosixPath(path)
    lines = [*name.parent.parts, name.stem, title, *section]
    # A file name that says the same as the title counts once.
    return "\n".join({" ".join(_NO_LETTER.split(line.casefold())): line for line in lines}.values())


@dataclass(frozen=True, slots=True)
class Window:
    """The unit that is embedded: consecutive sentences of a passage.

    ``sentences`` are the spans of the sentences inside it, in order. Of rows of a table, ``head`` is the head and ``head_text``
    its text. ``above`` is what stands above it (``above``).
    """

    span: Span
    sentences: tuple[Span, ...]
    text: str
    head: Span | None = None
    head_text: str = ""
    above: str = ""

    @property
    def measured(self) -> str:
        """The text that is embedded: that of the window, after the head of its table, without the line of dashes."""
        named = [line for line in self.head_text.splitlines() if any(map(str.isalnum, line))]
        return "\n".join([*named, self.text])

    @property
    def key(self) -> str:
        """A hash of the measured text and what stands above it (SHA-256, 32 hex digits); equal keys have equal vectors."""
        both = f"{self.above}\0{self.measured}"
        return hashlib.sha256(both.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is shown and cited: whole consecutive sentences of one section.

    ``section`` is the path of headings above it. ``id`` depends only on the document's path, the span and the text, so the
    same corpus and settings give the same ids.
    """

    document: str
    section: tuple[str, ...]
    span: Span
    text: str
    windows: tuple[Window, ...]

    @property
    def head(self) -> Span | None:
        """The head of the table of its rows, if it is not in the passage itself."""
        heads = (window.head for window in self.windows if window.head)
        return next((head for head in heads if not self.span.overlaps(head)), None)

    @property
    def id(self) -> str:
        """The id of this passage (16 hex digits), a hash of its content and place."""
        place = f"{self.document}\0{self.span.start}\0{self.span.end}\0{self.text}"
        return hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:16]

"""What a reader gives of a file: blocks in reading order, without a single offset. ``assembling`` makes a document of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from citewell.document import Fact, Location, Span, UnreadPart

# A page (from 1) and a rectangle on it, in tenths of a point from its upper left corner: page, left, top, right, bottom.
Box = tuple[int, int, int, int, int]

Kind = Literal["heading", "prose", "item", "verbatim", "row", "figure", "break"]


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A part of a file that is read in one go, such as a paragraph or a row of a table.

    Its text is its ``pieces``, joined with nothing between them; ``boxes`` says where on a page each piece stands, if there are
    pages. In formats whose text is the file itself, it has no pieces: it is ``at`` a place in that text.

    Kinds:
        heading: Of a ``level`` from 1; ``words`` is the part of ``at`` without markup, and ``name`` the text without markup.
        prose: Sentences.
        item: One item of a list.
        verbatim: Lines that are kept as they are, such as code.
        row: One line of a table, its cells joined by " | "; consecutive rows are one table. ``is_head`` marks the row that
            names the columns: it begins a table and speaks for each row below it.
        figure: A picture, ``reference`` is its name inside the file, or its address; its text is what stands for it, if any.
        break: No text; what follows does not belong to the heading above.
    """

    kind: Kind
    pieces: tuple[str, ...] = ()
    level: int = 0
    is_head: bool = False
    location: Location | None = None
    boxes: tuple[Box | None, ...] = ()
    reference: str = ""
    at: Span | None = None
    words: Span | None = None
    name: str | None = None
    head: Span | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a file: its name, its bytes, and what is known of it where it says nothing itself (``facts``)."""

    name: str
    data: bytes
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader found in a file.

    ``text`` is given where the file is a text, and is shown and cited unchanged; the blocks are places in it. Otherwise the
    blocks have pieces. ``title`` is one that the file names itself, such as in its properties; without one, the only heading
    of level 1 is the title if it comes first. ``unread`` are the parts that were not read. ``ocr`` says whether pages were read
    by OCR ("used"), only some of those that could be ("partly"), or none because it is not there ("wanted").
    """

    blocks: tuple[RawBlock, ...]
    text: str | None = None
    title: str | None = None
    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    unread: tuple[UnreadPart, ...] = ()
    ocr: Literal["", "used", "partly", "wanted"] = ""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a corpus allows its readers.

    ``ocr`` reads pages that are pictures with tesseract, where it is installed, in the languages ``ocr_language`` (in
    tesseract's names, joined by "+"), at most ``ocr_pages`` of a file. ``soffice`` lets LibreOffice convert old formats.
    """

    ocr: bool = True
    ocr_language: str = "eng"
    ocr_pages: int = 100
    soffice: bool = False


AS_USUAL = ReadingOptions()
# Called with what is being done, how many steps of it are done, and how many there are.
ReadingProgress = Callable[[str, int, int], None]


def unheard(_what: str, _done: int, _total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: its path in the corpus, its bytes, and what is allowed.

    ``progress`` can be told what is being done, how many steps of it are done and how many there are.
    """

    path: str
    data: bytes
    options: ReadingOptions = AS_USUAL
    progress: ReadingProgress = unheard


class Reader(Protocol):
    """Reads one format.

    ``name`` is what its documents are called ("pdf"), a word in small letters; ``version`` changes whenever the same file would
    give another text, other blocks or facts: then its documents are read again, and only those. ``suffixes`` are those of its
    files, in small letters with their dot.
    """

    @property
    def name(self) -> str:
        """The name of the format."""

    @property
    def version(self) -> int:
        """The version of what it gives."""

    @property
    def suffixes(self) -> frozenset[str]:
        """The suffixes of its files."""

    @property
    def is_binary(self) -> bool:
        """Whether its files are no texts: a text with such a suffix is read as what it is."""

    def recognises(self, data: bytes) -> bool:
        """Return whether bytes are certainly of this format, whatever the name of the file; False where only the name tells."""

    def read(self, source: Source) -> Extract:
        """Read a file.

        Raises:
            ReadingError: It cannot be read; the message is the reason alone, such as "is encrypted".
        """


@dataclass(frozen=True, slots=True)
class FormatReader:
    """A reader made of functions."""

    name: str
    version: int
    suffixes: frozenset[str]
    reads: Callable[[Source], Extract]
    is_certain: Callable[[bytes], bool] = lambda _data: False
    is_binary: bool = False

    def recognises(self, data: bytes) -> bool:
        """Return whether bytes are certainly of this format."""
        return self.is_certain(data)

    def read(self, source: Source) -> Extract:
        """Read a file."""
        return self.reads(source)

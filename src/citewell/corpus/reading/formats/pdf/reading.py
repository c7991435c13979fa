"""A PDF to blocks: its pages one by one, then what several of them tell."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec

import pypdfium2
import pypdfium2.raw as raw

from citewell.corpus.reading.extract import Extract, Source
from citewell.corpus.reading.formats.pdf import ocr, pdfium
from citewell.corpus.reading.formats.pdf.bookmarks import bookmarks_of, mark_bookmarked
from citewell.corpus.reading.formats.pdf.characters import read_words
from citewell.corpus.reading.formats.pdf.emitting import Emitter
from citewell.corpus.reading.formats.pdf.facts import facts_of, label_of, title_of
from citewell.corpus.reading.formats.pdf.flow import Chunk, chunks_of
from citewell.corpus.reading.formats.pdf.fonts import Fonts
from citewell.corpus.reading.formats.pdf.headings import body_of, mark_headings, mark_tagged, page_title
from citewell.corpus.reading.formats.pdf.hyphens import Hyphens
from citewell.corpus.reading.formats.pdf.joining import joined
from citewell.corpus.reading.formats.pdf.leaving_out import numbers, warnings_of
from citewell.corpus.reading.formats.pdf.lines import lines_of
from citewell.corpus.reading.formats.pdf.margins import Row, without_margins
from citewell.corpus.reading.formats.pdf.objects import read_objects
from citewell.corpus.reading.formats.pdf.order import columns_of
from citewell.corpus.reading.formats.pdf.rows import rows_of
from citewell.corpus.reading.formats.pdf.seeing import is_picture, keep_visible
from citewell.corpus.reading.formats.pdf.tags import read_tags
from citewell.corpus.reading.formats.pdf.words import Line, Page
from citewell.corpus.reading.tesseract import lacking
from citewell.errors import ReadingError

# A page with fewer letters, and something to see, is a scan: the letters are its number or a stamp.
_FEW_LETTERS = 20
_MOSTLY_PICTURE = 0.5
# Seconds by the clock for all pages that are read by OCR, and for each megabyte: about half of what the process has, so that
# what was read by then is not lost. Without limits of processor time, that is less.
_OCR_SECONDS, _A_MEGABYTE, _MOST_OCR_SECONDS = (100.0, 200.0, 1200.0) if find_spec("resource") else (20.0, 40.0, 240.0)


def read_pdf(source: Source) -> Extract:
    """Read a PDF.

    Raises:
        ReadingError: It is damaged, or protected by a password.
    """
    with pdfium.opened(source.data) as document:
        return _Reading(source, document).extract()


def ocr_seconds(size: int) -> float:
    """Return how long the pages of a file may be read by OCR, in seconds by the clock.

    Args:
        size: The bytes of the file.
    """
    return min(_OCR_SECONDS + _A_MEGABYTE * size / 1_000_000, _MOST_OCR_SECONDS)


class _Reading:
    """The reading of one file."""

    def __init__(self, source: Source, document: pypdfium2.PdfDocument) -> None:
        self._source = source
        self._document = document
        self._is_tagged = bool(raw.FPDFCatalog_IsTagged(document.raw))
        self._fonts = Fonts(is_tagged=self._is_tagged)
        self._warnings: list[str] = []
        self._ocr = ""

    def extract(self) -> Extract:
        """Return the blocks of the file, and what it says about itself."""
        pages = {page.number: page for page in self._pages()}
        self._read_scans([page for page in pages.values() if page.is_scan])
        rows = {page.number: rows_of(page.words.get(page.turn, [])) for page in pages.values()}
        without_margins(list(pages.values()), rows)
        columns = [column for page in pages.values() for column in _columns(page, rows[page.number])]
        lines = [line for column in columns for line in column]
        chunks = self._chunks(columns, pages, lines)
        blocks = tuple(Emitter(pages, Hyphens(lines)).blocks(joined(chunks)))
        title = page_title(chunks, title_of(self._document))
        warnings = (*self._warnings, *warnings_of(list(pages.values())))
        facts = tuple(facts_of(self._document))
        return Extract(blocks, title=title, facts=facts, warnings=warnings, ocr=self._ocr)  # type: ignore[arg-type]

    def _chunks(self, columns: Sequence[list[Line]], pages: dict[int, Page], lines: Sequence[Line]) -> list[Chunk]:
        """Return the chunks, with headings from the structure tree, else from the bookmarks, else by their type."""
        body = body_of(lines)
        chunks = chunks_of(columns, pages, body.is_fixed)
        if not mark_tagged(chunks) and not mark_bookmarked(chunks, bookmarks_of(self._document)):
            mark_headings(chunks, body)
        return chunks

    def _pages(self) -> Iterator[Page]:
        """Yield the pages that can be read."""
        broken: list[int] = []
        for index in range(len(self._document)):
            try:
                with pdfium.page_of(self._document, index) as sheet:
                    page = self._page(sheet, index)
            except ReadingError:
                broken.append(index + 1)
                continue
            yield page
        if broken:
            self._warnings.append(f"{numbers(broken)} {'is' if len(broken) == 1 else 'are'} damaged and not read")

    def _page(self, sheet: pdfium.Sheet, index: int) -> Page:
        page = Page(index + 1, sheet.width, sheet.height, label=label_of(self._document, index))
        read_words(sheet, page, self._fonts)
        page.settle()
        read_objects(sheet, page)
        if page.pale:
            keep_visible(sheet, page)
            page.settle()
        if self._is_tagged:
            read_tags(sheet, page)
        if page.counts["letters"] < _FEW_LETTERS:
            page.is_scan = page.picture_share > _MOSTLY_PICTURE or (not page.counts["letters"] and is_picture(sheet))
        return page

    def _read_scans(self, scans: Sequence[Page]) -> None:
        """Read the pages that are pictures by OCR, or say why they are not read."""
        if not scans:
            return
        options = self._source.options
        one = len(scans) == 1
        what = f"{numbers(page.number for page in scans)} {'is a picture' if one else 'are pictures'} without text"
        absent = lacking(options.ocr_language) if options.ocr else "OCR, which is switched off"
        if absent:
            self._warnings.append(f"{what}; to read {'it' if one else 'them'} takes {absent}")
            self._ocr = "wanted"
            return
        until = time.monotonic() + ocr_seconds(len(self._source.data))
        unread = [page.number for page in scans[options.ocr_pages :]]
        scans = scans[: options.ocr_pages]
        for done, page in enumerate(scans):
            self._source.progress("Reading by OCR", done, len(scans))
            with pdfium.page_of(self._document, page.number - 1) as sheet:
                if not ocr.read_picture(sheet, page, options.ocr_language, until):
                    unread.append(page.number)
        self._source.progress("Reading by OCR", len(scans), len(scans))
        self._ocr = "partly" if unread else "used"
        if unread:
            limit = f"no more than {options.ocr_pages} pages, and pages that take too long are not"
            self._warnings.append(f"not read by OCR: {numbers(unread)} ({limit})")


def _columns(page: Page, rows: Sequence[Row]) -> Iterator[list[Line]]:
    """Yield the columns of a page: those in its main direction first, then the others."""
    for turn in sorted(page.words, key=lambda turn: (turn != page.turn, turn)):
        own = list(rows) if turn == page.turn else rows_of(page.words[turn])
        lines = lines_of(own, page.rules if turn == page.turn else [], page.number, turn)
        for line in lines:
            line.tag = page.tags.get(line.words[0].mark) if page.tags else None
        yield from columns_of(lines)
    if page.slanted:
        yield [Line(page.slanted, page.number)]

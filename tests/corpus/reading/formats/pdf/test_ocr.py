"""Scans: pages that are pictures, read by tesseract where it is installed, and by a program in its place everywhere."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from rapidfuzz.distance import LCSseq

from citewell.corpus.reading import process
from citewell.corpus.reading.extract import ReadingOptions, Source
from citewell.corpus.reading.formats.pdf import READER, pdfium
from citewell.corpus.reading.formats.pdf.reading import ocr_seconds
from citewell.corpus.reading.formats.pdf.rendering import picture_of
from citewell.corpus.reading.isolation import Limits
from tests.support.pdfs import HEIGHT, WIDTH, Pdf, extract, paragraph, shown, texts
from tests.support.tesseract import PICTURE, install

_TYPESET = Path(__file__).parents[1] / "typeset"
posix = pytest.mark.skipif(sys.platform == "win32", reason="the program in tesseract's place is a script of the shell")


def scan_of(name: str, page: int, dpi: int = 150) -> bytes:
    """Return a PDF whose only page is the picture of a page."""
    with pdfium.opened((_TYPESET / name).read_bytes()) as document, pdfium.page_of(document, page - 1) as sheet:
        picture = picture_of(sheet, dpi, is_grey=True)
    image = (
        f"<< /Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} /ColorSpace /DeviceGray "
        f"/BitsPerComponent 8 /Length {len(picture.pixels)} >>\nstream\n{picture.pixels.decode('latin-1')}\nendstream"
    )
    data = Pdf([f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Scan Do Q"], objects=[image]).data()
    return data.replace(b"/Resources << /Font", b"/Resources << /XObject << /Scan 1000 0 R >> /Font", 1)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program in tesseract's place, which says what is in the file beside it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return install(tmp_path)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_a_scan_is_read_in_order() -> None:
    name = "chromium_one.english.pdf"
    read = " ".join(texts(extract((_TYPESET / name).read_bytes()))).split()
    found = extract(scan_of(name, 5, 150))
    assert found.ocr == "used"
    assert all(block.location and block.location.is_ocr for block in found.blocks)
    words = " ".join(texts(found)).split()
    # All words of one page are among those of the document, in order.
    assert LCSseq.similarity(words, read) >= 0.95 * len(words) > 100


@posix
@pytest.mark.usefixtures("program")
def test_words_have_their_boxes() -> None:
    found = extract(Pdf([PICTURE]))
    (block,) = found.blocks
    assert block.pieces == ("The", " ", "scanned", " ", "letter.")
    assert block.boxes[0] == (1, 720, 2160, 1320, 2280)
    assert found.warnings == ("1 word that OCR is not sure of is left out (page 1)",)


@posix
@pytest.mark.usefixtures("program")
def test_no_more_pages_are_read_than_allowed_and_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    pages = Pdf([PICTURE] * 3 + [paragraph(60, 200, ["A page with text."])]).data()
    source = Source("a.pdf", pages, ReadingOptions(ocr_pages=2), lambda *each: told.append(each))
    found = READER.read(source)
    assert [block.location.page for block in found.blocks if block.location] == [1, 2, 4]
    assert any("not read by OCR: page 3" in each for each in found.warnings)
    assert told == [("Reading by OCR", done, 2) for done in range(3)]
    assert found.ocr == "partly"


@posix
def test_a_language_that_is_missing_is_named(program: Path) -> None:
    assert program
    found = extract(Pdf([PICTURE, shown(60, 200, "Text.")]), ReadingOptions(ocr_language="eng+fra"))
    assert found.warnings == (
        "page 1 is a picture without text; to read it takes tesseract's language fra, which is not installed",
    )
    assert found.ocr == "wanted"


@posix
def test_a_program_that_fails_loses_no_other_page(program: Path) -> None:
    program.unlink()
    found = extract(Pdf([PICTURE, shown(60, 200, "A page that is text is read.")]))
    assert texts(found) == ["A page that is text is read."]
    assert any("not read by OCR: page 1" in each for each in found.warnings)


def test_without_the_program_the_page_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = extract(Pdf([PICTURE, PICTURE, shown(60, 200, "Text.")]))
    assert found.warnings == (
        "pages 1-2 are pictures without text; to read them takes tesseract, which is not installed",
    )


@pytest.mark.parametrize("size", [0, 100_000, 3_000_000, 50_000_000])
def test_reading_by_ocr_ends_before_its_process_is_ended(size: int) -> None:
    assert ocr_seconds(size) <= 0.6 * process._BY_THE_CLOCK * Limits().seconds_for(size)


@posix
@pytest.mark.usefixtures("program")
def test_pages_that_there_was_no_time_for_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citewell.corpus.reading.formats.pdf.reading.ocr_seconds", lambda _size: 0.0)
    found = extract(Pdf([PICTURE, shown(60, 200, "A page that is text is read.")]))
    assert texts(found) == ["A page that is text is read."]
    assert any("not read by OCR: page 1" in each for each in found.warnings)

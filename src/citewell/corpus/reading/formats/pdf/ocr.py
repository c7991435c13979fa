"""Pages without text, read by OCR: the words of their pictures, with their boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from citewell.corpus.reading.formats.pdf import pdfium
from citewell.corpus.reading.formats.pdf.rendering import Picture, picture_of
from citewell.corpus.reading.formats.pdf.words import Page, Style, Word
from citewell.corpus.reading.tesseract import languages, run_tesseract

_DPI = 300
# tesseract's own confidence, in percent: below it a word is noise, and below it a page may stand on its side.
_LEAST_SURE, _PAGE_SURE = 25.0, 60.0
_FEW_WORDS = 5
# The letters' part of the height of a line, the part below its baseline, and how much higher a line of larger letters is.
_SIZE, _DESCENT, _LARGE = 0.78, 0.2, 1.35
_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class _Found:
    """A word of tesseract, in pixels; ``line`` tells the line it is in."""

    text: str
    left: int
    top: int
    width: int
    height: int
    sure: float
    line: tuple[int, ...]


def read_picture(sheet: pdfium.Sheet, page: Page, language: str, until: float) -> bool:
    """Read the words of a page from its picture.

    Args:
        sheet: The open page.
        page: Where they are put.
        language: Languages in tesseract's names, joined by "+".
        until: When to give up, by the monotonic clock.

    Returns:
        Whether it could be read in time.
    """
    picture = picture_of(sheet, _DPI, is_grey=True)
    found = _recognised(picture, language, until)
    if found is None:
        return False
    turn = 0
    if _is_poor(found) and (turns := _turns(picture, until)):
        turned = picture_of(sheet, _DPI, is_grey=True, turns=turns)
        again = _recognised(turned, language, until) or []
        if _sureness(again) > _sureness(found):
            picture, found, turn = turned, again, (4 - turns) % 4
    page.counts["unsure"] += sum(each.sure < _LEAST_SURE for each in found)
    words = _words(picture, [each for each in found if each.sure >= _LEAST_SURE])
    page.words = {turn: words} if words else {}
    page.settle()
    page.slanted = []
    page.is_read_by_ocr = True
    page.counts["letters"] = sum(len(word.text) for word in words)
    return True


def _is_poor(found: Sequence[_Found]) -> bool:
    return len(found) < _FEW_WORDS or _sureness(found) < _PAGE_SURE * len(found)


def _sureness(found: Sequence[_Found]) -> float:
    return sum(each.sure for each in found)


def _recognised(picture: Picture, language: str, until: float) -> list[_Found] | None:
    answer = run_tesseract(_image(picture), _dpi(picture), ["-l", language, "--psm", "3", "tsv"], until)
    return None if answer is None else list(_parsed(answer))


def _turns(picture: Picture, until: float) -> int:
    """Return how many quarter turns clockwise put a picture upright, as far as tesseract can tell."""
    if "osd" not in languages():
        return 0
    for line in (run_tesseract(_image(picture), _dpi(picture), ["--psm", "0"], until) or "").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "Rotate" and value.strip().isdigit():
            return int(value) // 90 % 4
    return 0


def _image(picture: Picture) -> bytes:
    return f"P5\n{picture.width} {picture.height}\n255\n".encode() + picture.pixels


def _dpi(picture: Picture) -> int:
    return max(round(picture.scale * 72), 70)


def _parsed(table: str) -> Iterator[_Found]:
    """Yield the words in tesseract's table.

    Its columns: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
    """
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) < _COLUMNS or cells[0] != "5":
            continue
        text = "".join(cells[11].split())
        left, top, width, height = map(int, cells[6:10])
        if text and width > 0 and height > 0:
            yield _Found(text, left, top, width, height, float(cells[10]), tuple(map(int, cells[1:5])))


def _words(picture: Picture, found: Sequence[_Found]) -> list[Word]:
    """Return words in points, those of a line on one baseline; only much larger lines have another size."""
    lines: dict[tuple[int, ...], list[_Found]] = {}
    for each in found:
        lines.setdefault(each.line, []).append(each)
    if not lines:
        return []
    heights = {line: median(each.height for each in words) for line, words in lines.items()}
    usual = median(heights.values())
    words: list[Word] = []
    scale = picture.scale
    for line, several in lines.items():
        high = max(each.height for each in several)
        height = heights[line] if heights[line] > _LARGE * usual else usual
        style = Style(round(height / _SIZE / scale * 0.95, 1), 400)
        bottoms = [each.top + each.height for each in several]
        # Most words end at the baseline or a little below it.
        base = median(bottoms) - (_DESCENT * high if min(bottoms) == max(bottoms) and len(several) == 1 else 0)
        for each in several:
            left, top = each.left / scale, each.top / scale
            right, bottom = left + each.width / scale, top + each.height / scale
            words.append(Word(each.text, left, top, right, bottom, base / scale, style))
    return words

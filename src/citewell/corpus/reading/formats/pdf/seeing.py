"""What can be seen of a page: white words on a dark ground can, on paper they cannot."""

from __future__ import annotations

from collections.abc import Iterable

from citewell.corpus.reading.formats.pdf import pdfium
from citewell.corpus.reading.formats.pdf.rendering import Picture, picture_of
from citewell.corpus.reading.formats.pdf.words import Page, Word

_DPI = 72
# Of 255: what a reader tells from the ground it stands on.
_CONTRAST = 30
# A page without words is a picture if it is not of one colour.
_GLANCE_DPI = 30


def keep_visible(sheet: pdfium.Sheet, page: Page) -> None:
    """Keep the pale words of a page that can be seen, and count the others.

    Args:
        sheet: The open page.
        page: What was read from it; changed in place.
    """
    picture = picture_of(sheet, _DPI, is_grey=True)
    for turn, words in page.pale.items():
        for word in words:
            if _is_visible(picture, page, word, turn):
                page.words.setdefault(turn, []).append(word)
            else:
                page.counts["white"] += 1
    page.pale = {}


def is_picture(sheet: pdfium.Sheet) -> bool:
    """Return whether anything can be seen on a page."""
    pixels = picture_of(sheet, _GLANCE_DPI, is_grey=True).pixels
    return max(pixels) - min(pixels) > _CONTRAST


def _is_visible(picture: Picture, page: Page, word: Word, turn: int) -> bool:
    _, left, top, right, bottom = (side * picture.scale / 10 for side in page.box(word, turn))
    first, last = max(int(left), 0), min(int(right) + 1, picture.width)
    rows = range(max(int(top), 0), min(int(bottom) + 1, picture.height))
    parts: Iterable[bytes] = (picture.pixels[at * picture.width + first : at * picture.width + last] for at in rows)
    values = b"".join(parts)
    return bool(values) and max(values) - min(values) >= _CONTRAST

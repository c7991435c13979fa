"""Pictures of pages: for OCR, and for readers."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import pypdfium2.raw as raw

from citewell.corpus.reading.formats.pdf import pdfium
from citewell.errors import ReadingError

# A page may be 200 inches wide.
MOST_PIXELS = 12_000_000
_MOST_DPI = 600.0
_POINTS = 72


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a page, row by row from the top: ``channels`` bytes a pixel (1 for grey, 3 for red, green and blue).

    ``scale`` is its number of pixels a point.
    """

    width: int
    height: int
    channels: int
    scale: float
    pixels: bytes


def picture_of(sheet: pdfium.Sheet, dpi: float, *, is_grey: bool, turns: int = 0) -> Picture:
    """Return the picture of a page on white paper, with its annotations.

    Args:
        sheet: The open page.
        dpi: Pixels an inch; fewer where the page is very large.
        is_grey: Whether colours are left out.
        turns: By how many quarter turns clockwise it is turned.

    Raises:
        ReadingError: There is no memory for it.
    """
    scale = min(max(dpi, 1.0), _MOST_DPI) / _POINTS
    scale = min(scale, (MOST_PIXELS / (sheet.width * sheet.height)) ** 0.5)
    width, height = max(int(sheet.width * scale), 1), max(int(sheet.height * scale), 1)
    if turns % 2:
        width, height = height, width
    if width * height > 2 * MOST_PIXELS:
        raise ReadingError("has a page that is too long to show")
    channels = 1 if is_grey else 3
    stride = (width * channels + 3) // 4 * 4
    buffer = ctypes.create_string_buffer(stride * height)
    kind = raw.FPDFBitmap_Gray if is_grey else raw.FPDFBitmap_BGR
    bitmap = raw.FPDFBitmap_CreateEx(width, height, kind, buffer, stride)
    if not bitmap:
        raise ReadingError("has a page that cannot be shown")
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        flags = raw.FPDF_ANNOT | (raw.FPDF_GRAYSCALE if is_grey else raw.FPDF_REVERSE_BYTE_ORDER)
        raw.FPDF_RenderPageBitmap(bitmap, sheet.handle, 0, 0, width, height, turns, flags)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    data = buffer.raw
    if stride != width * channels:
        data = b"".join(data[at * stride : at * stride + width * channels] for at in range(height))
    return Picture(width, height, channels, scale, data[: width * channels * height])

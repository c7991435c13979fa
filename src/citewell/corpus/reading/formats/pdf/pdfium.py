"""pdfium's functions: those that are called for each character, without the conversions that cost most of their time."""

from __future__ import annotations

import ctypes
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from citewell.errors import ReadingError

_PASSWORD, _SECURITY, _FORMAT = raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY, raw.FPDF_ERR_FORMAT
_REASONS = {
    _PASSWORD: "is protected by a password",
    _SECURITY: "is encrypted in a way that is not supported",
    _FORMAT: "is damaged, or not a PDF",
}
_PROTOTYPE = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)


class Rectangle(ctypes.Structure):
    """A rectangle of pdfium; y grows upwards."""

    _fields_ = (
        ("left", ctypes.c_float),
        ("top", ctypes.c_float),
        ("right", ctypes.c_float),
        ("bottom", ctypes.c_float),
    )


def address_of(handle: Any) -> int:  # noqa: ANN401 - pypdfium2 has no types
    """Return the address of a handle or function; 0 for none."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _plain(function: Callable[..., Any], result: type, *arguments: type) -> Callable[..., Any]:
    """Return a function that takes and returns addresses, not pointers of pypdfium2's types."""
    made: Callable[..., Any] = _PROTOTYPE(result, *arguments)(address_of(function))
    return made


_HANDLE, _NUMBER = ctypes.c_void_p, ctypes.c_int
get_unicode = _plain(raw.FPDFText_GetUnicode, ctypes.c_uint, _HANDLE, _NUMBER)
get_text = _plain(raw.FPDFText_GetText, _NUMBER, _HANDLE, _NUMBER, _NUMBER, _HANDLE)
get_box = _plain(raw.FPDFText_GetLooseCharBox, _NUMBER, _HANDLE, _NUMBER, _HANDLE)
get_object = _plain(raw.FPDFText_GetTextObject, _HANDLE, _HANDLE, _NUMBER)
get_origin = _plain(raw.FPDFText_GetCharOrigin, _NUMBER, _HANDLE, _NUMBER, _HANDLE, _HANDLE)
get_matrix = _plain(raw.FPDFText_GetMatrix, _NUMBER, _HANDLE, _NUMBER, _HANDLE)
get_font_size = _plain(raw.FPDFText_GetFontSize, ctypes.c_double, _HANDLE, _NUMBER)
get_color = _plain(raw.FPDFText_GetFillColor, _NUMBER, _HANDLE, _NUMBER, _HANDLE, _HANDLE, _HANDLE, _HANDLE)
get_font = _plain(raw.FPDFTextObj_GetFont, _HANDLE, _HANDLE)
get_mode = _plain(raw.FPDFTextObj_GetTextRenderMode, _NUMBER, _HANDLE)
get_mark = _plain(raw.FPDFPageObj_GetMarkedContentID, _NUMBER, _HANDLE)
get_weight = _plain(raw.FPDFFont_GetWeight, _NUMBER, _HANDLE)
get_flags = _plain(raw.FPDFFont_GetFlags, _NUMBER, _HANDLE)
get_font_name = _plain(raw.FPDFFont_GetBaseFontName, ctypes.c_size_t, _HANDLE, _HANDLE, ctypes.c_size_t)
has_map_error = _plain(raw.FPDFText_HasUnicodeMapError, _NUMBER, _HANDLE, _NUMBER)
get_page_object = _plain(raw.FPDFPage_GetObject, _HANDLE, _HANDLE, _NUMBER)
get_object_type = _plain(raw.FPDFPageObj_GetType, _NUMBER, _HANDLE)
get_bounds = _plain(raw.FPDFPageObj_GetBounds, _NUMBER, _HANDLE, _HANDLE, _HANDLE, _HANDLE, _HANDLE)


@contextmanager
def opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF, and close it at the end.

    Raises:
        ReadingError: It cannot be opened.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ReadingError(_REASONS.get(getattr(error, "err_code", None), _REASONS[_FORMAT])) from error
    try:
        yield document
    finally:
        document.close()


# Annotations that show text of their own: what was filled into a form, written over a page, or stamped on it.
_WITH_TEXT = frozenset({raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP})
_MOST_ANNOTATIONS = 2000


def _flattened(page: object) -> bool:
    """Make the text of a page's annotations a part of the page, if there are any: in memory only."""
    for at in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        kind = raw.FPDFAnnot_GetSubtype(annotation) if annotation else raw.FPDF_ANNOT_UNKNOWN
        raw.FPDFPage_CloseAnnot(annotation)
        if kind in _WITH_TEXT:
            return bool(raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS)
    return False


class Sheet:
    """An open page: its handle, and where it is in the coordinates of the file.

    Args:
        document: The document.
        index: The number of the page, from 0.

    Raises:
        ReadingError: The page cannot be loaded, or has no size.
    """

    def __init__(self, document: pypdfium2.PdfDocument, index: int) -> None:
        self.handle = raw.FPDF_LoadPage(document.raw, index)
        if not self.handle:
            raise ReadingError("is damaged")
        if _flattened(self.handle):
            raw.FPDF_ClosePage(self.handle)
            self.handle = raw.FPDF_LoadPage(document.raw, index)
        box = raw.FS_RECTF()
        found = raw.FPDF_GetPageBoundingBox(self.handle, box)
        sides = (box.left, box.bottom, box.right, box.top)
        if (
            not found
            or not all(math.isfinite(side) for side in sides)
            or box.left >= box.right
            or box.bottom >= box.top
        ):
            self.close()
            raise ReadingError("has no size")
        self.left, self.bottom, self.right, self.top = map(float, sides)
        self.rotation = raw.FPDFPage_GetRotation(self.handle) % 4
        self.width, self.height = self.right - self.left, self.top - self.bottom
        if self.rotation % 2:
            self.width, self.height = self.height, self.width

    def close(self) -> None:
        """Free the page."""
        raw.FPDF_ClosePage(self.handle)

    def placed(
        self, along: int, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """Return a rectangle as left, top, right, bottom in a direction of reading; y grows downwards.

        Args:
            along: The direction of the text in the file, in quarter turns counter-clockwise.
            left: Its left side in the file.
            bottom: Its lower side.
            right: Its right side.
            top: Its upper side.
        """
        if along == 0:
            return left - self.left, self.top - top, right - self.left, self.top - bottom
        if along == 1:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if along == 2:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        return self.top - top, self.right - right, self.top - bottom, self.right - left

    def turn(self, along: int) -> int:
        """Return how text in a direction of the file stands on the page, in quarter turns clockwise."""
        turns: int = (self.rotation - along) % 4
        return turns


@contextmanager
def page_of(document: pypdfium2.PdfDocument, index: int) -> Iterator[Sheet]:
    """Open a page, and close it at the end.

    Raises:
        ReadingError: The page cannot be loaded, or has no size.
    """
    sheet = Sheet(document, index)
    try:
        yield sheet
    finally:
        sheet.close()


def text_of(call: Callable[..., int], *arguments: object) -> str:
    """Return the text that a function of pdfium writes as UTF-16.

    Args:
        call: The function; its last arguments are a buffer and its size.
        *arguments: The arguments before them.
    """
    size = call(*arguments, None, 0)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (min(size, 1 << 16) // 2))()
    call(*arguments, buffer, ctypes.sizeof(buffer))
    return bytes(buffer).decode("utf-16-le" if sys.byteorder == "little" else "utf-16-be", "replace").split("\0")[0]

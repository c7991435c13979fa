"""How the text of a page looks: size, weight, direction, and whether anybody can see it."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

import pypdfium2.raw as raw
import regex

from citewell.corpus.reading.formats.pdf import pdfium
from citewell.corpus.reading.formats.pdf.words import ARTIFACT, NO_MARK, Style

_BOLD = regex.compile(r"(?i)bold|black|heavy|semib|demi|-bd\b|CMBX|CMSSBX|SFBX|SFRB|LMRomanCaps10-Bold")
_ITALIC = regex.compile(r"(?i)ital|obli|CMTI|CMSL|SFTI")
_FIXED = regex.compile(r"(?i)courier|mono|consol|typewriter|CMTT|SFTT|menlo|lucidacon")
_FIXED_FLAG, _ITALIC_FLAG = 1, 64
_BOLD_WEIGHT, _REGULAR_WEIGHT = 700, 400
_INVISIBLE = raw.FPDF_TEXTRENDERMODE_INVISIBLE
# Points. Smaller print is not read on paper, and not on a screen either.
_LEAST_SIZE = 1.5
# A colour that is nearly that of paper; whether it can be seen depends on what is behind.
_PALE = 0.85
# In quarter turns: text that leans more stands in no direction.
_LEANS = 0.12
_UPRIGHT = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_BLACK: list[ctypes.c_uint | int] = [0, 0, 0, 255]


@dataclass(slots=True, eq=False)
class Look:
    """How the characters of one text object look.

    ``along`` is their direction in the file, in quarter turns counter-clockwise; ``base`` is the coordinate of their baseline
    across it.
    """

    style: Style
    mark: int
    along: int
    base: float
    is_slanted: bool
    is_tiny: bool
    is_pale: bool

    @property
    def is_left_out(self) -> tuple[bool, bool]:
        """Whether it is too small or too pale."""
        return self.is_tiny, self.is_pale

    def base_on(self, sheet: pdfium.Sheet, base: float) -> float:
        """Return a baseline in the direction of reading."""
        if self.along == 0:
            return sheet.top - base
        if self.along == 1:
            return base - sheet.left
        if self.along == 2:
            return base - sheet.bottom
        return sheet.right - base


class Fonts:
    """The fonts of a document, each looked at once.

    Args:
        is_tagged: Whether the document has a structure tree, so that its texts have marks.
    """

    def __init__(self, *, is_tagged: bool) -> None:
        self._is_tagged = is_tagged
        self._known: dict[int, tuple[int, bool, bool]] = {}
        self._styles: dict[Style, Style] = {}
        self._looks: dict[tuple[object, ...], Look] = {}
        self._matrix = (ctypes.c_float * 6)()
        self._color = (ctypes.c_uint * 4)()
        self._matrix_at, self._color_at = ctypes.addressof(self._matrix), ctypes.addressof(self._color)
        self._last: tuple[object, ...] = ()
        self._last_whole: tuple[object, ...] = ()

    def begin_page(self) -> None:
        """Forget the fonts: pdfium may have freed those of another page."""
        self._known.clear()
        self._looks.clear()
        self._last = ()

    def look(self, text: int, at: int, handle: int | None, *, in_word: bool) -> Look:
        """Return how a character looks, and those of the same text object; the same object for the same look.

        Args:
            text: The text of the page.
            at: The number of the character.
            handle: Its text object, if it has one.
            in_word: Whether it stands in a word with the one before, and thus has its colour if it has its font.
        """
        matrix = _UPRIGHT
        if pdfium.get_matrix(text, at, self._matrix_at):
            matrix = tuple(self._matrix)
        base = matrix[5] if abs(matrix[1]) < abs(matrix[0]) else matrix[4]
        font = pdfium.get_font(handle) if handle else None
        key = (matrix[:4], base, pdfium.get_font_size(text, at), font)
        if in_word and key == self._last:
            return self._looks[self._last_whole]
        start = self._color_at
        if not pdfium.get_color(text, at, start, start + 4, start + 8, start + 12):
            self._color[:] = _BLACK
        mode = pdfium.get_mode(handle) if handle else 0
        mark = self._mark(handle) if self._is_tagged and handle else NO_MARK
        whole = (key, mode, mark, *self._color)
        if whole not in self._looks:
            self._looks[whole] = self._new(*matrix[:4], base, key[2], font, mode, mark)
        self._last, self._last_whole = key, whole
        return self._looks[whole]

    def _new(
        self, a: float, b: float, c: float, d: float, base: float, size: float, font: int | None, mode: int, mark: int
    ) -> Look:
        angle, scale = math.atan2(b, a) / (math.pi / 2), math.hypot(c, d)
        if not (math.isfinite(angle) and math.isfinite(scale) and math.isfinite(base)):
            angle, scale, base = 0.0, 1.0, 0.0
        quarter = round(angle)
        size = abs(size) * scale
        size = round(size, 1) if math.isfinite(size) else 0.0
        weight, is_italic, is_fixed = self._font(font)
        is_unseen = mode == _INVISIBLE
        style = Style(size, weight, is_italic, is_fixed, is_unseen)
        return Look(
            self._styles.setdefault(style, style),
            mark,
            quarter % 4,
            base,
            is_slanted=abs(angle - quarter) > _LEANS,
            is_tiny=size < _LEAST_SIZE,
            is_pale=not is_unseen and _is_pale(*self._color),
        )

    def _font(self, font: int | None) -> tuple[int, bool, bool]:
        if not font:
            return _REGULAR_WEIGHT, False, False
        if font not in self._known:
            self._known[font] = _looked_at(font)
        return self._known[font]

    def _mark(self, handle: int) -> int:
        mark: int = pdfium.get_mark(handle)
        # What has a number is no page furniture.
        return ARTIFACT if mark < 0 and is_artifact(handle) else mark


def _is_pale(red: int, green: int, blue: int, opacity: int) -> bool:
    return 1 - (1 - (0.3 * red + 0.59 * green + 0.11 * blue) / 255) * opacity / 255 > _PALE


def _looked_at(font: int) -> tuple[int, bool, bool]:
    """Return the weight of a font, and whether it is italic, and of one width for all letters."""
    buffer = ctypes.create_string_buffer(256)
    size = pdfium.get_font_name(font, buffer, len(buffer))
    name = buffer.raw[: max(size - 1, 0)].decode("utf-8", "replace")
    flags = pdfium.get_flags(font)
    flags = 0 if flags < 0 else flags
    weight = min(max(pdfium.get_weight(font), 0), 1000) or _REGULAR_WEIGHT
    if _BOLD.search(name):
        weight = max(weight, _BOLD_WEIGHT)
    return weight, bool(flags & _ITALIC_FLAG or _ITALIC.search(name)), bool(flags & _FIXED_FLAG or _FIXED.search(name))


def is_artifact(handle: int) -> bool:
    """Return whether a text object is marked as page furniture."""
    pointer = ctypes.cast(handle, raw.FPDF_PAGEOBJECT)
    for nth in range(min(raw.FPDFPageObj_CountMarks(pointer), 5)):
        mark = raw.FPDFPageObj_GetMark(pointer, nth)
        size = ctypes.c_ulong()
        buffer = (ctypes.c_ushort * 64)()
        if (
            raw.FPDFPageObjMark_GetName(mark, buffer, ctypes.sizeof(buffer), size)
            and "".join(map(chr, buffer[: max(size.value // 2 - 1, 0)])) == "Artifact"
        ):
            return True
    return False

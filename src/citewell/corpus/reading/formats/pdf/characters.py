"""The characters of a page to words, each with its rectangle."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import pypdfium2.raw as raw
import regex

from citewell.corpus.reading.formats.pdf import pdfium
from citewell.corpus.reading.formats.pdf.fonts import Fonts, Look
from citewell.corpus.reading.formats.pdf.words import ARTIFACT, RISE, Page, Word
from citewell.corpus.reading.raising import RAISED

# A page of small print has 15,000; a hostile one has millions.
MOST_CHARACTERS = 200_000
# In the size of the letters: a gap that no word has, a step back that no kerning makes, and a line of its own.
_WIDE_GAP = 0.8
_STEP_BACK = 0.6
_OTHER_LINE = 0.5
_SPACES = frozenset(
    {0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0xA0, 0x2028, 0x2029, 0x200B, 0x3000, *range(0x2000, 0x200B)}
)
# pdfium's marks of a hyphen at the end of a line, or of a character that it cannot map.
_MARKS = frozenset({0x02, 0xFFFE})
_RTL = regex.compile(r"[\p{bc=R}\p{bc=AL}]")
# The accents that TeX's oldest fonts set over a letter as characters of their own, and what they are in one with it.
_ACCENTS = dict(zip("´`¨ˆ˜˚ˇ¯˘˝", "\u0301\u0300\u0308\u0302\u0303\u030a\u030c\u0304\u0306\u030b", strict=True))
_DOTTED = {"ı": "i", "ȷ": "j"}
_SMALL = 0.85
# Every so many characters it is checked that they are in step.
_TRIED = 37


@dataclass(slots=True)
class _Run:
    """The word that is being read: its characters, and where it stands along and across its direction."""

    text: list[str]
    look: Look
    start: float
    end: float
    left: float
    bottom: float
    right: float
    top: float
    base: float
    is_spaced: bool
    is_rtl: bool
    is_plain: bool = False
    least: float = 0
    most: float = 0

    def settle(self, letter: str) -> None:
        """Note whether the next character of the same look may just be added, and how far from this one it may stand."""
        size = self.look.style.size
        self.is_plain = self.look.along == 0 and not self.is_rtl and letter not in _ACCENTS
        self.least, self.most = -_STEP_BACK * size, _WIDE_GAP * size


class _Reading:
    """The reading of one page's characters."""

    def __init__(self, sheet: pdfium.Sheet, page: Page, fonts: Fonts) -> None:
        self.sheet, self.page, self.fonts = sheet, page, fonts
        self.run: _Run | None = None
        self.is_spaced = True
        # Where the letters of the last glyph begin in the word.
        self.glyph = 0
        self.letters = 0
        # The first half of a character beyond the first 65,536.
        self.high = 0

    def read(self, text: int, count: int) -> None:
        """Read characters in the order of the file."""
        box, object_of = pdfium.get_box, pdfium.get_object
        sides = (ctypes.c_float * 4)()
        address = ctypes.addressof(sides)
        before: int | None = None
        look: Look | None = None
        last: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
        for at, code in enumerate(_codes(text, count)):
            if code in _SPACES:
                self.flush()
                continue
            box(text, at, address)
            left, top, right, bottom = here = tuple(sides)
            run = self.run
            # Within a word, another font, size or baseline has another height.
            if run is None or look is None or top != last[1] or bottom != last[3]:
                handle = object_of(text, at)
                if handle != before or look is None:
                    before, look = handle, self.fonts.look(text, at, handle, in_word=run is not None)
            letter = chr(code) if 0x20 < code < 0x7F else self.letter(text, at, code)
            if not letter:
                continue
            self.letters += 1
            if run is None or run.look is not look:
                self.add(letter, look, left, bottom, right, top)
            elif here == last:
                # One glyph for several letters, such as "fi"; pdfium has turned round those that are written from the right.
                run.text.insert(self.glyph if run.is_rtl else len(run.text), letter)
            elif run.is_plain and letter not in _ACCENTS and run.least < left - run.end < run.most:
                run.text.append(letter)
                run.start = left
                run.end = max(right, run.end)
            else:
                self.add(letter, look, left, bottom, right, top)
            last = here
        self.flush()
        self.page.counts["letters"] = self.letters

    def letter(self, text: int, at: int, code: int) -> str:
        """Return the text of a character that is not ASCII; nothing for the first half of one."""
        if 0xD800 <= code < 0xE000:
            self.high, code = (code, 0) if code < 0xDC00 else (0, _joined(self.high, code))
            if not code:
                return ""
        if code in _MARKS:
            unknown = code == 0xFFFE and bool(pdfium.has_map_error(text, at))
            code = 0xFFFD if unknown else 0x2D
        if code < 0x20 or 0x7F <= code < 0xA0 or code > 0x10FFFF:
            code = 0xFFFD
        return chr(code)

    def add(self, letter: str, look: Look, left: float, bottom: float, right: float, top: float) -> None:
        """Add a character to the word, or begin another one."""
        start, end = _along(look.along, left, bottom, right, top)
        run = self.run
        if run is None or not self.goes_on(run, look, start, end):
            self.flush(is_space=False)
            is_rtl = bool(_RTL.match(letter))
            self.run = _Run([letter], look, start, end, left, bottom, right, top, look.base, self.is_spaced, is_rtl)
            self.run.settle(letter)
            self.is_spaced, self.glyph = False, 0
            return
        if run.look is not look:
            letter = _raised(letter, run, look)
            _raise_start(run, look)
        if run.text[-1] in _ACCENTS and start < (run.start + run.end) / 2 + 0.3 * look.style.size and end > run.start:
            letter = _composed(run, letter, start)
        self.glyph = len(run.text)
        run.text.append(letter)
        run.start = min(start, run.start) if run.is_rtl else start
        run.end = max(end, run.end)
        run.left, run.bottom = min(left, run.left), min(bottom, run.bottom)
        run.right, run.top = max(right, run.right), max(top, run.top)
        run.settle(letter)

    def goes_on(self, run: _Run, look: Look, start: float, end: float) -> bool:
        """Return whether a character belongs to the word before it."""
        if run.look is not look:
            style, other = look.style, run.look.style
            if (
                look.along != run.look.along
                or look.is_slanted != run.look.is_slanted
                or (look.mark == ARTIFACT) != (run.look.mark == ARTIFACT)
            ):
                return False
            if look.is_left_out != run.look.is_left_out:
                return False
            if abs(look.base - run.base) > _OTHER_LINE * max(style.size, other.size):
                return False
        size = run.look.style.size
        if run.is_rtl and (gap := run.start - end) > -_STEP_BACK * size:
            return gap < _WIDE_GAP * size
        gap = start - run.end
        if run.text[-1] in _ACCENTS:
            return -_WIDE_GAP * size < gap < _WIDE_GAP * size
        return -_STEP_BACK * size < gap < _WIDE_GAP * size

    def flush(self, *, is_space: bool = True) -> None:
        """End the word, if there is one."""
        run = self.run
        if run is not None:
            self.run = None
            self.keep(run)
            self.is_spaced = False
        self.is_spaced = self.is_spaced or is_space

    def keep(self, run: _Run) -> None:
        """Add a word to the page, unless nobody can see it."""
        text = "".join(run.text)
        if not text.isascii():
            text = _usual(text)
        if not text:
            return
        look, sheet = run.look, self.sheet
        if run.is_plain:
            run.right = max(run.right, run.end)
        middle = ((run.left + run.right) / 2, (run.bottom + run.top) / 2)
        if not (sheet.left <= middle[0] <= sheet.right and sheet.bottom <= middle[1] <= sheet.top):
            self.page.counts["outside"] += 1
            return
        if look.is_tiny:
            self.page.counts["tiny"] += 1
            return
        if look.is_slanted:
            left, top, right, bottom = sheet.placed(0, run.left, run.bottom, run.right, run.top)
            self.page.slanted.append(Word(text, left, top, right, bottom, bottom, look.style, run.is_spaced, look.mark))
            return
        left, top, right, bottom = sheet.placed(look.along, run.left, run.bottom, run.right, run.top)
        base = look.base_on(sheet, run.base)
        size = look.style.size
        # Some fonts claim to be far higher than their letters.
        top, bottom = max(top, base - 1.1 * size), min(bottom, base + 0.4 * size)
        word = Word(text, left, top, right, bottom, base, look.style, run.is_spaced, look.mark)
        turn = sheet.turn(look.along)
        (self.page.pale if look.is_pale else self.page.words).setdefault(turn, []).append(word)


def read_words(sheet: pdfium.Sheet, page: Page, fonts: Fonts) -> None:
    """Read the words of a page, at most ``MOST_CHARACTERS`` characters of it.

    Args:
        sheet: The open page.
        page: Where they are put.
        fonts: The fonts of the document.
    """
    text = raw.FPDFText_LoadPage(sheet.handle)
    if not text:
        page.counts["failed"] += 1
        return
    try:
        fonts.begin_page()
        count = max(raw.FPDFText_CountChars(text), 0)
        page.counts["cut"] = max(count - MOST_CHARACTERS, 0)
        _Reading(sheet, page, fonts).read(pdfium.address_of(text), min(count, MOST_CHARACTERS))
    finally:
        raw.FPDFText_ClosePage(text)


def _codes(text: int, count: int) -> Iterable[int]:
    """Return the code points of characters: all at once where that gives one for each, which is nearly always."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.get_text(text, 0, count, ctypes.addressof(buffer))
    unicode = pdfium.get_unicode
    tried = (*range(0, count, _TRIED), count - 1)
    if written == count + 1 and count and all(_is_same(buffer[at], unicode(text, at)) for at in tried):
        return buffer[:count]
    return (unicode(text, at) for at in range(count))


def _is_same(code: int, other: int) -> bool:
    return code == other or (code in _MARKS and other in _MARKS)


def _along(along: int, left: float, bottom: float, right: float, top: float) -> tuple[float, float]:
    """Return where a rectangle begins and ends in a direction, in quarter turns counter-clockwise."""
    if along == 0:
        return left, right
    if along == 1:
        return bottom, top
    return (-right, -left) if along == 2 else (-top, -bottom)


def _joined(high: int, low: int) -> int:
    """Return the character of two halves; 0xFFFD for a lone one."""
    return 0x10000 + ((high - 0xD800) << 10) + low - 0xDC00 if high else 0xFFFD


def _raised(letter: str, run: _Run, look: Look) -> str:
    """Return a raised digit, such as that of a footnote or a power, as one: 10⁶ is not 106."""
    size = run.look.style.size
    rise = (look.base - run.base) * (1 if look.along in {0, 3} else -1)
    if look.style.size < _SMALL * size and rise > RISE * size:
        return letter.translate(RAISED)
    return letter


def _raise_start(run: _Run, look: Look) -> None:
    """Show the raised number that a word begins with as one, such as that of a footnote, and give the word its own baseline."""
    if not "".join(run.text).isdigit():
        return
    rise = (run.base - look.base) * (1 if look.along in {0, 3} else -1)
    if run.look.style.size < _SMALL * look.style.size and rise > RISE * look.style.size:
        run.text = ["".join(run.text).translate(RAISED)]
        run.look, run.base = look, look.base


def _composed(run: _Run, letter: str, start: float) -> str:
    """Return a letter with the accent that stands over it, which is taken from the word."""
    composed = unicodedata.normalize("NFC", _DOTTED.get(letter, letter) + _ACCENTS[run.text[-1]])
    if len(composed) > 1:
        return letter
    run.text.pop()
    if not run.text:
        run.start = min(run.start, start)
    return composed


def _usual(text: str) -> str:
    """Return a text without the forms that letters have in fonts, and without characters that show nothing."""
    parts = (
        unicodedata.normalize("NFKC", letter)
        if "\ufb00" <= letter <= "\ufdff" or "\ufe70" <= letter <= "\ufeff"
        else letter
        for letter in text
    )
    return "".join(parts).replace("\ufeff", "").replace("\u2060", "")

"""Bytes to text, character for character: nothing is translated or normalised, so spans are positions in the file itself.

A byte that the encoding does not have, and a control character, are replaced by U+FFFD, one for one, and reported. Only a file
with many of them is not text.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import regex

from citewell.corpus.reading.guessing import guess
from citewell.errors import ReadingError

# The order matters: UTF-32's mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Control characters that occur in texts: tab, line ends, form feed, end of file in DOS, escape; NEL in old one-byte files.
_CONTROL = regex.compile(r"[\p{Cc}--[\t\n\r\x0b\x0c\x1a\x1b\x85]]", regex.V1)
_BROKEN = regex.compile(r"[\p{Cc}\p{Cs}--[\t\n\r\x0b\x0c\x1a\x1b\x85]]", regex.V1)
# Manuals of Unix overstrike with it.
_BACKSPACE = "\b"
_UNASSIGNED = regex.compile(r"\p{Cn}{4}")
_LINE_END = regex.compile(r"\r\n|\n|\r")
# A text may have this many bad characters, and of more, one in this many.
_FEW_BAD = 2
_GOOD = 50
# By chance, other encodings have fewer characters that are whole in UTF-8, for each byte that is not, and for each row of such
# bytes; and none beside a small letter of ASCII (``benchmarks/decoding.py``).
_WHOLE = 2
_WHOLE_BESIDE_A_ROW = 4
_ROW = regex.compile(r"[\p{Cs}]+")
_IN_WORD = regex.compile(r"(?<=[a-z])[^\x00-\x7f\p{Cs}]|[^\x00-\x7f\p{Cs}](?=[a-z])")
# One byte in this many is a zero in UTF-16 of any alphabet that puts spaces between words.
_ZEROS_IN_TEXT = 16
_SAMPLE = 65_536
_SHOWN_PLACES = 3

_Errors = Literal["surrogateescape", "surrogatepass"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, and what had to be replaced in it."""

    text: str
    warnings: tuple[str, ...]


def decode(data: bytes) -> Decoded:
    """Decode the bytes of a text file.

    UTF-8, UTF-16 and UTF-32 are recognised by their byte order mark, which is not part of the text, or by their form.
    Everything else is a guess (``guessing``).

    Raises:
        ReadingError: The bytes are not text.
    """
    mark, encoding = _encoding(data)
    errors: _Errors = "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    raw, rest = _decoded(data[mark:], encoding, errors)
    broken = [match.start() for match in _BROKEN.finditer(raw)]
    # In UTF-8 that is otherwise whole, bytes of another encoding are no sign of a binary file.
    counted = _CONTROL.findall(raw) if encoding == "utf-8" else [raw[at] for at in broken]
    bad = sum(character != _BACKSPACE for character in counted) + bool(rest)
    if bad > max(_FEW_BAD, len(raw) // _GOOD) or bad == len(raw) + bool(rest) > 0 or _UNASSIGNED.search(raw):
        raise ReadingError(_binary(data))
    if not broken and not rest:
        return Decoded(raw, ())
    places = _Places(raw, encoding, errors, mark)
    return Decoded(_BROKEN.sub("\ufffd", raw), tuple(_warnings(places, broken, rest)))


def _encoding(data: bytes) -> tuple[int, str]:
    """Return the length of the byte order mark, and the encoding."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return len(mark), encoding
    if b"\0" in data and (wide := _wide(data)):
        return 0, wide
    if b"\x1b$" in data and data.isascii() and not _breaks(data, "iso2022_jp"):
        return 0, "iso2022_jp"
    return 0, "utf-8" if _is_utf8(data) else guess(data)


def _is_utf8(data: bytes) -> bool:
    """Return whether a text is in UTF-8, apart from some bytes: those of a character that was cut, or of another encoding."""
    text = data.decode("utf-8", "surrogateescape")
    rows = [len(row[0]) for row in _ROW.finditer(text)] if not text.isascii() else []
    if not rows:
        return True
    broken = sum(rows)
    whole = sum(not character.isascii() for character in text) - broken
    if whole >= min(_WHOLE * broken, _WHOLE_BESIDE_A_ROW * len(rows)):
        return True
    return len(_IN_WORD.findall(text)) >= len(rows)


def _wide(data: bytes) -> str | None:
    """Return the encoding of a text in UTF-16 or UTF-32 without a mark, by the zero bytes of spaces, digits and line ends.

    They have many zero bytes, in UTF-16 all on the same side, and in UTF-32 one or more of each four. If the others are text in
    ASCII, half of all bytes are zero; otherwise it is that text with stray zeros.
    """
    sample = data[:_SAMPLE]
    sides = [sample[nth::4].count(0) for nth in range(4)]
    zeros = sum(sides)
    others = sample.replace(b"\0", b"")
    if len(data) % 2 or _ZEROS_IN_TEXT * zeros < len(sample):
        return None
    if others.isascii() and 2 * zeros < len(sample) and not _CONTROL.search(others.decode("ascii")):
        return None
    quarter = len(sample) // 4
    if len(data) % 4 == 0 and quarter in (sides[0], sides[3]):
        wide = "utf-32-be" if sides[0] == quarter else "utf-32-le"
        if _is_plain(sample, wide):
            return wide
    even, odd = sides[0] + sides[2], sides[1] + sides[3]
    encoding = "utf-16-be" if even > odd else "utf-16-le"
    one_side = min(even, odd) <= max(even, odd) // _GOOD
    return encoding if one_side and _is_plain(sample, encoding) else None


def _is_plain(sample: bytes, encoding: str) -> bool:
    """Return whether the beginning of a text is in an encoding and has no control characters."""
    try:
        # It may end in the middle of a character.
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text)


def _breaks(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False


def _decoded(data: bytes, encoding: str, errors: _Errors) -> tuple[str, int]:
    """Return the text, with a lone surrogate for each part that is broken, and the number of bytes left at the end.

    Raises:
        ReadingError: The file starts with the mark of an encoding that it does not have.
    """
    unit = {"utf-16": 2, "utf-32": 4}.get(encoding[:6], 1)
    rest = len(data) % unit
    try:
        return data[: len(data) - rest].decode(encoding, errors), rest
    except UnicodeDecodeError as error:
        reason = f"starts with the mark of {encoding.upper()} but is not (byte {error.start})"
        raise ReadingError(reason) from error


def _binary(data: bytes) -> str:
    import chardet

    kind = chardet.detect(data[:_SAMPLE]).get("mime_type") or ""
    known = kind and not kind.startswith("text/") and kind != "application/octet-stream"
    return f"is binary, not text ({kind})" if known else "is binary, not text"


class _Places:
    """Says where in a file a character is."""

    def __init__(self, raw: str, encoding: str, errors: _Errors, mark: int) -> None:
        self.raw = raw
        self.encoding = encoding
        self._errors = errors
        self._mark = mark

    def byte(self, at: int) -> int:
        """Return the offset of a character in the file, in bytes."""
        return self._mark + len(self.raw[:at].encode(self.encoding, self._errors))

    def line(self, at: int) -> int:
        """Return the number of the line of a character, from 1."""
        return 1 + sum(1 for _ in _LINE_END.finditer(self.raw, 0, at))

    def named(self, at: int) -> str:
        """Name a byte or a control character, with its place."""
        code = ord(self.raw[at])
        # How Python passes a byte that it cannot decode.
        is_byte = self._errors == "surrogateescape" and 0xDC80 <= code <= 0xDCFF
        name = f"0x{code - 0xDC00:02X}" if is_byte else f"U+{code:04X}"
        return f"{name} in line {self.line(at):,} (byte {self.byte(at):,})"


def _warnings(places: _Places, broken: list[int], rest: int) -> Iterator[str]:
    """Yield what was replaced, by kind, with the first places of each."""
    surrogates = [at for at in broken if "\ud800" <= places.raw[at] <= "\udfff"]
    controls = [at for at in broken if not "\ud800" <= places.raw[at] <= "\udfff"]
    shown_as = "shown as \ufffd"
    if surrogates:
        yield f"not {places.encoding.upper()}, {shown_as}: {_listed(places, surrogates)}"
    if controls:
        yield f"control character, {shown_as}: {_listed(places, controls)}"
    if rest:
        yield f"ends in the middle of a character (byte {places.byte(len(places.raw)):,})"


def _listed(places: _Places, at: list[int]) -> str:
    more = f", and {len(at) - _SHOWN_PLACES:,} more" if len(at) > _SHOWN_PLACES else ""
    return ", ".join(places.named(each) for each in at[:_SHOWN_PLACES]) + more

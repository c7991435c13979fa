"""Bytes to text, character for character: nothing is translated or normalised, so spans are positions in the file itself."""

from __future__ import annotations

import codecs

import regex
from charset_normalizer import from_bytes

from citewell.errors import ReadingError

# The order matters: UTF-32's mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Control characters that occur in texts: tab, line ends, form feed, NEL in old one-byte files.
_NOT_TEXT = regex.compile(r"[\p{Cc}--[\t\n\r\x0b\x0c\x1a\x1b\x85]]|\p{Cn}{4}", regex.V1)
# Shorter texts are too short to guess among dozens of one-byte codes; Windows-1252 is by far the likeliest.
_SHORT = 400
# One byte in this many is a zero in UTF-16 of any alphabet that puts spaces between words.
_ZEROS_IN_TEXT = 16
_SAMPLE = 65_536
_WESTERN = ["cp1252", "latin_1"]


def decode(data: bytes) -> str:
    """Decode the bytes of a text file.

    UTF-8, UTF-16 and UTF-32 are recognised by their byte order mark, which is not part of the text. Without one, UTF-8 is
    tried, then the guess of charset-normalizer; in short files, Western European is tried before others.

    Raises:
        ReadingError: The bytes are not text.
    """
    text = _marked(data)
    if text is None:
        text = _wide(data) if b"\0" in data else _narrow(data)
    if text is None or _NOT_TEXT.search(text):
        raise ReadingError("is binary, not text")
    return text


def _marked(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise ReadingError(
                    f"starts with the mark of {encoding.upper()} but is not (byte {error.start})"
                ) from error
    return None


def _wide(data: bytes) -> str | None:
    """Decode UTF-16 or UTF-32 without a mark, recognised by the zero bytes of spaces, digits and line ends.

    They have many zero bytes, and in UTF-16 all are on the same side.
    """
    zeros = [at for at, byte in enumerate(data[:_SAMPLE]) if byte == 0]
    if _ZEROS_IN_TEXT * len(zeros) < len(data[:_SAMPLE]):
        return None
    best = from_bytes(data).best()
    if best is None or not best.encoding.startswith(("utf_16", "utf_32")):
        return None
    one_side = len({at % 2 for at in zeros}) == 1
    return _strictly(data, best.encoding) if one_side or best.encoding.startswith("utf_32") else None


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _narrow(data: bytes) -> str | None:
    text = _strictly(data, "utf-8")
    if text is not None:
        return text
    if len(data) < _SHORT:
        western = from_bytes(data, cp_isolation=_WESTERN).best()
        if western is not None and _looks_western(str(western)):
            return _strictly(data, western.encoding)
    best = from_bytes(data).best()
    return None if best is None else _strictly(data, best.encoding)


def _looks_western(text: str) -> bool:
    """Return whether most letters beyond ASCII are next to plain Latin ones, as with accents, unlike other alphabets."""
    accented = [match.start() for match in regex.finditer(r"[^\x00-\x7f]", text)]
    beside = sum(
        bool(regex.search(r"[A-Za-z\s]", text[max(0, at - 1) : at] + text[at + 1 : at + 2])) for at in accented
    )
    return beside >= 0.8 * len(accented)

"""The bytes of a page to text: by its mark, by the charset that it names, or by its letters.

Names of charsets mean what browsers take them for (WHATWG Encoding Standard, section 4.2), such as ISO 8859-1 for Windows-1252.
"""

from __future__ import annotations

import codecs

import regex

from citewell.corpus.reading.decoding import Decoded, decode

# Browsers look at the first 1,024 bytes; scripts of the house push the name further down.
_HEAD = 8_192
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHARSET = regex.compile(
    rb"<meta[^>]*?charset\s*+=\s*+[\"']?\s*+([\w.:-]++)|<\?xml[^>]*?encoding\s*+=\s*+[\"']([\w.:-]++)", regex.I
)
_COMMENT = regex.compile(rb"<!--.*?-->", regex.DOTALL)
_BEGINNING = regex.compile(
    rb"(?:\s++|<!--.*?-->|<\?xml[^>]*+>)*+(?:<!doctype\s++(?:html|\[)|<html[\s>]|<head[\s>]|<body[\s>])",
    regex.I | regex.DOTALL,
)
# Python's names of what browsers use for others.
_BROWSERS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    # A page that can name it in ASCII is not in it.
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
# Of more characters than one in this many, the charset is not the one that is named.
_GOOD = 200


def begins_as_page(data: bytes) -> bool:
    """Return whether bytes are certainly a page: they begin with the declaration or the first elements of one."""
    head = data[:_HEAD]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return bool(_BEGINNING.match(head.replace(b"\0", b"")))


def decode_page(data: bytes) -> Decoded:
    """Decode the bytes of a page.

    A page that is whole UTF-8 is that, whatever it names: editors save in UTF-8 and leave the name as it was.

    Raises:
        ReadingError: The bytes are not text.
    """
    charset = None if data.startswith(_MARKS) or b"\0" in data[:_HEAD] else named_charset(data)
    if charset is None or charset == "utf-8" or (not data.isascii() and _is_whole(data, "utf-8")):
        return decode(data)
    text = data.decode(charset, "replace")
    bad = text.count("\ufffd")
    if bad * _GOOD > len(text):
        return decode(data)
    warning = f"{bad:,} characters are not in {charset}, as the page says it is; they are shown as \ufffd"
    return Decoded(text, (warning,) if bad else ())


def named_charset(data: bytes) -> str | None:
    """Return the charset that a page names, as Python calls what browsers take it for; None if it names none that is known."""
    match = _CHARSET.search(_COMMENT.sub(b"", data[:_HEAD]))
    if not match:
        return None
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return None
    return _BROWSERS.get(name, name)


def _is_whole(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True

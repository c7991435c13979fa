"""Pictures that a page holds itself, in the addresses of its elements (RFC 2397), as pages do that are saved as one file."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_to_bytes

from citewell.corpus.reading.formats.html.charsets import decode_page
from citewell.corpus.reading.formats.html.pages import read_markup
from citewell.errors import ReadingError

# How the reader names such a picture, with its number in the page, from 1.
PREFIX = "data:"


def inlined_picture(data: bytes, reference: str) -> bytes:
    """Return the bytes of a picture that a page holds.

    Args:
        data: The page.
        reference: Which picture, as the reader named it: "data:1".

    Raises:
        ReadingError: There is no such picture.
    """
    inlined = read_markup(decode_page(data).text, is_page=True).inlined
    number = reference.removeprefix(PREFIX)
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= len(inlined):
        raise ReadingError("has no such picture")
    kind, _, content = inlined[int(number) - 1].partition(",")
    raw = unquote_to_bytes(content)
    try:
        return base64.b64decode(raw) if kind.rstrip().endswith(";base64") else raw
    except binascii.Error as error:
        raise ReadingError("has a picture that is damaged") from error

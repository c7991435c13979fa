"""Pictures as reader processes send them: what is asked for, and how what comes back is checked.

A picture is always WebP without transparency or animation, made again from pixels, so nothing of a file reaches a browser as it
is. Its size stands in its first bytes, which are compared with what the reader says.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

# A page of 11 inches has 288 dots an inch; a page of 200 inches has fewer.
MOST_PIXELS = 8_000_000
# WebP has no longer sides than some more.
LONGEST_SIDE = 16_000
# Far more than such a picture takes.
_MOST_BYTES = 16_000_000
_MOST_PAGES = 1_000_000
# In tenths of a point. 200 inches is what programs make; a file can say anything.
_LONGEST_PAGE = 20_000 * 720
# The marks of RIFF and of a lossy picture, and between them lengths; then the start code, the width and the height.
_HEAD = struct.Struct("<4sI4s4sI3x3sHH")
_START = b"\x9d\x01\x2a"
# The two upper bits of a side say how it is scaled.
_SIDE = 0x3FFF


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a picture is wanted of, in a file with this ``digest``; without one, the file is not compared.

    ``page`` is the number of a page, from 1, and ``dpi`` its dots an inch; without a page, it is the picture ``part`` inside an
    archive, or the file itself. ``inside`` is the path of the document if the file is one that contains it.
    """

    digest: str = ""
    page: int = 0
    dpi: int = 0
    part: str = ""
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as WebP.

    Of a page, ``page_width`` and ``page_height`` are its sides in tenths of a point, in which its boxes are (``boxes``), and
    ``pages`` is how many pages the file has; otherwise, these are 0.
    """

    data: bytes
    width: int
    height: int
    page_width: int = 0
    page_height: int = 0
    pages: int = 0


def checked(header: dict[str, Any], data: bytes) -> Picture:
    """Return the picture in a response.

    Raises:
        ValueError: It is none, or larger than any should be.
    """
    if len(data) > _MOST_BYTES:
        raise ValueError("the picture is too large")
    try:
        riff, size, webp, lossy, _, start, width, height = _HEAD.unpack_from(data)
    except struct.error as error:
        raise ValueError("the picture has no head") from error
    if (riff, webp, lossy, start) != (b"RIFF", b"WEBP", b"VP8 ", _START) or size + 8 != len(data):
        raise ValueError("the picture is not WebP")
    width, height = width & _SIDE, height & _SIDE
    if not width or not height or width * height > 2 * MOST_PIXELS:
        raise ValueError("the picture has too many pixels, or none")
    page_width, page_height = (_number(header.get(name), _LONGEST_PAGE) for name in ("page_width", "page_height"))
    return Picture(data, width, height, page_width, page_height, _number(header.get("pages"), _MOST_PAGES))


def _number(value: object, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError("a side or a number of pages is none")
    return value

"""The protocol between reader processes and their caller: frames of JSON and a text, no objects.

A hostile file may have taken over the reader, which must not lead to code execution in the caller. So every response is
validated before it is used (``packing`` has those that are documents).
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

# Sent by a reader when it is ready.
READY = b"citewell reads\n"
_LENGTHS = struct.Struct("<QQ")
# More than any response within a reader's memory limit.
_LONGEST = 1 << 31
_LONGEST_LINE = 1_000


def frame(header: dict[str, Any], text: bytes = b"") -> tuple[bytes, bytes, bytes]:
    """Return the parts of a frame, to be sent in order.

    Args:
        header: A JSON-serialisable header.
        text: A text in UTF-8, or a picture.
    """
    encoded = json.dumps(header).encode("ascii")
    return _LENGTHS.pack(len(encoded), len(text)), encoded, text


def send(stream: BinaryIO, parts: tuple[bytes, bytes, bytes]) -> None:
    """Send a frame."""
    for part in parts:
        stream.write(part)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Return the header and the text of the next frame.

    Raises:
        EOFError: The stream ends before or inside it.
        ValueError: It is not a valid frame.
    """
    header, text = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if header + text > _LONGEST:
        raise ValueError("the frame is too long")
    decoded = json.loads(_exactly(stream, header))
    if not isinstance(decoded, dict):
        raise ValueError("the frame has no header")  # noqa: TRY004 - every invalid frame is the same error
    return decoded, _exactly(stream, text)


def reported(header: dict[str, Any]) -> tuple[str, int, int]:
    """Return what a reader says of its progress: the work, how many steps of it are done, and how many there are.

    Raises:
        ValueError: The header is invalid.
    """
    try:
        work, done, total = header["progress"]
    except TypeError as error:
        raise ValueError("a report of progress is invalid") from error
    return line(work), count(done), count(total)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def line(value: object) -> str:
    """Return a short text that can be encoded.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, str) or len(value) > _LONGEST_LINE:
        raise ValueError("a name is missing or too long")
    value.encode("utf-8")
    return value


def count(value: object) -> int:
    """Return a number that counts something.

    Raises:
        ValueError: It is none.
    """
    if type(value) is not int or value < 0:
        raise ValueError("a number is negative, or none")
    return value

"""The protocol between reader processes and their caller: frames of JSON and a text, no objects.

A hostile file may have taken over the reader, which must not lead to code execution in the caller. So every response is
validated before it is used as a document.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeGuard

from citewell.document import Block, Document, Section, Span

# Sent by a reader when it is ready.
READY = b"citewell reads\n"
_LENGTHS = struct.Struct("<QQ")
# More than any response within a reader's memory limit.
_LONGEST = 1 << 31
# A title is a heading, a file name, or a line of front matter; each has its own lower limit.
_LONGEST_TITLE = 1_000
# One for each kind of fault; each lists a few places.
_MOST_WARNINGS = 10
_LONGEST_WARNING = 1_000


@dataclass(frozen=True, slots=True)
class Inspected:
    """A document that was read successfully, without its text; ``sections`` is the number of its sections."""

    path: str
    title: str
    digest: str
    sections: int


def frame(header: dict[str, Any], text: bytes = b"") -> tuple[bytes, bytes, bytes]:
    """Return the parts of a frame, to be sent in order.

    Args:
        header: A JSON-serialisable header.
        text: A text in UTF-8.
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


def packed(document: Document) -> tuple[dict[str, Any], bytes]:
    """Return a document as a header and a text."""
    sections = [
        [
            section.path,
            _pair(section.span),
            _pair(section.heading) if section.heading else None,
            [_packed_block(block) for block in section.blocks],
        ]
        for section in document.sections
    ]
    header = {
        "title": document.title,
        "digest": document.digest,
        "warnings": list(document.warnings),
        "sections": sections,
    }
    return header, document.text.encode("utf-8")


def inspected(path: str, header: dict[str, Any]) -> Inspected:
    """Return the description of a document from a header.

    Raises:
        ValueError: The header is invalid.
    """
    title, digest, sections = header.get("title"), header.get("digest"), header.get("sections")
    if not isinstance(title, str) or not 0 < len(title) <= _LONGEST_TITLE:
        raise ValueError("the title is invalid")
    if not is_digest(digest):
        raise ValueError("the digest is invalid")
    if type(sections) is not int or sections < 1:
        raise ValueError("there are no sections")
    # JSON allows a lone surrogate, which cannot be encoded.
    title.encode("utf-8")
    return Inspected(path, title, digest, sections)


def is_digest(value: object) -> TypeGuard[str]:
    """Return whether a value is a SHA-256 digest."""
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def unpacked(path: str, header: dict[str, Any], text: bytes) -> Document:
    """Return the document in a header and a text.

    Raises:
        ValueError: They are invalid: something is missing, or a span is outside the text or out of order.
    """
    rows = header.get("sections")
    if not isinstance(rows, list):
        raise ValueError("there are no sections")  # noqa: TRY004 - as above
    known = inspected(path, header | {"sections": len(rows)})
    warnings = _warnings(header.get("warnings"))
    decoded = text.decode("utf-8")
    try:
        sections = tuple(_sections(rows, len(decoded)))
    except TypeError as error:
        raise ValueError("a section is invalid") from error
    return Document(path, known.title, decoded, sections, known.digest, warnings=warnings)


def _warnings(rows: object) -> tuple[str, ...]:
    if not isinstance(rows, list) or not all(isinstance(each, str) and len(each) <= _LONGEST_WARNING for each in rows):
        raise ValueError("a warning is invalid")
    if len(rows) > _MOST_WARNINGS:
        raise ValueError("there are too many warnings")
    "".join(rows).encode("utf-8")
    return tuple(rows)


def _sections(rows: list[Any], end: int) -> Iterator[Section]:
    at = 0
    for path, (start, stop), heading, packed_blocks in rows:
        if not all(isinstance(name, str) for name in path):
            raise ValueError("a heading is not text")
        "".join(path).encode("utf-8")
        outer = _span(start, stop, at, end)
        head = None
        if heading is not None:
            first, last = heading
            head = _span(first, last, 0, outer.start)
        yield Section(tuple(path), outer, tuple(_blocks(packed_blocks, outer)), head)
        at = outer.end


def _blocks(rows: list[Any], outer: Span) -> Iterator[Block]:
    at = outer.start
    for start, stop, kind, *heads in rows:
        if kind not in ("prose", "item", "verbatim"):
            raise ValueError("a block has an unknown kind")
        span = _span(start, stop, at, outer.end)
        block = Block(span, kind, next((_span(span.start, end, span.start, span.end) for end in heads), None))
        at = block.span.end
        yield block


def _span(start: object, stop: object, first: int, end: int) -> Span:
    if type(start) is not int or type(stop) is not int or not first <= start < stop <= end:
        raise ValueError("a span is outside the text, or out of order")
    return Span(start, stop)


def _packed_block(block: Block) -> list[object]:
    """Return a block; the head of a table starts where the block does, so its end is enough."""
    row: list[object] = [block.span.start, block.span.end, block.kind]
    return [*row, block.head.end] if block.head else row


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data

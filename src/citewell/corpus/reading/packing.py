"""Documents as messages of reader processes (``wire``), and as what a build keeps until it has published them.

What comes back is validated: every span is inside its text and in order, and nothing is of another kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from citewell.boxes import Boxes
from citewell.corpus.reading.wire import count, line
from citewell.document import (
    LOCATION_KINDS,
    Block,
    Document,
    Fact,
    Figure,
    Located,
    Location,
    Section,
    Span,
    UnreadPart,
)

# A title is a heading, a file name, or a line of front matter; each has its own lower limit.
_LONGEST_TITLE = 1_000
# One for each kind of fault; each lists a few places.
_MOST_WARNINGS = 10
_LONGEST_WARNING = 1_000
_MOST_LINES = 1_000
# A file in a file in a file.
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Inspected:
    """A document that was read successfully, without its text; ``sections`` is the number of its sections."""

    path: str
    title: str
    digest: str
    sections: int


def packed(document: Document) -> tuple[dict[str, Any], bytes]:
    """Return a document, and those inside it, as a header and the bytes of their texts and boxes, one after the other."""
    text = document.text.encode("utf-8")
    inside = [packed(each) for each in document.attached]
    header = {
        "title": document.title,
        "digest": document.digest,
        "reader": document.reader,
        "warnings": list(document.warnings),
        "sections": [_packed_section(section) for section in document.sections],
        "locations": [_packed_location(each) for each in document.locations],
        "facts": [[each.name, each.value, each.source] for each in document.facts],
        "figures": [[each.start, each.reference] for each in document.figures],
        "unread": [[each.name, each.reason, each.lacks] for each in document.unread],
        "lengths": [len(text), len(document.boxes)],
        "attached": [[each.path, made] for each, (made, _) in zip(document.attached, inside, strict=True)],
    }
    return header, b"".join([text, document.boxes, *(content for _, content in inside)])


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


def unpacked(path: str, header: dict[str, Any], content: bytes) -> Document:
    """Return the document in a header and the bytes of its texts.

    Raises:
        ValueError: They are invalid: something is missing, or a span is outside the text or out of order.
    """
    try:
        document, rest = _unpacked(path, header, memoryview(content), depth=0)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("something is missing or of another kind") from error
    if rest:
        raise ValueError("there are more bytes than texts")
    return document


def _unpacked(path: str, header: dict[str, Any], content: memoryview, *, depth: int) -> tuple[Document, memoryview]:
    rows = header.get("sections")
    if not isinstance(rows, list):
        raise ValueError("there are no sections")  # noqa: TRY004 - as above
    if depth > _DEEPEST:
        raise ValueError("documents are nested too deeply")
    known = inspected(path, header | {"sections": len(rows)})
    length, of_boxes = (count(each) for each in header["lengths"])
    text, boxes, rest = (
        str(content[:length], "utf-8"),
        bytes(content[length : length + of_boxes]),
        content[length + of_boxes :],
    )
    if length + of_boxes > len(content):
        raise ValueError("there are fewer bytes than texts")
    if Boxes(boxes).end > len(text):
        raise ValueError("a box is outside the text")
    attached = []
    for name, inner in header["attached"]:
        if not isinstance(name, str) or not name.startswith(f"{path}/"):
            raise ValueError("an attached document is outside its file")
        inside, rest = _unpacked(name, inner, rest, depth=depth + 1)
        attached.append(inside)
    document = Document(
        path,
        known.title,
        text,
        tuple(_sections(rows, len(text))),
        known.digest,
        warnings=_warnings(header.get("warnings")),
        reader=line(header["reader"]),
        locations=tuple(_locations(header["locations"], len(text))),
        facts=tuple(Fact(*map(line, each)) for each in _few(header["facts"])),
        figures=tuple(Figure(_at(start, len(text)), line(name)) for start, name in header["figures"]),
        boxes=boxes,
        attached=tuple(attached),
        unread=tuple(UnreadPart(*map(line, each)) for each in _few(header["unread"])),
    )
    return document, rest


def _locations(rows: list[Any], end: int) -> Iterator[Located]:
    last = -1
    for start, kind, label, page, is_ocr in rows:
        if _at(start, end) < last or kind not in LOCATION_KINDS or not isinstance(is_ocr, bool):
            raise ValueError("a location is out of order, or of an unknown kind")
        last = start
        yield Located(start, Location(kind, line(label), None if page is None else count(page), is_ocr))


def _few(rows: list[Any]) -> list[Any]:
    if len(rows) > _MOST_LINES:
        raise ValueError("there are too many facts or parts")
    return rows


def _at(start: object, end: int) -> int:
    at = count(start)
    if at > end:
        raise ValueError("a place is outside the text")
    return at


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
            head = _span(first, last, 0, outer.end)
            if head.start > outer.start:
                raise ValueError("a heading is not where its section starts")
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


def _packed_section(section: Section) -> list[object]:
    heading = _pair(section.heading) if section.heading else None
    return [section.path, _pair(section.span), heading, [_packed_block(block) for block in section.blocks]]


def _packed_location(located: Located) -> list[object]:
    at = located.location
    return [located.start, at.kind, at.label, at.page, at.is_ocr]


def _packed_block(block: Block) -> list[object]:
    """Return a block; the head of a table starts where the block does, so its end is enough."""
    row: list[object] = [block.span.start, block.span.end, block.kind]
    return [*row, block.head.end] if block.head else row


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]

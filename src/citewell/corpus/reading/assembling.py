"""Blocks to a document: the only place where offsets are made.

Blocks with pieces are joined to a text; those of a file that is a text itself are places in it already. Either way, the text of
each span is that of its pieces, and headings become sections by their levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from citewell.boxes import WordBox, pack
from citewell.corpus.reading.data import without_data
from citewell.corpus.reading.extract import Extract, RawBlock
from citewell.corpus.reading.outline import section
from citewell.document import Block, Figure, Located, Location, Section, Span

# A longer one is a paragraph: CommonMark makes a heading of one above a stray line of dashes.
_LONGEST_HEADING = 160
_LONGEST_TITLE = 300
# With a longer one, an encoder would see little of the row after it; it is a row like the others.
_LONGEST_HEAD = 400
# Of one line, so that a line end is a space.
_LINES = frozenset({"heading", "row", "item"})
_NO_TEXT = regex.compile(r"[\p{Cc}\p{Cs}--[\t\n]]", regex.V1)
_REPLACED = "\ufffd"


@dataclass(frozen=True, slots=True)
class Assembled:
    """The text of a file with its outline; ``title`` is None where the file has none."""

    text: str
    title: str | None
    sections: tuple[Section, ...]
    locations: tuple[Located, ...] = ()
    figures: tuple[Figure, ...] = ()
    boxes: bytes = b""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and its place in the text; a break has none."""

    raw: RawBlock
    span: Span


def assemble(extract: Extract) -> Assembled:
    """Make the text, the sections and the map of a file from what its reader gave."""
    if extract.text is None:
        text, placed, boxes = joined(extract.blocks)
    else:
        text, boxes = extract.text, b""
        placed = [Placed(raw, raw.at or Span(0, 0)) for raw in extract.blocks if raw.at or raw.kind == "break"]
    title, sections = _outline(text, placed, extract.title)
    return Assembled(
        text, title, without_data(text, sections), tuple(_locations(placed)), tuple(_figures(placed)), boxes
    )


def joined(blocks: Iterable[RawBlock]) -> tuple[str, list[Placed], bytes]:
    """Join the pieces of blocks: the text, the place of each block that has any, and the boxes of the pieces."""
    parts: list[str] = []
    placed: list[Placed] = []
    boxes: list[WordBox] = []
    end, before = 0, ""
    for raw in blocks:
        if raw.kind == "break":
            placed.append(Placed(raw, Span(end, end)))
            before = ""
            continue
        whole = _clean("".join(raw.pieces), raw.kind)
        words = whole.strip()
        if not words:
            # A picture without words is still a picture.
            placed += [Placed(raw, Span(end, end))] if raw.kind == "figure" and raw.reference else []
            continue
        gap = ("\n" if raw.kind == before and raw.kind in {"item", "row"} else "\n\n") if parts else ""
        start = end + len(gap)
        parts += (gap, words)
        end = start + len(words)
        placed.append(Placed(raw, Span(start, end)))
        boxes += _boxes(raw, start - (len(whole) - len(whole.lstrip())), Span(start, end))
        before = raw.kind
    return "".join(parts), placed, pack(boxes)


def _clean(text: str, kind: str) -> str:
    """Return a text with the same length and without characters that no text has."""
    if kind in _LINES:
        text = text.replace("\n", " ")
    return _NO_TEXT.sub(lambda match: " " if match[0] < "\ud800" else _REPLACED, text)


def _boxes(raw: RawBlock, at: int, span: Span) -> Iterator[WordBox]:
    for piece, box in zip(raw.pieces, raw.boxes, strict=bool(raw.boxes)):
        start, end = max(at, span.start), min(at + len(piece), span.end)
        if box and start < end:
            yield WordBox(start, end, *box)
        at += len(piece)


def _locations(placed: Sequence[Placed]) -> Iterator[Located]:
    last: Location | None = None
    for each in placed:
        if each.raw.location and each.raw.location != last and each.raw.kind != "break":
            last = each.raw.location
            yield Located(each.span.start, last)


def _figures(placed: Sequence[Placed]) -> Iterator[Figure]:
    for each in placed:
        if each.raw.kind == "figure" and each.raw.reference:
            yield Figure(each.span.start, each.raw.reference)


@dataclass(slots=True, eq=False)
class _Heading:
    """A heading with what stands below it; ``words`` is its span without markup. One without a name is a break."""

    level: int
    name: str
    span: Span | None
    words: Span
    blocks: list[Block] = field(default_factory=list)


def _outline(text: str, placed: Sequence[Placed], named: str | None) -> tuple[str | None, tuple[Section, ...]]:
    """Return the title and the sections.

    The title is the one that the file names, or else the only heading of level 1 if it comes before all other text. A heading
    that has no text, and none below it, is text itself.
    """
    start: list[Block] = []
    headings: list[_Heading] = []
    for raw, span, block in _merged(placed):
        name = " ".join(span.of(text).split()) if raw.name is None else raw.name
        if raw.kind == "break":
            headings.append(_Heading(0, "", None, span))
        elif raw.kind == "heading" and len(name) <= _LONGEST_HEADING:
            headings.append(_Heading(max(1, raw.level), name, span, raw.words or span))
        elif block.span.start < block.span.end:
            (headings[-1].blocks if headings else start).append(block)
    named = " ".join((named or "").split())[:_LONGEST_TITLE] or None
    title = _title(named, headings, start)
    sections = [section((), None, start)] if start else []
    sections.extend(_sections(headings, title))
    return named or title, tuple(sections or _sections(headings, None))


def _merged(placed: Sequence[Placed]) -> Iterator[tuple[RawBlock, Span, Block]]:
    """Yield blocks, of the consecutive rows of a table one; those of headings and breaks are not used."""
    at = 0
    while at < len(placed):
        raw, span = placed[at].raw, placed[at].span
        end = at + 1
        while raw.kind == "row" and end < len(placed) and placed[end].raw.kind == "row" and not placed[end].raw.is_head:
            end += 1
        if raw.kind == "row":
            whole = Span(span.start, placed[end - 1].span.end)
            has_head = raw.is_head and end > at + 1 and span.end - span.start <= _LONGEST_HEAD
            yield raw, whole, Block(whole, "verbatim", span if has_head else None)
        elif raw.kind in {"item", "verbatim"}:
            head = raw.head if raw.head and raw.head.end - raw.head.start <= _LONGEST_HEAD else None
            yield raw, span, Block(span, "item" if raw.kind == "item" else "verbatim", head)
        else:
            yield raw, span, Block(span)
        at = end


def _title(named: str | None, headings: Sequence[_Heading], start: Sequence[Block]) -> str | None:
    """Return the heading that is the document's title and therefore not part of any path."""
    first = [heading for heading in headings if heading.level == 1]
    if named is not None:
        return named if any(heading.name == named for heading in first) else None
    before = start
    for heading in headings:
        if heading.span:
            return heading.name if len(first) == 1 and first[0] is heading and not before else None
        before = heading.blocks
    return None


def _sections(headings: Sequence[_Heading], title: str | None) -> Iterator[Section]:
    """Yield the sections with a heading, and between them the headings that are text, those below the same heading together."""
    above: list[_Heading] = []
    paths: list[list[_Heading]] = []
    for heading in headings:
        above = [other for other in above if other.level < heading.level] + ([heading] if heading.span else [])
        paths.append([other for other in above if not (other.level == 1 and other.name == title)])
    shown = {id(other) for path in paths if path and path[-1].blocks for other in path}
    lone: list[Block] = []
    place: tuple[str, ...] = ()
    for heading, path in zip(headings, paths, strict=True):
        names = tuple(other.name for other in path if id(other) in shown)
        if lone and (heading.blocks or names != place):
            yield section(place, None, lone)
            lone = []
        if heading.blocks:
            yield section(names, heading.span, heading.blocks)
        elif heading in path and id(heading) not in shown and heading.words.start < heading.words.end:
            lone.append(Block(heading.words))
        place = names
    if lone:
        yield section(place, None, lone)

"""A PowerPoint file as a whole: its slides in order, each with its notes and comments, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from citewell.corpus.reading.extract import Extract, RawBlock, Source
from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.office.drawing import A, R
from citewell.corpus.reading.formats.office.embedded import Embedded
from citewell.corpus.reading.formats.office.package import Package, title_of
from citewell.corpus.reading.formats.office.xml import Element, local, optional_part, parse_part
from citewell.corpus.reading.formats.pptx.slides import P, placeholder, read_shapes
from citewell.corpus.reading.formats.pptx.texts import text_blocks
from citewell.document import Location
from citewell.errors import ReadingError

_USUAL = "ppt/presentation.xml"
_LONGEST_SHOWN = 60
_MOST_SHOWN = 10


@dataclass(slots=True)
class _Read:
    """What was read so far."""

    blocks: list[RawBlock] = field(default_factory=list)
    title: str = ""
    furniture: list[str] = field(default_factory=list)
    hidden_words: int = 0
    hidden_slides: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def read_presentation(source: Source) -> Extract:
    """Read a PowerPoint file.

    Raises:
        ReadingError: It is damaged, protected by a password, or too large.
    """
    package = Package(source.data)
    part = package.main(_USUAL)
    root = parse_part(package.archive, part)
    if root.tag != f"{P}presentation":
        raise ReadingError("is no PowerPoint file of this kind: its main part is something else")
    authors = _authors(package, part)
    read, embedded = _Read(), Embedded(package)
    ids = [each.get(f"{R}id", "") for each in root.iterfind(f"{P}sldIdLst/{P}sldId")]
    for number, each in enumerate(ids, 1):
        relation = package.relations(part).get(each)
        if relation is None or relation.target not in package.archive:
            read.missing.append(str(number))
            continue
        _slide(read, embedded, package, relation.target, str(number), authors)
        source.progress("Slides", number, len(ids))
    facts = package.facts()
    return Extract(
        tuple(read.blocks),
        title=read.title or title_of(facts),
        facts=facts,
        warnings=(*package.archive.warnings, *_warnings(read)),
        attachments=tuple(embedded.attachments),
        unread=tuple(embedded.unread),
    )


def _slide(read: _Read, embedded: Embedded, package: Package, part: str, number: str, authors: dict[str, str]) -> None:
    """Read one slide with its notes and comments. Without a title, it does not belong to the slide before."""
    root = optional_part(package.archive, part)
    if root is None:
        return
    slide = read_shapes(package, part, root)
    title = [RawBlock("heading", (slide.title,), level=1)] if slide.title else [RawBlock("break")]
    blocks = [*title, *slide.blocks, *_notes(package, part), *_comments(package, part, authors)]
    location = Location("slide", number)
    read.blocks += [replace(block, location=location) for block in blocks]
    if number == "1":
        read.title = slide.title
    if root.get("show") in {"0", "false"}:
        read.hidden_slides.append(number)
    read.furniture += slide.furniture
    read.hidden_words += slide.hidden
    embedded.take(part, slide.files)


def _notes(package: Package, part: str) -> list[RawBlock]:
    root = package.one(part, "notesSlide")
    blocks: list[RawBlock] = []
    for shape in () if root is None else root.iter(f"{P}sp"):
        body = shape.find(f"{P}txBody")
        if body is not None and placeholder(shape) == "body":
            blocks += text_blocks(body, is_list=False)
    return _prefixed("Notes: ", blocks)


def _comments(package: Package, part: str, authors: dict[str, str]) -> Iterator[RawBlock]:
    """Yield the comments on a slide, those of PowerPoint before 2021 and since."""
    for name in package.of_kind(part, "comments"):
        root = optional_part(package.archive, name)
        for each in () if root is None else root.iter():
            text = _comment(each)
            if text:
                author = authors.get(each.get("authorId", ""), "")
                yield RawBlock("prose", (f"Comment ({author}): " if author else "Comment: ", text))


def _comment(element: Element) -> str:
    if local(element) not in {"cm", "reply"}:
        return ""
    bodies = [each for each in element if local(each) in {"text", "txBody"}]
    texts = (each.text or "" for body in bodies for each in (body.iter(f"{A}t") if len(body) else [body]))
    return flat(" ".join(texts))


def _authors(package: Package, part: str) -> dict[str, str]:
    roots = (package.one(part, kind) for kind in ("commentAuthors", "authors"))
    return {each.get("id", ""): flat(each.get("name", "")) for root in roots if root is not None for each in root}


def _prefixed(before: str, blocks: Sequence[RawBlock]) -> list[RawBlock]:
    return [replace(blocks[0], pieces=(before, *blocks[0].pieces)), *blocks[1:]] if blocks else []


def _warnings(read: _Read) -> Iterator[str]:
    if read.missing:
        yield f"slides are missing: {_listed(read.missing)}"
    if read.hidden_words:
        yield f"{read.hidden_words:,} words in hidden shapes are left out"
    if read.hidden_slides:
        yield f"slides that are not shown are read: {_listed(read.hidden_slides)}"
    outside = list(dict.fromkeys(read.furniture))
    if outside:
        shown = outside[0] if len(outside[0]) <= _LONGEST_SHOWN else f"{outside[0][:_LONGEST_SHOWN]}…"
        yield f"slide headers and footers are left out ({len(outside)}, such as “{shown}”)"


def _listed(numbers: list[str]) -> str:
    more = f", and {len(numbers) - _MOST_SHOWN} more" if len(numbers) > _MOST_SHOWN else ""
    return ", ".join(numbers[:_MOST_SHOWN]) + more

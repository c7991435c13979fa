"""An OpenDocument presentation as a whole: its slides in order, each with its notes and comments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from citewell.corpus.reading.extract import Extract, RawBlock, Source
from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.odf.body import Body, prefixed
from citewell.corpus.reading.formats.odf.file import OdfFile
from citewell.corpus.reading.formats.odf.names import DRAW, PRESENTATION
from citewell.corpus.reading.formats.odf.styles import Styles
from citewell.corpus.reading.formats.odf.texts import UNREAD
from citewell.corpus.reading.formats.office.package import title_of
from citewell.corpus.reading.formats.office.xml import Element
from citewell.document import Location, UnreadPart

_CLASS = f"{PRESENTATION}class"
_FURNITURE = frozenset({"header", "footer", "date-time", "page-number"})


@dataclass(slots=True)
class _Read:
    """What was read so far."""

    blocks: list[RawBlock] = field(default_factory=list)
    title: str = ""
    hidden_slides: list[str] = field(default_factory=list)


def read_slides(source: Source) -> Extract:
    """Read an OpenDocument presentation.

    Raises:
        ReadingError: It is damaged, protected by a password, or too large.
    """
    file = OdfFile(source.data)
    styles = Styles(file.styles)
    body = Body(file, styles)
    read = _Read()
    pages = file.body("presentation").findall(f"{DRAW}page")
    for number, page in enumerate(pages, 1):
        _slide(read, body, styles, page, str(number))
        source.progress("Slides", number, len(pages))
    facts = file.facts()
    hidden = [f"{body.hidden:,} hidden words are left out"] if body.hidden else []
    aside = [f"slides that are not shown are read: {', '.join(read.hidden_slides[:10])}"] if read.hidden_slides else []
    return Extract(
        tuple(read.blocks),
        title=read.title or title_of(facts),
        facts=facts,
        warnings=(*file.warnings, *hidden, *aside),
        unread=tuple(UnreadPart(name, UNREAD) for name in body.unread),
    )


def _slide(read: _Read, body: Body, styles: Styles, page: Element, number: str) -> None:
    """Read one slide with its notes. Without a title, it does not belong to the slide before."""
    title = ""
    blocks: list[RawBlock] = []
    for shape in page:
        kind = shape.get(_CLASS, "")
        if kind == "title" and not title:
            title = flat(" ".join("".join(block.pieces) for block in body.apart(shape)))
        elif shape.tag == f"{PRESENTATION}notes":
            blocks += prefixed("Notes: ", _notes(body, shape))
        elif kind not in _FURNITURE:
            blocks += _shape(body, styles, shape)
    first = RawBlock("heading", (title,), level=1) if title else RawBlock("break")
    location = Location("slide", number)
    read.blocks += [replace(block, location=location) for block in (first, *blocks)]
    if number == "1":
        read.title = title
    if styles.hides_page(page.get(f"{DRAW}style-name")):
        read.hidden_slides.append(number)


def _shape(body: Body, styles: Styles, shape: Element) -> list[RawBlock]:
    body.list_style = styles.shape_list(shape)
    blocks = body.one(shape)
    body.list_style = None
    return blocks


def _notes(body: Body, notes: Element) -> list[RawBlock]:
    return [block for each in notes if each.get(_CLASS) == "notes" for block in body.apart(each)]

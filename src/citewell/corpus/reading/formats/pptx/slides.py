"""The shapes of a slide to blocks, in the order in which PowerPoint reads a slide aloud: that of the file, the title first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.office.charts import charts
from citewell.corpus.reading.formats.office.drawing import ALTERNATIVES, A, R, chosen, text_of_picture
from citewell.corpus.reading.formats.office.package import Package
from citewell.corpus.reading.formats.office.xml import Element, local
from citewell.corpus.reading.formats.pptx.texts import paragraph_text, text_blocks
from citewell.corpus.reading.tables import Cell, looks_like_names, one_line, table_blocks

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_TITLES = frozenset({"title", "ctrTitle"})
# What stands on every slide.
_FURNITURE = frozenset({"dt", "ftr", "sldNum", "hdr"})
# What has bullets where it does not say otherwise.
_LISTS = frozenset({"", "body", "obj"})


@dataclass(slots=True)
class Slide:
    """What is on a slide: its title, its blocks, what is left out, and the ids of embedded files."""

    title: str = ""
    blocks: list[RawBlock] = field(default_factory=list)
    furniture: list[str] = field(default_factory=list)
    hidden: int = 0
    files: list[str] = field(default_factory=list)


def read_shapes(package: Package, part: str, root: Element) -> Slide:
    """Return what is on a slide.

    Args:
        package: The package.
        part: The name of the part of the slide.
        root: Its root.
    """
    slide = Slide()
    tree = root.find(f"{P}cSld/{P}spTree")
    for shape in () if tree is None else _shapes(tree):
        if _is_hidden(shape):
            slide.hidden += len(" ".join(each.text or "" for each in shape.iter(f"{A}t")).split())
        elif shape.tag == f"{P}sp":
            _text(slide, shape)
        elif shape.tag == f"{P}pic":
            slide.blocks.append(_picture(package, part, shape))
        else:
            _frame(slide, package, part, shape)
    return slide


def placeholder(shape: Element) -> str | None:
    """Return the kind of a placeholder; None for other shapes."""
    found = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
    return None if found is None else found.get("type", "")


def _shapes(tree: Element) -> Iterator[Element]:
    """Yield the shapes, those of groups where the groups are."""
    stack = [iter(tree)]
    while stack:
        for each in stack[-1]:
            if each.tag == f"{P}grpSp" or each.tag == ALTERNATIVES:
                inner = chosen(each) if each.tag == ALTERNATIVES else each
                stack.append(iter(() if inner is None else inner))
                break
            if each.tag in {f"{P}sp", f"{P}pic", f"{P}graphicFrame"}:
                yield each
        else:
            stack.pop()


def _properties(shape: Element) -> Element | None:
    return next(
        (inner for each in shape if local(each).startswith("nv") for inner in each if local(inner) == "cNvPr"), None
    )


def _is_hidden(shape: Element) -> bool:
    properties = _properties(shape)
    return properties is not None and properties.get("hidden") in {"1", "true"}


def _text(slide: Slide, shape: Element) -> None:
    body = shape.find(f"{P}txBody")
    if body is None:
        return
    kind = placeholder(shape)
    if kind in _TITLES and not slide.title:
        slide.title = flat(" ".join(paragraph_text(each) for each in body.iterfind(f"{A}p")))
    elif kind in _FURNITURE:
        text = flat(" ".join(paragraph_text(each) for each in body.iterfind(f"{A}p")))
        slide.furniture += [text] if any(map(str.isalpha, text)) else []
    else:
        slide.blocks += text_blocks(body, is_list=kind in _LISTS)


def _picture(package: Package, part: str, shape: Element) -> RawBlock:
    blip = shape.find(f"{P}blipFill/{A}blip")
    name = "" if blip is None else blip.get(f"{R}embed") or blip.get(f"{R}link") or ""
    relation = package.relations(part).get(name)
    text = flat(text_of_picture(_properties(shape)))
    return RawBlock("figure", (text,), reference=relation.target if relation else "")


def _frame(slide: Slide, package: Package, part: str, frame: Element) -> None:
    """Read a table, a chart, a diagram, or a file inside the slide."""
    for table in frame.iter(f"{A}tbl"):
        slide.blocks += _table(table)
    slide.blocks += charts(package, part, frame)
    slide.files += [each.get(f"{R}id", "") for each in frame.iter(f"{P}oleObj")]


def _table(table: Element) -> list[RawBlock]:
    rows = [list(_cells(row)) for row in table.iterfind(f"{A}tr")]
    look = table.find(f"{A}tblPr")
    is_marked = look is not None and look.get("firstRow") in {"1", "true"}
    has_head = bool(rows) and looks_like_names([cell.text for cell in rows[0]], len(rows) - 1, is_marked=is_marked)
    return table_blocks(rows, int(has_head))


def _cells(row: Element) -> Iterator[Cell]:
    for cell in row.iterfind(f"{A}tc"):
        if cell.get("hMerge") in {"1", "true"} or cell.get("vMerge") in {"1", "true"}:
            continue
        body = cell.find(f"{A}txBody")
        text = "" if body is None else one_line(text_blocks(body, is_list=False))
        yield Cell(text, _span(cell.get("gridSpan")), _span(cell.get("rowSpan")))


def _span(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else 1

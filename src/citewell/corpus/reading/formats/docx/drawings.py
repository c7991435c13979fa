"""What is drawn in a Word text: pictures with the text that stands for them, text boxes, charts."""

from __future__ import annotations

from dataclasses import dataclass, field

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.docx.styles import W
from citewell.corpus.reading.formats.office.charts import charts
from citewell.corpus.reading.formats.office.drawing import ALTERNATIVES, A, R, chosen, text_of_picture
from citewell.corpus.reading.formats.office.package import Package
from citewell.corpus.reading.formats.office.xml import Element

_V = "{urn:schemas-microsoft-com:vml}"
_O = "{urn:schemas-microsoft-com:office:office}"
_PROPERTIES = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_PICTURE = f"{A}blip"
BOX = f"{W}txbxContent"


@dataclass(slots=True)
class Drawn:
    """What is in a drawing: pictures and charts as blocks, the contents of text boxes, and the ids of embedded files."""

    blocks: list[RawBlock] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def read_drawing(package: Package, part: str, drawing: Element) -> Drawn:
    """Return what is in a drawing.

    Args:
        package: The package.
        part: The name of the part in which the drawing is.
        drawing: The drawing, in either of the languages that Word has had for them.
    """
    drawn = Drawn()
    text = ""
    stack = [drawing]
    while stack:
        element = stack.pop()
        tag = element.tag
        if tag == BOX:
            drawn.boxes.append(element)
            continue
        if tag == ALTERNATIVES:
            one = chosen(element)
            stack += [] if one is None else [one]
            continue
        if tag == _PROPERTIES:
            text = text_of_picture(element)
        elif tag in {_PICTURE, f"{_V}imagedata"}:
            drawn.blocks.append(_figure(package, part, element, text))
        elif tag == f"{_O}OLEObject":
            drawn.files.append(element.get(f"{R}id", ""))
        elif tag == f"{_V}shape":
            text = element.get("alt") or ""
        stack += reversed(element)
    return Drawn(drawn.blocks + charts(package, part, drawing), drawn.boxes, drawn.files)


def _figure(package: Package, part: str, element: Element, text: str) -> RawBlock:
    relation = package.relations(part).get(
        element.get(f"{R}embed") or element.get(f"{R}link") or element.get(f"{R}id") or ""
    )
    return RawBlock(
        "figure", (flat(text or element.get(f"{_O}title") or ""),), reference=relation.target if relation else ""
    )

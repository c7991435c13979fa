"""Charts and diagrams of Office as what they show: a chart its title and its values as rows, a diagram its texts."""

from __future__ import annotations

from collections.abc import Iterator

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.office.package import Package
from citewell.corpus.reading.formats.office.xml import Element, optional_part
from citewell.corpus.reading.tables import Cell, table_blocks

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# A chart of more points is a picture of a sheet.
_MOST_POINTS = 2_000


def charts(package: Package, part: str, drawing: Element) -> list[RawBlock]:
    """Return the blocks of the charts and diagrams in a drawing.

    Args:
        package: The package.
        part: The name of the part in which the drawing is.
        drawing: The drawing.
    """
    relations = package.relations(part)
    found: list[RawBlock] = []
    for tag, attribute, read in ((f"{_C}chart", f"{_R}id", _chart), (f"{_D}relIds", f"{_R}dm", _diagram)):
        for each in drawing.iter(tag):
            relation = relations.get(each.get(attribute, ""))
            root = optional_part(package.archive, relation.target) if relation else None
            found += [] if root is None else read(root)
    return found


def _chart(root: Element) -> list[RawBlock]:
    title = root.find(f".//{_C}chart/{_C}title")
    text = "" if title is None else flat(" ".join(each.text or "" for each in title.iter(f"{_A}t", f"{_C}v")))
    series = [(_name(each), *_points(each)) for each in root.iter(f"{_C}ser")]
    names = list(dict.fromkeys(name for _, categories, _ in series for name in categories))[:_MOST_POINTS]
    rows = [[Cell(""), *(Cell(name) for name, _, _ in series)]]
    labels = {nth: label for _, labels, _ in series for nth, label in labels.items()}
    for nth in names:
        values = (Cell(values.get(nth, "")) for _, _, values in series)
        rows += [[Cell(labels.get(nth) or str(nth + 1)), *values]]
    blocks = [RawBlock("prose", (text,))] if text else []
    return blocks + (table_blocks(rows, 1) if names else [])


def _name(series: Element) -> str:
    found = series.find(f"{_C}tx")
    return "" if found is None else flat(" ".join(each.text or "" for each in found.iter(f"{_C}v")))


def _points(series: Element) -> tuple[dict[int, str], dict[int, str]]:
    """Return the labels and the values of a series, each by its place."""
    labels = _values(series.find(f"{_C}cat")) or _values(series.find(f"{_C}xVal"))
    values = _values(series.find(f"{_C}val")) or _values(series.find(f"{_C}yVal"))
    return {**dict.fromkeys(values, ""), **labels}, values


def _values(element: Element | None) -> dict[int, str]:
    found = () if element is None else element.iter(f"{_C}pt")
    return {
        int(each.get("idx", "0")): flat(each.findtext(f"{_C}v", ""))
        for each in found
        if each.get("idx", "0").isdecimal()
    }


def _diagram(root: Element) -> list[RawBlock]:
    return [RawBlock("item", (text,)) for text in _texts(root)]


def _texts(root: Element) -> Iterator[str]:
    for point in root.iter(f"{_D}pt"):
        text = flat(" ".join(each.text or "" for each in point.iter(f"{_A}t")))
        if text:
            yield text

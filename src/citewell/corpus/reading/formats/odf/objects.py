"""The formulas and charts inside an OpenDocument file, each a file of its own in the archive."""

from __future__ import annotations

from collections.abc import Callable

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.formats.html.events import tell_tree
from citewell.corpus.reading.formats.html.walking import Walker
from citewell.corpus.reading.formats.odf.file import OdfFile
from citewell.corpus.reading.formats.odf.names import TABLE, XLINK
from citewell.corpus.reading.formats.office.xml import Element, local, text_of

_CHART = "{urn:oasis:names:tc:opendocument:xmlns:chart:1.0}chart"


def read_object(file: OdfFile, element: Element, read_table: Callable[[Element], list[RawBlock]]) -> list[RawBlock]:
    """Return the blocks of an object; none if it is of a kind that is not read.

    Args:
        file: The file.
        element: The object, or what refers to it.
        read_table: Gives the blocks of a table.
    """
    root = file.inside(element.get(f"{XLINK}href", "")) if element.get(f"{XLINK}href") else next(iter(element), None)
    if root is None:
        return []
    if local(root) == "math":
        walker = Walker(is_page=False)
        tell_tree(root, walker)
        walker.finish()
        return walker.blocks
    chart = next(root.iter(_CHART), None)
    if chart is None:
        return []
    titles = (text_of(each) for each in chart if local(each) in {"title", "subtitle"})
    blocks = [RawBlock("prose", (text,)) for text in titles if text]
    table = chart.find(f"{TABLE}table")
    return blocks + ([] if table is None else read_table(table))

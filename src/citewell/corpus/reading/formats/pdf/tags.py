"""The structure tree of a tagged PDF: which parts of a page are headings."""

from __future__ import annotations

from typing import NamedTuple

import pypdfium2.raw as raw
import regex

from citewell.corpus.reading.formats.pdf import pdfium
from citewell.corpus.reading.formats.pdf.words import Page

_HEADING = regex.compile(r"H([1-6])?|Title")
# A tree that holds itself, or has more parts than a page.
_MOST_ELEMENTS = 20_000
_DEEPEST = 60


def read_tags(sheet: pdfium.Sheet, page: Page) -> None:
    """Find the headings in the structure tree of a page (``Page.tags``): by the number of a word, its level and element.

    Args:
        sheet: The open page.
        page: Where they are put.
    """
    tree = raw.FPDF_StructTree_GetForPage(sheet.handle)
    if not tree:
        return
    try:
        count = min(max(raw.FPDF_StructTree_CountChildren(tree), 0), _MOST_ELEMENTS)
        _read(page, [_Element(raw.FPDF_StructTree_GetChildAtIndex(tree, at)) for at in reversed(range(count))])
    finally:
        raw.FPDF_StructTree_Close(tree)
    page.tags.pop(-1, None)


class _Element(NamedTuple):
    """An element of the tree; ``level`` and ``number`` are those of the heading that it is or is in."""

    handle: object
    level: int = 0
    number: int = 0
    depth: int = 0


def _read(page: Page, stack: list[_Element]) -> None:
    """Read elements and what is in them."""
    for seen in range(_MOST_ELEMENTS):
        if not stack:
            return
        handle, level, number, depth = stack.pop()
        if not handle or depth > _DEEPEST:
            continue
        if match := _HEADING.fullmatch(pdfium.text_of(raw.FPDF_StructElement_GetType, handle)):
            level, number = int(match[1] or 1), seen + 1
        children = min(max(raw.FPDF_StructElement_CountChildren(handle), 0), _MOST_ELEMENTS)
        for nth in range(raw.FPDF_StructElement_GetMarkedContentIdCount(handle)) if level else ():
            page.tags[raw.FPDF_StructElement_GetMarkedContentIdAtIndex(handle, nth)] = (level, number)
        for nth in reversed(range(children)):
            child = raw.FPDF_StructElement_GetChildAtIndex(handle, nth)
            if child:
                stack.append(_Element(child, level, number, depth + 1))
            elif level:
                page.tags[raw.FPDF_StructElement_GetChildMarkedContentID(handle, nth)] = (level, number)

"""What the drawings of Word and PowerPoint have in common: the forms of the same content, and the texts of pictures."""

from __future__ import annotations

from citewell.corpus.reading.formats.office.xml import Element

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATIVES = f"{_COMPATIBILITY}AlternateContent"


def chosen(alternatives: Element) -> Element | None:
    """Return the one of several forms of the same content that Office takes: the first, or the last if it is the only one."""
    choice = alternatives.find(f"{_COMPATIBILITY}Choice")
    return choice if choice is not None else alternatives.find(f"{_COMPATIBILITY}Fallback")


def text_of_picture(properties: Element | None) -> str:
    """Return what stands for a picture, from its properties."""
    return "" if properties is None else properties.get("descr") or properties.get("title") or ""

"""The styles of a Word file, each with those that it is based on: what is a heading, what is numbered, what is hidden."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from citewell.corpus.reading.formats.office.xml import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
_NUMBERING, _NUMBER, _DEPTH, _OUTLINE = f"{W}numPr", f"{W}numId", f"{W}ilvl", f"{W}outlineLvl"
_OFF = frozenset({"0", "false", "off"})
# The names of Word's own styles are the same in all languages; those of files without styles are only ids.
_HEADING = regex.compile(r"heading\s?([1-9])", regex.I)
_CONTENTS = regex.compile(r"toc\s?[1-9]", regex.I)
_LAST_LEVEL = 9
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Style:
    """What a style gives: the level of a heading from 1, the numbering and its level from 0, each None without."""

    level: int | None = None
    number: str | None = None
    depth: int | None = None
    is_hidden: bool = False
    is_title: bool = False
    is_contents: bool = False
    marks_first_row: bool = False


def is_on(element: Element | None) -> bool:
    """Return whether a property is there and is not switched off."""
    return element is not None and element.get(VAL, "1") not in _OFF


def numbering_of(properties: Element | None) -> tuple[str | None, int | None]:
    """Return the numbering and its level that the properties of a paragraph name, each None where they do not."""
    found = None if properties is None else properties.find(_NUMBERING)
    if found is None:
        return None, None
    number, depth = found.find(_NUMBER), found.find(_DEPTH)
    return (
        None if number is None else number.get(VAL),
        None if depth is None else small_number(depth.get(VAL), 0),
    )


def level_of(properties: Element | None) -> int | None:
    """Return the level of a heading from 1 that properties name; 0 for text, None where they do not name any."""
    found = None if properties is None else properties.find(_OUTLINE)
    if found is None:
        return None
    level = small_number(found.get(VAL), _LAST_LEVEL) + 1
    return level if level <= _LAST_LEVEL else 0


def small_number(text: str | None, usual: int) -> int:
    """Return a number as files have it; the usual one if it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else usual


class Styles:
    """The styles of a file.

    Args:
        root: The root of their part; None for a file without.
    """

    def __init__(self, root: Element | None) -> None:
        self._elements: dict[str, Element] = {}
        self._known: dict[str, Style] = {}
        self._usual: str | None = None
        for each in () if root is None else root.iterfind(f"{W}style"):
            self._elements[each.get(f"{W}styleId", "")] = each
            if each.get(f"{W}type") == "paragraph" and each.get(f"{W}default") in {"1", "true", "on"}:
                self._usual = each.get(f"{W}styleId", "")

    def of(self, name: str | None) -> Style:
        """Return a style by its id, or that of paragraphs that name none."""
        name = self._usual if name is None else name
        if name is None:
            return Style()
        if name not in self._known:
            self._known[name] = self._resolved(name)
        return self._known[name]

    def number_of(self, name: str) -> str | None:
        """Return the numbering that a style itself names, which other numberings refer to."""
        element = self._elements.get(name)
        return None if element is None else numbering_of(element.find(f"{W}pPr"))[0]

    def _resolved(self, name: str) -> Style:
        """Return what a style gives with those that it is based on; the nearest that says something counts."""
        if name not in self._elements:
            match = _HEADING.fullmatch(name)
            return Style(level=int(match[1]) if match else None, is_title=name == "Title")
        chain = self._chain(name)
        own = [_own(each) for each in chain]
        return Style(
            next((each.level for each in own if each.level is not None), None),
            next((each.number for each in own if each.number is not None), None),
            next((each.depth for each in own if each.depth is not None), None),
            is_hidden=any(each.is_hidden for each in own),
            is_title=any(each.is_title for each in own),
            is_contents=any(each.is_contents for each in own),
            marks_first_row=any(each.marks_first_row for each in own),
        )

    def _chain(self, name: str) -> list[Element]:
        chain: list[Element] = []
        seen: set[str] = set()
        while name in self._elements and name not in seen and len(chain) < _DEEPEST:
            seen.add(name)
            chain.append(self._elements[name])
            base = chain[-1].find(f"{W}basedOn")
            name = "" if base is None else base.get(VAL, "")
        return chain


def _own(element: Element) -> Style:
    """Return what a style gives without those that it is based on."""
    paragraph, run = element.find(f"{W}pPr"), element.find(f"{W}rPr")
    named = element.find(f"{W}name")
    name = "" if named is None else named.get(VAL, "")
    heading = _HEADING.fullmatch(name)
    level = level_of(paragraph)
    number, depth = numbering_of(paragraph)
    return Style(
        int(heading[1]) if level is None and heading else level,
        number,
        depth,
        is_hidden=run is not None and is_on(run.find(f"{W}vanish")),
        is_title=name.lower() == "title",
        is_contents=bool(_CONTENTS.fullmatch(name)),
        marks_first_row=any(each.get(f"{W}type") == "firstRow" for each in element.iterfind(f"{W}tblStylePr")),
    )

"""The styles of an OpenDocument file: what is a heading, what is hidden, and how lists are numbered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from citewell.corpus.reading.formats.odf.names import DRAW, PRESENTATION, STYLE, TEXT, small_number
from citewell.corpus.reading.formats.office.xml import Element
from citewell.corpus.reading.numerals import Style as NumberStyle
from citewell.corpus.reading.numerals import numeral

_DEEPEST = 50
_LEVELS = 10
_BULLET = "•"
_STYLES: dict[str, tuple[NumberStyle, bool]] = {
    "a": ("letters", False),
    "A": ("letters", True),
    "i": ("roman", False),
    "I": ("roman", True),
}


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a style gives to a paragraph: the level of a heading, and whether it is a title, hidden, or no item."""

    level: int = 0
    is_title: bool = False
    is_hidden: bool = False
    has_no_label: bool = False


@dataclass(frozen=True, slots=True)
class ListLevel:
    """How one level of a list is written; without a number, its items have a bullet, or nothing."""

    numbers: str | None = None
    before: str = ""
    after: str = ""
    start: int = 1
    shown_levels: int = 1
    bullet: str = ""


class Styles:
    """The styles of a file.

    Args:
        roots: The roots in which they are, the later ones before the earlier.
    """

    def __init__(self, roots: list[Element]) -> None:
        self._elements: dict[tuple[str, str], Element] = {}
        self._lists: dict[str, list[ListLevel]] = {}
        self._known: dict[str, ParagraphStyle] = {}
        self.outline = [ListLevel(numbers="") for _ in range(_LEVELS)]
        for root in roots:
            for each in root.iter(f"{STYLE}style"):
                self._elements[each.get(f"{STYLE}family", ""), each.get(f"{STYLE}name", "")] = each
            for each in root.iter(f"{TEXT}list-style"):
                self._lists[each.get(f"{STYLE}name", "")] = _levels(each)
            for each in root.iter(f"{TEXT}outline-style"):
                self.outline = _levels(each)

    def paragraph(self, name: str | None) -> ParagraphStyle:
        """Return what a style gives to paragraphs."""
        name = name or ""
        if name not in self._known:
            self._known[name] = self._resolved(name)
        return self._known[name]

    def hides(self, name: str | None) -> bool:
        """Return whether a style of a part of a paragraph hides it."""
        return any(_hides(each) for each in self._chain("text", name or ""))

    def raises(self, name: str | None) -> bool:
        """Return whether a style of a part of a paragraph raises it."""
        found = (each.find(f"{STYLE}text-properties") for each in self._chain("text", name or ""))
        places = (each.get(f"{STYLE}text-position") for each in found if each is not None)
        return _is_raised(next((place for place in places if place), ""))

    def list_levels(self, name: str | None) -> list[ListLevel] | None:
        """Return the levels of a list style; None if there is no such style."""
        return self._lists.get(name or "")

    def hides_page(self, name: str | None) -> bool:
        """Return whether a style of slides keeps a slide out of the show."""
        found = self._elements.get(("drawing-page", name or ""))
        properties = None if found is None else found.find(f"{STYLE}drawing-page-properties")
        return properties is not None and properties.get(f"{PRESENTATION}visibility") == "hidden"

    def shape_list(self, element: Element) -> str | None:
        """Return the list style that the style of a shape has for its text."""
        for family, attribute in (("presentation", f"{PRESENTATION}style-name"), ("graphic", f"{DRAW}style-name")):
            for each in self._chain(family, element.get(attribute) or ""):
                found = each.find(f"{STYLE}graphic-properties/{TEXT}list-style")
                if found is not None:
                    return str(found.get(f"{STYLE}name"))
        return None

    def _resolved(self, name: str) -> ParagraphStyle:
        chain = list(self._chain("paragraph", name))
        levels = (each.get(f"{STYLE}default-outline-level") for each in chain)
        properties = [
            found for each in chain for found in [each.find(f"{STYLE}paragraph-properties")] if found is not None
        ]
        return ParagraphStyle(
            small_number(next((level for level in levels if level is not None), None), 0),
            is_title=any(each.get(f"{STYLE}name") == "Title" for each in chain),
            is_hidden=any(_hides(each) for each in chain),
            has_no_label=any(each.get(f"{TEXT}enable-numbering") == "false" for each in properties),
        )

    def _chain(self, family: str, name: str) -> Iterator[Element]:
        """Yield a style, and those that it is made from."""
        seen: set[str] = set()
        while (family, name) in self._elements and name not in seen and len(seen) < _DEEPEST:
            seen.add(name)
            element = self._elements[family, name]
            yield element
            name = element.get(f"{STYLE}parent-style-name") or ""


def label_of(levels: list[ListLevel], counts: list[int], depth: int) -> str:
    """Return what stands before an item.

    Args:
        levels: The levels of its list.
        counts: The number of the last item of each level.
        depth: Its level, from 0.
    """
    level = levels[min(depth, len(levels) - 1)]
    if level.numbers is None:
        return _BULLET if level.bullet.strip() else ""
    if not level.numbers:
        return ""
    first = max(0, depth + 1 - level.shown_levels)
    shown = [(nth, levels[nth]) for nth in range(first, min(depth + 1, len(levels)))]
    numbers = [_number(counts[nth], each.numbers) for nth, each in shown if each.numbers]
    return f"{level.before}{'.'.join(numbers)}{level.after}".strip()


def _number(value: int, kind: str) -> str:
    style, is_upper = _STYLES.get(kind, ("decimal", False))
    return numeral(value, style, is_upper=is_upper)


def _levels(element: Element) -> list[ListLevel]:
    levels = [ListLevel(numbers="") for _ in range(_LEVELS)]
    for each in element:
        depth = small_number(each.get(f"{TEXT}level"), 1) - 1
        if not 0 <= depth < _LEVELS:
            continue
        is_number = each.tag in {f"{TEXT}list-level-style-number", f"{TEXT}outline-level-style"}
        levels[depth] = ListLevel(
            each.get(f"{STYLE}num-format", "") if is_number else None,
            each.get(f"{STYLE}num-prefix", ""),
            each.get(f"{STYLE}num-suffix", ""),
            small_number(each.get(f"{TEXT}start-value"), 1),
            small_number(each.get(f"{TEXT}display-levels"), 1),
            each.get(f"{TEXT}bullet-char", _BULLET),
        )
    return levels


def _is_raised(place: str) -> bool:
    """Return whether a place such as "super 58%" or "33% 58%" is above the line."""
    first = place.partition(" ")[0]
    return first == "super" or (first.endswith("%") and first[0] not in "-0")


def _hides(style: Element) -> bool:
    found = style.find(f"{STYLE}text-properties")
    return found is not None and found.get(f"{TEXT}display") == "none"

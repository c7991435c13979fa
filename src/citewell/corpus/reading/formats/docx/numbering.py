"""The numbers before paragraphs ("2.1", "a)", "•"), which are in no text of a Word file: they are counted as Word counts.

ECMA-376, part 1, section 17.9. Numberings that share a definition share its counters, unless one starts again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import regex

from citewell.corpus.reading.formats.docx.styles import VAL, Styles, W, small_number
from citewell.corpus.reading.formats.office.xml import Element
from citewell.corpus.reading.numerals import Style, numeral

_LEVELS = 9
_PLACE = regex.compile(r"%([1-9])")
_BULLET = "•"
_STYLES: dict[str, tuple[Style, bool]] = {
    "lowerLetter": ("letters", False),
    "upperLetter": ("letters", True),
    "lowerRoman": ("roman", False),
    "upperRoman": ("roman", True),
}


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a numbering is written, and after which level it starts again (None: after any above)."""

    kind: str = "decimal"
    pattern: str = ""
    start: int = 1
    restart: int | None = None
    is_plain: bool = False
    style: str = ""


class _Definition:
    """A numbering of several levels, with its counters.

    Args:
        element: Its element; files define more numberings than they use.
    """

    def __init__(self, element: Element) -> None:
        self._element = element
        self.counts: list[int | None] = [None] * _LEVELS

    @cached_property
    def levels(self) -> list[_Level]:
        """How its levels are written."""
        return _levels(self._element)


class Numbering:
    """The numberings of a file.

    Args:
        root: The root of their part; None for a file without.
        styles: The styles, some of which stand for numberings.
    """

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._definitions: dict[str, _Definition] = {}
        self._links: dict[str, str] = {}
        self._numbers: dict[str, Element] = {}
        self._begun: set[str] = set()
        for each in () if root is None else root.iterfind(f"{W}abstractNum"):
            name = each.get(f"{W}abstractNumId", "")
            self._definitions[name] = _Definition(each)
            link = each.find(f"{W}numStyleLink")
            if link is not None:
                self._links[name] = link.get(VAL, "")
        for each in () if root is None else root.iterfind(f"{W}num"):
            self._numbers[each.get(f"{W}numId", "")] = each

    def depth_of_style(self, number: str, style: str) -> int:
        """Return the level of a numbering that belongs to a style."""
        definition = self._definition(number)
        levels = definition.levels if definition else []
        return next((depth for depth, level in enumerate(levels) if style and level.style == style), 0)

    def label(self, number: str, depth: int) -> str:
        """Count one paragraph on, and return what stands before it; empty if nothing does."""
        definition = self._definition(number)
        if definition is None or depth >= _LEVELS:
            return ""
        levels = self._overridden(number, definition)
        counts = definition.counts
        for above in range(depth):
            if counts[above] is None:
                counts[above] = levels[above].start
        last = counts[depth]
        counts[depth] = levels[depth].start if last is None else last + 1
        for below in range(depth + 1, _LEVELS):
            restart = levels[below].restart
            if restart is None or (restart and depth < restart):
                counts[below] = None
        return _written(levels, counts, depth)

    def _definition(self, number: str) -> _Definition | None:
        """Return the definition of a numbering, also where it is that of a style."""
        for _ in range(_LEVELS):
            element = self._numbers.get(number)
            found = None if element is None else element.find(f"{W}abstractNumId")
            name = "" if found is None else found.get(VAL, "")
            if name not in self._links:
                return self._definitions.get(name)
            number = self._styles.number_of(self._links[name]) or ""
        return None

    def _overridden(self, number: str, definition: _Definition) -> list[_Level]:
        """Return the levels of a numbering with what it changes; counters that it starts again do so at its first use."""
        element = self._numbers.get(number)
        levels = list(definition.levels)
        is_new = number not in self._begun
        self._begun.add(number)
        for each in () if element is None else element.iterfind(f"{W}lvlOverride"):
            depth = small_number(each.get(f"{W}ilvl"), 0)
            level, start = each.find(f"{W}lvl"), each.find(f"{W}startOverride")
            if depth >= _LEVELS:
                continue
            if level is not None:
                levels[depth] = _level(level)
            if start is not None:
                levels[depth] = replace(levels[depth], start=small_number(start.get(VAL), 1))
                if is_new:
                    definition.counts[depth:] = [None] * (_LEVELS - depth)
        return levels


def _levels(element: Element) -> list[_Level]:
    levels = [_Level() for _ in range(_LEVELS)]
    for each in element.iterfind(f"{W}lvl"):
        depth = small_number(each.get(f"{W}ilvl"), 0)
        if depth < _LEVELS:
            levels[depth] = _level(each)
    return levels


def _level(element: Element) -> _Level:
    values = {str(each.tag).rpartition("}")[2]: each.get(VAL) for each in element}
    restart = values.get("lvlRestart")
    return _Level(
        values.get("numFmt") or "decimal",
        values.get("lvlText") or "",
        small_number(values.get("start"), 0),
        None if restart is None else small_number(restart, 0),
        is_plain="isLgl" in values,
        style=values.get("pStyle") or "",
    )


def _written(levels: list[_Level], counts: list[int | None], depth: int) -> str:
    level = levels[depth]
    if level.kind == "bullet":
        return level.pattern if level.pattern in {"-", "–", "—", "*"} else _BULLET if level.pattern.strip() else ""

    def count(match: regex.Match[str]) -> str:
        place = int(match[1]) - 1
        kind = "decimal" if level.is_plain else levels[place].kind
        return _number(counts[place] or 0, kind)

    return " ".join(_PLACE.sub(count, level.pattern).split())


def _number(value: int, kind: str) -> str:
    if kind == "none":
        return ""
    if kind == "decimalZero":
        return f"{value:02}"
    style, is_upper = _STYLES.get(kind, ("decimal", False))
    return numeral(value, style, is_upper=is_upper)

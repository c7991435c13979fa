"""The lists of an OpenDocument text as they are counted: each list from its start, unless it continues another."""

from __future__ import annotations

from dataclasses import dataclass, field

from citewell.corpus.reading.formats.odf.names import TEXT, small_number
from citewell.corpus.reading.formats.odf.styles import ListLevel, Styles, label_of
from citewell.corpus.reading.formats.office.xml import Element

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_LEVELS = 10
_PLAIN = [ListLevel(bullet="•")] * _LEVELS


@dataclass(slots=True)
class OpenList:
    """A list that is being read: its levels, how many items each has had, and how deep it is in others."""

    levels: list[ListLevel]
    counts: list[int]
    depth: int = 0


@dataclass(slots=True)
class Lists:
    """Counts the items of lists."""

    styles: Styles
    _by_id: dict[str, list[int]] = field(default_factory=dict)
    _by_style: dict[str, list[int]] = field(default_factory=dict)

    def begin(self, element: Element, around: OpenList | None, usual: str | None) -> OpenList:
        """Begin a list.

        Args:
            element: Its element.
            around: The list of the item in which it is, if it is in one.
            usual: The style that it has where it names none.
        """
        name = element.get(f"{TEXT}style-name") or usual
        levels = self.styles.list_levels(name)
        if around:
            depth = min(around.depth + 1, _LEVELS - 1)
            counts = around.counts
            own = levels or around.levels
            counts[depth:] = _starts(own)[depth:]
            return OpenList(own, counts, depth)
        levels = levels or _PLAIN
        counts = self._continued(element, name or "") or _starts(levels)
        self._by_style[name or ""] = counts
        if element.get(_ID):
            self._by_id[element.get(_ID)] = counts
        return OpenList(levels, counts)

    def label(self, open_list: OpenList, item: Element) -> str:
        """Count one item on, and return what stands before it."""
        depth = open_list.depth
        start = item.get(f"{TEXT}start-value")
        open_list.counts[depth] = small_number(start, 1) if start else open_list.counts[depth] + 1
        open_list.counts[depth + 1 :] = _starts(open_list.levels)[depth + 1 :]
        return label_of(open_list.levels, open_list.counts, depth)

    def _continued(self, element: Element, style: str) -> list[int] | None:
        other = element.get(f"{TEXT}continue-list")
        if other:
            return self._by_id.get(other)
        return self._by_style.get(style) if element.get(f"{TEXT}continue-numbering") == "true" else None


class Outline:
    """Counts the headings of a text.

    Args:
        styles: The styles, which say how headings are numbered.
    """

    def __init__(self, styles: Styles) -> None:
        self._levels = styles.outline
        self._counts = _starts(self._levels)

    def label(self, level: int) -> str:
        """Count one heading on, and return what stands before it."""
        depth = min(level, _LEVELS) - 1
        self._counts[depth] += 1
        self._counts[depth + 1 :] = _starts(self._levels)[depth + 1 :]
        return label_of(self._levels, self._counts, depth)


def _starts(levels: list[ListLevel]) -> list[int]:
    """Return the counts before the first item."""
    return [level.start - 1 for level in levels][:_LEVELS]

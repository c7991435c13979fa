"""Footnotes, endnotes and comments of a Word text, each a part of its own with a list of notes by id."""

from __future__ import annotations

from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.docx.styles import W
from citewell.corpus.reading.formats.office.package import Package
from citewell.corpus.reading.formats.office.xml import Element, optional_part

# The kind of relation that leads to the part, and the name of a note in it.
_PARTS = {"footnote": ("footnotes", "footnote"), "endnote": ("endnotes", "endnote"), "comment": ("comments", "comment")}
_NAMES = {"footnote": "Footnote", "endnote": "Endnote", "comment": "Comment"}


class Notes:
    """The notes of a file.

    Args:
        package: The package.
        part: The name of the main part.
    """

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._main = part
        self._parts: dict[str, dict[str, Element]] = {}
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def part(self, kind: str) -> str:
        """Return the name of the part in which notes of a kind are; that of the text if there is none."""
        self._load(kind)
        return self._names.get(kind, self._main)

    def take(self, kind: str, name: str) -> tuple[str, Element] | None:
        """Return what is written before a note, such as "Footnote 3: ", and its element; None if there is no such note."""
        self._load(kind)
        element = self._parts[kind].get(name)
        if element is None:
            return None
        self._counts[kind] = number = self._counts.get(kind, 0) + 1
        if kind == "comment":
            author = flat(element.get(f"{W}author", ""))
            return (f"Comment ({author}): " if author else "Comment: "), element
        return f"{_NAMES[kind]} {number}: ", element

    def _load(self, kind: str) -> None:
        if kind in self._parts:
            return
        relation, tag = _PARTS[kind]
        self._parts[kind] = {}
        for name in self._package.of_kind(self._main, relation)[:1]:
            self._names[kind] = name
            root = optional_part(self._package.archive, name)
            found = () if root is None else root.iterfind(f"{W}{tag}")
            self._parts[kind] = {each.get(f"{W}id", ""): each for each in found}

"""What the library for cells does not read of an XLSX file: which part is which sheet, and the comments on cells."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import regex
from lxml import etree

from citewell.corpus.reading.archives import Archive
from citewell.errors import ReadingError

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ROW = regex.compile(r"[A-Z]+(\d+)")
# Excel puts it before a thread of comments for its older versions; the thread itself is read.
_IN_THREAD = "[Threaded comment]"
_MOST_COMMENTS = 10_000


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a cell."""

    cell: str
    author: str
    text: str

    @property
    def row(self) -> int:
        """The number of its row, from 1."""
        match = _ROW.match(self.cell)
        return int(match[1]) if match else 1


class SheetParts:
    """Which part of an archive is which sheet of its workbook."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._workbook = next((name for name in archive.names if regex.fullmatch(r"xl/workbook\w*\.xml", name)), None)
        self.sheets: Mapping[str, str] = dict(self._sheets())

    def comments(self, sheet: str) -> list[Comment]:
        """Return the comments on the cells of a sheet, by its name."""
        part = self.sheets.get(sheet)
        if part is None:
            return []
        relations = list(self._relations(part))
        threads = [target for kind, target, _ in relations if kind == "threadedComment"]
        people = self._people() if threads else {}
        found = [comment for target in threads for comment in self._thread(target, people)]
        notes = (note for kind, target, _ in relations if kind == "comments" for note in self._notes(target))
        return sorted([*notes, *found], key=lambda each: each.row)[:_MOST_COMMENTS]

    def _sheets(self) -> Iterator[tuple[str, str]]:
        if self._workbook is None:
            return
        targets = {identity: target for _, target, identity in self._relations(self._workbook)}
        for element in self._elements(self._workbook, "sheet"):
            identity = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            if identity in targets:
                yield element.get("name", ""), targets[identity]

    def _relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Yield the kind, the part and the identity of what a part refers to."""
        folder, name = posixpath.split(part)
        where = f"{folder}/_rels/{name}.rels"
        for element in self._elements(where, "Relationship"):
            target = element.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            if element.get("TargetMode") != "External" and path in self._archive:
                yield posixpath.basename(element.get("Type", "")), path, element.get("Id", "")

    def _notes(self, part: str) -> Iterator[Comment]:
        authors = ["".join(element.itertext()) for element in self._elements(part, "author")]
        for element in self._elements(part, "comment"):
            text = _text(element)
            nth = int(element.get("authorId", "")) if element.get("authorId", "").isdigit() else len(authors)
            author = authors[nth] if nth < len(authors) else ""
            # Excel's own notes repeat the author as their first line.
            text = text.removeprefix(f"{author}:").strip() if author else text
            if text and not text.startswith(_IN_THREAD):
                yield Comment(element.get("ref", ""), author, text)

    def _thread(self, part: str, people: Mapping[str, str]) -> Iterator[Comment]:
        for element in self._elements(part, "threadedComment"):
            text = _text(element)
            if text:
                yield Comment(element.get("ref", ""), people.get(element.get("personId", ""), ""), text)

    def _people(self) -> dict[str, str]:
        parts = (name for name in self._archive.names if name.startswith("xl/persons/") and name.endswith(".xml"))
        return {
            element.get("id", ""): element.get("displayName", "")
            for part in parts
            for element in self._elements(part, "person")
        }

    def _elements(self, part: str, name: str) -> list[etree._Element]:
        """Return the elements of a part with a name, in whatever namespace; none if there is no such part."""
        if part not in self._archive:
            return []
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(self._archive.read(part), parser)
        except (etree.XMLSyntaxError, ValueError, ReadingError):
            return []
        return list(root.iter(f"{{*}}{name}"))


def _text(element: etree._Element) -> str:
    found = [part.text for part in element.iter("{*}t", "{*}text") if part.text]
    return " ".join("".join(found).split())

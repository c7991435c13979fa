"""What the library for cells does not read of a file: which part is which sheet, percentages, comments, shapes, its facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import regex

from citewell.corpus.reading.archives import Archive
from citewell.corpus.reading.formats.office.package import Package
from citewell.corpus.reading.formats.office.xml import Element, local, parse_part, text_of
from citewell.corpus.reading.formats.spreadsheet.percents import Percent, ShownCell
from citewell.corpus.reading.formats.spreadsheet.shown_cells import xlsx_percents, xlsx_shown
from citewell.corpus.reading.properties import file_facts
from citewell.document import Fact
from citewell.errors import ReadingError

_ROW = regex.compile(r"[A-Z]+(\d+)")
# Excel puts it before a thread of comments for its older versions; the thread itself is read.
_IN_THREAD = "[Threaded comment]"
_MOST_COMMENTS = 10_000
_ODS_FACTS = {
    "title": "title",
    "initial-creator": "author",
    "date": "date",
    "creation-date": "created",
    "language": "language",
    "keyword": "tag",
    "subject": "subject",
    "description": "description",
}


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


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on a sheet: the texts of its shapes, and what is not read."""

    texts: tuple[str, ...] = ()
    charts: int = 0
    pictures: int = 0

    @property
    def left_out(self) -> str:
        """What is not read, in words; empty if nothing."""
        counted = (("charts", self.charts), ("pictures", self.pictures))
        return " and ".join(f"{name} ({count})" for name, count in counted if count)


class SheetParts:
    """Which part of a package is which sheet of its workbook.

    Args:
        package: The package; that of an XLSB file has no sheets that can be told by name.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._workbook = ""
        self.sheets: Mapping[str, str] = dict(self._sheets())

    def comments(self, sheet: str) -> list[Comment]:
        """Return the comments on the cells of a sheet, by its name.

        Raises:
            ReadingError: They are damaged.
        """
        part = self.sheets.get(sheet)
        if part is None:
            return []
        threads = self._package.of_kind(part, "threadedComment")
        people = self._people() if threads else {}
        found = [comment for target in threads for comment in self._thread(target, people)]
        notes = (note for target in self._package.of_kind(part, "comments") for note in self._notes(target))
        return sorted([*notes, *found], key=lambda each: each.row)[:_MOST_COMMENTS]

    def drawn(self, sheet: str) -> Drawn:
        """Return what is drawn on a sheet, by its name.

        Raises:
            ReadingError: It is damaged.
        """
        drawings = self._package.of_kind(self.sheets.get(sheet, ""), "drawing") if sheet in self.sheets else []
        texts = [text_of(each) for part in drawings for each in self._elements(part, "p")]
        charts = sum(len(self._package.of_kind(part, "chart")) for part in drawings)
        pictures = sum(1 for part in drawings for _ in self._elements(part, "pic"))
        return Drawn(tuple(filter(None, texts)), charts, pictures)

    def percents(self, sheet: str) -> Iterator[ShownCell]:
        """Yield the cells of a sheet, by its name, that are shown as percentages.

        Raises:
            ReadingError: The sheet is damaged.
        """
        if sheet in self.sheets and self._percents:
            yield from xlsx_shown(self._package.archive.read(self.sheets[sheet]), self._percents)

    @cached_property
    def _percents(self) -> dict[int, Percent]:
        return xlsx_percents(self._package.one(self._workbook, "styles"))

    def _sheets(self) -> Iterator[tuple[str, str]]:
        try:
            workbook = self._workbook = self._package.main("xl/workbook.xml")
            relations = self._package.relations(workbook)
            sheets = list(self._elements(workbook, "sheet")) if workbook.endswith(".xml") else []
        except ReadingError:
            # The library for cells says what is wrong.
            return
        for element in sheets:
            identity = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            if identity in relations:
                yield element.get("name", ""), relations[identity].target

    def _notes(self, part: str) -> Iterator[Comment]:
        authors = ["".join(element.itertext()) for element in self._elements(part, "author")]
        for element in self._elements(part, "comment"):
            number = element.get("authorId", "")
            author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
            # Excel's own notes repeat the author as their first line.
            text = _text(element).removeprefix(f"{author}:").strip() if author else _text(element)
            if text and not text.startswith(_IN_THREAD):
                yield Comment(element.get("ref", ""), author, text)

    def _thread(self, part: str, people: Mapping[str, str]) -> Iterator[Comment]:
        for element in self._elements(part, "threadedComment"):
            text = _text(element)
            if text:
                yield Comment(element.get("ref", ""), people.get(element.get("personId", ""), ""), text)

    def _people(self) -> dict[str, str]:
        parts = (name for name in self._package.archive.names if regex.fullmatch(r"xl/persons/.*\.xml", name))
        return {
            element.get("id", ""): element.get("displayName", "")
            for part in parts
            for element in self._elements(part, "person")
        }

    def _elements(self, part: str, name: str) -> Iterator[Element]:
        """Yield the elements of a part with a name, in whatever namespace."""
        return (each for each in parse_part(self._package.archive, part).iter("{*}*") if local(each) == name)


def ods_facts(archive: Archive) -> tuple[Fact, ...]:
    """Return what an OpenDocument spreadsheet says about itself.

    Raises:
        ReadingError: What it says is damaged.
    """
    if "meta.xml" not in archive:
        return ()
    found = [(_ODS_FACTS.get(local(each), ""), text_of(each)) for each in parse_part(archive, "meta.xml").iter("{*}*")]
    return file_facts((name, text) for name, text in found if name)


def _text(element: Element) -> str:
    found = [each.text for each in element.iter("{*}t", "{*}text") if each.text]
    return " ".join("".join(found).split())

"""The table of contents of a book: the names of its chapters, and where each begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from citewell.corpus.reading.archives import Archive
from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.epub.opf import Package, resolved
from citewell.corpus.reading.formats.html.charsets import decode_page
from citewell.corpus.reading.formats.html.events import tell_page
from citewell.corpus.reading.formats.office.xml import local, parse_part, text_of
from citewell.errors import ReadingError


@dataclass(frozen=True, slots=True)
class Chapter:
    """The name of a chapter, and the place in its file where it begins; empty for the beginning of the file."""

    name: str
    place: str


def read_contents(archive: Archive, package: Package) -> dict[str, list[Chapter]]:
    """Return the chapters of each file. A table of contents that is damaged is none: the text is there without it."""
    found: dict[str, list[Chapter]] = {}
    try:
        entries = _of_navigation(archive, package.navigation) if package.navigation else []
        entries = entries or (_of_ncx(archive, package.ncx) if package.ncx and package.ncx in archive else [])
    except ReadingError:
        return found
    for part, chapter in entries:
        found.setdefault(part, []).append(chapter)
    return found


class _Links:
    """Takes the events of a navigation document: the links in its table of contents, which is the first list."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._kind = ""
        self._address: str | None = None
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._open.append(tag)
        if tag == "nav":
            self._kind = attributes.get("type", "") or attributes.get("role", "")
        elif tag == "a" and self._kind in {"toc", "doc-toc"}:
            self._address, self._text = attributes.get("href", ""), []

    def end(self, tag: str) -> None:
        self._open.pop()
        if tag == "nav":
            self._kind = ""
        elif tag == "a" and self._address:
            self.found.append((self._address, flat("".join(self._text))))
            self._address = None

    def data(self, text: str) -> None:
        if self._address is not None:
            self._text.append(text)


def _of_navigation(archive: Archive, part: str) -> list[tuple[str, Chapter]]:
    links = tell_page(decode_page(archive.read(part)).text, _Links)
    return [_entry(part, address, name) for address, name in links.found if name]


def _of_ncx(archive: Archive, part: str) -> list[tuple[str, Chapter]]:
    entries = []
    for point in parse_part(archive, part).iter():
        if local(point) != "navPoint":
            continue
        parts = {local(each): each for each in point}
        name = text_of(parts.get("navLabel"))
        content = parts.get("content")
        if name and content is not None:
            entries.append(_entry(part, content.get("src", ""), name))
    return entries


def _entry(part: str, address: str, name: str) -> tuple[str, Chapter]:
    return resolved(part, address), Chapter(name, address.partition("#")[2])

"""The package of a book: its files, the order in which they are read, and what it says about itself (EPUB 3.3, section 5)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from citewell.corpus.reading.archives import Archive
from citewell.corpus.reading.formats.office.xml import Element, local, parse_part, text_of
from citewell.corpus.reading.properties import file_facts
from citewell.document import Fact
from citewell.errors import ReadingError

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FACTS = {
    "title": "title",
    "creator": "author",
    "date": "date",
    "language": "language",
    "subject": "tag",
    "description": "description",
    "publisher": "publisher",
}


@dataclass(frozen=True, slots=True)
class Package:
    """A book: the names of its chapters' files in order, those of its tables of contents, and its facts."""

    spine: tuple[str, ...]
    missing: tuple[str, ...]
    navigation: str | None
    ncx: str | None
    facts: tuple[Fact, ...]


def read_package(archive: Archive) -> Package:
    """Return what is in a book.

    Raises:
        ReadingError: It is damaged, or protected against copying.
    """
    name = _name_of_package(archive)
    root = parse_part(archive, name)
    items = {each.get("id", ""): each for each in root.iter() if local(each) == "item"}
    spine = [
        items[each.get("idref", "")] for each in root.iter() if local(each) == "itemref" and each.get("idref") in items
    ]
    navigation = next((each for each in items.values() if "nav" in each.get("properties", "").split()), None)
    ncx = next((each for each in items.values() if each.get("media-type") == "application/x-dtbncx+xml"), None)
    contents = None if navigation is None else resolved(name, navigation.get("href", ""))
    names = [each for each in (resolved(name, item.get("href", "")) for item in spine) if each != contents]
    _check_protection(archive, names)
    return Package(
        tuple(each for each in names if each in archive),
        tuple(each for each in names if each not in archive),
        contents if contents and contents in archive else None,
        None if ncx is None else resolved(name, ncx.get("href", "")),
        _facts(root),
    )


def resolved(part: str, address: str) -> str:
    """Return the name of the part that an address in another means, without the place in it."""
    path = unquote(address.partition("#")[0])
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), path)).lstrip("/") if path else part


def _name_of_package(archive: Archive) -> str:
    """Return the name of the package, also in a book that does not tell it."""
    if _CONTAINER in archive:
        for each in parse_part(archive, _CONTAINER).iter():
            name = each.get("full-path", "") if local(each) == "rootfile" else ""
            if name in archive:
                return str(name)
    found = next((name for name in archive.names if name.lower().endswith(".opf")), None)
    if found is None:
        raise ReadingError("is no book: it does not say which files are in it")
    return found


def _check_protection(archive: Archive, names: list[str]) -> None:
    """Check that chapters are not encrypted; fonts may be."""
    if _ENCRYPTION not in archive:
        return
    references = (each for each in parse_part(archive, _ENCRYPTION).iter() if local(each) == "CipherReference")
    if {unquote(each.get("URI", "")) for each in references} & set(names):
        raise ReadingError("is protected against copying")


def _facts(root: Element) -> tuple[Fact, ...]:
    found: list[tuple[str, str | None]] = []
    for each in root.iter():
        name = local(each)
        if "purl.org/dc/" in str(each.tag) and name in _FACTS:
            found.append((_FACTS[name], text_of(each)))
        elif name == "meta" and each.get("property") == "dcterms:modified":
            found.append(("modified", text_of(each)))
    if not any(name == "date" for name, _ in found):
        found += [("date", value) for name, value in found if name == "modified"]
    return file_facts(each for each in found if each[0] != "modified")

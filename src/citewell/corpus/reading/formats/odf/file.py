"""An OpenDocument file: an archive, or all of it in one XML ("flat")."""

from __future__ import annotations

import posixpath

from citewell.corpus.reading.archives import Archive, is_archive
from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.odf.names import DC, META, OFFICE, STYLE
from citewell.corpus.reading.formats.office.xml import Element, optional_part, parse_part, parse_xml, text_of
from citewell.corpus.reading.properties import file_facts
from citewell.document import Fact
from citewell.errors import ReadingError

_FACTS = {
    f"{DC}title": "title",
    f"{META}initial-creator": "author",
    f"{DC}creator": "author",
    f"{DC}date": "date",
    f"{META}creation-date": "created",
    f"{DC}language": "language",
    f"{META}keyword": "tag",
    f"{DC}subject": "subject",
    f"{DC}description": "description",
}
_LONGEST_SHOWN = 60
_ENCRYPTED = b"encryption-data"


class OdfFile:
    """A file in memory.

    Args:
        data: Its bytes.

    Raises:
        ReadingError: It is damaged, protected by a password, or too large.
    """

    def __init__(self, data: bytes) -> None:
        self._archive = Archive(data) if is_archive(data) else None
        if self._archive is None:
            self.content = self._styles = self._meta = parse_xml(data, "the file")
            return
        self._check_encryption(self._archive)
        self.content = parse_part(self._archive, "content.xml")
        self._styles = optional_part(self._archive, "styles.xml")
        self._meta = optional_part(self._archive, "meta.xml")

    @property
    def styles(self) -> list[Element]:
        """The roots in which styles are, those of the file before those of the text itself."""
        return [root for root in (self._styles, self.content) if root is not None]

    def body(self, name: str) -> Element:
        """Return the body of a kind, such as "text".

        Raises:
            ReadingError: It has another, or none.
        """
        found = self.content.find(f"{OFFICE}body/{OFFICE}{name}")
        if found is None:
            raise ReadingError("is no OpenDocument file of this kind: its content is something else")
        return found

    def inside(self, address: str) -> Element | None:
        """Return the root of the content of an object in the file; None if it is none that is read."""
        name = posixpath.normpath(posixpath.join(address, "content.xml"))
        return None if self._archive is None else optional_part(self._archive, name)

    @property
    def warnings(self) -> list[str]:
        """What to tell of the parts that are damaged."""
        return [] if self._archive is None else self._archive.warnings

    def facts(self) -> tuple[Fact, ...]:
        """Return what the file says about itself."""
        found = () if self._meta is None else self._meta.iterfind(f"{OFFICE}meta/*")
        facts = [(_FACTS[each.tag], text_of(each)) for each in found if each.tag in _FACTS]
        # Who wrote it first is its author, and who saved it last only where nobody else is named.
        authors = [value for name, value in facts if name == "author" and value]
        first = "" if self._meta is None else text_of(self._meta.find(f"{OFFICE}meta/{META}initial-creator"))
        others = [(name, value) for name, value in facts if name != "author"]
        return file_facts([*others, *(("author", name) for name in [first or next(iter(authors), "")])])

    def furniture(self) -> str | None:
        """Return a warning if the heads or feet of pages hold text."""
        found: dict[str, None] = {}
        for root in self.styles:
            for page in root.iter(f"{STYLE}master-page"):
                for each in page.iterchildren(f"{STYLE}header", f"{STYLE}footer"):
                    text = flat(" ".join(each.itertext()))
                    if any(map(str.isalpha, text)):
                        found[text] = None
        if not found:
            return None
        first = next(iter(found))
        shown = first if len(first) <= _LONGEST_SHOWN else f"{first[:_LONGEST_SHOWN]}…"
        return f"page headers and footers are left out ({len(found)}, such as “{shown}”)"

    @staticmethod
    def _check_encryption(archive: Archive) -> None:
        try:
            manifest = archive.read("META-INF/manifest.xml")
        except ReadingError:
            # It holds no text; whether the content can be read shows when it is.
            return
        # Not by its elements: in files made before OpenDocument was a standard, names have no namespace.
        if _ENCRYPTED in manifest:
            raise ReadingError("is protected by a password")


def figure(element: Element, address: str) -> RawBlock:
    """Return a picture with the text that stands for it, from the frame around it."""
    found = (element.find(tag) for tag in (_DESCRIPTION, _TITLE))
    text = next((text_of(each) for each in found if each is not None), "")
    return RawBlock("figure", (text,), reference=address.removeprefix("./"))


_DESCRIPTION = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}desc"
_TITLE = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}title"

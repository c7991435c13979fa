"""The XML of Office files and books, which names no other file and grows no text of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import regex
from lxml import etree

from citewell.corpus.reading.archives import Archive
from citewell.errors import ReadingError

# lxml has no types of its own.
Element = Any

# The namespaces of Strict files are those of all others but for their beginning (ISO/IEC 29500-1, annex A).
_STRICT = regex.compile(rb"http://purl\.oclc\.org/ooxml/(\w++)/(\w++)")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"


def parse_part(archive: Archive, name: str) -> Element:
    """Return the root element of a part of an archive.

    Raises:
        ReadingError: It is missing or damaged, is nested too deeply, or holds what no Office program writes.
    """
    return parse_xml(archive.read(name), name)


def parse_xml(data: bytes, name: str) -> Element:
    """Return the root element of XML. The parser refuses what is nested more than 256 deep, so that walkers can rely on it.

    Args:
        data: The XML.
        name: What a message calls it.

    Raises:
        ReadingError: As `parse_part`.
    """
    if b"purl.oclc.org/ooxml" in data:
        data = _STRICT.sub(_USUAL, data)
    parser = etree.XMLParser(
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadingError(_reason(str(error), name)) from error


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def descendants(element: Element, tag: str) -> Iterator[Element]:
    """Yield the elements of a name inside another, in the order of the file."""
    yield from element.iter(tag)


def text_of(element: Element | None) -> str:
    """Return all text inside an element in one line; empty if there is none."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _reason(message: str, name: str) -> str:
    if "depth" in message.lower():
        return f"is nested too deeply to be read ({name})"
    if "entity" in message.lower() and ("loop" in message.lower() or "amplification" in message.lower()):
        return f"grows without end when it is read ({name})"
    if "huge" in message.lower() or "limit" in message.lower():
        return f"holds a text that is too long to be read ({name})"
    return f"is damaged: {name} is no valid XML"

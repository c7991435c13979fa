"""The XML of Office files and books, which names no other file and grows no text of its own."""

from __future__ import annotations

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


class _NoXmlError(ReadingError):
    """It is no XML, but a part of it may be."""


def parse_part(archive: Archive, name: str) -> Element:
    """Return the root element of a part of an archive; of one that is damaged, what can be read of it.

    Raises:
        ReadingError: It is missing, nothing of it can be read, it is nested too deeply, or holds what no Office program writes.
    """
    data = archive.read(name)
    try:
        return parse_xml(data, name)
    except ReadingError as error:
        root = _recovered(data) if isinstance(error, _NoXmlError) else None
        if root is None or not len(root):
            raise
        archive.damaged[name] = ""
        return root


def optional_part(archive: Archive, name: str) -> Element | None:
    """Return the root element of a part without which the others can be read; None if it is missing or damaged."""
    if name not in archive:
        return None
    try:
        return parse_part(archive, name)
    except ReadingError as error:
        archive.damaged[name] = "" if isinstance(error, _NoXmlError) else error.message
        return None


def parse_xml(data: bytes, name: str) -> Element:
    """Return the root element of XML. The parser refuses what is nested more than 256 deep, so that walkers can rely on it.

    Args:
        data: The XML.
        name: What a message calls it.

    Raises:
        ReadingError: It is no XML, is nested too deeply, or holds what no Office program writes.
    """
    parser = etree.XMLParser(
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(_usual(data), parser)
    except etree.XMLSyntaxError as error:
        raise _error(str(error), name) from error


def _recovered(data: bytes) -> Element | None:
    """Return what can be read of XML that is damaged, without any entities."""
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(_usual(data), parser)
    except etree.XMLSyntaxError:
        return None


def _usual(data: bytes) -> bytes:
    return _STRICT.sub(_USUAL, data) if b"purl.oclc.org/ooxml" in data else data


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element | None) -> str:
    """Return all text inside an element in one line; empty if there is none."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _error(message: str, name: str) -> ReadingError:
    lower = message.lower()
    if "depth" in lower:
        return ReadingError(f"is nested too deeply to be read ({name})")
    if "entity" in lower and ("loop" in lower or "amplification" in lower):
        return ReadingError(f"grows without end when it is read ({name})")
    if "huge" in lower or "limit" in lower:
        return ReadingError(f"holds a text that is too long to be read ({name})")
    return _NoXmlError(f"is damaged: {name} is no valid XML")

"""A page as events: the start and the end of each element, and the text between them, by lxml's parser.

No tree is made: that would end silently at the 256th element inside another. The parser closes what a page leaves open.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

import regex
from lxml import etree

from citewell.corpus.reading.formats.office.xml import Element

_XHTML = regex.compile(
    r"\s*+(?:<\?xml\b[^>]*+>|<!--.*?-->|\s++)*+(?:<!DOCTYPE[^>\[]*?XHTML|<html\b[^>]*?xmlns\s*=\s*[\"']http://www\.w3\.org/1999/xhtml)",
    regex.I | regex.DOTALL,
)
_DECLARATION = regex.compile(r"\s*+<\?xml\b[^>]*+\?>")
_ENTITY = regex.compile(r"&(\w++);")
_OWN_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DOCTYPE = regex.compile(r"<!DOCTYPE[^>\[]*+>", regex.I)
_SELF_CLOSED = regex.compile(r"<([a-zA-Z][\w:.-]*+)((?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)(?<=/)>")
# HTML's own: they have no end, with the slash or without.
_EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)


class Events(Protocol):
    """Receives the events of a page; names of elements and attributes are in small letters, without their namespace."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""

    def end(self, tag: str) -> None:
        """Take its end."""

    def data(self, text: str) -> None:
        """Take text."""


_Taking = TypeVar("_Taking", bound=Events)


def is_xhtml(text: str) -> bool:
    """Return whether a page says that it is XHTML, in which each element may be closed in its own tag."""
    return bool(_XHTML.match(text[:4_096]))


def tell_xhtml(text: str, taking: _Taking) -> _Taking | None:
    """Tell the events of a page that is well-formed XML, and return who took them; None if it is not."""
    whole = _ENTITY.sub(_character, _DOCTYPE.sub("", _DECLARATION.sub("", text, count=1), count=1))
    parser = etree.XMLParser(
        target=_Target(taking),
        encoding="utf-8",
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        parser.feed(whole.encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:
        return None
    return taking


def tell_html(text: str, taking: _Taking, *, is_closed: bool = False) -> _Taking:
    """Tell the events of a page as a browser reads it, and return who took them.

    Args:
        text: The page.
        taking: Who takes the events.
        is_closed: Whether elements may be closed in their own tags ("<div/>"), as in XHTML that is not well-formed.
    """
    if is_closed:
        text = _SELF_CLOSED.sub(_opened, text)
    parser = etree.HTMLParser(target=_Target(taking), encoding="utf-8")
    # The parser takes an empty page for an error.
    parser.feed((text or " ").encode("utf-8", "replace"))
    parser.close()
    return taking


def tell_tree(root: Element, taking: Events) -> None:
    """Tell the events of an element that is parsed already."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = _local(element.tag)
        if event == "start":
            taking.start(name, _plain(element.attrib))
            taking.data(element.text or "")
        else:
            taking.end(name)
            if element is not root:
                taking.data(element.tail or "")


def tell_page(text: str, make: Callable[[], _Taking]) -> _Taking:
    """Tell the events of a page, as XML if it is XHTML and well-formed, and return who took them.

    Args:
        text: The page.
        make: Makes who takes them; a page that turns out to be malformed is reported again to another.
    """
    may_close = is_xhtml(text)
    taking = tell_xhtml(text, make()) if may_close else None
    return taking or tell_html(text, make(), is_closed=may_close)


class _Target:
    """What lxml tells, in plain names."""

    def __init__(self, taking: Events) -> None:
        self._taking = taking
        self.data = taking.data

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._taking.start(_local(tag), _plain(attributes) if attributes else {})

    def end(self, tag: str) -> None:
        self._taking.end(_local(tag))

    def close(self) -> None:
        pass


def _local(name: str) -> str:
    return name.rpartition("}")[2].lower()


def _plain(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes by their names without a namespace, and without the prefix that stands for one in HTML."""
    return {_local(name).rpartition(":")[2]: value for name, value in attributes.items()}


def _character(match: regex.Match[str]) -> str:
    """Return what a named character of HTML is, which XML does not know."""
    return match[0] if match[1] in _OWN_ENTITIES else html.unescape(match[0])


def _opened(match: regex.Match[str]) -> str:
    name, rest = match[1], match[2].rstrip("/")
    return f"<{name}{rest}>" if name.lower() in _EMPTY else f"<{name}{rest}></{name}>"

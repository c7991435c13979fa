"""The text of a paragraph of an OpenDocument file as it is shown, and what is anchored in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from citewell.corpus.reading.flowing import LINE_END
from citewell.corpus.reading.formats.odf.names import DRAW, OFFICE, SVG, TEXT
from citewell.corpus.reading.formats.odf.styles import Styles
from citewell.corpus.reading.formats.office.xml import Element
from citewell.corpus.reading.raising import raised

# What stands beside the text: it is read after the paragraph.
_BESIDE = frozenset({f"{TEXT}note", f"{OFFICE}annotation"})
_NO_TEXT = frozenset(
    {
        f"{TEXT}tracked-changes", f"{TEXT}ruby-text", f"{TEXT}script", f"{TEXT}note-citation", f"{OFFICE}annotation-end",
        f"{OFFICE}event-listeners", f"{SVG}title", f"{SVG}desc",
    }
)  # fmt: skip
_SPAN = f"{TEXT}span"
_HIDDEN = frozenset({f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"})


@dataclass(slots=True)
class Content:
    """What is in a paragraph: pieces of its text, what is anchored in it, and how many words are hidden."""

    pieces: list[str] = field(default_factory=list)
    beside: list[Element] = field(default_factory=list)
    hidden: int = 0


def read_spans(paragraph: Element, styles: Styles, *, is_hidden: bool) -> Content:
    """Return what is in a paragraph.

    Args:
        paragraph: The paragraph.
        styles: The styles.
        is_hidden: Whether its style hides it.
    """
    content = Content()
    # Elements to go through, and the text after each of them.
    stack: list[tuple[Element | None, str, bool, bool]] = [(paragraph, "", is_hidden, False)]
    while stack:
        element, tail, hidden, is_raised = stack.pop()
        own = tail if element is None else _own(element)
        _add(content, raised(own) if is_raised else own, hidden=hidden)
        if element is None:
            continue
        inner: list[tuple[Element | None, str, bool, bool]] = []
        for each in element:
            if each.tag in _BESIDE or str(each.tag).startswith(DRAW):
                content.beside.append(each)
            elif each.tag not in _NO_TEXT:
                is_up = is_raised or (each.tag == _SPAN and styles.raises(each.get(f"{TEXT}style-name")))
                inner.append((each, "", hidden or _hides(each, styles), is_up))
            inner.append((None, each.tail or "", hidden, is_raised))
        stack += reversed(inner)
    return content


def _own(element: Element) -> str:
    if element.tag in {f"{TEXT}s", f"{TEXT}tab"}:
        return " "
    return LINE_END if element.tag == f"{TEXT}line-break" else element.text or ""


def _hides(element: Element, styles: Styles) -> bool:
    if element.tag in _HIDDEN:
        return bool(element.get(f"{TEXT}is-hidden") == "true")
    return element.tag == _SPAN and styles.hides(element.get(f"{TEXT}style-name"))


def _add(content: Content, text: str, *, hidden: bool) -> None:
    if hidden:
        content.hidden += len(text.split())
    elif text:
        content.pieces.append(text)

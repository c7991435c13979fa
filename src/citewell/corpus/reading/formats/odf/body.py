"""The text of an OpenDocument file as blocks: paragraphs, lists, tables, and what is anchored in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import flat, paragraphs
from citewell.corpus.reading.formats.odf.file import OdfFile, figure
from citewell.corpus.reading.formats.odf.grids import read_grid
from citewell.corpus.reading.formats.odf.lists import Lists, OpenList, Outline
from citewell.corpus.reading.formats.odf.names import DC, DRAW, OFFICE, TABLE, TEXT, XLINK, small_number
from citewell.corpus.reading.formats.odf.objects import read_object
from citewell.corpus.reading.formats.odf.spans import read_spans
from citewell.corpus.reading.formats.odf.styles import ParagraphStyle, Styles
from citewell.corpus.reading.formats.office.xml import Element, text_of

# What holds paragraphs, and what holds it in turn; all else is a property, or what was deleted.
_HOLDERS = frozenset(
    f"{TEXT}{name}"
    for name in (
        "section", "table-of-content", "index-body", "index-title", "illustration-index", "table-index", "object-index",
        "user-index", "alphabetical-index", "bibliography", "numbered-paragraph",
    )
) | {f"{DRAW}g", f"{DRAW}a", f"{DRAW}text-box", f"{DRAW}page"}  # fmt: skip
_NOTES = {"footnote": "Footnote", "endnote": "Endnote"}


class Body:
    """Reads a text and its parts.

    ``title`` is what is written in the style of titles, ``hidden`` how many words are hidden, ``unread`` the names of objects
    that cannot be read, and ``list_style`` the style of lists that name none.

    Args:
        file: The file.
        styles: Its styles.
    """

    def __init__(self, file: OdfFile, styles: Styles) -> None:
        self.title: str | None = None
        self.hidden = 0
        self.unread: list[str] = []
        self.list_style: str | None = None
        self._file = file
        self._styles = styles
        self._lists = Lists(styles)
        self._outline = Outline(styles)
        self._endnotes: list[RawBlock] = []
        self._is_outline = True

    def read(self, holder: Element) -> list[RawBlock]:
        """Return the blocks in an element, and the endnotes that belong to them at their end."""
        blocks = self.blocks(holder)
        notes, self._endnotes = self._endnotes, []
        return blocks + notes

    def apart(self, holder: Element) -> list[RawBlock]:
        """Return the blocks of what is no part of the running text, so that no heading in it begins a section."""
        is_outline, self._is_outline = self._is_outline, False
        blocks = self.blocks(holder)
        self._is_outline = is_outline
        return blocks

    def blocks(self, holder: Element) -> list[RawBlock]:
        """Return the blocks in an element; the XML is at most 256 deep, and so is this."""
        found: list[RawBlock] = []
        for element in holder:
            if element.tag == f"{TEXT}section" and _is_hidden(element):
                self.hidden += len(text_of(element).split())
            elif element.tag in _HOLDERS:
                found += self.blocks(element)
            elif element.tag in _READERS:
                found += _READERS[element.tag](self, element)
            elif str(element.tag).startswith(DRAW):
                found += self.apart(element)
        return found

    def one(self, element: Element) -> list[RawBlock]:
        """Return the blocks of one element that stands apart, such as a shape."""
        if element.tag in _READERS:
            return _READERS[element.tag](self, element)
        return self.apart(element) if str(element.tag).startswith(DRAW) else []

    def _paragraph(self, element: Element) -> list[RawBlock]:
        return self._text(element, "")

    def _text(self, element: Element, label: str) -> list[RawBlock]:
        """Return a paragraph or heading as blocks, with what stands before it and what is anchored in it."""
        style = self._styles.paragraph(element.get(f"{TEXT}style-name"))
        content = read_spans(element, self._styles, is_hidden=style.is_hidden)
        self.hidden += content.hidden
        texts = paragraphs("".join(content.pieces))
        beside = [block for each in content.beside for block in self._beside(each)]
        if not texts:
            return beside
        level = self._level(element, style)
        if level and self._is_outline:
            if style.is_title:
                self.title = self.title or texts[0]
            label = self._heading_label(element, style, level) or label
            text = flat(" ".join(texts))
            return [RawBlock("heading", (f"{label} {text}" if label else text,), level=level), *beside]
        label = "" if style.has_no_label else label
        first = f"{label} {texts[0]}" if label else texts[0]
        kind = RawBlock("item" if label else "prose")
        return [replace(kind, pieces=(text,)) for text in (first, *texts[1:])] + beside

    def _level(self, element: Element, style: ParagraphStyle) -> int:
        if style.is_title:
            return 1
        if element.tag == f"{TEXT}h":
            return min(max(1, small_number(element.get(f"{TEXT}outline-level"), style.level or 1)), 9)
        return min(style.level, 9)

    def _heading_label(self, element: Element, style: ParagraphStyle, level: int) -> str:
        is_unnumbered = style.is_title or element.tag != f"{TEXT}h" or element.get(f"{TEXT}is-list-header") == "true"
        return "" if is_unnumbered else self._outline.label(level)

    def _list(self, element: Element, around: OpenList | None = None) -> list[RawBlock]:
        open_list = self._lists.begin(element, around, self.list_style)
        found: list[RawBlock] = []
        for item in element:
            if item.tag in {f"{TEXT}list-item", f"{TEXT}list-header"}:
                found += self._item(item, open_list)
        return found

    def _item(self, item: Element, open_list: OpenList) -> list[RawBlock]:
        """Return an item: its number is before its first paragraph; what only holds another list has none."""
        found: list[RawBlock] = []
        is_first = item.tag == f"{TEXT}list-item"
        for each in item:
            if each.tag in {f"{TEXT}p", f"{TEXT}h"}:
                label = self._lists.label(open_list, item) if is_first else ""
                is_first = False
                found += self._text(each, label)
            elif each.tag == f"{TEXT}list":
                found += self._list(each, open_list)
            elif each.tag in _READERS:
                found += _READERS[each.tag](self, each)
        return found

    def _table(self, element: Element) -> list[RawBlock]:
        return read_grid(element, self.blocks)

    def _frame(self, element: Element) -> list[RawBlock]:
        """Return what is in a frame: the first that can be read of several forms of the same."""
        for each in element:
            if each.tag == f"{DRAW}text-box":
                return self.apart(each)
            if each.tag == f"{TABLE}table":
                return self._table(each)
            if each.tag == f"{DRAW}object":
                blocks = read_object(self._file, each, self._table)
                if blocks:
                    return blocks
            if each.tag == f"{DRAW}object-ole":
                self.unread.append(each.get(f"{XLINK}href", "").removeprefix("./") or "object")
            if each.tag == f"{DRAW}image":
                return [figure(element, each.get(f"{XLINK}href", ""))]
        return []

    def _beside(self, element: Element) -> list[RawBlock]:
        if element.tag == f"{TEXT}note":
            return self._note(element)
        if element.tag == f"{OFFICE}annotation":
            return self._comment(element)
        return self._frame(element) if element.tag == f"{DRAW}frame" else self.apart(element)

    def _note(self, element: Element) -> list[RawBlock]:
        kind = element.get(f"{TEXT}note-class", "footnote")
        body = element.find(f"{TEXT}note-body")
        number = text_of(element.find(f"{TEXT}note-citation"))
        blocks = prefixed(
            f"{_NOTES.get(kind, 'Note')} {number}".strip() + ": ", [] if body is None else self.apart(body)
        )
        if kind == "endnote":
            self._endnotes += blocks
            return []
        return blocks

    def _comment(self, element: Element) -> list[RawBlock]:
        author = text_of(element.find(f"{DC}creator"))
        return prefixed(f"Comment ({author}): " if author else "Comment: ", self.apart(element))


def _is_hidden(section: Element) -> bool:
    """Return whether a section is hidden, always or by the condition that it had when it was saved."""
    return bool(section.get(f"{TEXT}display") == "none" or section.get(f"{TEXT}is-hidden") == "true")


def prefixed(before: str, blocks: Sequence[RawBlock]) -> list[RawBlock]:
    """Return blocks, with a name before the first of them."""
    return [replace(blocks[0], pieces=(before, *blocks[0].pieces)), *blocks[1:]] if blocks else []


_READERS: dict[str, Callable[[Body, Element], list[RawBlock]]] = {
    f"{TEXT}p": Body._paragraph,
    f"{TEXT}h": Body._paragraph,
    f"{TEXT}list": Body._list,
    f"{TABLE}table": Body._table,
    f"{DRAW}frame": Body._frame,
    f"{OFFICE}annotation": Body._comment,
}

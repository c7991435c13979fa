"""The blocks of a Word text, part by part: paragraphs, tables, text boxes and notes, each where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import flat, paragraphs
from citewell.corpus.reading.formats.docx.chunks import read_chunk
from citewell.corpus.reading.formats.docx.grids import GridCell, blocks_of_grid, grid_of
from citewell.corpus.reading.formats.docx.notes import Notes
from citewell.corpus.reading.formats.docx.numbering import Numbering
from citewell.corpus.reading.formats.docx.runs import Content, Runs
from citewell.corpus.reading.formats.docx.styles import VAL, Style, Styles, W, level_of, numbering_of
from citewell.corpus.reading.formats.office.drawing import ALTERNATIVES, chosen
from citewell.corpus.reading.formats.office.formulas import formula
from citewell.corpus.reading.formats.office.package import Package
from citewell.corpus.reading.formats.office.xml import Element

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# What holds paragraphs, and what holds it in turn; all else is a property, or deleted.
_HOLDERS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag"})
_NO_NUMBER = "0"


class Body:
    """Reads a text and its parts.

    ``title`` is what is written in the style of titles, ``hidden`` how many words are hidden, ``files`` the ids of the files
    inside the text.

    Args:
        package: The package.
        part: The name of the main part.
    """

    def __init__(self, package: Package, part: str) -> None:
        self.title: str | None = None
        self.hidden = 0
        self.files: list[str] = []
        self._package = package
        self._part = part
        self._styles = Styles(package.one(part, "styles"))
        self._numbering = Numbering(package.one(part, "numbering"), self._styles)
        self._notes = Notes(package, part)
        self._runs = Runs(package, part, self._styles)
        self._kept: list[str] = []
        self._endnotes: list[RawBlock] = []
        self._is_outline = True

    def read(self, root: Element) -> list[RawBlock]:
        """Return the blocks of the main part."""
        body = root.find(f"{W}body")
        return self._blocks(root if body is None else body) + self._endnotes

    def _blocks(self, holder: Element) -> list[RawBlock]:
        """Return the blocks in an element; the XML is at most 256 deep, and so is this."""
        found: list[RawBlock] = []
        stack = [iter(holder)]
        while stack:
            for element in stack[-1]:
                inner = self._inner(element)
                if inner is not None:
                    stack.append(iter(inner))
                    break
                read = _READERS.get(element.tag)
                if read:
                    found += read(self, element)
            else:
                stack.pop()
        return found

    def _inner(self, element: Element) -> Element | None:
        if element.tag in _HOLDERS:
            return element
        return chosen(element) if element.tag == ALTERNATIVES else None

    def _paragraph(self, element: Element) -> list[RawBlock]:
        properties = element.find(_PARAGRAPH_PROPERTIES)
        named = None if properties is None else properties.find(_PARAGRAPH_STYLE)
        style_name = None if named is None else named.get(VAL)
        style = self._styles.of(style_name)
        content = self._runs.read(element, style)
        self.hidden += content.hidden
        self.files += content.files
        if self._kept:
            content.pieces[:0] = self._kept
            self._kept = []
        if properties is not None and properties.find(_DELETED_END) is not None:
            self._kept = content.pieces
            blocks: list[RawBlock] = []
        else:
            label = self._label(properties, style, style_name or "")
            blocks = self._text(content, properties, style, label)
        return blocks + self._beside(content)

    def _text(self, content: Content, properties: Element | None, style: Style, label: str) -> list[RawBlock]:
        """Return the text of a paragraph as blocks."""
        texts = paragraphs("".join(content.pieces))
        if not texts:
            return []
        level = level_of(properties)
        level = style.level if level is None else level
        if style.is_title and self._is_outline:
            level = 1
            self.title = self.title or flat(texts[0])
        before = f"{label} " if label else ""
        if level and self._is_outline:
            return [RawBlock("heading", (before + flat(" ".join(texts)),), level=level)]
        is_item = bool(label) or style.is_contents
        first = RawBlock("item" if is_item else "prose", (before + texts[0],))
        return [first, *(replace(first, pieces=(text,)) for text in texts[1:])]

    def _label(self, properties: Element | None, style: Style, name: str) -> str:
        """Return the number that Word shows before a paragraph."""
        number, depth = numbering_of(properties)
        if number is None:
            number = style.number
            if number and depth is None:
                depth = style.depth or self._numbering.depth_of_style(number, name)
        if not number or number == _NO_NUMBER:
            return ""
        return self._numbering.label(number, depth or 0)

    def _beside(self, content: Content) -> list[RawBlock]:
        """Return what stands beside a paragraph: pictures, text boxes, notes."""
        blocks = list(content.figures)
        for box in content.boxes:
            blocks += self._apart(box)
        for kind, name in content.notes:
            note = self._notes.take(kind, name)
            if note:
                (self._endnotes if kind == "endnote" else blocks).extend(self._note(kind, *note))
        return blocks

    def _note(self, kind: str, before: str, element: Element) -> list[RawBlock]:
        runs, self._runs = self._runs, Runs(self._package, self._notes.part(kind), self._styles)
        blocks = self._apart(element)
        self._runs = runs
        if blocks:
            first = blocks[0]
            blocks[0] = replace(first, pieces=(before, *first.pieces))
        return blocks

    def _apart(self, element: Element) -> list[RawBlock]:
        """Return the blocks of what is no part of the running text, so that no heading in it begins a section."""
        is_outline, self._is_outline = self._is_outline, False
        kept, self._kept = self._kept, []
        blocks = self._blocks(element)
        self._is_outline, self._kept = is_outline, kept
        return blocks

    def _table(self, element: Element) -> list[RawBlock]:
        rows = grid_of(element)
        for row in rows:
            for cell in row:
                self._cell(cell)
        return blocks_of_grid(element, rows, self._styles)

    def _cell(self, cell: GridCell) -> None:
        cell.blocks = self._blocks(cell.element)
        bold = (run.find(f"{W}rPr/{W}b") for run in cell.element.iter(f"{W}r"))
        cell.is_bold = all(each is not None and each.get(VAL, "1") not in {"0", "false"} for each in bold)

    def _formula(self, element: Element) -> list[RawBlock]:
        text = flat(formula(element))
        return [RawBlock("prose", (text,))] if text else []

    def _chunk(self, element: Element) -> list[RawBlock]:
        """Read a file that Word shows as a part of the text, or take it as a file inside it."""
        name = element.get(f"{_R}id", "")
        relation = self._package.relations(self._part).get(name)
        blocks = None
        if relation and relation.target in self._package.archive:
            blocks = read_chunk(relation.target, self._package.archive.read(relation.target))
        self.files += [name] if blocks is None else []
        return blocks or []


_PARAGRAPH_PROPERTIES = f"{W}pPr"
_PARAGRAPH_STYLE = f"{W}pStyle"
_DELETED_END = f"{W}rPr/{W}del"
_READERS: dict[str, Callable[[Body, Element], list[RawBlock]]] = {
    f"{W}p": Body._paragraph,
    f"{W}tbl": Body._table,
    f"{W}altChunk": Body._chunk,
    f"{_M}oMath": Body._formula,
    f"{_M}oMathPara": Body._formula,
}

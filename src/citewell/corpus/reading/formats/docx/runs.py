"""The text of a Word paragraph as it is shown: with tracked insertions, without deletions; what is hidden is only counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import LINE_END
from citewell.corpus.reading.formats.docx.drawings import Drawn, read_drawing
from citewell.corpus.reading.formats.docx.styles import VAL, Style, Styles, W, is_on
from citewell.corpus.reading.formats.office.drawing import ALTERNATIVES, chosen
from citewell.corpus.reading.formats.office.formulas import formula
from citewell.corpus.reading.formats.office.package import Package
from citewell.corpus.reading.formats.office.symbols import symbol, without_private
from citewell.corpus.reading.formats.office.xml import Element
from citewell.corpus.reading.raising import raised

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# What holds runs, and what holds it in turn; all else is a property, or deleted.
_HOLDERS = frozenset(
    W + name
    for name in (
        "ins moveTo hyperlink smartTag customXml sdt sdtContent fldSimple dir bdo ruby rubyBase".split()  # noqa: SIM905
    )
)
_BOXES = ("☐ ", "☑ ")
# Of no use to a reader, such as the codes of fields.
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote", f"{W}commentReference": "comment"}


@dataclass(slots=True)
class Content:
    """What is in a paragraph: pieces of its text, what is drawn in it, and the notes that it refers to, by kind and id."""

    pieces: list[str] = field(default_factory=list)
    figures: list[RawBlock] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    hidden: int = 0


class Runs:
    """Reads paragraphs.

    Args:
        package: The package.
        part: The name of the part in which the paragraphs are.
        styles: The styles.
    """

    def __init__(self, package: Package, part: str, styles: Styles) -> None:
        self._package = package
        self._part = part
        self._styles = styles
        self._style = Style()
        self._content = Content()
        self._is_raised = False

    def read(self, paragraph: Element, style: Style) -> Content:
        """Return what is in a paragraph of a style."""
        self._content = content = Content()
        self._style = style
        stack = [iter(paragraph)]
        while stack:
            inner = self._through(stack[-1])
            if inner is None:
                stack.pop()
            else:
                stack.append(iter(inner))
        return content

    def _through(self, elements: Iterable[Element]) -> Element | None:
        """Read elements up to the first that holds others, and return it; None at their end."""
        for element in elements:
            tag = element.tag
            if tag == _RUN:
                self._run(element)
            elif tag in _HOLDERS:
                return element
            elif tag == ALTERNATIVES:
                return chosen(element)
            elif tag in _FORMULAS:
                self._content.pieces.append(f" {formula(element)} ")
        return None

    def _run(self, run: Element) -> None:
        properties = run.find(_RUN_PROPERTIES)
        if self._is_hidden(properties):
            self._content.hidden += len("".join(each.text or "" for each in run.iter(_TEXT)).split())
            return
        place = None if properties is None else properties.find(_PLACE)
        self._is_raised = place is not None and place.get(VAL) == "superscript"
        for element in run:
            read = _PARTS.get(element.tag)
            if read:
                read(self, element)

    def _is_hidden(self, properties: Element | None) -> bool:
        if properties is None:
            return self._style.is_hidden
        own = properties.find(_VANISH)
        if own is not None:
            return is_on(own)
        named = properties.find(_RUN_STYLE)
        return self._style.is_hidden or (named is not None and self._styles.of(named.get(VAL)).is_hidden)

    def _text(self, element: Element) -> None:
        text = element.text or ""
        text = text if text.isascii() else without_private(text, _font(element.getparent()))
        self._content.pieces.append(raised(text) if self._is_raised else text)

    def _tab(self, _element: Element) -> None:
        self._content.pieces.append(" ")

    def _break(self, element: Element) -> None:
        self._content.pieces.append(" " if element.get(f"{W}type") in {"page", "column"} else LINE_END)

    def _hyphen(self, _element: Element) -> None:
        self._content.pieces.append("\u2011")

    def _symbol(self, element: Element) -> None:
        try:
            code = int(element.get(f"{W}char", ""), 16)
        except ValueError:
            return
        self._content.pieces.append(symbol(code, element.get(f"{W}font", "")))

    def _note(self, element: Element) -> None:
        self._content.notes.append((_NOTES[element.tag], element.get(f"{W}id", "")))

    def _field(self, element: Element) -> None:
        """Show a box to tick, or the choice from a list, which are no text in the file."""
        box = element.find(f"{W}ffData/{W}checkBox")
        if box is not None:
            state = box.find(f"{W}checked")
            state = box.find(f"{W}default") if state is None else state
            self._content.pieces.append(_BOXES[is_on(state)])

    def _drawing(self, element: Element) -> None:
        self._add(read_drawing(self._package, self._part, element))

    def _alternatives(self, element: Element) -> None:
        one = chosen(element)
        for each in () if one is None else one:
            read = _PARTS.get(each.tag)
            if read:
                read(self, each)

    def _ruby(self, element: Element) -> None:
        for each in element.iterfind(f"{W}rubyBase//{W}t"):
            self._text(each)

    def _add(self, drawn: Drawn) -> None:
        self._content.figures += drawn.blocks
        self._content.boxes += drawn.boxes
        self._content.files += drawn.files


def _font(run: Element) -> str:
    fonts = run.find(f"{W}rPr/{W}rFonts")
    return "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""


_RUN = f"{W}r"
_RUN_PROPERTIES = f"{W}rPr"
_RUN_STYLE = f"{W}rStyle"
_VANISH = f"{W}vanish"
_PLACE = f"{W}vertAlign"
_TEXT = f"{W}t"
_FORMULAS = frozenset({f"{_M}oMath", f"{_M}oMathPara"})
_PARTS: dict[str, Callable[[Runs, Element], None]] = {
    _TEXT: Runs._text,
    f"{W}tab": Runs._tab,
    f"{W}ptab": Runs._tab,
    f"{W}br": Runs._break,
    f"{W}cr": Runs._break,
    f"{W}noBreakHyphen": Runs._hyphen,
    f"{W}sym": Runs._symbol,
    f"{W}fldChar": Runs._field,
    f"{W}drawing": Runs._drawing,
    f"{W}pict": Runs._drawing,
    f"{W}object": Runs._drawing,
    f"{W}ruby": Runs._ruby,
    ALTERNATIVES: Runs._alternatives,
    **dict.fromkeys(_NOTES, Runs._note),
}

"""What each element of a page means for its text, at its start and at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import regex

from citewell.corpus.reading.formats.html.cells import OpenTable
from citewell.corpus.reading.formats.html.flow import Marker, Place
from citewell.corpus.reading.formats.html.state import Element, OpenList, State, whole_number
from citewell.corpus.reading.raising import raised

Attributes = Mapping[str, str]

_NAME_OF_FILE = regex.compile(r"\S++(?<=\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?|ico))", regex.I)
_TYPED = frozenset({"", "text", "number", "date", "email", "tel", "url", "time", "month", "week", "datetime-local"})
_BOXES = frozenset({"checkbox", "radio"})
# A shorter form is a search, a login, or an order of news; some pages are one form as a whole.
_FORM_WITH_TEXT = 50
_LONGEST_ON_BUTTON = 3
# Tables deeper than that only arrange the page.
_DEEPEST_TABLE = 20


def _html(state: State, _element: Element, attributes: Attributes) -> None:
    state.head.language = attributes.get("lang") or state.head.language


def _meta(state: State, _element: Element, attributes: Attributes) -> None:
    state.head.meta(attributes)


def _title(state: State, _element: Element, _attributes: Attributes) -> None:
    state.head.begin_title()
    state.is_in_title = True


def _end_title(state: State, _element: Element) -> None:
    state.is_in_title = False


def _line(state: State, _element: Element, _attributes: Attributes) -> None:
    state.flow.end_line()


def _list(state: State, element: Element, attributes: Attributes) -> None:
    state.flow.settle()
    if element.tag != "ol":
        state.lists.append(OpenList(None))
        return
    step = -1 if "reversed" in attributes else 1
    # Backwards, the first number is that of the items to come.
    start = whole_number(attributes["start"], 1) if "start" in attributes else None if step < 0 else 1
    state.lists.append(OpenList(start, step, attributes.get("type", "1")))


def _end_list(state: State, _element: Element) -> None:
    state.lists.pop()


def _item(state: State, _element: Element, attributes: Attributes) -> None:
    around = state.lists[-1] if state.lists else OpenList(None)
    state.flow.place.markers.append(Marker(around.marker(attributes.get("value"))))


def _end_item(state: State, _element: Element) -> None:
    state.flow.settle()
    state.flow.place.markers.pop()


def _term(state: State, _element: Element, _attributes: Attributes) -> None:
    place = state.flow.place
    if place.terms is None:
        place.terms = []


def _end_term(state: State, _element: Element) -> None:
    place = state.flow.place
    place.waiting += place.terms or []
    place.terms = None


def _explanation(state: State, element: Element, _attributes: Attributes) -> None:
    place = state.flow.place
    # Of a term that is not closed.
    _end_term(state, element)
    place.markers.append(Marker(", ".join(place.waiting), is_term=True))
    place.waiting = []


def _terms(state: State, element: Element, _attributes: Attributes) -> None:
    state.flow.settle()
    element.place = state.flow.enter(Place(state.flow.place.blocks, state.flow.place.markers[-1:]))


def _end_terms(state: State, element: Element) -> None:
    state.flow.add_waiting()
    if element.place:
        state.flow.place = element.place


def _table(state: State, _element: Element, attributes: Attributes) -> None:
    state.flow.settle()
    if len(state.tables) >= _DEEPEST_TABLE or state.flat_tables:
        state.flat_tables += 1
        return
    if state.tables:
        state.tables[-1].has_table = True
    state.tables.append(OpenTable(attributes.get("role", "").strip().lower() in {"presentation", "none"}))


def _end_table(state: State, _element: Element) -> None:
    if state.flat_tables:
        state.flat_tables -= 1
    else:
        state.flow.place.blocks += state.tables.pop().blocks()


def _in_table(state: State) -> OpenTable | None:
    return state.tables[-1] if state.tables and not state.flat_tables else None


def _caption(state: State, _element: Element, _attributes: Attributes) -> None:
    table = _in_table(state)
    if table:
        table.has_caption = True


def _table_head(state: State, _element: Element, _attributes: Attributes) -> None:
    table = _in_table(state)
    if table:
        table.is_in_head = True


def _end_table_head(state: State, _element: Element) -> None:
    table = _in_table(state)
    if table:
        table.is_in_head = False


def _row(state: State, _element: Element, _attributes: Attributes) -> None:
    table = _in_table(state)
    if table:
        table.begin_row()


def _cell(state: State, element: Element, attributes: Attributes) -> None:
    table = _in_table(state)
    if not table:
        return
    place = Place([])
    table.begin_cell(place.blocks, attributes, is_head=element.tag == "th")
    element.place = state.flow.enter(place)


def _end_cell(state: State, element: Element) -> None:
    if element.place:
        state.flow.add_waiting()
        state.flow.place = element.place


def _image(state: State, _element: Element, attributes: Attributes) -> None:
    text = " ".join(attributes.get("alt", "").split())
    text = "" if _NAME_OF_FILE.fullmatch(text) else text
    address = attributes.get("src", "")
    if address.startswith("data:"):
        state.inlined.append(address)
        address = attributes.get("data-src") or f"data:{len(state.inlined)}"
    # A picture of a letter, such as a smile, is one.
    if state.flow.is_one_line or (text and not any(map(str.isalnum, text))):
        state.flow.pieces.append(text)
    else:
        state.flow.add_figure(text, address)


def _end_figure(state: State, element: Element) -> None:
    """Let the caption of a picture be its text, if it has no other."""
    blocks = state.flow.place.blocks
    # Not of more, which figures inside each other would copy again and again.
    found = blocks[element.blocks :] if len(blocks) == element.blocks + 2 else []
    if [block.kind for block in found] == ["figure", "prose"] and not found[0].pieces[0]:
        blocks[element.blocks :] = [replace(found[0], pieces=found[1].pieces)]


def _link(state: State, element: Element, attributes: Attributes) -> None:
    element.address = attributes.get("href", "")
    if element.address.startswith("#"):
        state.references.add(element.address[1:])


def _end_link(state: State, element: Element) -> None:
    """Drop the sign that a heading has to link to itself."""
    pieces = state.flow.pieces
    if not element.address.startswith("#") or element.flushes != state.flow.flushes:
        return
    if not any(character.isalnum() for piece in pieces[element.at :] for character in piece):
        del pieces[element.at :]


def _end_raised(state: State, element: Element) -> None:
    pieces = state.flow.pieces
    if element.flushes == state.flow.flushes and not state.flow.is_verbatim:
        pieces[element.at :] = [raised("".join(pieces[element.at :]))]


def _quotation(state: State, _element: Element, _attributes: Attributes) -> None:
    state.flow.pieces.append("“")


def _end_quotation(state: State, _element: Element) -> None:
    state.flow.pieces.append("”")


def _form(state: State, element: Element, _attributes: Attributes) -> None:
    element.is_tentative = state.is_page


def _end_form(state: State, element: Element) -> None:
    if element.is_tentative and state.flow.words - element.words < _FORM_WITH_TEXT:
        state.furniture += state.flow.discard(element.blocks, element.words)


def _button(state: State, element: Element, attributes: Attributes) -> None:
    """Begin a button: one alone has no text to read, unless it unfolds some."""
    unfolds = "aria-expanded" in attributes or "aria-controls" in attributes
    element.is_tentative = not (unfolds or state.flow.is_begun or state.flow.is_one_line)
    if unfolds and not state.flow.is_one_line:
        state.flow.flush()


def _end_button(state: State, element: Element) -> None:
    if not element.is_tentative or element.flushes != state.flow.flushes:
        return
    words = len("".join(state.flow.pieces[element.at :]).split())
    if words <= _LONGEST_ON_BUTTON:
        del state.flow.pieces[element.at :]
        state.furniture += words
    else:
        state.flow.flush()


def _input(state: State, _element: Element, attributes: Attributes) -> None:
    kind = attributes.get("type", "").strip().lower()
    if kind in _BOXES:
        state.flow.pieces.append("☑ " if "checked" in attributes else "☐ ")
    elif kind in _TYPED and attributes.get("value"):
        state.flow.pieces.append(f" {attributes['value']} ")


BEGIN: dict[str, Callable[[State, Element, Attributes], None]] = {
    "html": _html, "meta": _meta, "title": _title, "br": _line, "ul": _list, "ol": _list, "menu": _list, "dir": _list,
    "li": _item, "dl": _terms, "dt": _term, "dd": _explanation, "table": _table, "caption": _caption, "thead": _table_head,
    "tr": _row, "td": _cell, "th": _cell, "img": _image, "a": _link, "q": _quotation, "form": _form, "button": _button,
    "input": _input,
}  # fmt: skip
FINISH: dict[str, Callable[[State, Element], None]] = {
    "title": _end_title, "ul": _end_list, "ol": _end_list, "menu": _end_list, "dir": _end_list, "li": _end_item,
    "dl": _end_terms, "dt": _end_term, "dd": _end_item, "table": _end_table, "thead": _end_table_head, "td": _end_cell,
    "th": _end_cell, "a": _end_link, "q": _end_quotation, "figure": _end_figure, "form": _end_form, "button": _end_button,
    "sup": _end_raised,
}  # fmt: skip

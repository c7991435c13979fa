"""The events of a page to blocks, with a stack of its own, so that no page is too deep."""

from __future__ import annotations

from collections.abc import Mapping

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.formats.html.elements import BEGIN, FINISH
from citewell.corpus.reading.formats.html.facts import Head
from citewell.corpus.reading.formats.html.leaving_out import Reason, reason_to_leave_out
from citewell.corpus.reading.formats.html.maths import begin_part, end_part
from citewell.corpus.reading.formats.html.state import Element, new_state, whole_number

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "noframes", "ol", "p", "plaintext", "pre",
        "search", "section", "summary", "table", "tbody", "td", "text", "textarea", "tfoot", "th", "thead", "tr", "ul", "xmp",
    }
)  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_VERBATIM = frozenset({"pre", "listing", "plaintext", "textarea", "xmp"})
# What has a head and a foot of its own.
_INSIDES = frozenset(
    {"article", "section", "main", "blockquote", "details", "dialog", "fieldset", "figure", "td", "li"}
)
_MOST_LEVELS = 9


class Walker:
    """Takes the events of a page.

    ``blocks`` are its blocks, and ``anchors`` the names of places in it with the number of the block that begins there;
    ``hidden`` is how many words the page hides.

    Args:
        is_page: Whether it is a page of a website, with menus.
    """

    def __init__(self, *, is_page: bool) -> None:
        self.blocks: list[RawBlock] = []
        self.hidden = 0
        self.anchors: dict[str, int] = {}
        self._state = new_state(self.blocks, is_page=is_page)
        self._left_out: list[str] = []
        self._reason: Reason = ""
        self._name_of_page: list[str] = []
        self._in_name = 0

    @property
    def head(self) -> Head:
        """What the page says about itself."""
        return self._state.head

    @property
    def inlined(self) -> list[str]:
        """The addresses of pictures that hold these themselves."""
        return self._state.inlined

    @property
    def words(self) -> int:
        """How many words there are."""
        return self._state.flow.words

    @property
    def furniture(self) -> int:
        """How many words were left out because they are none of the text."""
        return self._state.furniture

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        if self._left_out:
            self._left_out.append(tag)
            self._in_name += tag == "h1" and self._left_out[0] == "header"
            return
        if tag in _BLOCKS:
            self._state.flow.flush()
        self._reason = self._reason_to_leave_out(tag, attributes)
        if self._reason:
            self._left_out.append(tag)
        else:
            self._begin(tag, attributes)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._left_out:
            self._in_name -= self._left_out.pop() == "h1" and self._in_name > 0
            return
        state = self._state
        if tag in _BLOCKS:
            state.flow.flush()
        element = state.open.pop()
        state.insides -= element.is_inside
        if tag in FINISH:
            FINISH[tag](state, element)
        elif tag in _VERBATIM:
            state.flow.end_verbatim()
        elif element.place:
            state.flow.flush()
            state.flow.place.level = 0
        if element.flushes == state.flow.flushes:
            end_part(state.open[-1] if state.open else None, element, state.flow.pieces)

    def data(self, text: str) -> None:
        """Take text."""
        if self._left_out:
            self._count(text)
        elif self._state.is_in_title:
            self._state.head.add_title(text)
        else:
            self._state.flow.pieces.append(text)

    def finish(self) -> None:
        """End the page: where its head alone has its name, that is its first heading."""
        self._state.flow.flush()
        self._state.flow.add_waiting()
        name = " ".join("".join(self._name_of_page).split())
        if name and self.words and not any(block.kind == "heading" and block.level == 1 for block in self.blocks):
            self.blocks.insert(0, RawBlock("heading", (name,), level=1))

    def _reason_to_leave_out(self, tag: str, attributes: Mapping[str, str]) -> Reason:
        state = self._state
        if tag == "title" and (state.head.has_title or (state.open and state.open[-1].tag == "svg")):
            return "nothing"
        is_noted = bool(state.references) and attributes.get("id", "") in state.references
        return reason_to_leave_out(
            tag, attributes, is_page=state.is_page, is_inside=state.insides > 0, is_noted=is_noted
        )

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        state, flow = self._state, self._state.flow
        if state.open:
            begin_part(state.open[-1], tag, flow.pieces)
        element = Element(tag, len(flow.pieces), flow.flushes, len(flow.place.blocks), flow.words)
        if tag in _INSIDES or attributes.get("role") == "main":
            element.is_inside = True
            state.insides += 1
        state.open.append(element)
        name = attributes.get("id") or (attributes.get("name") if tag == "a" else None)
        if name and flow.place.blocks is self.blocks:
            self.anchors.setdefault(name, len(self.blocks))
        if tag in BEGIN:
            BEGIN[tag](state, element, attributes)
        elif tag in _VERBATIM:
            flow.begin_verbatim()
        elif tag in _HEADINGS or attributes.get("role") == "heading":
            flow.flush()
            flow.settle()
            element.place = flow.place
            level = _HEADINGS.get(tag) or whole_number(attributes.get("aria-level"), 2)
            flow.place.level = min(max(1, level), _MOST_LEVELS)

    def _count(self, text: str) -> None:
        """Count what is left out, and keep the name of the page."""
        if self._reason == "hidden":
            self.hidden += len(text.split())
        elif self._reason == "furniture":
            self._state.furniture += len(text.split())
            if self._in_name:
                self._name_of_page.append(text)

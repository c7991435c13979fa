"""What is known in the middle of a page: the elements that are open, the lists and tables among them, and the text so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.formats.html.cells import OpenTable
from citewell.corpus.reading.formats.html.facts import Head
from citewell.corpus.reading.formats.html.flow import Flow, Place
from citewell.corpus.reading.numerals import Style, numeral

_BULLET = "•"
_STYLES: dict[str, tuple[Style, bool]] = {
    "a": ("letters", False),
    "A": ("letters", True),
    "i": ("roman", False),
    "I": ("roman", True),
}


@dataclass(slots=True)
class Element:
    """An element that is open: where its text begins, and what it changed.

    ``at`` is its first piece in the paragraph that was open at its start, the ``flushes``-th; ``blocks`` and ``words`` are how
    many there were. ``place`` is where the text before it goes, if that of its own goes elsewhere.
    """

    tag: str
    at: int
    flushes: int
    blocks: int
    words: int
    children: int = 0
    is_inside: bool = False
    is_tentative: bool = False
    address: str = ""
    place: Place | None = None


@dataclass(slots=True)
class OpenList:
    """A list: what its next item is numbered; None where items have no numbers."""

    number: int | None
    step: int = 1
    style: str = "1"

    def marker(self, value: str | None) -> str:
        """Return what stands before the next item.

        Args:
            value: The number that the item asks for, if it does.
        """
        if self.number is None:
            return _BULLET
        if value is not None:
            self.number = whole_number(value, self.number)
        style, is_upper = _STYLES.get(self.style, ("decimal", False))
        text = f"{numeral(self.number, style, is_upper=is_upper)}."
        self.number += self.step
        return text


@dataclass(slots=True)
class State:
    """What is known in the middle of a page.

    ``references`` are the places in it that the text refers to, ``inlined`` the addresses of pictures that hold these.
    """

    is_page: bool
    flow: Flow
    head: Head = field(default_factory=Head)
    open: list[Element] = field(default_factory=list)
    insides: int = 0
    tables: list[OpenTable] = field(default_factory=list)
    flat_tables: int = 0
    lists: list[OpenList] = field(default_factory=list)
    references: set[str] = field(default_factory=set)
    inlined: list[str] = field(default_factory=list)
    is_in_title: bool = False
    furniture: int = 0


def new_state(blocks: list[RawBlock], *, is_page: bool) -> State:
    """Return the state at the beginning of a page, whose blocks are added to a list."""
    return State(is_page, Flow(blocks))


def whole_number(text: str | None, usual: int) -> int:
    """Return a number from an attribute; the usual one if it is none, or one that no list has."""
    digits = (text or "").strip().removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 7
    return int((text or "").strip()) if is_number else usual

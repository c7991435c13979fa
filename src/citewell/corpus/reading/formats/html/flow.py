"""The text of a page as it runs: pieces of a paragraph become a block where the paragraph ends."""

from __future__ import annotations

from dataclasses import dataclass, field

import regex

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import LINE_END, flat, paragraphs

# At the beginning of code, and white space at its end; what its first line is indented by is kept.
_EMPTY_LINES = regex.compile(r"\A(?:[^\S\n]*+\n)++|\s++\Z")
_ENDS = (".", ":", "?", "!", ";")


@dataclass(slots=True)
class Marker:
    """What stands before the first block of an item: its number or sign, or the term that it explains."""

    text: str
    is_term: bool = False


@dataclass(slots=True)
class Place:
    """Where blocks go, and what they are there: a cell of a table has one of its own.

    ``level`` is that of the heading that is being read, ``terms`` are those that are being read, and ``waiting`` those whose
    explanation is to come.
    """

    blocks: list[RawBlock] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    level: int = 0
    terms: list[str] | None = None
    waiting: list[str] = field(default_factory=list)


class Flow:
    """Collects blocks.

    ``place`` is where they go, ``words`` how many there are, and ``flushes`` counts the ends of paragraphs, so that a piece of
    one can be told from another.
    """

    def __init__(self, blocks: list[RawBlock]) -> None:
        self.place = Place(blocks)
        self.pieces: list[str] = []
        self.words = 0
        self.flushes = 0
        self._verbatim = 0
        self._figures: list[RawBlock] = []

    @property
    def is_begun(self) -> bool:
        """Whether the paragraph has text already."""
        return any(piece and not piece.isspace() for piece in self.pieces)

    @property
    def is_one_line(self) -> bool:
        """Whether what is being read is one line, such as a heading, so that a picture in it is only its text."""
        return bool(self.place.level or self.place.terms is not None)

    @property
    def is_verbatim(self) -> bool:
        """Whether lines and spaces are kept as they are."""
        return self._verbatim > 0

    def end_line(self) -> None:
        """End a line inside a paragraph."""
        self.pieces.append("\n" if self._verbatim else LINE_END)

    def add_figure(self, text: str, reference: str) -> None:
        """Add a picture after the paragraph that is being read."""
        self._figures.append(RawBlock("figure", (text,), reference=reference))

    def begin_verbatim(self) -> None:
        """Keep lines and spaces as they are from here on."""
        self.flush()
        self.settle()
        self._verbatim += 1

    def end_verbatim(self) -> None:
        """End what is kept as it is."""
        self._verbatim -= 1
        if self._verbatim:
            return
        text = _EMPTY_LINES.sub("", self._taken().replace("\r\n", "\n").replace("\r", "\n"))
        if text:
            self._add(RawBlock("verbatim", (text,)), text)

    def flush(self) -> None:
        """End the paragraph."""
        if self._verbatim:
            if self.pieces and not self.pieces[-1].endswith("\n"):
                self.pieces.append("\n")
            return
        if self.pieces:
            self._emit(self._taken())
        if self._figures:
            self.place.blocks += self._figures
            self._figures.clear()

    def settle(self) -> None:
        """Add a term whose explanation does not begin with a paragraph."""
        marker = self.place.markers[-1] if self.place.markers else None
        if marker and marker.is_term and marker.text:
            term, marker.text = marker.text, ""
            self._add(RawBlock("item", (term,)), term)

    def enter(self, place: Place) -> Place:
        """Let blocks go elsewhere from here on, and return where they went."""
        before, self.place = self.place, place
        return before

    def add_waiting(self) -> None:
        """Add the terms that nothing explains."""
        waiting, self.place.waiting = self.place.waiting, []
        for term in waiting:
            self._add(RawBlock("item", (term,)), term)

    def discard(self, start: int, words: int) -> int:
        """Remove the blocks from a place on, and return how many words they had."""
        del self.place.blocks[start:]
        lost, self.words = self.words - words, words
        return lost

    def _taken(self) -> str:
        text = "".join(self.pieces)
        self.pieces.clear()
        self.flushes += 1
        return text

    def _emit(self, text: str) -> None:
        place = self.place
        if not place.level:
            for paragraph in paragraphs(text):
                self._emit_paragraph(paragraph)
        elif name := flat(text):
            self._add(RawBlock("heading", (name,), level=place.level), name)

    def _emit_paragraph(self, text: str) -> None:
        place = self.place
        if place.terms is not None:
            place.terms.append(text.replace("\n", " "))
        elif place.markers:
            marker = place.markers[-1]
            line = f"{_before(marker)}{text}".replace("\n", " ")
            marker.text = ""
            self._add(RawBlock("item", (line,)), line)
        else:
            self._add(RawBlock("prose", (text,)), text)

    def _add(self, block: RawBlock, text: str) -> None:
        self.words += len(text.split())
        self.place.blocks.append(block)


def _before(marker: Marker) -> str:
    if not marker.text:
        return ""
    return f"{marker.text}: " if marker.is_term and not marker.text.endswith(_ENDS) else f"{marker.text} "

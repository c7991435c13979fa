"""Chunks to blocks: pieces with their boxes, words joined over line ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Literal

from citewell.corpus.reading.extract import Box, RawBlock
from citewell.corpus.reading.formats.pdf.flow import Chunk
from citewell.corpus.reading.formats.pdf.hyphens import SOFT, Hyphens
from citewell.corpus.reading.formats.pdf.table_rows import Row
from citewell.corpus.reading.formats.pdf.words import Line, Page, Word, is_apart
from citewell.document import Location

_Piece = tuple[str, Box | None]
# Indents of code that are kept, in letters.
_DEEPEST_INDENT = 60
_LONG_CELL = 120


class Emitter:
    """Makes blocks of chunks.

    Args:
        pages: The pages by number.
        hyphens: The words of the document.
    """

    def __init__(self, pages: dict[int, Page], hyphens: Hyphens) -> None:
        self._pages = pages
        self._hyphens = hyphens

    def blocks(self, chunks: Iterable[Chunk]) -> Iterator[RawBlock]:
        """Yield the blocks of chunks."""
        for chunk in chunks:
            if chunk.kind == "row" and _is_list(chunk.rows):
                for row in chunk.rows:
                    yield self._block(chunk, self._row(row, " "), row.lines[0], kind="item")
            elif chunk.kind == "row":
                for at, row in enumerate(chunk.rows):
                    yield self._block(chunk, self._row(row), row.lines[0], is_head=at == 0 and _is_head(chunk.rows))
            elif chunk.kind == "verbatim":
                yield self._block(chunk, self._verbatim(chunk.lines), chunk.lines[0])
            else:
                yield self._block(chunk, self._flowing(chunk.lines), chunk.lines[0])

    def location(self, line: Line) -> Location:
        """Return the page of a line."""
        page = self._pages[line.page]
        is_ocr = page.is_read_by_ocr or any(word.style.is_unseen for word in line.words)
        return Location("page", page.label or page.printed or str(page.number), page.number, is_ocr)

    def _block(
        self,
        chunk: Chunk,
        pieces: Sequence[_Piece],
        line: Line,
        *,
        is_head: bool = False,
        kind: Literal["item"] | None = None,
    ) -> RawBlock:
        return RawBlock(
            kind or chunk.kind,
            tuple(text for text, _ in pieces),
            chunk.level,
            is_head,
            self.location(line),
            tuple(box for _, box in pieces),
        )

    def _piece(self, word: Word, line: Line, text: str | None = None) -> _Piece:
        shown = (word.text if text is None else text).replace(SOFT, "")
        return shown, self._pages[line.page].box(word, line.turn)

    def _flowing(self, lines: Sequence[Line]) -> list[_Piece]:
        """Return the words of lines, with a space between them or, where a word goes on, none."""
        pieces: list[_Piece] = []
        carried: str | None = None
        for at, line in enumerate(lines):
            following = lines[at + 1].words[0] if at + 1 < len(lines) else None
            for nth, (word, gap) in enumerate(line.spaced()):
                text = carried if nth == 0 and carried is not None else word.text
                carried = None
                if gap:
                    pieces.append((gap, None))
                if nth == len(line.words) - 1 and following is not None:
                    both = self._hyphens.joined(text, following.text)
                    if both is None:
                        pieces += (self._piece(word, line, text), (" ", None))
                        continue
                    text, carried = both
                pieces.append(self._piece(word, line, text))
        return pieces

    def _row(self, row: Row, between: str = " | ") -> list[_Piece]:
        of = {id(word): line for line in row.lines for word in line.words}
        pieces: list[_Piece] = []
        for nth, cell in enumerate(row.cells):
            if nth:
                pieces.append((between, None))
            for at, word in enumerate(cell):
                if at and (is_apart(cell[at - 1], word) or of[id(cell[at - 1])] is not of[id(word)]):
                    pieces.append((" ", None))
                pieces.append(self._piece(word, of[id(word)]))
        return pieces

    def _verbatim(self, lines: Sequence[Line]) -> list[_Piece]:
        """Return lines of code, with their indents."""
        pieces: list[_Piece] = []
        left = min(line.left for line in lines)
        for at, line in enumerate(lines):
            width = _letter_width(line)
            if at:
                gap = (
                    "\n"
                    if line.base - lines[at - 1].base < 1.9 * line.size or line.page != lines[at - 1].page
                    else "\n\n"
                )
                pieces.append((gap, None))
            end = left
            for word in line.words:
                spaces = min(max(round((word.left - end) / width), 0), _DEEPEST_INDENT)
                if spaces:
                    pieces.append((" " * spaces, None))
                pieces.append(self._piece(word, line))
                end = word.right
        return pieces


def _letter_width(line: Line) -> float:
    letters = sum(len(word.text) for word in line.words)
    return max(sum(word.right - word.left for word in line.words) / max(letters, 1), 0.1)


def _is_list(rows: Sequence[Row]) -> bool:
    """Return whether rows are words with their explanations: two columns, the second of which is text."""
    lengths = [sum(len(word.text) for word in row.cells[-1]) for row in rows]
    return len(rows[0].cells) == 2 and median(lengths) > _LONG_CELL


def _is_head(rows: Sequence[Row]) -> bool:
    """Return whether the first row names the columns: it has no empty cell, and is bolder or the only one without numbers."""
    first, rest = rows[0], rows[1:]
    if not rest or not all(first.cells) or len(first.cells) < 2:
        return False
    weight = min(word.style.weight for cell in first.cells for word in cell)
    others = [word.style.weight for row in rest for cell in row.cells for word in cell]
    if others and weight > sum(others) / len(others) + 80:
        return True
    numbers = [sum(_is_number(cell) for cell in row.cells) for row in rows]
    return numbers[0] == 0 and min(numbers[1:]) > 0


def _is_number(cell: Sequence[Word]) -> bool:
    text = "".join(word.text for word in cell)
    return sum(letter.isdigit() for letter in text) * 2 > len(text)

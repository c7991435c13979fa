"""Where the parts of a tree of docutils stand in their file."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from citewell.corpus.reading.outline import trimmed
from citewell.corpus.reading.rows import Rows
from citewell.document import Span

# docutils is off by a line or two in some places.
_NEAR = 4
_FAR = 2_000
_ADORNMENT = regex.compile(r"([!-/:-@[-`{-~])\1+")
_BORDER = regex.compile(r"\+(?:-+\+)+|=+(?:[ ]+=+)*")
_HEAD_BORDER = regex.compile(r"\+(?:=+\+)+")
_ROLE = regex.compile(r":[\w:+.-]+:`([^`<]*?)[ ]*(?:<[^`>]*>)?`|`([^`<]*?)[ ]*(?:<[^`>]*>)?`__?")
_MARKS = regex.compile(r"``(.+?)``|\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\|(.+?)\|_{0,2}")


class Places:
    """Finds the lines of parts, which come in the order of the file.

    Args:
        rows: The lines of the file.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._words = [" ".join(line.split()) for line in rows.contents]
        self._at = 0

    def find(self, source: str, line: int | None) -> Span | None:
        """Return where the source of a part stands, or None.

        Args:
            source: The part without its indentation, with its line ends.
            line: On which line it starts, from 1, by docutils; None if that is not known.
        """
        wanted = [" ".join(each.split()) for each in source.splitlines()]
        while wanted and not wanted[-1]:
            wanted.pop()
        if not any(wanted):
            return None
        for first in self._candidates(line):
            if self._is_at(wanted, first):
                self._at = first
                return self._span(wanted, first)
        return None

    def _candidates(self, line: int | None) -> Iterator[int]:
        """Yield lines to look at: those near the one that docutils names, then those that follow."""
        if line is not None:
            near = line - 1
            yield from (near + by for by in sorted(range(-_NEAR, _NEAR + 1), key=lambda by: (abs(by), by)))
        # What docutils names no line for is not far.
        yield from range(self._at, min(len(self._words), self._at + _FAR))

    def _is_at(self, wanted: list[str], first: int) -> bool:
        if not 0 <= first <= len(self._words) - len(wanted) or not self._words[first].endswith(wanted[0]):
            return False
        return all(self._words[first + nth] == each for nth, each in enumerate(wanted[1:], 1))

    def _span(self, wanted: list[str], first: int) -> Span:
        row = self._rows.spans[first]
        line = self._rows.contents[first]
        # The white space inside a line may be different, so the words are counted.
        column = len(line.rstrip()) - _length_of_last(line, len(wanted[0].split()))
        is_whole = " ".join(line[column:].split()) == wanted[0]
        start = row.start + (column if is_whole else line.rfind(wanted[0]) if wanted[0] in line else 0)
        return trimmed(self._rows.text, start, self._rows.spans[first + len(wanted) - 1].end)

    def start_of(self, word: str, line: int, before: Span | None) -> int | None:
        """Return the line, from 0, with the name of an item, or None.

        Args:
            word: The first word of the name.
            line: Where it is, from 1, by docutils.
            before: Where the text of the item is, if it has any.
        """
        for nth in (line - 1, line - 2, line):
            is_before = before is None or (0 <= nth < len(self._rows) and self._rows.spans[nth].start <= before.start)
            if 0 <= nth < len(self._rows) and is_before and word in self._words[nth]:
                return nth
        return None

    def lines_of(self, span: Span) -> tuple[int, int]:
        """Return the first and the last line, exclusive, of a span that was found last."""
        end = self._at
        while end < len(self._rows) and self._rows.spans[end].start < span.end:
            end += 1
        return self._at, end


def _length_of_last(line: str, words: int) -> int:
    """Return how many characters the last words of a line have, with the white space between them."""
    parts = regex.findall(r"\S+|\s+", line.strip())
    return sum(len(part) for part in parts[len(parts) - (2 * words - 1) :]) if words else 0


def is_adornment(line: str) -> bool:
    """Return whether a line is above or below a heading."""
    return bool(_ADORNMENT.fullmatch(line.rstrip()))


def table_lines(rows: Rows, first: int) -> tuple[int, int | None, int] | None:
    """Return the first line of a table without its border, the line after its head, and the line after the table.

    Args:
        rows: The lines of the file.
        first: The line of its border, from 0, by docutils.
    """
    near = [first + by for by in sorted(range(-_NEAR, _NEAR + 1), key=abs) if 0 <= first + by < len(rows)]
    start = next((nth for nth in near if _BORDER.fullmatch(rows.contents[nth].strip())), None)
    if start is None:
        return None
    is_grid = rows.contents[start].strip().startswith("+")
    borders = [start]
    end = start + 1
    while end < len(rows):
        line = rows.contents[end].strip()
        if is_grid and not line.startswith(("+", "|")):
            break
        is_border = bool(_HEAD_BORDER.fullmatch(line) if is_grid else _BORDER.fullmatch(line))
        borders += [end] if is_border else []
        end += 1
        is_last = end == len(rows) or not rows.contents[end].strip()
        if not is_grid and is_border and len(borders) > 1 and is_last:
            break
    has_head = len(borders) > (1 if is_grid else 2)
    return start + 1, borders[1] + 1 if has_head else None, end


def plain(marked: str) -> str:
    """Return a heading without its markup."""
    words = _ROLE.sub(lambda each: each[1] or each[2] or "", marked)
    words = _MARKS.sub(lambda each: next(filter(None, each.groups()), ""), words)
    return " ".join(words.replace("\\", "").split())

"""Lines to chunks: headings, paragraphs, items, rows and code, which go on over columns and pages where a sentence does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Literal

import regex

from citewell.corpus.reading.formats.pdf.marks import is_bullet, is_item_mark
from citewell.corpus.reading.formats.pdf.table_rows import Row
from citewell.corpus.reading.formats.pdf.tables import find_tables
from citewell.corpus.reading.formats.pdf.words import Line, Page, Rule, Style

FINAL = regex.compile(r"[.!?…:;。！？؟۔।][\p{Pe}\p{Pf}\p{Pi}\"'’”»⁰¹²³⁴⁵⁶⁷⁸⁹*]*$")
# In the size of the letters.
_INDENT = 0.7
_FULL = 2.5
_WIDE_LEADING = 1.3
_SAME_SIZE = 0.06
_HEAVIER = 1.25
_TEXT_WORDS = 5
# Below the short rule at the foot of a column: its length in that of the lines, and what footnotes begin with.
_NOTE_RULE = 0.6
_NOTE_MARK = regex.compile(r"[\d⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§¶(\[]|\p{L}[.)]?\s")
_RAISED_MARK = regex.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§¶]|\d{1,3}(?=\p{Lu})")


@dataclass(slots=True, eq=False)
class Chunk:
    """Lines that are one block.

    ``rows`` are those of a table; ``gap`` is the space above it in lines of its size; ``is_first`` says that it begins a
    column, ``is_note`` that it is at the foot of one, below a rule. ``margin`` is where the column begins and ends.
    """

    kind: Literal["prose", "item", "verbatim", "row", "heading"]
    lines: list[Line]
    rows: tuple[Row, ...] = ()
    level: int = 0
    gap: float = 0
    is_first: bool = False
    is_note: bool = False
    margin: tuple[float, float] = field(default=(0, 0))

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        """The size of its first line."""
        return self.lines[0].size


def is_heavier(weight: int, than: int) -> bool:
    """Return whether a font is bold beside another one."""
    return weight >= _HEAVIER * than and weight - than >= 100


def same_look(above: Line, below: Line) -> bool:
    """Return whether two lines look like parts of one paragraph: as a whole, or where the one goes on in the other."""
    return _alike(above.style, below.style) or _alike(above.words[-1].style, below.words[0].style)


def _alike(a: Style, b: Style) -> bool:
    if abs(a.size - b.size) > max(_SAME_SIZE * max(a.size, b.size), 0.3):
        return False
    return not (is_heavier(a.weight, b.weight) or is_heavier(b.weight, a.weight))


def chunks_of(columns: Iterable[list[Line]], pages: dict[int, Page], body_is_fixed: bool) -> list[Chunk]:  # noqa: FBT001
    """Return the chunks of columns in reading order.

    Args:
        columns: The columns of the document in reading order.
        pages: The pages by number.
        body_is_fixed: Whether most of the document is in a font of one width, which is then no sign of code.
    """
    columns = [column for column in columns if column]
    leading = _leadings(columns)
    found: list[Chunk] = []
    for column in columns:
        page = pages[column[0].page]
        rules = page.rules if column[0].turn == page.turn else []
        tables = {table.start: table for table in find_tables(column, rules)}
        at, start = 0, 0
        parting = _Parting(column, leading, rules, code=not body_is_fixed)
        while at <= len(column):
            table = tables.get(at)
            if table is None and at < len(column):
                at += 1
                continue
            found += parting.chunks(start, at)
            if table is None:
                break
            found.append(Chunk("row", list(column[table.start : table.end]), table.rows))
            at = start = table.end
    return found


def _leadings(columns: Iterable[Sequence[Line]]) -> dict[float, float]:
    """Return the usual distance of baselines for each size."""
    gaps: defaultdict[float, list[float]] = defaultdict(list)
    for column in columns:
        for above, below in pairwise(column):
            gap = below.base - above.base
            # Of lines of text, not of the rows of a table.
            is_text = min(len(above.words), len(below.words)) >= _TEXT_WORDS
            if is_text and same_look(above, below) and 0.9 * below.size < gap < 2.5 * below.size:
                gaps[below.size].append(gap)
    found: dict[float, float] = {}
    for size, each in gaps.items():
        rounded = Counter(round(gap, 1) for gap in each)
        most = max(rounded.values())
        # The smallest of the usual ones: headings and paragraphs stand further apart.
        found[size] = min(min(gap for gap, count in rounded.items() if count * 2 >= most), median(each))
    return found


class _Parting:
    """The parting of a column into chunks."""

    def __init__(
        self, column: Sequence[Line], leading: dict[float, float], rules: Sequence[Rule], *, code: bool
    ) -> None:
        self._column = column
        self._leading = leading
        self._code = code
        self._is_rtl = sum(line.is_rtl for line in column) * 2 > len(column)
        ends = sorted(self.end(line) for line in column)
        starts = sorted(self.start(line) for line in column)
        self._end = ends[len(ends) * 9 // 10]
        self._start = starts[len(starts) // 10]
        self._notes = self._first_note(rules)

    def _first_note(self, rules: Sequence[Rule]) -> int:
        """Return the number of the first line below the rule that footnotes have above them, if there is one."""
        column = self._column
        width, left = self._end - self._start, min(line.left for line in column)
        for rule in rules:
            at = next((nth for nth, line in enumerate(column) if line.base > rule[1]), len(column))
            is_short = 0.1 * width < rule[2] - rule[0] < _NOTE_RULE * width and abs(rule[0] - left) < column[0].size
            alone = not any(abs(other[1] - rule[1]) < column[0].size and other is not rule for other in rules)
            near = at > 0 or rule[1] > column[0].base - 2.5 * column[0].size
            if at < len(column) and near and is_short and alone and _NOTE_MARK.match(column[at].text):
                return at
        return len(column)

    def start(self, line: Line) -> float:
        """Return where a line begins, in the direction of its writing."""
        return -line.right if self._is_rtl else line.left

    def end(self, line: Line) -> float:
        """Return where it ends."""
        return -line.left if self._is_rtl else line.right

    def chunks(self, start: int, end: int) -> list[Chunk]:
        """Return the chunks of some lines of the column."""
        found: list[Chunk] = []
        for at in range(start, end):
            line = self._column[at]
            kind = self.kind(at, found[-1] if found else None)
            if found and not self.parts(found[-1], at, kind):
                found[-1].lines.append(line)
                continue
            above = self._column[at - 1] if at else None
            gap = (line.base - above.base) / self.usual(line) if above else 0
            margin = (self._start, self._end)
            found.append(Chunk(kind, [line], gap=gap, is_first=at == 0, is_note=at >= self._notes, margin=margin))
        return found

    def usual(self, line: Line) -> float:
        """Return the usual distance of lines of a size."""
        return self._leading.get(line.size) or 1.2 * max(line.size, 1)

    def kind(self, at: int, before: Chunk | None) -> Literal["prose", "item", "verbatim"]:
        line = self._column[at]
        if line.tag:
            return "prose"
        if self._code and line.style.is_fixed and all(word.style.is_fixed for word in line.words):
            return "verbatim"
        marker = line.words[0].text
        if len(line.words) < 2 and not (len(marker) > 1 and is_bullet(marker)):
            return "prose"
        if is_bullet(marker):
            if not marker[0].isprintable() or marker == "\ufffd":
                # A sign of a font of its own.
                line.words[0].text = "•"
            return "item"
        return "item" if is_item_mark(marker) and self.is_marker(at, before) else "prose"

    def is_marker(self, at: int, before: Chunk | None) -> bool:
        """Return whether a number or dash at the start of a line begins an item."""
        line = self._column[at]
        if before is None or before.lines[-1] is not self._column[at - 1]:
            return True
        above = before.lines[-1]
        if not same_look(above, line) or line.base - above.base > _WIDE_LEADING * self.usual(line):
            return True
        if FINAL.search(above.text):
            return True
        if before.kind == "item":
            return abs(self.start(before.lines[0]) - self.start(line)) < _INDENT * line.size
        return abs(self.start(line) - self.start(above)) > _INDENT * line.size

    def parts(self, chunk: Chunk, at: int, kind: str) -> bool:
        """Return whether a line begins a new chunk."""
        line, above = self._column[at], chunk.lines[-1]
        if at == self._notes or (at > self._notes and _RAISED_MARK.match(line.text)):
            return True
        if line.tag or above.tag:
            return line.tag != above.tag
        if kind != chunk.kind and not (kind == "prose" and chunk.kind == "item"):
            return True
        gap = line.base - above.base
        if kind == "verbatim":
            return gap > 3 * self.usual(line) or gap < 0
        if kind == "item" or not same_look(above, line):
            return True
        if gap > _WIDE_LEADING * self.usual(line) or gap < 0:
            return True
        if above.words[0].mark != line.words[0].mark and self.is_short(above, line) and FINAL.search(above.text):
            return True
        return self.is_indented(chunk, at) or self.is_ended(above, line)

    def is_ended(self, above: Line, line: Line) -> bool:
        """Return whether a line ends a paragraph: the next word would have had room in it."""
        if not self.is_short(above, line):
            return False
        if FINAL.search(above.text):
            return True
        is_left = abs(self.start(above) - self.start(line)) < _INDENT * line.size
        room = self._end - self.end(above)
        return is_left and room > 0.4 * (self._end - self._start) and not line.words[0].text[0].islower()

    def is_short(self, above: Line, line: Line) -> bool:
        """Return whether the first word of a line would have had room in the line above."""
        first = line.words[0]
        return self.end(above) + (first.right - first.left) + 0.8 * line.size < self._end

    def is_centred(self, above: Line, line: Line) -> bool:
        """Return whether two lines have the same middle, and do not begin at the margin."""
        middle = abs(above.left + above.right - line.left - line.right) / 2
        return middle < 0.5 * line.size and min(self.start(above), self.start(line)) > self._start + line.size

    def is_indented(self, chunk: Chunk, at: int) -> bool:
        """Return whether a line begins a paragraph by where it starts."""
        line, above = self._column[at], chunk.lines[-1]
        indent = self.start(line) - self.start(above)
        size = line.size
        if self.is_centred(above, line):
            return False
        if chunk.kind == "item":
            # Back to the left of the text of an item.
            hangs = len(chunk.lines) > 1 and self.start(chunk.lines[1]) - self.start(chunk.lines[0]) > _INDENT * size
            return indent < -_INDENT * size and hangs
        if indent > _INDENT * size:
            is_full = self.end(above) > self._end - _FULL * size
            following = self._column[at + 1] if at + 1 < len(self._column) else None
            returns = following is not None and self.start(line) - self.start(following) > _INDENT * size
            return not is_full or (bool(FINAL.search(above.text)) and (returns or len(chunk.lines) > 1))
        if indent < -_INDENT * size and len(chunk.lines) > 1:
            return self.start(chunk.lines[1]) - self.start(chunk.lines[0]) > _INDENT * size
        return False

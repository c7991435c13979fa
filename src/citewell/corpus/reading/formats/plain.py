"""Plain text: blank lines separate blocks, and a short line alone above text is a heading."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from citewell.corpus.reading.outline import Outline, lines, section, trimmed
from citewell.document import Block, Section, Span

_LONGEST_HEADING = 80
_MOST_WORDS = 12
_ITEM = regex.compile(r"[ \t]*(?:[-*•‣◦–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+\S")
_NUMBERED = regex.compile(r"\d{1,3}(?:\.\d{1,3})*\.?[ \t]+\p{Lu}")
_UNDERLINE = regex.compile(r"[ \t]*(?:={3,}|-{3,}|~{3,})[ \t]*")
# The end of a sentence, a clause or a quotation, with any closing brackets, quotes and pictographs.
_FINAL = regex.compile(r"[.!?:;,…。！？][\p{Pe}\p{Pf}\p{So}\p{Cf}\p{Mn}\"'\s]*$")
_TABLE = regex.compile(r"\t|\||\S {2,}\S")
_DATA = regex.compile(r"[^:]{1,24}:\s*[\d+(@]|\S+@\S+\.\S|https?:")


def read_plain(text: str) -> Outline:
    """Find the title, the headings and the blocks of a plain text.

    The first block is the title if it looks like a heading. A line that looks like a heading but has no text under it is text
    itself: an item of a list with blank lines, or page furniture ("Leave a Reply"). No line is lost.
    """
    blocks = list(_blocks(text))
    short = [_heading(text, span) for span in blocks]
    if not blocks:
        return Outline(None, ())
    if all(short):
        return Outline(None, (section((), None, [Block(span) for span in blocks]),))
    title = short[0]
    found = _Sections(text)
    # Above a list, the first line can be its title or its first item, so it is both.
    for at in range(1 if title and not all(short[:3]) else 0, len(blocks)):
        candidate = short[at]
        if candidate is None:
            found.add(*_items(text, blocks[at]))
        elif at + 1 < len(blocks) and not short[at + 1]:
            found.start(candidate)
        else:
            found.add_short(candidate)
    return Outline(" ".join(title.of(text).split()) if title else None, found.finish())


class _Sections:
    """Collects the sections of a text: those under a heading, and lists of short lines, which have none."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sections: list[Section] = []
        self._path: tuple[str, ...] = ()
        self._heading: Span | None = None
        self._blocks: list[Block] = []
        self._is_list = False

    def start(self, heading: Span) -> None:
        """Start the section of a heading. Below other short lines it can be the last of a list as well, so it is both."""
        if self._is_list:
            self._blocks.append(Block(heading))
        self._end()
        self._path, self._heading = (" ".join(heading.of(self._text).split()),), heading

    def add(self, *blocks: Block) -> None:
        self._blocks.extend(blocks)

    def add_short(self, line: Span) -> None:
        """Add a short line to a list, where its neighbours are, such as a name and its number."""
        if not self._is_list:
            self._end()
            self._is_list = True
        self._blocks.append(Block(line))

    def finish(self) -> tuple[Section, ...]:
        self._end()
        return tuple(self._sections)

    def _end(self) -> None:
        if self._blocks:
            self._sections.append(section(self._path, self._heading, self._blocks))
        self._path, self._heading, self._blocks, self._is_list = (), None, [], False


def _blocks(text: str) -> Iterator[Span]:
    start: int | None = None
    end = 0
    for line in lines(text):
        if line.of(text).strip():
            start = line.start if start is None else start
            end = line.end
        elif start is not None:
            yield trimmed(text, start, end)
            start = None
    if start is not None:
        yield trimmed(text, start, end)


def _heading(text: str, block: Span) -> Span | None:
    """Return the span of the heading that a block looks like, or None."""
    if block.end - block.start > 3 * _LONGEST_HEADING:
        return None
    rows = [trimmed(text, line.start + block.start, line.end + block.start) for line in lines(block.of(text))]
    if len(rows) == 2 and _UNDERLINE.fullmatch(rows[1].of(text)):
        rows.pop()
    return rows[0] if len(rows) == 1 and _looks_like_heading(rows[0].of(text)) else None


def _looks_like_heading(line: str) -> bool:
    if len(line) > _LONGEST_HEADING or len(line.split()) > _MOST_WORDS:
        return False
    if _FINAL.search(line) or _TABLE.search(line) or _DATA.match(line):
        return False
    if _ITEM.match(line) and not _NUMBERED.match(line):
        return False
    letters = sum(character.isalpha() for character in line)
    return bool(letters) and 2 * letters >= len("".join(line.split())) and not line[0].islower()


def _items(text: str, block: Span) -> Iterator[Block]:
    """Cut a list into its items, each with its continuation lines; other text is one block."""
    piece = block.of(text)
    rows = list(lines(piece))
    items = [row.start for row in rows if _ITEM.match(piece, row.start, row.end)]
    starts = dict.fromkeys([0, *items])
    for start, end in pairwise([*starts, len(piece)]):
        is_item = bool(items) and start >= items[0]
        yield Block(trimmed(piece, start, end).shifted(block.start), "item" if is_item else "prose")

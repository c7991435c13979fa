"""The lines of a text, and blocks that are made of some of them: what readers of line-based formats share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.outline import lines, trimmed
from citewell.document import Location, Span


@dataclass(frozen=True)
class Rows:
    """A text by its lines, which are numbered from 0 here, and from 1 for people."""

    text: str

    @cached_property
    def spans(self) -> list[Span]:
        """The span of each line with its end."""
        return list(lines(self.text))

    @cached_property
    def contents(self) -> list[str]:
        """Each line without its end and the white space before that."""
        return [span.of(self.text).rstrip() for span in self.spans]

    def __len__(self) -> int:
        return len(self.spans)

    def span(self, first: int, end: int) -> Span:
        """Return the span of the lines ``first`` to ``end``, exclusive, without white space at its edges."""
        if first >= end or first >= len(self.spans):
            return Span(len(self.text), len(self.text))
        return trimmed(self.text, self.spans[first].start, self.spans[min(end, len(self.spans)) - 1].end)

    def part(self, nth: int, start: int, end: int | None = None) -> Span:
        """Return the span of a part of a line, given by its columns, without white space at its edges."""
        line = self.spans[nth]
        return trimmed(self.text, line.start + start, line.end if end is None else line.start + end)

    def prose(self, first: int, end: int, start: int = 0) -> Iterator[RawBlock]:
        """Yield a block of prose of some lines, from a column of the first, if it has any text."""
        yield from self.block("prose", first, end, start)

    def item(self, first: int, end: int, start: int = 0) -> Iterator[RawBlock]:
        """Yield an item of a list of some lines, from a column of the first, if it has any text."""
        yield from self.block("item", first, end, start)

    def verbatim(self, first: int, end: int) -> Iterator[RawBlock]:
        """Yield lines as they are, if they have any text."""
        yield from self.block("verbatim", first, end)

    def block(
        self, kind: Literal["prose", "item", "verbatim"], first: int, end: int, start: int = 0
    ) -> Iterator[RawBlock]:
        """Yield a block of some lines, from a column of the first, if it has a letter or a digit."""
        if first >= end:
            return
        at = trimmed(self.text, self.spans[first].start + start, self.spans[end - 1].end)
        if any(map(str.isalnum, at.of(self.text))):
            yield RawBlock(kind, at=at)

    def end_of(self, first: int, is_inside: Callable[[str], bool]) -> int:
        """Return the first line from ``first`` on that is not inside; the number of lines if all are."""
        return next((nth for nth in range(first, len(self)) if not is_inside(self.contents[nth])), len(self))

    def paragraphs(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the first and the last line, exclusive, of each run of lines between blank ones."""
        start: int | None = None
        for nth in range(first, end):
            if self.contents[nth] and start is None:
                start = nth
            elif not self.contents[nth] and start is not None:
                yield start, nth
                start = None
        if start is not None:
            yield start, end


def with_lines(blocks: Iterator[RawBlock], rows: Rows) -> Iterator[RawBlock]:
    """Yield blocks with the number of the line at which each starts, from 1."""
    nth = 0
    for block in blocks:
        if block.at is None:
            yield block
            continue
        while nth + 1 < len(rows) and rows.spans[nth].end <= block.at.start:
            nth += 1
        yield replace(block, location=Location("line", str(nth + 1)))


def not_inserted(names: Sequence[str]) -> tuple[str, ...]:
    """Return a warning that names the files that a text wants to include, if there are any: they are documents of their own."""
    return (f"files that it includes are not inserted: {', '.join(dict.fromkeys(names))}",) if names else ()

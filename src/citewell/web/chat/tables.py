"""The tables in a document's text: where their cells are, so that they can be shown as tables.

The index keeps no cells, because text is quoted as it is; so tables are recognised by their lines. Nothing but how a document
looks depends on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from citewell.document import Span
from citewell.web.chat.figures import Fences

# A longer one stays text, because a browser takes seconds to lay it out.
_MOST_ROWS = 1_000
_LINE = regex.compile(r"(?P<text>[^\r\n]*+)(?:\r\n?|\n|$)")
# Readers put a space on either side, except at the ends of a line, beside an empty cell; Markdown need not, and escapes what is
# no border.
_BETWEEN = regex.compile(r"(?<![^ \r\n])\|(?![^ \r\n])")
_IN_MARKDOWN = regex.compile(r"(?<!\\)\|")
_DASHES = regex.compile(r"[ \t]*+\|?(?:[ \t]*+:?-++:?[ \t]*+\|)+(?:[ \t]*+:?-++:?[ \t]*+)?")
# A row that names each of its values needs no head above it.
_NAMED = regex.compile(r"[^:|]{1,60}+: ")
_DIGIT = regex.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its place, the cells of its head, if it has one, and its rows, each with its place and its cells."""

    span: Span
    head: list[Span]
    rows: list[tuple[Span, list[Span]]]


def tables_in(text: str, *, is_made: bool) -> list[Table]:
    """Return the tables of a text, in order and disjoint.

    Args:
        text: The text.
        is_made: Whether it is made of the parts of a file, whose rows have " | " between their cells, or a file itself.
    """
    is_code = Fences(text)
    found = (_in_markdown(text, lines) or (_of_rows(text, lines) if is_made else None) for lines in _blocks(text))
    return [table for table in found if table and table.span.start not in is_code and len(table.rows) <= _MOST_ROWS]


def _blocks(text: str) -> Iterator[list[Span]]:
    """Yield the lines between empty lines, where there are two and a border."""
    lines: list[Span] = []
    at = 0
    while at < len(text):
        match = _LINE.match(text, at)
        at = match.end() if match else len(text)
        if match and match["text"].strip():
            lines.append(Span(match.start(), match.end("text")))
            continue
        yield from [lines] if len(lines) > 1 and "|" in lines[-1].of(text) else []
        lines = []
    yield from [lines] if len(lines) > 1 and "|" in lines[-1].of(text) else []


def _in_markdown(text: str, lines: Sequence[Span]) -> Table | None:
    dashes = next((at for at, line in enumerate(lines) if at and _DASHES.fullmatch(line.of(text))), 0)
    if not dashes or dashes + 1 == len(lines):
        return None
    head = _cells_in_markdown(text, lines[dashes - 1])
    rows = [(line, _cells_in_markdown(text, line)) for line in lines[dashes + 1 :]]
    return Table(Span(lines[dashes - 1].start, lines[-1].end), head, rows) if len(head) > 1 else None


def _of_rows(text: str, lines: Sequence[Span]) -> Table | None:
    rows = [(line, list(_cells(text, line, _BETWEEN))) for line in lines]
    counts = Counter(len(cells) for _, cells in rows)
    (columns, same), *_ = counts.most_common(1)
    cells = [cell.of(text) for _, row in rows for cell in row]
    named = sum(bool(_NAMED.match(cell)) for cell in cells)
    if columns < 2 or 1 in counts or 2 * same < len(rows) or 2 * named >= len(cells):
        return None
    whole = Span(lines[0].start, lines[-1].end)
    return Table(whole, rows[0][1], rows[1:]) if _names_columns(text, rows) else Table(whole, [], rows)


def _names_columns(text: str, rows: Sequence[tuple[Span, list[Span]]]) -> bool:
    """Return whether the first row is a head: all its cells but that in the corner are filled, and only below are numbers."""
    (_, first), *rest = rows
    is_filled = all(cell.start < cell.end for cell in first[1:]) and not any(
        _DIGIT.search(text, cell.start, cell.end) for cell in first
    )
    return is_filled and any(_DIGIT.search(text, line.start, line.end) for line, _ in rest)


def _cells_in_markdown(text: str, line: Span) -> list[Span]:
    found = list(_cells(text, line, _IN_MARKDOWN))
    # The borders at both ends are none between cells.
    first, last = found[0], found[-1]
    return found[len(found) > 1 and first.start == first.end : len(found) - (len(found) > 1 and last.start == last.end)]


def _cells(text: str, line: Span, border: regex.Pattern[str]) -> Iterator[Span]:
    """Yield the cells of a line, without the space around them."""
    line = _trimmed(text, line)
    at = line.start
    for match in border.finditer(text, line.start, line.end):
        yield _trimmed(text, Span(at, match.start()))
        at = match.end()
    yield _trimmed(text, Span(at, line.end))


def _trimmed(text: str, span: Span) -> Span:
    part = span.of(text)
    start = span.start + len(part) - len(part.lstrip())
    return Span(start, start + len(part.strip()))

"""What the readers share: lines, the spans of their text, and sections."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from citewell.document import Block, Section, Span

_LINE = regex.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")


def lines(text: str) -> Iterator[Span]:
    r"""Yield the span of each line with its end; only ``\n``, ``\r\n`` and ``\r`` end a line."""
    for match in _LINE.finditer(text):
        if match.start() < match.end():
            yield Span(match.start(), match.end())


def trimmed(text: str, start: int, end: int) -> Span:
    """Return the span without the white space at its edges."""
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())
    return Span(first, max(first, start + len(piece.rstrip())))


def section(path: tuple[str, ...], heading: Span | None, blocks: list[Block]) -> Section:
    """Create a section from its heading and blocks; there is at least one block.

    A heading that is a block of the section above as well is outside the new one, because sections do not overlap.
    """
    return Section(path, Span(blocks[0].span.start, blocks[-1].span.end), tuple(blocks), heading)

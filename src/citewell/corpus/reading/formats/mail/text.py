"""The text of a message to blocks: its paragraphs, lists, earlier messages that it quotes, and the signature."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import regex

from citewell.corpus.reading.extract import RawBlock
from citewell.text.lines import quote_depth

_ITEM = regex.compile(r"[ \t]*+(?:[-*•‣◦–]|\(?\d{1,3}[.)])[ \t]++\S")
# RFC 3676, section 4.3.
_SIGNATURE = regex.compile(r"--[ \t]*+")
_LINE_END = regex.compile(r"\r\n|\r|\n")


def html_blocks(text: str) -> tuple[list[RawBlock], tuple[str, ...]]:
    """Return the blocks of a text in HTML, and what was left out of it."""
    from citewell.corpus.reading.formats.html.pages import read_markup

    page = read_markup(text, is_page=False)
    return list(page.blocks), page.warnings


def plain_blocks(text: str) -> Iterator[RawBlock]:
    """Yield the blocks of a plain text.

    Lines of a paragraph stay lines. What is quoted from an earlier message keeps its signs; each depth is a block of its own.
    """
    is_signature = False
    for depth, group in groupby(_LINE_END.split(text), key=quote_depth):
        lines = [line.rstrip() for line in group]
        if depth is None:
            continue
        if depth:
            is_signature = False
            yield RawBlock("prose", ("\n".join(line.strip() for line in lines),))
            continue
        starts = [at for at, line in enumerate(lines) if _SIGNATURE.fullmatch(line)]
        if starts and not is_signature:
            yield from _items(lines[: starts[0]])
            lines, is_signature = lines[starts[0] + 1 :], True
        if is_signature:
            yield RawBlock("verbatim", ("\n".join(line.strip() for line in lines),))
        else:
            yield from _items(lines)


def _items(lines: list[str]) -> Iterator[RawBlock]:
    """Yield a paragraph, or its lists item by item, each with its further lines."""
    found: list[str] = []
    is_item = False
    for line in [*lines, None]:
        starts = line is None or _ITEM.match(line)
        if starts and found:
            yield RawBlock("item" if is_item else "prose", (("  " if is_item else "\n").strip(" ").join(found),))
            found = []
        if starts:
            is_item = True
        if line is not None:
            found.append(line.strip())

"""A file in Rich Text Format as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from citewell.corpus.reading.extract import Extract, RawBlock
from citewell.corpus.reading.formats.office.package import title_of
from citewell.corpus.reading.formats.plain import find_blocks
from citewell.corpus.reading.formats.rtf.interpreter import Interpreter
from citewell.corpus.reading.formats.rtf.tokens import tokens
from citewell.corpus.reading.properties import file_facts
from citewell.errors import ReadingError

_LONGEST_SHOWN = 60


def read_document(data: bytes) -> Extract:
    """Read a file in Rich Text Format.

    Raises:
        ReadingError: It is something else.
    """
    if not data[:64].lstrip().startswith(b"{\\rtf"):
        raise ReadingError("is no Rich Text Format: it does not begin with {\\rtf")
    found = Interpreter()
    for token in tokens(data):
        found.take(token)
    found.finish()
    blocks = found.paragraphs.blocks
    facts = file_facts(found.facts)
    title = title_of(facts)
    if not any(block.kind == "heading" for block in blocks):
        shown, blocks = _with_headings(blocks)
        title = title or shown
    return Extract(tuple(blocks), title=title, facts=facts, warnings=tuple(_warnings(found)))


def _with_headings(blocks: Sequence[RawBlock]) -> tuple[str | None, list[RawBlock]]:
    """Return the title, and the blocks, in which what looks like a heading is one, as in plain text: the file names none."""
    text = "\n\n".join("".join(block.pieces).replace("\n", " ") for block in blocks)
    title, found = find_blocks(text)
    levels = {block.at.start: block.level for block in found if block.kind == "heading" and block.at}
    if title:
        levels.setdefault(0, 1)
    made, at = [], 0
    for block in blocks:
        is_line = block.kind == "prose" and not any("\n" in piece for piece in block.pieces)
        level = levels.get(at, 0) if is_line else 0
        made.append(replace(block, kind="heading", level=level) if level else block)
        at += sum(map(len, block.pieces)) + 2
    return title, made


def _warnings(found: Interpreter) -> Iterator[str]:
    if found.hidden:
        yield f"{found.hidden:,} hidden words are left out"
    if found.bad:
        yield f"{found.bad:,} characters are not in the charsets of their fonts; they are shown as \ufffd"
    if found.formulas:
        yield f"{found.formulas:,} formulas are left out"
    if found.furniture:
        first = next(iter(found.furniture))
        shown = first if len(first) <= _LONGEST_SHOWN else f"{first[:_LONGEST_SHOWN]}…"
        yield f"page headers and footers are left out ({len(found.furniture)}, such as “{shown}”)"

"""What the tests of readers look at: blocks, spans and words."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import regex

from citewell.corpus.reading.assembling import Assembled, assemble
from citewell.corpus.reading.extract import Extract
from citewell.corpus.reading.formats import markdown, plain
from citewell.corpus.reading.outline import lines
from citewell.document import Section, Span


def read_plain(text: str) -> Assembled:
    """Read a plain text."""
    title, found = plain.find_blocks(text)
    return assemble(Extract(tuple(found), text, title))


def read_markdown(text: str) -> Assembled:
    """Read a Markdown text."""
    title, found = markdown.find_blocks(text)
    return assemble(Extract(tuple(found), text, title))


def blocks(text: str, section: Section) -> list[str]:
    return [block.span.of(text) for block in section.blocks]


def check_spans(text: str, outline: Assembled) -> None:
    """Every block has text, stands inside its section, and nothing overlaps."""
    ends = [section.span for section in outline.sections]
    assert all(one.end <= other.start for one, other in pairwise(ends))
    for section in outline.sections:
        spans = [block.span for block in section.blocks]
        assert spans
        assert all(one.end <= other.start for one, other in pairwise(spans))
        for span in spans:
            assert section.span.start <= span.start < span.end <= section.span.end <= len(text)
            assert span.of(text) == span.of(text).strip()


def unshown(text: str, outline: Assembled) -> list[str]:
    """Return the lines with letters or digits that are in no block, and not the title or a heading above a block."""
    inside = {at for section in outline.sections for block in section.blocks for at in _places(block.span)}
    names = {name for section in outline.sections for name in section.path} | {outline.title}
    found = []
    for line in lines(text):
        seen = {at for at in _places(line) if text[at].isalnum()}
        if seen - inside and " ".join(line.of(text).split()) not in names:
            found.append(line.of(text))
    return found


def _places(span: Span) -> range:
    return range(span.start, span.end)


_WORD = regex.compile(r"\w+|[^\w\s]")


def words(text: str) -> npt.NDArray[np.int64]:
    """Stand in for a tokeniser."""
    return np.array([match.span() for match in _WORD.finditer(text)], dtype=np.int64).reshape(-1, 2)


def nothing(_text: str) -> npt.NDArray[np.int64]:
    """Stand in for a tokeniser that finds nothing, as in characters without a width."""
    return np.zeros((0, 2), dtype=np.int64)

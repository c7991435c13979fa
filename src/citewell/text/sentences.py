"""Sentence boundaries: where a block of text may be cut.

Lines that are units are left whole, prose is cut where its stops end a sentence, code and tables are cut at line ends, and no
cut falls inside a grapheme, which readers see as one character (Unicode UAX #29).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from citewell.document import Block, Span
from citewell.text.graphemes import Graphemes
from citewell.text.lines import runs
from citewell.text.stops import sentence_starts


def sentences(text: str, block: Block, graphemes: Graphemes, language: str | None = None) -> list[Span]:
    """Cut one block into sentences.

    Args:
        text: The document's text.
        block: The block to cut; verbatim blocks are cut at line ends, and items of lists only if they are long.
        graphemes: The graphemes of ``text``.
        language: The language of the text (ISO 639-1), if it is known.

    Returns:
        Spans in order, disjoint, without white space at their edges, that together contain everything in the block except white
        space.
    """
    piece = block.span.of(text)
    is_item = block.kind == "item"
    cuts = _line_starts(piece) if block.kind == "verbatim" else _sentence_starts(piece, language, is_item=is_item)
    starts = sorted({graphemes.ceil(block.span.start + cut) for cut in cuts} | {block.span.start})
    spans = (Span(start, end) for start, end in pairwise([*starts, block.span.end]))
    return [trimmed for span in spans if (trimmed := trim(text, span, graphemes))]


def trim(text: str, span: Span, graphemes: Graphemes) -> Span | None:
    """Remove white space from both edges of a span without splitting a grapheme; None if nothing is left."""
    piece = span.of(text)
    start = graphemes.ceil(span.start + len(piece) - len(piece.lstrip()))
    end = graphemes.ceil(span.start + len(piece.rstrip()))
    return Span(start, end) if start < end <= span.end else None


def _line_starts(piece: str) -> Iterator[int]:
    return (match.end() for match in regex.finditer(r"\r\n|\n|\r", piece))


def _sentence_starts(piece: str, language: str | None, *, is_item: bool) -> Iterator[int]:
    for run in runs(piece, is_item=is_item):
        yield run.start
        if not run.is_unit:
            yield from (run.start + at for at in sentence_starts(piece[run.start : run.end], language))

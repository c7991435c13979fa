"""Markdown (CommonMark 0.31 with tables and front matter), parsed by markdown-it-py; spans are positions in the unchanged file.

Only blocks and headings are parsed. Paragraphs are quoted with their markup, so their links and emphasis, which are expensive
to parse when nested, are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, RawBlock, Source
from citewell.corpus.reading.outline import lines, trimmed
from citewell.document import Span

if TYPE_CHECKING:
    # Who asks which formats there are need not wait for their parsers.
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from citewell.corpus.reading.formats.front_matter import FrontMatter

# Including markup; a link in a heading may be long.
_LONGEST_MARKED_HEADING = 4_000
_HASHES = regex.compile(r"#{1,6}(?:[ \t]+|$)")
_CLOSING_HASHES = regex.compile(r"(?:\G|(?<![ \t])[ \t]++)#++$")
_MARKER = regex.compile(r"(?:[ \t]|>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))+")
# The lines of these are parsed; those of no token are empty, or define the address of a link.
_LEAVES = {"paragraph_open", "heading_open", "fence", "code_block", "table_open", "html_block", "hr", "front_matter"}
_DEFINITION = regex.compile(r"\[(?:[^\[\]\\]|\\.)++\]:[ \t]*+(?P<target>\S*+)")
# An address, or a line that goes on in the next; "[Deadline]: Friday" and "[Open]: 9:30" are text.
_ADDRESS = regex.compile(r"$|(?![\d/.,:+-]+$)(?:<|.*[/#]|\p{L}[\p{L}\d+.-]*:|.*\.\p{L})")
# Possessive, so there is no backtracking: a comment ends at the first "-->" and nowhere else.
_COMMENTS = regex.compile(r"(?:\s*+<!--(?:(?!-->).)*+-->)++\s*+", regex.DOTALL)


def _parser() -> MarkdownIt:
    from citewell.corpus.reading.formats.markdown_parser import PARSER

    return PARSER


def read(source: Source) -> Extract:
    """Find the title, the headings and the blocks of a Markdown file.

    Raises:
        ReadingError: It is not text.
    """
    decoded = decode(source.data)
    front, blocks = _parts(decoded.text)
    named, facts = (front.title, front.facts) if front else (None, ())
    return Extract(tuple(blocks), decoded.text, named, facts, decoded.warnings)


def find_blocks(text: str) -> tuple[str | None, list[RawBlock]]:
    """Return the title that the front matter names, and the blocks of a Markdown text."""
    front, blocks = _parts(text)
    return front.title if front else None, blocks


def _parts(text: str) -> tuple[FrontMatter | None, list[RawBlock]]:
    from citewell.corpus.reading.formats.front_matter_toml import last_line, read_toml

    rows = list(lines(text))
    references: dict[str, Any] = {}
    closing = last_line(text, rows)
    # Front matter in TOML is no Markdown; the lines below it keep their numbers.
    below = 0 if closing is None else closing + 1
    tokens = _parser().parse("\n" * below + text[rows[below - 1].end :] if below else text, references)
    blocks: list[RawBlock] = []
    for at, token in enumerate(tokens):
        if token.type != "heading_open" or not token.map:
            blocks.extend(_blocks(text, rows, tokens, at))
            continue
        span, name = _span(text, rows, token.map), _plain(tokens[at + 1].content, references)
        level, words = int(token.tag[1:]), _words(text, rows, token)
        is_heading = name is not None
        blocks.append(
            RawBlock("heading", level=level, at=span, words=words, name=name)
            if is_heading
            else RawBlock("prose", at=span)
        )
    blocks.extend(_unparsed(text, rows, tokens, below))
    blocks.sort(key=lambda block: block.at or Span(0, 0))
    front = read_toml(text[rows[0].end : rows[below - 1].start]) if below else _front_matter(text, rows, tokens)
    start = rows[0].end if rows else 0
    fields = [RawBlock("prose", at=each.shifted(start)) for each in front.fields] if front else []
    return front, [*fields, *([RawBlock("break")] if fields else []), *blocks]


def _front_matter(text: str, rows: list[Span], tokens: Sequence[Token]) -> FrontMatter | None:
    if not tokens or tokens[0].type != "front_matter" or not tokens[0].map:
        return None
    start, end = rows[0].end, rows[tokens[0].map[1] - 1].start
    # Not the token's content, in which the parser has changed line ends.
    from citewell.corpus.reading.formats.front_matter import read_front_matter

    return read_front_matter(text[start:end])


def _words(text: str, rows: list[Span], token: Token) -> Span:
    """Return the span of a heading without the signs before, after and below it."""
    first, last = token.map or [0, 0]
    span = _span(text, rows, [first, last if token.markup.startswith("#") else max(first + 1, last - 1)])
    marker = _MARKER.match(text, span.start, span.end)
    start = marker.end() if marker and token.level else span.start
    if not token.markup.startswith("#"):
        return trimmed(text, start, span.end)
    hashes = _HASHES.match(text, start, span.end)
    start = hashes.end() if hashes else start
    closing = _CLOSING_HASHES.search(text, start, span.end)
    return trimmed(text, start, closing.start() if closing else span.end)


def _unparsed(text: str, rows: list[Span], tokens: Sequence[Token], below: int) -> Iterator[RawBlock]:
    """Yield the text that only looks like the address of a link ("[Deadline]: Friday"), which the parser takes out.

    Args:
        text: The text.
        rows: Its lines.
        tokens: What was parsed.
        below: How many lines of it are front matter in TOML, which was not parsed.
    """
    parsed = bytearray(b"\1" * below).ljust(len(rows), b"\0")
    for token in tokens:
        if token.type in _LEAVES and token.map:
            first, last = token.map
            parsed[first:last] = b"\1" * (last - first)
    is_address = False
    for at, row in enumerate(rows):
        if parsed[at] or not row.of(text).strip():
            is_address = False
            continue
        marker = _MARKER.match(text, row.start, row.end)
        span = trimmed(text, marker.end() if marker else row.start, row.end)
        definition = _DEFINITION.match(text, span.start, span.end)
        if definition:
            is_address = bool(_ADDRESS.match(definition["target"]))
        if span.start < span.end and not is_address:
            yield RawBlock("prose", at=span)


def _blocks(text: str, rows: list[Span], tokens: Sequence[Token], at: int) -> Iterator[RawBlock]:
    """Yield the blocks that one token opens."""
    token = tokens[at]
    if not token.map:
        return
    if token.type == "paragraph_open":
        span = _span(text, rows, token.map)
        marker = _MARKER.match(text, span.start, span.end)
        # The paragraph of a list item or quotation includes its marker; a plain one may start with a dash.
        start = marker.end() if marker and token.level else span.start
        is_item = at > 0 and tokens[at - 1].type == "list_item_open"
        block = RawBlock("item" if is_item else "prose", at=trimmed(text, start, span.end))
    elif token.type in {"fence", "code_block", "table_open", "html_block"}:
        first, last = token.map
        if token.type == "fence":
            first += 1
            last -= _closes(text, rows, token)
        if first >= last:
            return
        # The names of the columns, and the line of dashes below them.
        head = _span(text, rows, [first, first + 2]) if token.type == "table_open" and last > first + 2 else None
        span = _span(text, rows, [first, last])
        block = RawBlock("verbatim", at=span, head=head)
        if token.type == "html_block" and _COMMENTS.fullmatch(span.of(text)):
            return
    else:
        return
    if block.at and block.at.start < block.at.end:
        yield block


def _closes(text: str, rows: list[Span], token: Token) -> bool:
    """Return whether a fence has a closing line; at the end of its container it may lack one."""
    first, last = token.map or [0, 0]
    line = rows[last - 1].of(text).strip(" \t\r\n>")
    # One with words after it is a line of the code.
    return last - first > 1 and line.startswith(token.markup) and not line.strip(token.markup[0])


def _span(text: str, rows: list[Span], between: Sequence[int]) -> Span:
    first, last = between
    if first >= len(rows):
        return Span(len(text), len(text))
    return trimmed(text, rows[first].start, rows[min(last, len(rows)) - 1].end)


def _plain(marked: str, references: dict[str, Any]) -> str | None:
    """Return the text of a heading without its markup; None if it is too long for a heading."""
    if len(marked) > _LONGEST_MARKED_HEADING:
        return None
    children: list[Token] = []
    _parser().inline.parse(marked, _parser(), references, children)
    parts = [" " if child.type in {"softbreak", "hardbreak"} else child.content for child in children]
    return " ".join("".join(parts).split())


READER = FormatReader("markdown", 4, frozenset({".md", ".markdown"}), read)

"""Markdown (CommonMark 0.31 with tables and front matter), parsed by markdown-it-py; spans are positions in the unchanged file.

Only blocks and headings are parsed. Paragraphs are quoted with their markup, so their links and emphasis, which are expensive
to parse when nested, are ignored.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import regex
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from citewell.corpus.reading.front_matter import read_front_matter
from citewell.corpus.reading.outline import Outline, lines, section, trimmed
from citewell.document import Block, Section, Span

_PARSER = MarkdownIt("commonmark").enable("table").use(front_matter_plugin).disable(["inline", "text_join"])
# CommonMark makes a heading of a paragraph above a stray line of dashes; longer ones are treated as text.
_LONGEST_HEADING = 160
# The same including markup; a link in a heading may be long.
_LONGEST_MARKED_HEADING = 4_000
# With a longer one, an encoder would see little of the row after it; it is a row like the others.
_LONGEST_HEAD = 400
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


def _whole_table(state: StateBlock, first: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as the parser calls it
    """Take the lines of a table without parsing cells: the parser's own rule pads every row to the width of the head."""
    if not table(state, first, end, silent=True):
        return False
    if silent:
        return True
    kind, state.parentType = state.parentType, "table"
    ends = state.md.block.ruler.getRules("blockquote")
    last = first + 2
    while last < end and state.sCount[last] >= state.blkIndent and not state.is_code_block(last):
        if state.isEmpty(last) or any(rule(state, last, end, True) for rule in ends):  # noqa: FBT003
            break
        last += 1
    state.push("table_open", "table", 1).map = [first, last]
    state.push("table_close", "table", -1)
    state.parentType = kind
    state.line = last
    return True


# At the place of the parser's own rule, so that it interrupts the same blocks.
_PARSER.block.ruler.at("table", _whole_table, {"alt": ["paragraph", "reference"]})


@dataclass(slots=True, eq=False)
class _Heading:
    """A heading with its level, its words, its lines, and the part of them that is not markup."""

    level: int
    text: str
    span: Span
    words: Span
    blocks: list[Block] = field(default_factory=list)


def read_markdown(text: str) -> Outline:
    """Find the title, the headings and the blocks of a Markdown text.

    The title is that of the front matter, or else the only heading of level 1 if it comes before all others. A heading that
    has no text, and none below it, is text itself.
    """
    rows = list(lines(text))
    references: dict[str, Any] = {}
    tokens = _PARSER.parse(text, references)
    start: list[Block] = []
    headings: list[_Heading] = []
    for at, token in enumerate(tokens):
        blocks = headings[-1].blocks if headings else start
        if token.type != "heading_open" or not token.map:
            blocks.extend(_blocks(text, rows, tokens, at))
            continue
        span, name = _span(text, rows, token.map), _plain(tokens[at + 1].content, references)
        if name is not None and len(name) <= _LONGEST_HEADING:
            headings.append(_Heading(int(token.tag[1:]), name, span, _words(text, rows, token)))
        else:
            blocks.append(Block(span))
    for block in _unparsed(text, rows, tokens):
        above = bisect_left(headings, block.span.start, key=lambda each: each.span.start)
        insort(headings[above - 1].blocks if above else start, block, key=lambda each: each.span)
    named, fields = _front_matter(text, rows, tokens)
    title = _title(named, headings, start)
    sections = [section((), None, blocks) for blocks in (fields, start) if blocks]
    sections.extend(_sections(headings, title))
    return Outline(named or title, tuple(sections or _sections(headings, None)))


def _front_matter(text: str, rows: list[Span], tokens: Sequence[Token]) -> tuple[str | None, list[Block]]:
    """Return the title of the front matter, and its fields."""
    if not tokens or tokens[0].type != "front_matter" or not tokens[0].map:
        return None, []
    start, end = rows[0].end, rows[tokens[0].map[1] - 1].start
    # Not the token's content, in which the parser has changed line ends.
    found = read_front_matter(text[start:end])
    return found.title, [Block(field.shifted(start)) for field in found.fields]


def _title(named: str | None, headings: Sequence[_Heading], start: Sequence[Block]) -> str | None:
    """Return the heading that is the document's title and therefore not part of any path."""
    first = [heading for heading in headings if heading.level == 1]
    if named is not None:
        return named if any(heading.text == named for heading in first) else None
    return first[0].text if len(first) == 1 and first[0] is headings[0] and not start else None


def _sections(headings: Sequence[_Heading], title: str | None) -> Iterator[Section]:
    """Yield the sections with a heading, and between them the headings that are text, those below the same heading together."""
    above: list[_Heading] = []
    paths: list[list[_Heading]] = []
    for heading in headings:
        above = [other for other in above if other.level < heading.level] + [heading]
        paths.append([other for other in above if not (other.level == 1 and other.text == title)])
    shown = {id(other) for path in paths if path and path[-1].blocks for other in path}
    lone: list[Block] = []
    place: tuple[str, ...] = ()
    for heading, path in zip(headings, paths, strict=True):
        names = tuple(other.text for other in path if id(other) in shown)
        if lone and (heading.blocks or names != place):
            yield section(place, None, lone)
            lone = []
        if heading.blocks:
            yield section(names, heading.span, heading.blocks)
        elif heading in path and id(heading) not in shown and heading.words.start < heading.words.end:
            lone.append(Block(heading.words))
        place = names
    if lone:
        yield section(place, None, lone)


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


def _unparsed(text: str, rows: list[Span], tokens: Sequence[Token]) -> Iterator[Block]:
    """Yield the text that only looks like the address of a link ("[Deadline]: Friday"), which the parser takes out."""
    parsed = bytearray(len(rows))
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
            yield Block(span)


def _blocks(text: str, rows: list[Span], tokens: Sequence[Token], at: int) -> Iterator[Block]:
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
        block = Block(trimmed(text, start, span.end), "item" if is_item else "prose")
    elif token.type in {"fence", "code_block", "table_open", "html_block"}:
        first, last = token.map
        if token.type == "fence":
            first += 1
            last -= _closes(text, rows, token)
        if first >= last:
            return
        # The names of the columns, and the line of dashes below them.
        head = _span(text, rows, [first, first + 2]) if token.type == "table_open" and last > first + 2 else None
        is_short = head is not None and head.end - head.start <= _LONGEST_HEAD
        block = Block(_span(text, rows, [first, last]), "verbatim", head if is_short else None)
        if token.type == "html_block" and _COMMENTS.fullmatch(block.span.of(text)):
            return
    else:
        return
    if block.span.start < block.span.end:
        yield block


def _closes(text: str, rows: list[Span], token: Token) -> bool:
    """Return whether a fence has a closing line; at the end of its container it may lack one."""
    first, last = token.map or [0, 0]
    return last - first > 1 and rows[last - 1].of(text).strip(" \t\r\n>").startswith(token.markup)


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
    _PARSER.inline.parse(marked, _PARSER, references, children)
    parts = [" " if child.type in {"softbreak", "hardbreak"} else child.content for child in children]
    return " ".join("".join(parts).split())

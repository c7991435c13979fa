"""The tree that docutils makes of a reStructuredText file, to blocks with their places in the file."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import regex
from docutils import frontend, nodes, utils
from docutils.parsers.rst import Parser, states

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.formats.rst_directives import Inserted, register
from citewell.corpus.reading.formats.rst_places import Places, is_adornment, plain, table_lines
from citewell.corpus.reading.outline import trimmed
from citewell.corpus.reading.rows import Rows, not_inserted
from citewell.document import Fact, Span
from citewell.text.dates import iso_date

# docutils takes these for line ends, as `str.splitlines` does.
_LINE_ENDS = regex.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LONGEST_LINE = 10_000_000
_NO_HALT = 5
_UNSEEN = (
    nodes.comment,
    nodes.substitution_definition,
    nodes.target,
    nodes.pending,
    nodes.decoration,
    nodes.meta,
    nodes.raw,
    nodes.label,
    nodes.option_group,
)
_RAW = "raw "
# Its faults are of any kind: an assertion, a missing attribute of its tree.
_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_VERBATIM = (nodes.literal_block, nodes.doctest_block, nodes.math_block)
_FACTS = {"author": "author", "authors": "author", "date": "date", "language": "language", "lang": "language"}


class UnparsedError(Exception):
    """docutils has failed; the message is how."""


@dataclass(slots=True)
class Found:
    """The blocks of a file and what is known of it."""

    blocks: list[RawBlock] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    warnings: tuple[str, ...] = ()


class _AsItStands:
    """Takes the text of a paragraph unchanged: its links and emphasis are quoted with it."""

    def __init__(self) -> None:
        self._inliner: Any = states.Inliner()

    def __getattr__(self, name: str) -> object:
        found: object = getattr(self._inliner, name)
        return found

    def parse(self, text: str, *_where: object) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the text alone."""
        return [nodes.Text(text)], []


def find_blocks(rows: Rows) -> Found:
    """Return the blocks of a reStructuredText file.

    Raises:
        UnparsedError: docutils has failed.
    """
    walk = _Walk(rows)
    walk.go(_parsed(rows.text))
    walk.found.warnings = walk.warnings()
    return walk.found


def _parsed(text: str) -> nodes.document:
    settings: Any = frontend.get_default_settings(Parser)
    settings.file_insertion_enabled = settings.raw_enabled = False
    settings.halt_level = settings.report_level = _NO_HALT
    settings.warning_stream = io.StringIO()
    settings.syntax_highlight = "none"
    settings.line_length_limit = _LONGEST_LINE
    document = utils.new_document("", settings)
    register(text)
    try:
        Parser(inliner=_AsItStands()).parse(_LINE_ENDS.sub(" ", text), document)
    except _FAULTS as error:
        raise UnparsedError(type(error).__name__) from error
    return document


class _Walk:
    """Goes through a tree in the order of the file."""

    def __init__(self, rows: Rows) -> None:
        self.found = Found()
        self._rows = rows
        self._places = Places(rows)
        self._inserted: list[str] = []
        self._lost = 0
        self._end = 0
        # The first that fits.
        self._ways: tuple[tuple[Any, Callable[[Any], bool | None]], ...] = (
            (Inserted, self._inserting),
            (nodes.system_message, self._message),
            (nodes.table, self._table),
            ((nodes.definition_list_item, nodes.field, nodes.option_list_item), self._named_item),
            (nodes.list_item, self._list_of_lists),
            (nodes.image, self._figure),
            (_VERBATIM, self._verbatim),
            (nodes.TextElement, self._words),
        )

    def warnings(self) -> tuple[str, ...]:
        """Return what was left out."""
        raw = sorted({name for name in self._inserted if name.startswith(_RAW)})
        files = [name for name in self._inserted if not name.startswith(_RAW)]
        lost = f"parts left out, because docutils does not say where they stand: {self._lost}"
        return (
            *not_inserted(files),
            *(f"markup of another format is left out ({', '.join(raw)})" for _ in raw[:1]),
            *([lost] if self._lost else []),
        )

    def go(self, document: nodes.document) -> None:
        """Find the blocks of a tree; with a stack, because trees may be deep."""
        stack: list[tuple[nodes.Node, int]] = [(document, 0)]
        while stack:
            node, level = stack.pop()
            if isinstance(node, nodes.section):
                level += 1
            if not self._takes(node, level):
                stack.extend((child, level) for child in reversed(node.children))

    def _takes(self, node: nodes.Node, level: int) -> bool:
        """Take a part of the tree as a whole; False where its parts are taken one by one."""
        if not isinstance(node, nodes.Element) or isinstance(node, _UNSEEN):
            return True
        if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
            self._heading(node, level)
            return True
        for kind, take in self._ways:
            if isinstance(node, kind):
                return take(node) is not False
        return False

    def _inserting(self, node: Inserted) -> None:
        self._inserted.append(node["name"])

    def _message(self, node: nodes.system_message) -> None:
        """Take what docutils cannot make sense of unchanged."""
        for literal in (child for child in node.children if isinstance(child, nodes.literal_block)):
            self._leaf(literal, "verbatim", node.get("line"))

    def _verbatim(self, node: nodes.Element) -> None:
        self._leaf(node, "verbatim", node.line)

    def _words(self, node: nodes.TextElement) -> None:
        is_item = isinstance(node.parent, nodes.list_item) and node.parent.children[0] is node
        self._leaf(node, "item" if is_item else "prose", node.line)

    def _leaf(self, node: nodes.Element, kind: Literal["prose", "item", "verbatim"], line: int | None) -> None:
        source = node.astext() if isinstance(node, nodes.literal_block | nodes.math_block) else node.rawsource
        at = self._places.find(source or node.astext(), line)
        if at:
            self._add(RawBlock(kind, at=at))
        else:
            self._lost += any(map(str.isalnum, node.astext()))

    def _add(self, block: RawBlock) -> None:
        """Add a block, or what of it is not in the one before; docutils may give a text and its complaint about it."""
        at = block.at or Span(0, 0)
        start = max(at.start, self._end)
        rest = at if start == at.start else trimmed(self._rows.text, start, max(start, at.end))
        if rest.start < rest.end or (block.kind == "figure" and rest == at):
            self.found.blocks.append(replace(block, at=rest, head=block.head if rest == at else None))
            self._end = rest.end

    def _heading(self, node: nodes.title, level: int) -> None:
        words = self._places.find(node.rawsource, node.line)
        if words is None:
            self._lost += 1
            return
        first, end = self._places.lines_of(words)
        lines = self._rows.contents
        is_overlined = first > 0 and end < len(lines) and is_adornment(lines[end]) and lines[first - 1] == lines[end]
        at = self._rows.span(first - is_overlined, min(end + 1, len(lines)))
        self._add(RawBlock("heading", level=level, at=at, words=words, name=plain(node.rawsource)))

    def _table(self, node: nodes.table) -> bool:
        """Take a table by its lines."""
        lines = table_lines(self._rows, (node.line or 0) - 1)
        if lines is None:
            return False
        for title in (child for child in node.children if isinstance(child, nodes.title)):
            self._leaf(title, "prose", title.line)
        first, head_end, end = lines
        head = self._rows.span(first, head_end) if head_end else None
        self._add(RawBlock("verbatim", at=self._rows.span(first, end), head=head))
        return True

    def _named_item(self, node: nodes.Element) -> bool:
        """Take a term, a field or an option with what it means as one item, if that is a single paragraph."""
        name, body = node.children[0], node.children[-1]
        parts = body.children if isinstance(body, nodes.Element) else []
        if isinstance(node, nodes.field):
            self._facts(node, name.astext().strip().lower(), body.astext())
        if len(parts) > 1 or any(not isinstance(part, nodes.paragraph) for part in parts):
            return False
        last = self._places.find(parts[0].rawsource, parts[0].line) if parts else None
        line = node.line or (parts[0].line if parts else 0) or 0
        start = self._places.start_of(name.astext().split()[0] if name.astext().split() else "", line, last)
        if start is None:
            return False
        end = last.end if last else self._rows.span(start, start + 1).end
        self._add(RawBlock("item", at=Span(self._rows.span(start, start + 1).start, end)))
        return True

    def _list_of_lists(self, node: nodes.list_item) -> bool:
        """Take a row of a table that is written as a list of lists, as one item."""
        inner = node.children[0] if len(node.children) == 1 else None
        if not isinstance(inner, nodes.bullet_list):
            return False
        cells = [cell.children[0] for cell in inner.children if isinstance(cell, nodes.Element) and cell.children]
        if any(not isinstance(cell, nodes.paragraph) or len(cell.parent.children) > 1 for cell in cells):
            return False
        spans = [span for cell in cells if (span := self._places.find(cell.rawsource, cell.line))]
        if spans:
            self._add(RawBlock("item", at=Span(spans[0].start, spans[-1].end)))
        return bool(spans)

    def _facts(self, field: nodes.field, name: str, value: str) -> None:
        """Take what the fields at the start of a document say of it."""
        known = _FACTS.get(name)
        is_first = all(block.kind in {"heading", "item"} for block in self.found.blocks)
        if known and is_first and isinstance(field.parent, nodes.field_list):
            found = iso_date(value) if known == "date" else " ".join(value.split())
            self.found.facts += [Fact(known, found, "file properties")] if found else []

    def _figure(self, node: nodes.image) -> None:
        described = node.get("alt", "")
        at = self._places.find(described, node.line) if described else None
        if at is None:
            at = self._places.find(node.get("uri", ""), node.line)
            at = Span(at.start, at.start) if at else None
        if at:
            self._add(RawBlock("figure", at=at, reference=node.get("uri", "")))

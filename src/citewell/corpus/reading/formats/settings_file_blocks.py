"""Files of settings (INI, TOML, YAML, properties): sections and keys are headings, comments are prose, and lines stay whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, RawBlock, Source
from citewell.corpus.reading.rows import Rows, with_lines

# So long a block is at most, so that the line of a quotation is near.
_MOST_LINES = 20
# Of keys inside keys; deeper ones are lines below them.
_DEEPEST = 3
_SECTION = regex.compile(r"[ \t]*\[{1,2}(?P<name>[^\[\]]+)\]{1,2}[ \t]*(?:[#;].*)?")
_TAGGED = regex.compile(r"[ \t]*<(?P<name>[A-Z]\w*(?:[ \t]+[^<>]+)?)>[ \t]*")
_PLAIN_KEY = r"-?[^\s:#'\"\[\]{},&*!|>%@`-][^:#]*?"
_KEY = regex.compile(rf"(?P<indent>[ ]*)(?P<name>\"[^\"]+\"|'[^']+'|{_PLAIN_KEY})[ ]*:[ ]*(?:[&!]\S+[ ]*)*(?:#.*)?")
_LONG_TEXT = regex.compile(r"(?P<indent>[ ]*)(?:-[ ]+)*(?:[^\s#][^:]*:[ ]+)?[|>][-+]?\d?[-+]?[ ]*(?:#.*)?")
_COMMENT = regex.compile(r"[ \t]*(?:#+|;+|!+|//)[ \t]*")
_YAML = frozenset({".yaml", ".yml"})


def read(source: Source) -> Extract:
    """Read a file of settings.

    Raises:
        ReadingError: It is not text.
    """
    decoded = decode(source.data)
    name = PurePosixPath(source.path)
    rows = Rows(decoded.text)
    blocks = _yaml(rows) if name.suffix.lower() in _YAML else _sections(rows)
    return Extract(tuple(with_lines(blocks, rows)), decoded.text, name.name, warnings=decoded.warnings)


def _sections(rows: Rows) -> Iterator[RawBlock]:
    """Yield what is between the names of sections, which stand in brackets on a line of their own."""
    start = 0
    for nth, line in enumerate([*rows.contents, "[ ]"]):
        found = _SECTION.fullmatch(line) or _TAGGED.fullmatch(line)
        if not found:
            continue
        yield from _lines(rows, start, nth)
        start = nth + 1
        if nth < len(rows):
            name = " ".join(found["name"].split())
            at, words = rows.span(nth, nth + 1), rows.part(nth, *found.span("name"))
            yield RawBlock("heading", level=1, at=at, words=words, name=name)


def _yaml(rows: Rows) -> Iterator[RawBlock]:
    """Yield what is below the outer keys; a text of several lines is prose."""
    start = nth = 0
    above: list[int] = []
    while nth < len(rows):
        line = rows.contents[nth]
        key = _KEY.fullmatch(line)
        long_text = _LONG_TEXT.fullmatch(line)
        if line in {"---", "..."}:
            yield from _lines(rows, start, nth)
            yield RawBlock("break")
            start, above = nth + 1, []
        elif long_text:
            yield from _lines(rows, start, nth + 1)
            start = _end_of_text(rows, nth + 1, len(long_text["indent"]))
            for paragraph in rows.paragraphs(nth + 1, start):
                yield from rows.prose(*paragraph)
            nth = start - 1
        elif key and _is_parent(rows, nth, len(key["indent"])):
            above = [indent for indent in above if indent < len(key["indent"])]
            if len(above) < _DEEPEST:
                above.append(len(key["indent"]))
                yield from _lines(rows, start, nth)
                start = nth + 1
                at, words = rows.span(nth, nth + 1), rows.part(nth, *key.span("name"))
                yield RawBlock("heading", level=len(above), at=at, words=words, name=key["name"].strip("\"'"))
        elif above and line and not line.startswith((" ", "#", "-", "\t")):
            # A key with a value of its own does not belong to the heading above.
            yield from _lines(rows, start, nth)
            yield RawBlock("break")
            start, above = nth, []
        nth += 1
    yield from _lines(rows, start, len(rows))


def _is_parent(rows: Rows, nth: int, indent: int) -> bool:
    """Return whether lines that belong to a key follow it."""
    at = rows.end_of(nth + 1, lambda line: not line or line.lstrip().startswith("#"))
    after = rows.contents[at] if at < len(rows) else ""
    deeper = len(after) - len(after.lstrip())
    return deeper > indent or (deeper == indent and after.lstrip().startswith("- "))


def _end_of_text(rows: Rows, first: int, indent: int) -> int:
    return rows.end_of(first, lambda line: not line or len(line) - len(line.lstrip()) > indent)


def _lines(rows: Rows, first: int, end: int) -> Iterator[RawBlock]:
    """Yield comments as prose, and other lines as they are."""
    start = first
    for nth in range(first, end + 1):
        begun = _COMMENT.match(rows.contents[start]) if start < nth else None
        is_comment = nth < end and bool(_COMMENT.match(rows.contents[nth]))
        is_last = nth == end or not rows.contents[nth] or nth - start >= _MOST_LINES
        if not is_last and (start == nth or is_comment == (begun is not None)):
            continue
        yield from rows.prose(start, nth, begun.end()) if begun else rows.verbatim(start, nth)
        start = nth

"""Source code: functions and classes are sections, comments and docstrings are prose, code is lines; each with its line.

Python has its own parser (``code_python``). In other languages, a definition is a line of a certain form, and goes on as far
as the lines below it are indented further; so nearly all code is written, whatever its language. A definition inside a function
is none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, RawBlock, Source
from citewell.corpus.reading.formats.code_languages import LANGUAGES, Language
from citewell.corpus.reading.formats.code_python import Definition, definitions
from citewell.corpus.reading.formats.code_structure import (
    find_comments,
    find_definitions,
    sign_length,
    uncommented,
    without_sign,
)
from citewell.corpus.reading.outline import trimmed
from citewell.corpus.reading.rows import Rows, with_lines
from citewell.document import Span
from citewell.errors import ReadingError

# A block of code is at most so long, so that the line of a quotation is near.
_MOST_LINES = 20
# Nobody writes so much in lines of this length on average; a program that saves space does.
_MINIFIED = frozenset({".js", ".mjs", ".cjs", ".css"})
_FEW = 5_000
_LONG_LINES = 1_000
# A line that only ends what is above it.
_CLOSING = regex.compile(r"[\W_]*(?:end|fi|done|esac)?[\W_]*")
_PYTHON = frozenset({".py", ".pyi", ".pyw"})
_QUOTES = regex.compile(r"[rRuUbBfF]{0,2}(\"{3}|'{3}|\"|')")


def read(source: Source) -> Extract:
    """Read a file of source code.

    Raises:
        ReadingError: It is not text, or is minified.
    """
    decoded = decode(source.data)
    rows = Rows(decoded.text)
    name = PurePosixPath(source.path)
    suffix = name.suffix.lower()
    is_long = len(decoded.text) > max(_FEW, _LONG_LINES * sum(map(bool, rows.contents)))
    if suffix in _MINIFIED and is_long:
        raise ReadingError("is minified code, with all of it in a few long lines")
    language = LANGUAGES.get(suffix, LANGUAGES[".sh"])
    comments = find_comments(rows, language)
    found = definitions(decoded.text) if suffix in _PYTHON else None
    if found is None:
        found = find_definitions(rows, language, comments)
    blocks = with_lines(_Sections(rows, comments, language).blocks(found), rows)
    return Extract(tuple(blocks), decoded.text, name.name, warnings=decoded.warnings)


class _Sections:
    """Makes blocks of the lines of a file, below headings that are its definitions.

    Args:
        rows: The lines.
        comments: The line after each comment, by its first line.
        language: The language, for the signs of its comments.
    """

    def __init__(self, rows: Rows, comments: Mapping[int, int], language: Language) -> None:
        self._rows = rows
        self._comments = comments
        self._comment_before = {end: line for line, end in comments.items()}
        self._language = language
        self._docs: dict[int, int] = {}

    def blocks(self, found: Sequence[Definition]) -> Iterator[RawBlock]:
        """Yield the blocks in order; what follows a definition belongs to the one around it."""
        self._docs = {each.doc[0]: each.doc[1] for each in found if each.doc}
        inside: list[Definition] = []
        at = 0
        for each in sorted((each for each in found if each.name), key=lambda each: (each.first, each.level)):
            first = self._with_comment(max(at, each.first), at)
            yield from self._up_to(at, first, inside)
            inside = [other for other in inside if other.end > each.first and other.level < each.level]
            inside.append(each)
            yield self._heading(each, first)
            at = first
        yield from self._up_to(at, len(self._rows), inside)

    def _up_to(self, at: int, end: int, inside: list[Definition]) -> Iterator[RawBlock]:
        """Yield the lines up to one; where a definition ends, the one around it goes on."""
        while inside and inside[-1].end <= end:
            last = inside.pop()
            yield from self._lines(at, max(at, last.end))
            at = max(at, last.end)
            is_over = bool(inside) and inside[-1].end <= at
            if not is_over and not all(map(_CLOSING.fullmatch, self._rows.contents[at:end])):
                yield self._heading(inside[-1], at) if inside else RawBlock("break")
        yield from self._lines(at, end)

    def _heading(self, each: Definition, first: int) -> RawBlock:
        """Return a heading; its line is the first of its section, too, because what it says counts."""
        first = next(nth for nth in range(first, len(self._rows)) if self._rows.contents[nth])
        at = self._rows.span(first, first + 1)
        return RawBlock("heading", level=each.level, at=at, name=each.name)

    def _with_comment(self, first: int, start: int) -> int:
        """Return where the comment directly above a definition starts, or its own first line."""
        above = self._comment_before.get(first, first)
        return above if above >= start else first

    def _lines(self, first: int, end: int) -> Iterator[RawBlock]:
        """Yield comments and docstrings as prose, and code in blocks of some lines."""
        start = first
        while first < end:
            stop = self._docs.get(first) or self._comments.get(first)
            is_full = first - start >= _MOST_LINES
            if stop or not self._rows.contents[first] or is_full:
                yield from self._rows.verbatim(start, first)
                start = first
            if stop:
                yield from self._prose(first, min(stop, end), is_doc=first in self._docs)
                start = first = min(stop, end)
            else:
                first += 1
        yield from self._rows.verbatim(start, end)

    def _prose(self, first: int, end: int, *, is_doc: bool) -> Iterator[RawBlock]:
        """Yield the paragraphs of a comment or a docstring, without the signs around it."""
        whole = self._rows.span(first, end)
        inner = _unquoted(self._rows.text, whole) if is_doc else uncommented(self._rows.text, whole, self._language)
        start: int | None = None
        for nth in range(first, end + 1):
            line = self._rows.contents[nth] if nth < end else ""
            line = line if is_doc else without_sign(line, self._language)
            if line and start is None:
                start = nth
            elif not line and start is not None:
                span = self._rows.span(start, nth)
                skip = 0 if is_doc else sign_length(span.of(self._rows.text))
                at = trimmed(self._rows.text, max(inner.start, span.start + skip), min(inner.end, span.end))
                if any(map(str.isalnum, at.of(self._rows.text))):
                    yield RawBlock("prose", at=at)
                start = None


def _unquoted(text: str, span: Span) -> Span:
    quotes = _QUOTES.match(text, span.start, span.end)
    if not quotes:
        return span
    end = span.end - len(quotes[1]) if span.of(text).endswith(quotes[1]) else span.end
    return trimmed(text, quotes.end(), max(quotes.end(), end))

"""Comments and definitions of source code, found by the form and the indentation of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import regex

from citewell.corpus.reading.formats.code_languages import Language
from citewell.corpus.reading.formats.code_python import Definition
from citewell.corpus.reading.outline import trimmed
from citewell.corpus.reading.rows import Rows
from citewell.document import Span

_TAB = 8
# How far the "{" of a definition may be from its name.
_MOST_LINES_OF_SIGNATURE = 12
_LONGEST_LINE = 500
_CONTAINER = regex.compile(
    r"\b(?:class|interface|struct|enum|union|trait|impl|module|namespace|object|record|protocol|extension|actor|mixin|defmodule"
    r"|service|contract|program|@implementation)\b",
    regex.IGNORECASE,
)
# The end of a definition, and lines at its own indentation that belong to it.
_ENDING = regex.compile(r"\}|end\b|fi\b|done\b|esac\b")
_WITHIN = regex.compile(
    r"[\])]|\{|\||(?:begin|is|else|elif|elsif|except|catch|rescue|ensure|finally|when|where|then|do|in)\b"
    r"|(?:public|private|protected)[ \w]*:"
)
_PREPROCESSOR = regex.compile(r"#[ \t]*(?:include|define|if|ifdef|ifndef|else|elif|endif|pragma|undef|error|line)\b")
_SIGNS = regex.compile(r"[(){;]")
_SIGN = regex.compile(r"[ \t]*(?:/\*+!?|//+!?|\*+(?!/)|#+!?|--+|;+|%+|'+|!+|\(\*+|\{-)?[ \t]*")


def find_comments(rows: Rows, language: Language) -> dict[int, int]:
    """Return the line after each comment, by its first line; a line with code before the comment is code."""

    def is_comment(line: str) -> bool:
        return bool(language.comments.match(line)) and not _PREPROCESSOR.match(line.lstrip())

    found: dict[int, int] = {}
    nth = int(bool(rows.contents) and rows.contents[0].startswith("#!"))
    while nth < len(rows):
        line = rows.contents[nth].lstrip()
        block = next((signs for signs in language.blocks if line.startswith(signs[0])), None)
        end = nth + 1
        if block:
            end = nth if block[1] in line[len(block[0]) :] else rows.end_of(nth + 1, partial(_is_inside, block[1]))
            found[nth] = end = min(end + 1, len(rows))
        elif line and is_comment(line):
            found[nth] = end = rows.end_of(nth + 1, is_comment)
        nth = end
    return found


def _is_inside(closes: str, line: str) -> bool:
    return closes not in line


def find_definitions(rows: Rows, language: Language, comments: Mapping[int, int]) -> list[Definition]:
    """Return the definitions of a file, in order; of what is inside a function, none.

    Args:
        rows: The lines of the file.
        language: How its language is written.
        comments: The line after each comment, by its first line.
    """
    done: list[Definition] = []
    inside: list[_Open] = []
    nth = 0
    while nth < len(rows):
        line = rows.contents[nth]
        words = line.lstrip()
        if nth not in comments and words and not _PREPROCESSOR.match(words):
            indent = len(line.expandtabs(_TAB)) - len(words.expandtabs(_TAB))
            name = None if _WITHIN.match(words) else _defined(rows, nth, language)
            done += _ended(inside, nth, indent, words, is_new=name is not None)
            if name and all(each.is_container for each in inside):
                is_braced = _opens(rows, nth) and line.count("{") >= line.count("}") + ("{" in line)
                found = Definition(name, len(inside) + 1, nth, nth, len(rows))
                inside.append(_Open(found, indent, is_braced, bool(_CONTAINER.search(line))))
        nth = comments.get(nth, nth + 1)
    return sorted([*done, *(each.definition for each in inside)], key=lambda each: (each.line, each.level))


@dataclass(frozen=True, slots=True)
class _Open:
    """A definition that has not ended, and its indentation."""

    definition: Definition
    indent: int
    is_braced: bool
    is_container: bool


def _ended(inside: list[_Open], nth: int, indent: int, words: str, *, is_new: bool) -> Iterator[Definition]:
    """Take away and yield the definitions that end at a line. With braces, a line at the margin may be a label inside."""
    while inside and indent <= inside[-1].indent and not _WITHIN.match(words):
        last = inside[-1]
        is_ending = bool(_ENDING.match(words)) and indent == last.indent
        if last.is_braced and not is_ending and not is_new:
            return
        inside.pop()
        yield replace(last.definition, end=nth + is_ending)
        if is_ending:
            return


def _defined(rows: Rows, nth: int, language: Language) -> str | None:
    """Return the name that a line defines, or None."""
    line = rows.contents[nth]
    if len(line) > _LONGEST_LINE:
        return None
    found = next((match for form in language.defines if (match := form.match(line))), None)
    if not found and language.bodies and _opens(rows, nth):
        found = next((match for form in language.bodies if (match := form.match(line))), None)
    return found["name"].rstrip(":.") if found else None


def _opens(rows: Rows, nth: int) -> bool:
    """Return whether a body in braces follows a line, before the statement ends."""
    depth = 0
    for line in rows.contents[nth : nth + _MOST_LINES_OF_SIGNATURE]:
        for sign in _SIGNS.findall(line[:_LONGEST_LINE]):
            if sign in "()":
                depth += 1 if sign == "(" else -1
            elif depth == 0:
                return bool(sign == "{")
    return False


def without_sign(line: str, language: Language) -> str:
    """Return a line of a comment without the sign of the comment."""
    words = _SIGN.sub("", line, count=1)
    for _, closes in language.blocks:
        words = words.removesuffix(closes)
    return words.strip()


def uncommented(text: str, span: Span, language: Language) -> Span:
    """Return the span of a comment without the signs at its start and end."""
    sign = _SIGN.match(text, span.start, span.end)
    start, end = sign.end() if sign else span.start, span.end
    for opens, closes in language.blocks:
        if text.startswith(opens, span.start) and text.endswith(closes, start, end):
            end -= len(closes)
    return trimmed(text, start, max(start, end))


def sign_length(line: str) -> int:
    """Return the length of the sign at the start of a line of a comment."""
    sign = _SIGN.match(line)
    return sign.end() if sign else 0

"""Reads front matter in TOML, between lines of `+++`: its title, its facts, and where each of its fields is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

import regex

from citewell.corpus.reading.formats.front_matter import FrontMatter, shortened
from citewell.corpus.reading.outline import lines, trimmed
from citewell.document import Fact, Span
from citewell.text.fact_names import fact, fact_name

_FENCE = regex.compile(r"\+\+\+[ \t]*[\r\n]*")
# A field is read again with each line that it may go on in.
_LONGEST = 20_000
_KEY = regex.compile(r"[ \t]*(?:[\w\"'][^=\r\n]*=|\[|#|$)")
_TABLE = regex.compile(r"\s*\[{1,2}[^\[\]\r\n]+\]{1,2}[ \t]*(?:#[^\r\n]*)?\s*")


def fences(text: str, rows: list[Span]) -> tuple[int, int] | None:
    """Return the numbers of the lines that open and close front matter in TOML; None if a text has none."""
    if not rows or not _FENCE.fullmatch(rows[0].of(text)):
        return None
    return next(((0, nth) for nth, row in enumerate(rows) if nth and _FENCE.fullmatch(row.of(text))), None)


def read_toml(text: str) -> FrontMatter:
    """Find the title and the fields of front matter; if it cannot be read, it has no title, and its lines are its fields.

    Args:
        text: The text between the lines of plus signs.
    """
    try:
        known = {} if len(text) > _LONGEST else tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        known = {}
    spans = list(_fields(text)) if known else [trimmed(text, line.start, line.end) for line in lines(text)]
    title = known.get("title")
    return FrontMatter(
        shortened(title) if isinstance(title, str) else None,
        tuple(span for span in spans if span.start < span.end),
        tuple(each for name, value in known.items() for each in _facts(name, value)),
    )


def _fields(text: str) -> Iterator[Span]:
    """Yield the fields of a text that can be read; the name of a table belongs to its first one."""
    starts = [line.start for line in lines(text) if _KEY.match(text, line.start, line.end)]
    first = 0
    for end in [*starts[1:], len(text)]:
        piece = text[first:end]
        if _is_whole(piece) and not _TABLE.fullmatch(piece):
            yield trimmed(text, first, end)
            first = end
    yield trimmed(text, first, len(text))


def _is_whole(piece: str) -> bool:
    try:
        tomllib.loads(piece)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _facts(name: str, value: Any) -> Iterator[Fact]:  # noqa: ANN401 - as the parser gives it
    """Yield what a field says of its document, if it has one value or a list of them."""
    known = fact_name(name)
    if known is None or known == "title":
        return
    values = (
        value if isinstance(value, list) else value.split(",") if known == "tag" and isinstance(value, str) else [value]
    )
    for each in values:
        written = each.isoformat() if isinstance(each, date) else each
        if isinstance(written, str | int | float) and not isinstance(written, bool):
            found = fact(known, str(written), "front matter")
            if found:
                yield found

"""Reads front matter in TOML, between lines of `+++`: its title, its facts, and where each of its fields is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import regex

from citewell.corpus.reading.formats.front_matter import FrontMatter, facts_of, shortened
from citewell.corpus.reading.outline import lines, trimmed
from citewell.document import Span

_FENCE = regex.compile(r"\+\+\+[ \t]*[\r\n]*")
_LONGEST = 20_000
# A field is read again with each line that it may go on in: so often in the mean, before the rest is left as one field.
_TRIED = 50
_KEY = regex.compile(r"[ \t]*(?:[\w\"'][^=\r\n]*=|\[|#|$)")
_TABLE = regex.compile(r"\s*\[{1,2}[^\[\]\r\n]+\]{1,2}[ \t]*(?:#[^\r\n]*)?\s*")


def last_line(text: str, rows: Sequence[Span]) -> int | None:
    """Return the number of the line that closes front matter in TOML; None if a text has none."""
    if not rows or not _FENCE.fullmatch(rows[0].of(text)):
        return None
    return next((nth for nth, row in enumerate(rows) if nth and _FENCE.fullmatch(row.of(text))), None)


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
        tuple(each for name, value in known.items() for each in facts_of(name, _written(value))),
    )


def _fields(text: str) -> Iterator[Span]:
    """Yield the fields of a text that can be read; the name of a table belongs to its first one."""
    starts = [line.start for line in lines(text) if _KEY.match(text, line.start, line.end)]
    first, left = 0, _TRIED * len(text)
    for end in [*starts[1:], len(text)]:
        piece = text[first:end]
        left -= len(piece)
        if left < 0:
            break
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


def _written(value: Any) -> list[str]:  # noqa: ANN401 - as the parser gives it
    """Return the values of a field as they are written, without tables, yes and no."""
    values = value if isinstance(value, list) else [value]
    dated = [each.isoformat() if isinstance(each, date) else each for each in values]
    return [str(each) for each in dated if isinstance(each, str | int | float) and not isinstance(each, bool)]

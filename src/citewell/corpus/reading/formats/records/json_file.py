"""JSON to blocks: objects as headings and lines of names with their values, lists of objects as rows, texts as paragraphs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, RawBlock, Source
from citewell.corpus.reading.formats import plain as plain_text
from citewell.corpus.reading.formats.records.blocks import record_blocks
from citewell.corpus.reading.formats.records.json_lines import lines_of, read_lines
from citewell.corpus.reading.formats.records.values import Value, are_numbers, flat, is_scalar, is_text, parse, words_of
from citewell.document import Location

_MOST_RECORDS = 200_000
_LOWEST = 6
# More numbers than that are data for a program, such as a curve or a vector.
_MOST_NUMBERS = 30


@dataclass(slots=True)
class _Walk:
    """What was found so far, and what is still to be read: the names that lead to a value, and the value."""

    pending: list[tuple[tuple[str, ...], Value]]
    blocks: list[RawBlock] = field(default_factory=list)
    records: int = 0
    numbers: int = 0


def read(source: Source) -> Extract:
    """Read a file of JSON; of one that is not, the text.

    Raises:
        ReadingError: It is no text, or nested too deeply.
    """
    decoded = decode(source.data)
    try:
        value = parse(decoded.text)
    except json.JSONDecodeError as error:
        return _not_json(decoded.text, decoded.warnings, error)
    walk = _Walk([((), value)])
    while walk.pending and walk.records < _MOST_RECORDS:
        _step(walk)
    warnings = list(decoded.warnings)
    if walk.pending:
        warnings.append(f"only the first {_MOST_RECORDS:,} records are read")
    if walk.numbers:
        warnings.append(f"long lists of numbers are left out ({walk.numbers:,})")
    return Extract(tuple(walk.blocks), warnings=tuple(warnings))


def _not_json(text: str, warnings: tuple[str, ...], error: json.JSONDecodeError) -> Extract:
    """Read a file that has one value in each line, or as a text."""
    if error.msg == "Extra data" and len(lines_of(text)) > 1:
        return read_lines(text, warnings)
    warning = f"is not JSON (line {error.lineno:,}: {error.msg}); it is read as plain text"
    title, blocks = plain_text.find_blocks(text)
    return Extract(tuple(blocks), text, title, warnings=(*warnings, warning))


def _step(walk: _Walk) -> None:
    names, value = walk.pending.pop()
    if isinstance(value, tuple):
        _object(walk, names, value)
    elif isinstance(value, list):
        _list(walk, names, value)
    else:
        walk.blocks += record_blocks([(names[-1] if names else "", value)], _place(names))


def _object(walk: _Walk, names: tuple[str, ...], members: tuple[tuple[str, Any], ...]) -> None:
    """Take the members of an object: those without others in them first, the others below headings."""
    own = [(name, value) for name, value in members if _is_simple(value)]
    _heading(walk, names)
    walk.blocks += record_blocks([pair for name, value in own for pair in _named(name, value)], _place(names))
    walk.records += 1
    walk.pending += reversed([((*names, name), value) for name, value in members if not _is_simple(value)])


def _is_simple(value: Value) -> bool:
    if not isinstance(value, list):
        return is_scalar(value)
    is_long = len(value) > _MOST_NUMBERS and are_numbers(value)
    return not is_long and all(is_scalar(each) and not is_text(each) for each in value)


def _named(name: str, value: Value) -> Iterator[tuple[str, Value]]:
    return ((" ".join(filter(None, (name, inner))), found) for inner, found in flat(value))


def _list(walk: _Walk, names: tuple[str, ...], values: list[Any]) -> None:
    """Take the values of a list, each as a record."""
    if len(values) > _MOST_NUMBERS and are_numbers(values):
        walk.numbers += 1
        return
    _heading(walk, names)
    above = " ".join(names)
    for nth, value in enumerate(values, 1):
        if walk.records >= _MOST_RECORDS:
            walk.pending.append((names, value))
            return
        walk.records += 1
        place = Location("record", f"{above}, record {nth}" if above else str(nth))
        if is_scalar(value) and not is_text(value):
            walk.blocks.append(RawBlock("item", (words_of(value),), location=place))
        else:
            walk.blocks += record_blocks(list(flat(value)), place)


def _heading(walk: _Walk, names: tuple[str, ...]) -> None:
    if names:
        walk.blocks.append(RawBlock("heading", (names[-1],), level=min(len(names), _LOWEST), location=_place(names)))


def _place(names: tuple[str, ...]) -> Location | None:
    """Return the place of what is no record of a list; what stands at the top needs none."""
    return Location("record", " › ".join(names)) if names else None


READER = FormatReader("json", 1, frozenset({".json", ".geojson", ".jsonld"}), read)

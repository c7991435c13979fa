"""JSON unchanged: members in their order, with names that occur twice, and numbers with the digits that they have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

import regex

from citewell.corpus.reading.formats.sheet_rows import plain
from citewell.errors import ReadingError

# An object as its members (a tuple), a list, text (also of numbers), true, false or null.
Value: TypeAlias = "tuple[tuple[str, Any], ...] | list[Any] | str | bool | None"

# Texts of so many words are sentences.
_TEXT_WORDS = 15
_NUMBER = regex.compile(r"-?\d[\d.eE+-]*+|-?Infinity|NaN")
_MOST_CELLS = 2_000


def parse(text: str) -> Value:
    """Return a value of JSON.

    Raises:
        ReadingError: It is nested too deeply.
        json.JSONDecodeError: It is not JSON.
    """
    try:
        found: Value = json.loads(text, object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as error:
        raise ReadingError("is nested too deeply") from error
    return found


def is_scalar(value: Value) -> bool:
    """Return whether a value has no others in it."""
    return not isinstance(value, tuple | list)


def words_of(value: Value) -> str:
    """Return a value without others in it as one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, str) else ""


def is_text(value: Value) -> bool:
    """Return whether a value is a text of sentences, or of several lines."""
    return isinstance(value, str) and (len(value.split()) >= _TEXT_WORDS or "\n" in value.strip())


def are_numbers(values: list[Any]) -> bool:
    """Return whether a list holds only numbers, or lists of these."""
    pending: list[Any] = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif not isinstance(value, str) or not _NUMBER.fullmatch(value):
            return False
    return True


def flat(value: Value) -> Iterator[tuple[str, Value]]:
    """Yield what is in a value, each with the names that lead to it, such as "address city" or "items 2 name".

    A list of values without others in it is one value.
    """
    pending: list[tuple[str, Any]] = [("", value)]
    count = 0
    while pending and count < _MOST_CELLS:
        name, value = pending.pop()
        if isinstance(value, list) and all(is_scalar(each) and not is_text(each) for each in value):
            value = ", ".join(filter(None, map(words_of, value)))
        if isinstance(value, tuple):
            pending += reversed([(f"{name} {key}".strip(), inner) for key, inner in value])
        elif isinstance(value, list):
            pending += reversed([(f"{name} {nth}".strip(), inner) for nth, inner in enumerate(value, 1)])
        elif value is not None and value != "":
            count += 1
            yield name, value

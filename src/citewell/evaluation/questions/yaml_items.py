"""Edits single items of a YAML list and keeps all other lines unchanged.

``ruamel.yaml`` keeps comments but writes a file in its own style, so only the changed items are written with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import regex
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import YAMLError

_OFFSET = 2
_MARGIN = regex.compile(rf"^ {{1,{_OFFSET}}}", regex.MULTILINE)
_NO_CONTENT = regex.compile(r"\s*(?:#.*)?")


def dump_items(items: Sequence[Any]) -> str:
    """Return a list as YAML, each item starting with a dash at the margin."""
    stream = StringIO()
    _yaml().dump(items, stream)
    # A comment may already be at the margin.
    return _MARGIN.sub("", stream.getvalue())


def append_item(text: str, item: Any) -> str:  # noqa: ANN401 - any YAML value
    """Return a list in YAML with one more item at its end."""
    items = _yaml().load(text)
    if not _in_block(items):
        return dump_items([*(items or []), item])
    ending = "" if text.endswith("\n") else "\n"
    return f"{text}{ending}{_indented(dump_items([item]), int(items.lc.col))}"


def edit_items(text: str, changes: Mapping[int, Mapping[str, Any]]) -> str:
    """Return a list of mappings in YAML with some keys of some items replaced.

    Args:
        text: The list.
        changes: The new values by key, by the position of the item, from 0.
    """
    items = _yaml().load(text)
    in_place = _edited_in_place(text, items, changes) if _in_block(items) else None
    for nth, change in changes.items():
        _put(items[nth], items[nth] | change)
    # An item that uses an alias of another one cannot be edited separately.
    return in_place if in_place is not None and _same(in_place, items) else dump_items(items)


def _edited_in_place(text: str, items: CommentedSeq, changes: Mapping[int, Mapping[str, Any]]) -> str | None:
    """Edit only the lines of the changed items; None if one of them cannot be parsed separately."""
    lines = _lines(text)
    starts = [*(items.lc.item(nth)[0] for nth in range(len(items))), len(lines)]
    for nth in sorted(changes, reverse=True):
        first, last = starts[nth], starts[nth + 1]
        while _NO_CONTENT.fullmatch(lines[last - 1].rstrip("\r\n")):
            last -= 1
        try:
            (item,) = _yaml().load("".join(lines[first:last]))
        except YAMLError:
            return None
        _put(item, item | changes[nth])
        lines[first:last] = [_indented(dump_items([item]), int(items.lc.col))]
    return "".join(lines)


def _put(old: Any, new: Any) -> Any:  # noqa: ANN401
    """Update an old value to equal a new one, keeping its style where possible."""
    if isinstance(old, dict) and isinstance(new, dict):
        for gone in [key for key in old if key not in new]:
            del old[gone]
        for key, value in new.items():
            old[key] = _put(old[key], value) if key in old else value
        return old
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for nth, value in enumerate(new):
            old[nth] = _put(old[nth], value)
        return old
    return old if old == new else new


def _same(text: str, items: CommentedSeq) -> bool:
    try:
        return bool(YAML(typ="safe").load(text) == YAML(typ="safe").load(dump_items(items)))
    except YAMLError:
        return False


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 10_000
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=2 + _OFFSET, offset=_OFFSET)
    return yaml


def _in_block(items: object) -> bool:
    """Return whether a list is written with a dash before each item, not in brackets."""
    return isinstance(items, CommentedSeq) and len(items) > 0 and not items.fa.flow_style()


def _indented(text: str, margin: int) -> str:
    return "".join(" " * margin + line if line.strip() else line for line in _lines(text))


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends; ``splitlines`` would also split at characters that YAML does not."""
    return [line for line in regex.split(r"(?<=\n)", text) if line]

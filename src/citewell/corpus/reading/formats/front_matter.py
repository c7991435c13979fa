"""Reads the YAML front matter of a text: its title, and where each of its fields is, so that it can be quoted.

The YAML is read as a stream of events. No object is built, no alias is followed and nothing is nested, so a few bytes cannot
use up the memory. Anything that is not clearly a title is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import regex
import yaml

from citewell.corpus.reading.outline import lines, trimmed
from citewell.document import Span

# A title is one line. A longer one keeps its beginning, which is enough to recognise and find it.
_LONGEST_TITLE = 300
# Real front matter is shorter than this, and YAML is some hundred times slower to read than Markdown.
_LONGEST_FRONT_MATTER = 50_000
_DEEPEST = 50
_KEY = regex.compile(r"(?<![^\r\n])[ \t]*+(?:-[ \t]++)?+[^\s:#-][^:\r\n]*+:(?=\s|$)")
_NO_TEXT = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"}
_TEXT = {None, "!", "tag:yaml.org,2002:str"}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The literal value of ``title`` if it is one word or line, and the spans of the fields."""

    title: str | None
    fields: tuple[Span, ...]


def read_front_matter(text: str) -> FrontMatter:
    """Find the title and the fields of front matter.

    A list belongs to its key; a field that has fields itself is divided at each of them. An error in the front matter must not
    keep the document out of the index: unreadable front matter has no title, and its lines are its fields.

    Args:
        text: The text between the dashes.
    """
    try:
        pairs = [] if len(text) > _LONGEST_FRONT_MATTER else list(_fields(text))
    except (yaml.YAMLError, ValueError, RecursionError):
        pairs = []
    title: str | None = None
    for key, value in pairs:
        if isinstance(key, yaml.ScalarEvent) and key.value == "title":
            title = _shortened(value.value) if isinstance(value, yaml.ScalarEvent) and _is_text(value) else None
    starts = [key.start_mark.index for key, _ in pairs if key.start_mark]
    fields: list[Span] = [] if pairs else [trimmed(text, line.start, line.end) for line in lines(text)]
    for (_, value), (start, end) in zip(pairs, pairwise([*starts, len(text)]), strict=True):
        nested = isinstance(value, yaml.MappingStartEvent) and not value.flow_style
        fields.extend(_nested(text, start, end) if nested else [trimmed(text, start, end)])
    return FrontMatter(title, tuple(span for span in fields if span.start < span.end))


def _nested(text: str, start: int, end: int) -> Iterator[Span]:
    """Divide a field before each line that starts with a key."""
    keys = [start, *(match.start() for match in _KEY.finditer(text, start, end) if match.start() > start), end]
    return (trimmed(text, first, last) for first, last in pairwise(keys))


def _fields(front_matter: str) -> Iterator[tuple[yaml.Event, yaml.Event]]:
    """Yield each key of the outermost mapping with the event that starts its value.

    Raises:
        ValueError: It is not one mapping, or is nested too deeply.
    """
    depth = 0
    pair: list[yaml.Event] = []
    for event in yaml.parse(front_matter, yaml.SafeLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.NodeEvent):
            if depth == 0 and not isinstance(event, yaml.MappingStartEvent):
                raise ValueError("no mapping")
            if depth == 1:
                pair.append(event)
            depth += isinstance(event, yaml.CollectionStartEvent)
        if depth > _DEEPEST:
            raise ValueError("too deep")
        if len(pair) == 2:
            yield pair[0], pair[1]
            pair = []


def _is_text(event: yaml.ScalarEvent) -> bool:
    """Return whether a scalar can be a title: words, a number or a date, but not a boolean or null."""
    if event.tag not in _TEXT:
        return False
    if event.style is not None or event.tag is not None:
        return True
    resolver: Any = yaml.SafeLoader("")
    return resolver.resolve(yaml.ScalarNode, event.value[:_LONGEST_TITLE], (True, False)) not in _NO_TEXT


def _shortened(title: str) -> str | None:
    words = " ".join(title.split())
    if any("\ud800" <= character <= "\udfff" for character in words):
        # YAML's escapes can produce half a surrogate pair, which cannot be encoded.
        return None
    if len(words) <= _LONGEST_TITLE:
        return words or None
    beginning = words[: _LONGEST_TITLE - 1]
    return f"{beginning.rpartition(' ')[0] or beginning}…"

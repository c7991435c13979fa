"""Reads the YAML front matter of a text: its title, its facts, and where each of its fields is, so that it can be quoted.

The YAML is read as a stream of events. No object is built, no alias is followed and nothing is nested, so a few bytes cannot
use up the memory. Anything that is not clearly a title is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeGuard

import regex
import yaml

from citewell.corpus.reading.outline import lines, trimmed
from citewell.document import Fact, Span
from citewell.text.fact_names import fact, fact_name

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
    """The literal value of ``title`` if it is one word or line, the spans of the fields, and what they say of the document."""

    title: str | None
    fields: tuple[Span, ...]
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class _Field:
    """A key with the event that starts its value, and its values, if they are one or a list of them."""

    key: yaml.Event
    value: yaml.Event
    values: list[yaml.ScalarEvent]


def read_front_matter(text: str) -> FrontMatter:
    """Find the title and the fields of front matter.

    A list belongs to its key; a field that has fields itself is divided at each of them. An error in the front matter must not
    keep the document out of the index: unreadable front matter has no title, and its lines are its fields.

    Args:
        text: The text between the dashes.
    """
    try:
        found = [] if len(text) > _LONGEST_FRONT_MATTER else list(_fields(text))
    except (yaml.YAMLError, ValueError, RecursionError):
        found = []
    title: str | None = None
    for each in found:
        if isinstance(each.key, yaml.ScalarEvent) and each.key.value == "title":
            title = shortened(each.value.value) if _is_text(each.value) else None
    starts = [each.key.start_mark.index for each in found if each.key.start_mark]
    fields: list[Span] = [] if found else [trimmed(text, line.start, line.end) for line in lines(text)]
    for each, (start, end) in zip(found, pairwise([*starts, len(text)]), strict=True):
        nested = isinstance(each.value, yaml.MappingStartEvent) and not each.value.flow_style
        fields.extend(_nested(text, start, end) if nested else [trimmed(text, start, end)])
    facts = tuple(fact for each in found for fact in _facts(each))
    return FrontMatter(title, tuple(span for span in fields if span.start < span.end), facts)


def facts_of(name: str, values: Sequence[str]) -> Iterator[Fact]:
    """Yield what a field says of its document.

    Args:
        name: The name of the field.
        values: Its value, or those of its list; tags can be a list in one line ("tags: travel, fees").
    """
    known = fact_name(name)
    if known is None or known == "title":
        return
    for each in values:
        written = each.split(",") if known == "tag" and len(values) == 1 else [each]
        found = (fact(known, one, "front matter") for one in written if shortened(one))
        yield from (one for one in found if one)


def _facts(field: _Field) -> Iterator[Fact]:
    if isinstance(field.key, yaml.ScalarEvent):
        yield from facts_of(field.key.value, [each.value for each in field.values if _is_text(each)])


def _nested(text: str, start: int, end: int) -> Iterator[Span]:
    """Divide a field before each line that starts with a key."""
    keys = [start, *(match.start() for match in _KEY.finditer(text, start, end) if match.start() > start), end]
    return (trimmed(text, first, last) for first, last in pairwise(keys))


def _fields(front_matter: str) -> Iterator[_Field]:
    """Yield each key of the outermost mapping with its value.

    Raises:
        ValueError: It is not one mapping, or is nested too deeply.
    """
    depth = 0
    pair: list[yaml.Event] = []
    values: list[yaml.Event] = []
    for event in yaml.parse(front_matter, yaml.SafeLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.NodeEvent):
            if depth == 0 and not isinstance(event, yaml.MappingStartEvent):
                raise ValueError("no mapping")
            if depth == 1:
                pair.append(event)
            if len(pair) == 2 and (depth == 1 or (depth == 2 and isinstance(pair[1], yaml.SequenceStartEvent))):
                values.append(event)
            depth += isinstance(event, yaml.CollectionStartEvent)
        if depth > _DEEPEST:
            raise ValueError("too deep")
        if depth == 1 and len(pair) == 2:
            yield _Field(pair[0], pair[1], [each for each in values if isinstance(each, yaml.ScalarEvent)])
            pair, values = [], []


def _is_text(event: yaml.Event) -> TypeGuard[yaml.ScalarEvent]:
    """Return whether a value can be a title: words, a number or a date, but not a boolean or null."""
    if not isinstance(event, yaml.ScalarEvent) or event.tag not in _TEXT:
        return False
    if event.style is not None or event.tag is not None:
        return True
    resolver: Any = yaml.SafeLoader("")
    return resolver.resolve(yaml.ScalarNode, event.value[:_LONGEST_TITLE], (True, False)) not in _NO_TEXT


def shortened(title: str) -> str | None:
    """Return a title in one line, not too long; None if it has no words, or cannot be written."""
    words = " ".join(title.split())
    if any("\ud800" <= character <= "\udfff" for character in words):
        # YAML's escapes can produce half a surrogate pair, which cannot be encoded.
        return None
    if len(words) <= _LONGEST_TITLE:
        return words or None
    beginning = words[: _LONGEST_TITLE - 1]
    return f"{beginning.rpartition(' ')[0] or beginning}…"

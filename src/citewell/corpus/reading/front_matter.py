"""Reads the title from the YAML front matter of a text, and nothing else of it.

The YAML is read as a stream of events. No object is built, no alias is followed and nothing is nested, so a few bytes cannot
use up the memory. Anything that is not clearly a title is ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

# A title is one line. A longer one keeps its beginning, which is enough to recognise and find it.
_LONGEST_TITLE = 300
# Real front matter is shorter than this, and YAML is some hundred times slower to read than Markdown.
_LONGEST_FRONT_MATTER = 50_000
_DEEPEST = 50
_NO_TEXT = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"}
_TEXT = {None, "!", "tag:yaml.org,2002:str"}


def title_of(front_matter: str) -> str | None:
    """Return the literal value of ``title`` if it is one word or line.

    An error in the front matter must not keep the document out of the index: unreadable front matter has no title.

    Args:
        front_matter: The text between the dashes.
    """
    if len(front_matter) > _LONGEST_FRONT_MATTER:
        return None
    found: yaml.Event | None = None
    try:
        for key, value in _fields(front_matter):
            if isinstance(key, yaml.ScalarEvent) and key.value == "title":
                found = value
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return _shortened(found.value) if isinstance(found, yaml.ScalarEvent) and _is_text(found) else None


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

"""The title in the front matter of a text: the one thing that is wanted of its YAML, taken without making anything of the rest.

The text is read as YAML's events, one after the other. No object is made of them, no alias is followed, and nothing nests, so
that a few bytes cannot ask for all of the memory; what is not plainly a title is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

# A title is a line that people read. What is longer keeps its beginning, by which it is still known and found.
_LONGEST_TITLE = 300
# Nobody heads a text with more than this, and none of it is text; YAML is read some hundred times slower than Markdown.
_LONGEST_FRONT_MATTER = 50_000
_DEEPEST = 50
_NO_TEXT = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"}
_TEXT = {None, "!", "tag:yaml.org,2002:str"}


def title_of(front_matter: str) -> str | None:
    """Return the value of ``title`` where it is one word or line, as it is written.

    A slip in the front matter must not keep the document out of the index: what cannot be read has no title.

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
    """Yield each key of the outermost mapping with the event that its value begins with.

    Raises:
        ValueError: It is not one mapping, or nests deeper than anybody writes.
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
    """Say whether a scalar is a title as it stands: words, a number or a date, but no yes and no nothing."""
    if event.tag not in _TEXT:
        return False
    if event.style is not None or event.tag is not None:
        return True
    resolver: Any = yaml.SafeLoader("")
    return resolver.resolve(yaml.ScalarNode, event.value[:_LONGEST_TITLE], (True, False)) not in _NO_TEXT


def _shortened(title: str) -> str | None:
    words = " ".join(title.split())
    if any("\ud800" <= character <= "\udfff" for character in words):
        # YAML's escapes can write half a character, which is no text and no file takes.
        return None
    if len(words) <= _LONGEST_TITLE:
        return words or None
    beginning = words[: _LONGEST_TITLE - 1]
    return f"{beginning.rpartition(' ')[0] or beginning}…"

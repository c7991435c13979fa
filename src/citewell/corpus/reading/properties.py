"""What files say about themselves, as facts: dates as ISO 8601, languages as codes, lists of keywords as tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

from citewell.document import Fact
from citewell.text.dates import iso_date

_SOURCE = "file properties"
_LONGEST = 500
_MOST = 100
_LANGUAGE = regex.compile(r"\s*+([A-Za-z]{2,3})(?:[-_]|\s*+$)")
_BETWEEN_TAGS = regex.compile(r"[,;\n]")


def file_facts(found: Iterable[tuple[str, str | None]]) -> tuple[Fact, ...]:
    """Return what a file says about itself as facts.

    Args:
        found: Names of facts and their values as they stand in the file. Those of "date" and "created" that are no dates, those
            of "language" that are no languages, and empty ones are left out; those of "tag" are lists.
    """
    facts = (Fact(name, value, _SOURCE) for name, text in found if text for value in _values(name, text))
    return tuple(dict.fromkeys(facts))[:_MOST]


def _values(name: str, text: str) -> Iterator[str]:
    if name in {"date", "created"}:
        date = iso_date(text)
        if date:
            yield date
    elif name == "language":
        match = _LANGUAGE.match(text)
        if match:
            yield match[1].lower()
    elif name == "tag":
        yield from filter(None, (" ".join(tag.split())[:_LONGEST] for tag in _BETWEEN_TAGS.split(text)))
    elif flat := " ".join(text.split())[:_LONGEST]:
        yield flat

"""What is known about documents, as the page says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from citewell.text.fact_names import DATES
from citewell.web.language.core import said
from citewell.web.language.current import date, gettext, language_name, noop

# The facts that every index knows; others are called as the documents call them.
_NAMES = {
    "kind": noop("Kind"),
    "date": noop("Date"),
    "author": noop("Author"),
    "tag": noop("Tag"),
    "language": noop("Language"),
    "title": noop("Title"),
}


class Fact(Protocol):
    """A fact of the index, or of a document that is looked at (`citewell.document.Fact`)."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def value(self) -> str:
        """Its value."""
        ...

    @property
    def source(self) -> str:
        """Where it comes from."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a document under one name: the values, and where they come from."""

    name: str
    values: tuple[str, ...]
    sources: tuple[str, ...]


def known(facts: Iterable[Fact]) -> list[Known]:
    """Return facts by name, in the language of the page."""
    found: dict[str, list[Fact]] = {}
    for each in facts:
        found.setdefault(each.name, []).append(each)
    return [
        Known(
            fact_heading(name),
            tuple(fact_value(name, each.value) for each in named),
            tuple(dict.fromkeys(said(each.source) for each in named)),
        )
        for name, named in found.items()
    ]


def fact_heading(name: str) -> str:
    """Return what a fact is called above its values."""
    return gettext(_NAMES[name]) if name in _NAMES else name.replace("-", " ").capitalize()


def fact_value(name: str, value: str) -> str:
    """Return the value of a fact: a language by its name, and a date as the page writes it."""
    if name == "language":
        return language_name(value)
    return date(value) if name in DATES else value

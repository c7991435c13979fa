"""What facts are called, and in which form their values are compared."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from citewell.document import Fact
from citewell.text.dates import iso_date
from citewell.text.language_names import code_of_language

# The table beside a corpus (``citewell.corpus.facts_file``).
TABLE = "citewell-facts.csv"
# Those that every index has words for, in the order in which they are shown.
KNOWN = ("kind", "date", "author", "tag", "language", "title")
# Words of filters that are no facts: they compare dates and folders.
DATES = ("date", "after", "before", "since", "until")
FOLDER = "in"
_OTHER_NAMES = {
    "authors": "author", "by": "author", "creator": "author", "from": "author",
    "tags": "tag", "keywords": "tag", "keyword": "tag", "categories": "tag", "category": "tag", "topics": "tag",
    "lang": "language", "locale": "language",
    "type": "kind", "published": "date", "pubdate": "date", "publish-date": "date",
}  # fmt: skip
_TAKEN = frozenset({*DATES, FOLDER, "folder", "path"}) - {"date"}
_NAME = regex.compile(r"\p{L}[\p{L}\p{N}-]{0,39}")
_BETWEEN = regex.compile(r"[\s_-]+")
_NO_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_LONGEST_VALUE = 200


def fact_name(written: str) -> str | None:
    """Return the name of a fact as the index has it ("Tags" is "tag"); None if nothing can have this name.

    Args:
        written: The name as a document, a table or a person writes it.
    """
    name = _BETWEEN.sub("-", written.strip().casefold())
    name = _OTHER_NAMES.get(name, name)
    return name if _NAME.fullmatch(name) and name not in _TAKEN else None


def fact(name: str, written: str, source: str) -> Fact | None:
    """Return a fact in the form of the index; None if it has no value, or its value cannot be understood.

    Args:
        name: The name (`fact_name`).
        written: The value as a document or a table writes it.
        source: Where it comes from.
    """
    value: str | None = " ".join(written.split())
    if name == "date":
        value = iso_date(value or "")
    elif name == "language":
        value = code_of_language(value or "")
    if not value or len(value) > _LONGEST_VALUE:
        return None
    return Fact(name, value, source)


def comparable(value: str) -> str:
    """Return the form in which values are the same: without capitals, accents, and more than one space."""
    # It needs numpy, which reader processes do without.
    from citewell.text.terms import fold

    return fold(" ".join(value.casefold().split())).casefold()


def as_words(value: str) -> str:
    """Return the words of a value, compared as such, with a space before, between and after them."""
    return f" {' '.join(_NO_WORD.split(comparable(value))).strip()} "


def title_in(facts: Iterable[Fact]) -> str | None:
    """Return the title that the table beside the corpus gives a document, if its facts are among some."""
    return next((each.value for each in facts if each.name == "title" and each.source == "table"), None)


def in_effect(facts: tuple[Fact, ...], *, reader: str, language: str | None, title: str) -> tuple[Fact, ...]:
    """Return all facts of a document, those that a build finds out included.

    What the table says of a name stands instead of what the document says. Its format is a kind beside one that it names; its
    detected language and its title are facts where nothing names others.

    Args:
        facts: Its own facts, and those of the table.
        reader: The name and version of what read it.
        language: Its detected language.
        title: Its title.
    """
    ruled = {each.name for each in facts if each.source == "table"}
    kept = [each for each in facts if each.source == "table" or each.name not in ruled]
    named = {each.name for each in kept}
    if "kind" not in ruled:
        kept = [*([Fact("kind", reader.split(" ", 1)[0], "format")] if reader else []), *kept]
    if language and "language" not in named:
        kept.append(Fact("language", language, "text"))
    if "title" not in named:
        kept.append(Fact("title", title, "text"))
    unique = {(each.name, comparable(each.value)): each for each in reversed(kept)}
    return tuple(reversed(unique.values()))

"""Lists of words: one file a language (ISO 639-1) in each folder, read when a text first needs it.

A file is plain words with white space between them, or groups: a name in brackets on a line of its own, and what belongs to it.
Lines that begin with ``#`` are comments.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

import regex

_GROUP = regex.compile(r"^\[(\w+)\]$", regex.MULTILINE)
_COMMENT = regex.compile(r"^#.*$", regex.MULTILINE)


def languages_of(folder: str) -> tuple[str, ...]:
    """Return the languages that have a file in a folder."""
    return tuple(sorted(each.name.removesuffix(".txt") for each in files("citewell.text").joinpath(folder).iterdir()))


def words_of(folder: str, language: str) -> frozenset[str]:
    """Return the words of a plain file; none for a language without a file."""
    return frozenset(_read(folder, language).split())


def groups_of(folder: str, language: str) -> dict[str, str]:
    """Return the text of each group of a file; none for a language without a file."""
    _, *parts = _GROUP.split(_read(folder, language))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def phrases_of(folder: str, language: str) -> Mapping[str, list[str]]:
    """Return the phrases of each group of a file, which have commas between them; none for a language without a file."""
    return {name: phrases(text) for name, text in groups_of(folder, language).items()}


def phrases(text: str) -> list[str]:
    """Return the phrases of a group."""
    return [phrase for each in text.replace("\n", " ").split(",") if (phrase := each.strip())]


def _read(folder: str, language: str) -> str:
    resource = files("citewell.text").joinpath(folder, f"{language}.txt")
    # Languages come from outside, too: no other file is read.
    if not language.isalpha() or not resource.is_file():
        return ""
    return _COMMENT.sub("", resource.read_text(encoding="utf-8"))

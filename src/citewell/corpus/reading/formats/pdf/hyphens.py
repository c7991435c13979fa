"""Words that are parted at the end of a line: whether their hyphen belongs to them."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from citewell.corpus.reading.formats.pdf.words import Line

SOFT = "\u00ad"
_HYPHENS = ("-", "\u2010", SOFT)
# A line may end after them, though there is no space.
_TIGHT = frozenset("–—/")
_EDGES = regex.compile(r"^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$")
# Chinese and Japanese, with their punctuation; Thai, Lao, Khmer and Burmese.
_NO_SPACES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff01-\uff60\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
_HANGUL = regex.compile(r"\p{Hangul}")
# After these the hyphen stands for the rest of a word: "Haus- und Hoftiere", "pre- and postwar".
_AND = frozenset(
    {"and", "or", "und", "oder", "bzw", "sowie", "et", "ou", "y", "e", "o", "en", "of", "og", "och", "eller"}
)


class Hyphens:
    """The words of a document, to tell "well-known" from "hyphen-ation".

    Args:
        lines: All lines.
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self._words: set[str] = set()
        for line in lines:
            self._words.update(word.text for word in line.words)
        self._cores: set[str] = set()

    def joined(self, end: str, start: str) -> tuple[str, str] | None:
        """Return what a word at the end of a line and the one after it become where they are one, and else None.

        Args:
            end: The last word of a line.
            start: The first word of the next one.
        """
        if not end.isascii() and not start.isascii() and (both := self._unspaced(end, start)):
            return both
        if len(end) > 1 and end[-1] in _TIGHT and end[-2].isalnum() and start[0].isalnum():
            return end, start
        if not end.endswith(_HYPHENS) or len(end) < 2:
            return None
        stem = end[:-1]
        if end.endswith(SOFT):
            return stem, start
        if not (stem[-1].isalnum() and start[0].isalnum()):
            return None
        if not stem[-1].isalpha() or not start[0].islower():
            is_capitals = stem.isupper() and start.isupper() and len(stem) > 1
            return (stem, start) if is_capitals else (end, start)
        return self._lower(end, stem, start)

    def _unspaced(self, end: str, start: str) -> tuple[str, str] | None:
        """Return the two where their writing has no spaces, or a line may end within a word."""
        if _NO_SPACES.match(end[-1]) and _NO_SPACES.match(start[0]):
            return end, start
        if _HANGUL.match(end[-1]) and _HANGUL.match(start[0]) and end + start in self._words:
            return end, start
        return None

    def _lower(self, end: str, stem: str, start: str) -> tuple[str, str] | None:
        if not self._cores:
            self._cores = {_EDGES.sub("", word).casefold() for word in self._words}
        first, second = _EDGES.sub("", stem).casefold(), _EDGES.sub("", start).casefold()
        if first + second in self._cores:
            return stem, start
        if f"{first}-{second}" in self._cores or "-" in first:
            return end, start
        if second in _AND:
            return None
        return stem, start

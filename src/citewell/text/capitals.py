"""Capitals: whether a word is written as a name, or only begins a sentence.

In English, "WHO", "IT" and "May" are other words than "who", "it" and "may". Capitals mean nothing where all neighbours have
them, and a first capital means nothing at the start of a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

import regex

from citewell.text.customs import never_ends
from citewell.text.words import Word

# A name after an initial is longer than "A" or "The".
_AFTER_INITIAL = 4
_ENDS = regex.compile(r"[.!?…。！？:;\n\r•|\"“”„«»]")
# How far the letters of neighbours tell whether capitals mean something.
_NEAR = 3
# One neighbour in this many is small, except in a heading whose words have capitals.
_SMALL = 3


class Case(Enum):
    """How a word is written, compared with its neighbours."""

    SMALL = auto()
    FIRST = auto()
    NAME = auto()
    CAPITALS = auto()


class Cases:
    """How the words of a text are written; looked up word by word, because few of them have capitals.

    Args:
        text: The text, normalised.
        words: Its words.
    """

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self._text = text
        self._words = words

    def of(self, nth: int, language: str) -> Case:
        """Return how a word is written.

        ``FIRST`` is a capital that the start of a sentence explains, or one among words that all have capitals. ``NAME`` is a
        first capital that nothing explains, ``CAPITALS`` are several.

        Args:
            nth: The number of the word.
            language: The language of the text (ISO 639-1).
        """
        text = self._words[nth].text
        if not text[0].isupper():
            return Case.SMALL
        shouted = len(text) > 1 and text.isupper()
        if not shouted and self._is_first(nth, language):
            return Case.FIRST
        near = self._neighbours(nth, language)
        if shouted:
            return Case.FIRST if near and all(each.isupper() for each in near) else Case.CAPITALS
        small = sum(each[0].islower() for each in near)
        return Case.NAME if near and _SMALL * small >= len(near) else Case.FIRST

    def _is_first(self, nth: int, language: str) -> bool:
        """Return whether a word begins a sentence, a line or a quotation."""
        if nth == 0:
            return True
        before, word = self._words[nth - 1], self._words[nth]
        between = self._text[before.end : word.start]
        if between == " " or not _ENDS.search(between):
            return False
        return between != ". " or not _goes_on(before.text, word.text, language)

    def _neighbours(self, nth: int, language: str) -> list[str]:
        """Return the words of letters beside one, in its sentence; without its first, whose capital says nothing."""
        found: list[str] = []
        at = nth
        while at > 0 and nth - at < _NEAR and not self._is_first(at, language):
            at -= 1
            if self._words[at].text.isupper() or not self._is_first(at, language):
                found.append(self._words[at].text)
        at = nth + 1
        while at < len(self._words) and at - nth <= _NEAR and not self._is_first(at, language):
            found.append(self._words[at].text)
            at += 1
        return [word for word in found if word[0].isalpha() and len(word) > 1]


def _goes_on(before: str, word: str, language: str) -> bool:
    """Return whether a word continues the sentence after a stop behind another word."""
    if len(before) == 1:
        return before.isupper() and len(word) >= _AFTER_INITIAL
    return never_ends(before, language)

"""Spelling: a word of a question that the corpus does not have is read as the word of the corpus that it nearly is.

Nearly means one slip of the hand, two in a long word, and the same first letter (optimal string alignment distance: a letter
put in, left out, changed, or swapped with the next). What was read differently is always told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex
from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = regex.compile(r"\p{L}{4,}")
_LONG = 8


@dataclass(frozen=True, slots=True)
class Spelled:
    """A question with its slips mended; ``slips`` are the words that were read as others, with those."""

    text: str
    slips: tuple[tuple[str, str], ...]


def count_words(text: str, counts: Counter[str]) -> None:
    """Add the words of a text to ``counts``."""
    counts.update(_WORD.findall(text.lower()))


def respell(question: str, known: Callable[[str], bool], vocabulary: Sequence[str]) -> Spelled:
    """Mend the slips of a question.

    Args:
        question: What is asked.
        known: Says whether a word is right as it is.
        vocabulary: The words of the corpus in lower case, the most frequent first.
    """
    slips: dict[str, str] = {}

    def mend(match: regex.Match[str]) -> str:
        word = match.group()
        lower = word.lower()
        if known(lower):
            return str(word)
        slip = _nearest(lower, vocabulary)
        if slip is None:
            return str(word)
        slips[word] = slip
        return slip

    text = _WORD.sub(mend, question)
    return Spelled(text, tuple(slips.items()))


def _nearest(word: str, vocabulary: Sequence[str]) -> str | None:
    """Return the nearest word within reach, of several equally near ones the most frequent."""
    reach = 2 if len(word) >= _LONG else 1
    alike = [other for other in vocabulary if other[0] == word[0] and abs(len(other) - len(word)) <= reach]
    found = process.extractOne(word, alike, scorer=OSA.distance, score_cutoff=reach)
    return found[0] if found else None

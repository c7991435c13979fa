"""Spelling: an unknown word of a question is corrected to the most similar word of the corpus.

Similar means one typo, two in a long word, and the same first letter (optimal string alignment distance: a letter inserted,
deleted, changed, or swapped with the next). Corrections are always shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import regex

from citewell.text.vocabulary import WORD, Vocabulary

# A question with more unknown words is not a question with typos but another language, or no question.
_MAX_CORRECTIONS = 24


@dataclass(frozen=True, slots=True)
class Spelled:
    """A question with its typos corrected; ``corrections`` are pairs of the original and the corrected word."""

    text: str
    corrections: tuple[tuple[str, str], ...]


def respell(question: str, known: Callable[[str], bool], vocabulary: Vocabulary) -> Spelled:
    """Correct the typos of a question, up to a limit.

    Args:
        question: The question.
        known: Returns whether a word is spelled correctly.
        vocabulary: The words of the corpus.
    """
    words = dict.fromkeys(word.lower() for word in WORD.findall(question))
    unknown = [word for word in words if not known(word)][:_MAX_CORRECTIONS]
    nearest = {word: match for word in unknown if (match := vocabulary.nearest(word)) is not None}
    corrections: dict[str, str] = {}

    def correct(match: regex.Match[str]) -> str:
        word = match.group()
        corrected = nearest.get(word.lower())
        if corrected is None:
            return str(word)
        corrections[word] = corrected
        return corrected

    text = WORD.sub(correct, question)
    return Spelled(text, tuple(corrections.items()))

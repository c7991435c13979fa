"""Spelling: a word of a question that the corpus does not have is read as the word of the corpus that it nearly is.

Nearly means one slip of the hand, two in a long word, and the same first letter (optimal string alignment distance: a letter
put in, left out, changed, or swapped with the next). What was read differently is always told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import regex

from citewell.index.vocabulary import WORD, Vocabulary

# Nobody makes more slips in one question; what has more words that nobody knows is in another language, or no question.
_MOST_SLIPS = 24


@dataclass(frozen=True, slots=True)
class Spelled:
    """A question with its slips mended; ``slips`` are the words that were read as others, with those."""

    text: str
    slips: tuple[tuple[str, str], ...]


def respell(question: str, known: Callable[[str], bool], vocabulary: Vocabulary) -> Spelled:
    """Mend the slips of a question, if they are no more than a question has.

    Args:
        question: What is asked.
        known: Says whether a word is right as it is.
        vocabulary: The words of the corpus.
    """
    words = dict.fromkeys(word.lower() for word in WORD.findall(question))
    unknown = [word for word in words if not known(word)][:_MOST_SLIPS]
    read = {word: slip for word in unknown if (slip := vocabulary.nearest(word)) is not None}
    slips: dict[str, str] = {}

    def correct(match: regex.Match[str]) -> str:
        word = match.group()
        slip = read.get(word.lower())
        if slip is None:
            return str(word)
        slips[word] = slip
        return slip

    text = WORD.sub(correct, question)
    return Spelled(text, tuple(slips.items()))

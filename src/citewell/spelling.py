"""Spelling: a word of a question that the corpus does not have is read as the word of the corpus that it nearly is.

Nearly means one slip of the hand, two in a long word, and the same first letter (optimal string alignment distance: a letter
put in, left out, changed, or swapped with the next). What was read differently is always told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import regex
from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = regex.compile(r"\p{L}{4,}")
_LONG = 8
# Nobody makes more slips in one question; what has more words that nobody knows is in another language, or no question.
_MOST_SLIPS = 24


@dataclass(frozen=True, slots=True)
class Spelled:
    """A question with its slips mended; ``slips`` are the words that were read as others, with those."""

    text: str
    slips: tuple[tuple[str, str], ...]


def count_words(text: str, counts: Counter[str]) -> None:
    """Add the words of a text to ``counts``."""
    counts.update(_WORD.findall(text.lower()))


class Vocabulary:
    """The words of a corpus, laid out so that those near to a word are found without looking at all.

    Args:
        words: The words in lower case, the most frequent first.
    """

    def __init__(self, words: Iterable[str]) -> None:
        # By first letter and length: how frequent each word is, as its place, and the word.
        self._alike: dict[tuple[str, int], tuple[list[int], list[str]]] = {}
        for place, word in enumerate(words):
            places, alike = self._alike.setdefault((word[0], len(word)), ([], []))
            places.append(place)
            alike.append(word)

    def nearest(self, word: str) -> str | None:
        """Return the nearest word within reach, of several equally near ones the most frequent."""
        reach = 2 if len(word) >= _LONG else 1
        best: tuple[float, int, str] | None = None
        for length in range(len(word) - reach, len(word) + reach + 1):
            places, alike = self._alike.get((word[0], length), ([], []))
            found = process.extractOne(word, alike, scorer=OSA.distance, score_cutoff=reach)
            if found and (best is None or (found[1], places[found[2]]) < best[:2]):
                best = (found[1], places[found[2]], found[0])
        return best[2] if best else None


def respell(question: str, known: Callable[[str], bool], vocabulary: Vocabulary) -> Spelled:
    """Mend the slips of a question, if they are no more than a question has.

    Args:
        question: What is asked.
        known: Says whether a word is right as it is.
        vocabulary: The words of the corpus.
    """
    words = dict.fromkeys(word.lower() for word in _WORD.findall(question))
    unknown = [word for word in words if not known(word)][:_MOST_SLIPS]
    read = {word: slip for word in unknown if (slip := vocabulary.nearest(word)) is not None}
    slips: dict[str, str] = {}

    def mend(match: regex.Match[str]) -> str:
        word = match.group()
        slip = read.get(word.lower())
        if slip is None:
            return str(word)
        slips[word] = slip
        return slip

    text = _WORD.sub(mend, question)
    return Spelled(text, tuple(slips.items()))

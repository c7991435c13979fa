"""The words of a corpus, counted when it is indexed, and searched to correct typos in questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import regex
from rapidfuzz import process
from rapidfuzz.distance import OSA

# The words that are counted, and the words of a question that are checked.
WORD = regex.compile(r"\p{L}{4,}")
_LONG = 8


def count_words(text: str, counts: Counter[str]) -> None:
    """Add the words of a text to ``counts``."""
    counts.update(WORD.findall(text.lower()))


class Vocabulary:
    """The words of a corpus, arranged so that similar words are found without comparing all.

    Args:
        words: The words in lower case, the most frequent first.
    """

    def __init__(self, words: Iterable[str]) -> None:
        # By first letter and length: the frequency rank of each word, and the word.
        self._alike: dict[tuple[str, int], tuple[list[int], list[str]]] = {}
        for place, word in enumerate(words):
            places, alike = self._alike.setdefault((word[0], len(word)), ([], []))
            places.append(place)
            alike.append(word)

    def nearest(self, word: str) -> str | None:
        """Return the most similar word within a small distance; the most frequent of equally similar ones."""
        reach = 2 if len(word) >= _LONG else 1
        best: tuple[float, int, str] | None = None
        for length in range(len(word) - reach, len(word) + reach + 1):
            places, alike = self._alike.get((word[0], length), ([], []))
            found = process.extractOne(word, alike, scorer=OSA.distance, score_cutoff=reach)
            if found and (best is None or (found[1], places[found[2]]) < best[:2]):
                best = (found[1], places[found[2]], found[0])
        return best[2] if best else None

"""The words of a corpus, counted when it is indexed, and searched to correct typos in questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from citewell.text.capitals import Case
from citewell.text.terms import Term
from citewell.text.typos import is_typo
from citewell.text.words import Kind

# Shorter words have too many neighbours.
SHORTEST = 4
_LONG = 8
_MOST_ALIKE = 20


@dataclass(frozen=True, slots=True)
class Known:
    """A word of a corpus in lower case, how often it occurs, and whether it is a name: never written small."""

    word: str
    count: int
    is_name: bool = False


class WordCounts:
    """Counts the words of documents."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._small: set[str] = set()
        self._names: set[str] = set()

    def add(self, terms: Iterable[Term]) -> None:
        """Count the words of a text, given its terms."""
        written = [term for term in terms if term.kind is Kind.WORD]
        # Nearly all words are small, and most of them have been counted before.
        small = Counter(term.word for term in written if term.case is Case.SMALL)
        for word, count in small.items():
            self._count(word, Case.SMALL, count)
        for term in written:
            if term.case is not Case.SMALL:
                self._count(term.word, term.case, 1)

    def _count(self, written: str, case: Case, count: int) -> None:
        if len(written) >= SHORTEST and written.isalpha():
            word = written.lower()
            self._counts[word] += count
            if case is Case.SMALL:
                self._small.add(word)
            elif case is Case.NAME:
                self._names.add(word)

    def most_frequent(self, most: int) -> Iterator[Known]:
        """Yield the most frequent words, in order; of equally frequent ones, the first of the alphabet."""
        ordered = sorted(self._counts.items(), key=lambda counted: (-counted[1], counted[0]))
        for word, count in ordered[:most]:
            yield Known(word, count, is_name=word in self._names and word not in self._small)


def merged(parts: Sequence[Iterable[Known]]) -> Iterable[Known]:
    """Return the words of parts of a corpus, the most frequent first; a word is a name if it is one in all that have it."""
    if len(parts) == 1:
        return parts[0]
    counts: Counter[str] = Counter()
    small: set[str] = set()
    for known in (known for part in parts for known in part):
        counts[known.word] += known.count
        if not known.is_name:
            small.add(known.word)
    ordered = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))
    return (Known(word, count, is_name=word not in small) for word, count in ordered)


class Vocabulary:
    """The words of a corpus, arranged so that similar words are found without comparing all.

    Args:
        words: The words, the most frequent first.
    """

    def __init__(self, words: Iterable[Known]) -> None:
        # By first letter and length: the words, and what is known of each.
        self._alike: dict[tuple[str, int], tuple[list[str], list[Known]]] = {}
        self._names: set[str] = set()
        for known in words:
            if known.is_name:
                self._names.add(known.word)
            names, alike = self._alike.setdefault((known.word[0], len(known.word)), ([], []))
            names.append(known.word)
            alike.append(known)

    def is_name(self, word: str) -> bool:
        """Return whether a word, in lower case, is never written small in the corpus."""
        return word in self._names

    def names_with(self, part: str, after: int) -> list[str]:
        """Return the words that are never written small and have a part after so many letters, in order."""
        return sorted(word for word in self._names if word.find(part, after) >= 0)

    def nearest(self, word: str, *, named: bool = False) -> str | None:
        """Return the word that a misspelt one most probably is; the most frequent of equally similar ones.

        Args:
            word: A word that the corpus does not have, in lower case.
            named: Whether it is written as a name: names that are alike are mostly different names.
        """
        reach = 2 if len(word) >= _LONG else 1
        found: list[tuple[float, int, str]] = []
        for length in range(len(word) - reach, len(word) + reach + 1):
            names, alike = self._alike.get((word[0], length), ([], []))
            for match, distance, at in process.extract(
                word, names, scorer=OSA.distance, score_cutoff=reach, limit=_MOST_ALIKE
            ):
                if is_typo(word, match, named=named or alike[at].is_name):
                    found.append((distance, -alike[at].count, match))
        return min(found)[2] if found else None

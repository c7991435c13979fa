"""What a query of words matches, computed with NumPy: the passages, and their BM25 scores in float32.

A passage scores what tantivy gives it: k1 is 1.2 and b 0.75, and its length is rounded to a byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np
import numpy.typing as npt

from citewell.index.numbering import Ordinals
from citewell.index.settled import Scores

# Places in a passage are fewer, and the first one is moved so far that none is below 0.
_BITS, _FIRST = 32, 1 << 16
# A form in a field.
Word = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Matches:
    """Some passages, in order, and their scores."""

    ordinals: Ordinals
    scores: Scores

    def among(self, ordinals: Ordinals) -> Matches:
        """Return those that are among some passages, given in order."""
        here = is_among(self.ordinals, ordinals)
        return Matches(self.ordinals[here], self.scores[here])


@dataclass(frozen=True, slots=True)
class Posting:
    """The valid passages that have a word, in order, and how often; ``positions`` are where, one passage after the other."""

    ordinals: Ordinals
    frequencies: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64] | None = None


class Postings(Protocol):
    """Has the postings that a query needs."""

    def posting(self, word: Word) -> Posting:
        """Return the passages that have a word."""

    def placed(self, word: Word) -> Posting:
        """Return the passages that have a word, with its positions."""

    def scores(self, word: Word, posting: Posting) -> Scores:
        """Return what each passage scores for a word."""


class Node(Protocol):
    """A query."""

    def words(self) -> Iterator[tuple[Word, bool]]:
        """Yield the words whose postings it needs, and whether with positions."""

    def matches(self, postings: Postings, within: Ordinals | None) -> Matches:
        """Return the passages that it matches, of all, or of some, given in order."""


@dataclass(frozen=True, slots=True)
class OneWord:
    """The passages that have a word."""

    word: Word

    def words(self) -> Iterator[tuple[Word, bool]]:
        """Yield the words (`Node.words`)."""
        yield self.word, False

    def matches(self, postings: Postings, within: Ordinals | None) -> Matches:
        """Return what matches (`Node.matches`)."""
        posting = postings.posting(self.word)
        if within is not None:
            here = is_among(posting.ordinals, within)
            posting = Posting(posting.ordinals[here], posting.frequencies[here])
        return Matches(posting.ordinals, postings.scores(self.word, posting))


@dataclass(frozen=True, slots=True)
class Following:
    """The passages in which words follow one another, each at most ``slop`` places from where it would be.

    It scores nothing.
    """

    all_words: tuple[Word, ...]
    slop: int = 0

    def words(self) -> Iterator[tuple[Word, bool]]:
        """Yield the words (`Node.words`)."""
        yield from ((word, True) for word in self.all_words)

    def matches(self, postings: Postings, within: Ordinals | None) -> Matches:
        """Return what matches (`Node.matches`)."""
        found = [postings.placed(word) for word in self.all_words]
        common = found[0].ordinals if within is None else within
        for each in found:
            common = _common(common, each.ordinals)
        places = [self._beginnings(each, common, nth) for nth, each in enumerate(found)]
        return _alike(np.unique(reduce(np.intersect1d, places) >> _BITS), 0.0)

    def _beginnings(self, posting: Posting, common: Ordinals, nth: int) -> Ordinals:
        """Return where the phrase can begin in some passages, by where one of its words stands.

        Each is one number, of the passage and the place in it. Words that stand up to ``slop`` places further along fit, too.
        """
        owners = np.repeat(posting.ordinals, posting.frequencies)
        here = is_among(owners, common)
        places = posting.positions if posting.positions is not None else np.zeros(0, dtype=np.int64)
        first = (owners[here] << _BITS) + places[here] + (_FIRST - nth)
        return np.concatenate([first - moved for moved in range(self.slop + 1)])


@dataclass(frozen=True, slots=True)
class Listed:
    """Some passages, in order; they score nothing."""

    ordinals: Ordinals

    def words(self) -> Iterator[tuple[Word, bool]]:
        """Yield nothing (`Node.words`)."""
        yield from ()

    def matches(self, postings: Postings, within: Ordinals | None) -> Matches:  # noqa: ARG002 - as every query
        """Return what matches (`Node.matches`)."""
        return _alike(_common(within, self.ordinals), 0.0)


@dataclass(frozen=True, slots=True)
class Any:
    """The passages that match any of some queries; it scores the sum, or the best."""

    queries: tuple[Node, ...]
    is_best: bool = False

    def words(self) -> Iterator[tuple[Word, bool]]:
        """Yield the words (`Node.words`)."""
        for query in self.queries:
            yield from query.words()

    def matches(self, postings: Postings, within: Ordinals | None) -> Matches:
        """Return what matches (`Node.matches`)."""
        found = [query.matches(postings, within) for query in self.queries]
        if len(found) == 1:
            return found[0]
        every = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(each.ordinals for each in found)]))
        return Matches(every, combined(every, found, is_best=self.is_best))


@dataclass(frozen=True, slots=True)
class All:
    """The passages that match all of some queries; it scores the sum, with that of optional ones."""

    queries: tuple[Node, ...]
    optional: tuple[Node, ...] = ()

    def words(self) -> Iterator[tuple[Word, bool]]:
        """Yield the words (`Node.words`)."""
        for query in (*self.queries, *self.optional):
            yield from query.words()

    def matches(self, postings: Postings, within: Ordinals | None) -> Matches:
        """Return what matches (`Node.matches`)."""
        # The last of them is a list of passages, if there is one, and then nothing else need be looked at.
        found: list[Matches] = []
        for query in reversed(self.queries):
            found.insert(0, query.matches(postings, within))
            within = found[0].ordinals
        here = np.zeros(0, dtype=np.int64) if within is None else within
        found += [query.matches(postings, here) for query in self.optional]
        return Matches(here, combined(here, [each.among(here) for each in found]))


@dataclass(frozen=True, slots=True)
class Scored:
    """The passages that match a query: each scores the same, or what it scored times a factor."""

    query: Node
    score: float
    is_factor: bool = False

    def words(self) -> Iterator[tuple[Word, bool]]:
        """Yield the words (`Node.words`)."""
        return self.query.words()

    def matches(self, postings: Postings, within: Ordinals | None) -> Matches:
        """Return what matches (`Node.matches`)."""
        found = self.query.matches(postings, within)
        if not self.is_factor:
            return _alike(found.ordinals, self.score)
        return Matches(found.ordinals, found.scores * np.float32(self.score))


def combined(every: Ordinals, found: Iterable[Matches], *, is_best: bool = False) -> Scores:
    """Return the sum, or the best, of what each of some passages scores, given in order."""
    scores = np.zeros(len(every), dtype=np.float32)
    for each in found:
        at = np.searchsorted(every, each.ordinals)
        scores[at] = np.maximum(scores[at], each.scores) if is_best else scores[at] + each.scores
    return scores


def is_among(some: Ordinals, ordinals: Ordinals) -> npt.NDArray[np.bool_]:
    """Return whether each of some passages is among others; both are in order."""
    if not len(ordinals):
        return np.zeros(len(some), dtype=bool)
    at = np.minimum(np.searchsorted(ordinals, some), len(ordinals) - 1)
    found: npt.NDArray[np.bool_] = ordinals[at] == some
    return found


def _common(one: Ordinals | None, other: Ordinals) -> Ordinals:
    return other if one is None else one[is_among(one, other)]


def _alike(ordinals: Ordinals, score: float) -> Matches:
    return Matches(ordinals, np.full(len(ordinals), score, dtype=np.float32))

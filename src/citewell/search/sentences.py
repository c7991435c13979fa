"""Which sentences of a passage answer: each by its own words, and by the vectors of the windows that it is in.

A window's vector tells little about one of its sentences, but a sentence is in up to four windows, and their mean cosine rises
and falls with what the sentence says. So no sentence needs a vector of its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from citewell.document import Span
from citewell.encoder.models import Fit
from citewell.index.catalogue import Catalogue
from citewell.index.sentence_spans import Spans
from citewell.index.stored import StoredPassage
from citewell.index.weights import TermWeights
from citewell.search.matching import BY_CHANCE, Matcher, Weights
from citewell.search.storage import Storage

# The weight of the question's words within a passage, and the share of what all its sentences mean that does not count there.
_WORDS = 0.5
_IN_COMMON = 0.5
# A neighbour is part of the answer if its value is at least this share of the best sentence's.
_STANDS_BESIDE = 0.75
# A window has as many.
_MOST = 4

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """The sentences of a passage: the cosine of each, and what each word of the question counts there.

    ``cosines`` have the shape (sentences,), ``words`` (sentences, concepts). ``total`` is the weight of the whole question.
    ``best`` is the value of the best sentence among passages: its cosine plus the weighted share of the question's words, where
    those that are met by chance do not count, and the question counts as if it had one more word, which none has.
    ``introduced`` is whether the first sentence is that of its document.
    """

    sentences: Spans
    cosines: Values
    words: Weights
    total: float
    best: float
    introduced: bool = False

    def values(self, above: Iterable[int] = ()) -> Values:
        """Return how well each sentence answers, compared with the others of the passage.

        What tells them apart decides: a word counts less for each further sentence that has it, and of the cosine that all
        of them reach, a half counts. Headings and the first sentence of a document say what all sentences are about, so their
        words count as if all had them: "The kahikatea is a conifer." does not tell how tall a kahikatea is.

        Args:
            above: The numbers of the words that stand above the passage.
        """
        having = np.count_nonzero(self.words, axis=0).clip(1)
        having[list(above)] = len(self.words)
        if self.introduced:
            having[self.words[0] > 0] = len(self.words)
        rarity = 1 - (having - 1) / len(self.words)
        total = self.total - float((self.words.max(axis=0) * (1 - rarity)).sum())
        shares = (self.words * rarity).sum(axis=1) / (total or 1.0)
        found: Values = self.cosines - _IN_COMMON * self.cosines.min() + _WORDS * shares
        return found

    @property
    def best_sentence(self) -> Span:
        """The sentence of the whole passage that answers best."""
        return self.sentences[int(self.values().argmax())]

    def answer(
        self, shown: Span, *, above: Iterable[int] = (), last: Callable[[int], int] = lambda number: number
    ) -> Span | None:
        """Return the best sentence of the shown part, with the neighbours that answer about as well; None if it has none.

        Args:
            shown: The shown part.
            above: The numbers of the words that stand above the passage.
            last: Returns the number of the last of the sentences that one announces, or its own.
        """
        whole = range(bisect_left(self.sentences.starts, shown.start), bisect_right(self.sentences.ends, shown.end))
        if not whole:
            return None
        values = dict(zip(whole, self.values(above)[whole.start : whole.stop].tolist(), strict=True))
        first = end = max(values, key=lambda nth: values[nth])
        least = _STANDS_BESIDE * values[first]
        while end - first + 1 < _MOST:
            beside = [nth for nth in (first - 1, end + 1) if values.get(nth, -1.0) >= least]
            if not beside:
                break
            chosen = max(beside, key=lambda nth: values[nth])
            first, end = min(first, chosen), max(end, chosen)
        return self.sentences[first : min(last(end), whole[-1]) + 1].whole


class Judge:
    """Judges the sentences of passages for one question.

    Args:
        catalogue: The passages, and where their sentences are.
        storage: The vectors of their windows.
        vector: The unit vector of the question.
        fit: What its cosines mean.
        weights: The concepts of the question.
        matcher: Finds them in passages.
        words_weight: The weight of the share of the question's words among passages, relative to the cosine.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        storage: Storage,
        vector: npt.NDArray[np.float32],
        fit: Fit,
        weights: TermWeights,
        matcher: Matcher,
        words_weight: float,
    ) -> None:
        self._catalogue = catalogue
        self._storage = storage
        self._vector = vector
        self._fit = fit
        self._matcher = matcher
        self._total = weights.total
        # In a corpus of three passages, a word that one of them has is as telling as there are.
        concepts = enumerate(weights.concepts)
        self._telling = [number for number, each in concepts if each.weight > BY_CHANCE or each.found == 1]
        self._factor = words_weight / (self._total + weights.unknown)

    def judge(self, passages: Sequence[StoredPassage]) -> list[Judged]:
        """Judge the sentences of some passages, at least one."""
        self._matcher.look_at(passages)
        sentences = self._catalogue.sentences
        numbers = [self._catalogue.sentences_of(each) for each in passages]
        words = self._matcher.weights_in(passages, list(map(sentences.bounds, numbers)))
        cosines = self._cosines(numbers)
        edges = [0, *accumulate(map(len, numbers))]
        best = np.maximum.reduceat(cosines + self._factor * words[:, self._telling].sum(axis=1), edges[:-1])
        return [
            Judged(
                sentences.spans(some),
                cosines[first:end],
                words[first:end],
                self._total,
                value,
                self._catalogue.begins_document(passage),
            )
            for passage, some, (first, end), value in zip(
                passages, numbers, pairwise(edges), best.tolist(), strict=True
            )
        ]

    def _cosines(self, numbers: Sequence[range]) -> Values:
        """Return for the sentences of some passages the mean cosines of the windows that each is in."""
        firsts, ends = self._catalogue.sentences.windows_with(numbers)
        counts = np.array([len(each) for each in numbers])
        edges = np.concatenate([[0], np.cumsum(counts)])
        starts, stops = firsts[edges[:-1]], ends[edges[1:] - 1]
        cosines = [
            self._storage.cosines(self._vector, range(start, stop))
            for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
        ]
        close = self._fit.closeness(np.concatenate(cosines).astype(np.float64))
        # Summed for each passage apart, so that passages with the same text have the same values.
        lengths = stops - starts
        sums = np.zeros(len(close) + len(numbers))
        for nth, (first, end) in enumerate(pairwise([0, *np.cumsum(lengths).tolist()])):
            np.cumsum(close[first:end], out=sums[first + nth + 1 : end + nth + 1])
        at = np.repeat(np.cumsum(lengths + 1) - lengths - 1 - starts, counts)
        means: Values = (sums[ends + at] - sums[firsts + at]) / (ends - firsts)
        return means

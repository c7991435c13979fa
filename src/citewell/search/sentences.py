"""Which sentences of a passage answer: each by its own words, and by the vectors of the windows that it is in.

A window's vector tells little about one of its sentences, but a sentence is in up to four windows, and their mean cosine rises
and falls with what the sentence says. So no sentence needs a vector of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from citewell.document import Span
from citewell.encoder.models import Fit
from citewell.index.catalogue import Catalogue
from citewell.index.stored import StoredPassage
from citewell.index.weights import TermWeights
from citewell.search.matching import BY_CHANCE, Matcher
from citewell.search.storage import Storage

# The weight of the question's words within a passage, and the share of what all its sentences mean that does not count there.
_WORDS = 0.5
_IN_COMMON = 0.5
# A neighbour is part of the answer if its value is at least this share of the best sentence's.
_STANDS_BESIDE = 0.75
# A window has as many.
_MOST = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """The sentences of a passage, each with its cosine and the words of the question that it has.

    ``words`` are the numbers of concepts with their weights, ``total`` is the weight of the whole question. ``best`` is the
    value of the best sentence among passages: its cosine plus the weighted share of the question's words, where those that are
    met by chance do not count, and the question counts as if it had one more word, which none has.
    """

    sentences: Sequence[Span]
    cosines: Sequence[float]
    words: Sequence[Mapping[int, float]]
    total: float
    best: float

    def values(self) -> list[float]:
        """Return how well each sentence answers, compared with the others of the passage.

        What tells them apart decides: a word counts less for each further sentence that has it, and of the cosine that all
        of them reach, a half counts.
        """
        count = len(self.sentences)
        having = Counter(number for each in self.words for number in each)
        rarity = {number: 1 - (sentences - 1) / count for number, sentences in having.items()}
        weights = {number: weight for each in self.words for number, weight in each.items()}
        total = self.total - sum(weight * (1 - rarity[number]) for number, weight in weights.items())
        common = _IN_COMMON * min(self.cosines)
        return [
            cosine - common + _WORDS * sum(weight * rarity[number] for number, weight in words.items()) / (total or 1.0)
            for cosine, words in zip(self.cosines, self.words, strict=True)
        ]

    def answer(self, shown: Span) -> Span | None:
        """Return the best sentence of the shown part, with the neighbours that answer about as well; None if it has none."""
        values = {
            nth: value
            for nth, (sentence, value) in enumerate(zip(self.sentences, self.values(), strict=True))
            if shown.start <= sentence.start and sentence.end <= shown.end
        }
        if not values:
            return None
        first = last = max(values, key=lambda nth: values[nth])
        least = _STANDS_BESIDE * values[first]
        while last - first + 1 < _MOST:
            beside = [nth for nth in (first - 1, last + 1) if values.get(nth, -1.0) >= least]
            if not beside:
                break
            chosen = max(beside, key=lambda nth: values[nth])
            first, last = min(first, chosen), max(last, chosen)
        return Span(self.sentences[first].start, self.sentences[last].end)


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
        self._weights = weights
        self._matcher = matcher
        self._words_weight = words_weight
        self._total = weights.total
        # In a corpus of three passages, a word that one of them has is as telling as there are.
        concepts = enumerate(weights.concepts)
        self._telling = {number for number, each in concepts if each.weight > BY_CHANCE or each.found == 1}

    def judge(self, passages: Sequence[StoredPassage]) -> list[Judged]:
        """Judge the sentences of some passages."""
        self._matcher.look_at(passages)
        numbers = [self._catalogue.sentences_of(each) for each in passages]
        judged = []
        for passage, some, cosines in zip(passages, numbers, self._cosines(numbers), strict=True):
            sentences = self._catalogue.sentences.spans(some)
            words = self._matcher.words_in(passage, sentences)
            here = self._matcher.weights_at(passage)
            total = self._total if here is self._weights else here.total
            factor = self._words_weight / (total + here.unknown)
            best = max(
                cosine + factor * sum(weight for number, weight in found.items() if number in self._telling)
                for cosine, found in zip(cosines, words, strict=True)
            )
            judged.append(Judged(sentences, cosines, words, total, best))
        return judged

    def _cosines(self, numbers: Sequence[range]) -> Iterator[list[float]]:
        """Yield for some sentences of each passage the mean cosines of the windows that each is in."""
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
        means = ((sums[ends + at] - sums[firsts + at]) / (ends - firsts)).tolist()
        return (means[first:end] for first, end in pairwise(edges.tolist()))

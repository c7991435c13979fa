"""Which sentences of a passage answer: each by its own words, and by the vectors of the windows that it is in.

A window's vector tells little about one of its sentences, but a sentence is in up to four windows, and their mean cosine rises
and falls with what the sentence says. So no sentence needs a vector of its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from citewell.document import Span
from citewell.encoder.models import Fit
from citewell.index.numbering import concatenated
from citewell.index.sentence_spans import Numbers, PassageSentences, Spans
from citewell.index.storage import Storage
from citewell.index.stored import StoredPassage
from citewell.index.weights import TermWeights
from citewell.search.matching import BY_CHANCE, Matcher, Weights
from citewell.text.words import Kind

# The weight of the question's words within a passage, and the share of what all its sentences mean that does not count there.
_WORDS = 0.5
_IN_COMMON = 0.5
# What stands above a passage counts, all of it together, at most this share of any other word that tells its sentences apart.
_ABOVE = 0.5
# A sentence is built like the first one if it has as many of the question's words that the first one has.
_ALIKE = 2
# A neighbour is part of the answer if its value is at least this share of the best sentence's.
_STANDS_BESIDE = 0.75
# A window has as many.
_MOST = 4

Values = npt.NDArray[np.float64]


class Judged(NamedTuple):
    """The sentences of a passage: the cosine of each, and what each word of the question counts there.

    ``cosines`` have the shape (sentences,), ``words`` (sentences, concepts). ``total`` is the weight of the whole question.
    ``best`` is the value of the best sentence among passages: its cosine plus the weighted share of the question's words, where
    those that are met by chance do not count, and the question counts as if it had one more word, which none has.
    ``introduced`` is whether the first sentence is that of its document. ``known`` are its values without regard to what stands
    above it, where those of several passages were computed at once. ``figures`` are which words are numbers or codes.
    """

    sentences: Spans
    cosines: Values
    words: Weights
    total: float
    best: float
    introduced: bool = False
    known: Values | None = None
    figures: Sequence[int] = ()

    def values(self, above: Iterable[int] = ()) -> Values:
        """Return how well each sentence answers, compared with the others of the passage (``_compared``).

        Args:
            above: The numbers of the words that stand above the passage.
        """
        numbers = list(above)
        if self.known is not None and not numbers:
            return self.known
        start = np.zeros(1, dtype=np.int64)
        return _compared(self.words, self.cosines, self.total, start, [self.introduced], numbers, self.figures)

    @property
    def best_sentence(self) -> Span:
        """The sentence of the whole passage that answers best."""
        return self.sentences[int(self.values().argmax())]

    def answer(
        self,
        shown: Span,
        *,
        above: Iterable[int] = (),
        last: Callable[[int], int] = lambda number: number,
        apart: Callable[[int], bool] = lambda _: False,
        silent: Callable[[int], bool] = lambda _: False,
    ) -> Span | None:
        """Return the best sentence of the shown part, with the neighbours that answer about as well; None if it has none.

        Args:
            shown: The shown part.
            above: The numbers of the words that stand above the passage.
            last: Returns the number of the last of the sentences that one announces, or its own.
            apart: Returns whether a sentence and the next are not joined.
            silent: Returns whether a sentence answers nothing, whatever it says: others come first.
        """
        whole = range(bisect_left(self.sentences.starts, shown.start), bisect_right(self.sentences.ends, shown.end))
        if not whole:
            return None
        values = dict(zip(whole, self.values(above)[whole.start : whole.stop].tolist(), strict=True))
        first = end = max(values, key=values.__getitem__)
        if silent(first):
            best = sorted(values, key=lambda nth: -values[nth])
            first = end = next((nth for nth in best if not silent(nth)), first)
        least = _STANDS_BESIDE * values[first]
        while end - first + 1 < _MOST:
            sides = ((first - 1, first - 1), (end + 1, end))
            beside = [nth for nth, before in sides if values.get(nth, -1.0) >= least and not apart(before)]
            if not beside:
                break
            chosen = max(beside, key=lambda nth: values[nth])
            first, end = min(first, chosen), max(end, chosen)
        announced = min(last(end), whole[-1])
        if end < announced and apart(end):
            # What is announced cannot be joined, and without it, what announces it is no answer: the question of a subtitle.
            first = end = end + 1
        end = next((nth for nth in range(end, announced) if apart(nth)), announced)
        return Span(self.sentences.starts[first], self.sentences.ends[end])


def _compared(
    words: Weights,
    cosines: Values,
    total: float,
    starts: Numbers,
    introduced: Sequence[bool],
    above: Sequence[int] = (),
    figures: Sequence[int] = (),
) -> Values:
    """Return how well each sentence of some passages answers, compared with the others of its passage.

    What tells them apart decides: a word counts less for each further sentence that has it, and of the cosine that all of them
    reach, a half counts. Headings and the first sentence of a document say what all sentences are about, so their words count
    as if all had them: "The kahikatea is a conifer." does not tell how tall a kahikatea is. What stands above counts less than
    any other word, however rare it is. A number or code of that sentence is its own if others are called the same: "A cable of
    4 mm" introduces cables. So is what tells it from a sentence that is built like it: "The ferry Alma was built in 1998. The
    ferry Berta was built in 2011."

    Args:
        words: What each word of the question counts in each sentence, shape (all sentences, words).
        cosines: Their cosines.
        total: The weight of the whole question.
        starts: The first sentence of each passage.
        introduced: Whether that is the first one of its document.
        above: The numbers of the words that stand above all of the passages.
        figures: The numbers of the words that are numbers or codes.
    """
    counts = np.array([*starts[1:], len(words)]) - starts
    having = np.maximum(np.add.reduceat(words != 0, starts, axis=0, dtype=np.int64), 1)
    having[:, above] = counts[:, None]
    for nth, (start, count) in enumerate(zip(starts.tolist(), counts.tolist(), strict=True)):
        if introduced[nth]:
            has = words[start : start + count] > 0
            introduced_by = has[0] & ~_told_apart(has)
            introduced_by[[figure for figure in figures if _is_one_of_several(has, figure)]] = False
            having[nth, introduced_by] = count
    rarity = 1 - (having - 1) / counts[:, None]
    of_passage = np.arange(len(starts)).repeat(counts)
    most = np.maximum.reduceat(words, starts, axis=0)
    if above:
        rarity[:, above] *= _restraint(most * rarity, having < counts[:, None], above)[:, None]
    totals = total - (most * (1 - rarity)).sum(axis=1)
    shares = (words * rarity[of_passage]).sum(axis=1) / np.where(totals == 0, 1.0, totals)[of_passage]
    found: Values = cosines - _IN_COMMON * np.minimum.reduceat(cosines, starts)[of_passage] + _WORDS * shares
    return found


def _restraint(worth: Weights, tells: npt.NDArray[np.bool_], above: Sequence[int]) -> Values:
    """Return by what the words above some passages are multiplied, so that all of them count less than any other word.

    In a corpus of three bicycles, the name of each is rare and "costs" is not; but all that stands below a name is about it.

    Args:
        worth: What each word counts at most in a sentence of each passage, shape (passages, words).
        tells: Which words not all sentences of a passage have.
        above: The numbers of the words that stand above.
    """
    others = np.delete(np.where(tells & (worth > 0), worth, np.inf), above, axis=1)
    together = worth[:, above].sum(axis=1)
    found: Values = np.minimum(
        1.0, _ABOVE * others.min(axis=1, initial=np.inf) / np.where(together == 0, 1.0, together)
    )
    return found


def _is_one_of_several(has: npt.NDArray[np.bool_], figure: int) -> bool:
    """Return whether a word beside a figure in a question stands in a further sentence without it.

    Args:
        has: Which words of the question stand in which sentence of a passage, shape (sentences, words).
        figure: The number of the figure.
    """
    beside = [each for each in (figure - 1, figure + 1) if 0 <= each < has.shape[1] and has[0, each]]
    return bool((has[1:, beside] & ~has[1:, figure, None]).any())


def _told_apart(has: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which words of the question tell the first sentence of a passage from those that are built like it.

    Args:
        has: Which words of the question stand in which sentence of the passage, shape (sentences, words).
    """
    others = has[1:]
    alike = others[(others & has[0]).sum(axis=1) >= _ALIKE]
    found: npt.NDArray[np.bool_] = has[0] & ~alike.all(axis=0)
    return found


class Judge:
    """Judges the sentences of passages for one question.

    Args:
        storage: The passages, and the vectors of their windows.
        vector: The unit vector of the question.
        fit: What its cosines mean.
        weights: The concepts of the question.
        matcher: Finds them in passages.
        words_weight: The weight of the share of the question's words among passages, relative to the cosine.
    """

    def __init__(
        self,
        storage: Storage,
        vector: npt.NDArray[np.float32],
        fit: Fit,
        weights: TermWeights,
        matcher: Matcher,
        words_weight: float,
    ) -> None:
        self._catalogue = storage.catalogue
        self._storage = storage
        self._vector = vector
        self._fit = fit
        self._matcher = matcher
        self._total = weights.total
        # In a corpus of three passages, a word that one of them has is as telling as there are.
        concepts = enumerate(weights.concepts)
        self._telling = [number for number, each in concepts if each.weight > BY_CHANCE or each.found == 1]
        kinds = enumerate(each.concept.kind for each in weights.concepts)
        self._figures = [number for number, kind in kinds if kind in (Kind.NUMBER, Kind.CODE)]
        self._factor = words_weight / (self._total + weights.unknown)

    def judge(self, passages: Sequence[StoredPassage]) -> list[Judged]:
        """Judge the sentences of some passages, at least one."""
        self._matcher.look_at(passages)
        sentences = list(map(self._catalogue.sentences_of, passages))
        words = self._matcher.weights_in(passages, [each.bounds for each in sentences])
        counts = [len(each.bounds) for each in sentences]
        cosines = self._cosines(sentences, counts)
        edges = [0, *accumulate(counts)]
        starts = np.array(edges[:-1])
        best = np.maximum.reduceat(cosines + self._factor * words[:, self._telling].sum(axis=1), starts)
        introduced = [each.introduced for each in sentences]
        values = _compared(words, cosines, self._total, starts, introduced, figures=self._figures)
        return [
            Judged(
                some.spans,
                cosines[first:end],
                words[first:end],
                self._total,
                value,
                some.introduced,
                values[first:end],
                self._figures,
            )
            for some, (first, end), value in zip(sentences, pairwise(edges), best.tolist(), strict=True)
        ]

    def _cosines(self, sentences: Sequence[PassageSentences], counts: Sequence[int]) -> Values:
        """Return for the sentences of some passages the mean cosines of the windows that each is in."""
        firsts = np.concatenate([each.firsts for each in sentences])
        ends = np.concatenate([each.ends for each in sentences])
        edges = np.cumsum(counts)
        starts, stops = firsts[edges - counts], ends[edges - 1]
        cosines = self._storage.cosines(self._vector, concatenated(starts, stops))
        close = self._fit.closeness(cosines.astype(np.float64))
        # Each sum is of its own windows alone, so that a sentence has the same value wherever its text stands.
        moved = np.repeat(np.cumsum(stops - starts) - stops, counts)
        edges = np.stack([firsts + moved, ends + moved], axis=1).reshape(-1)
        sums = np.add.reduceat(np.append(close, 0.0), edges)[::2]
        means: Values = sums / (ends - firsts)
        return means

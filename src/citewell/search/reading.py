"""Reads the passages of candidates, and ranks them by what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from citewell.index.catalogue import Catalogue
from citewell.index.lexical import SATURATION
from citewell.index.stored import StoredPassage
from citewell.search.matching import Matcher
from citewell.search.page import Candidate, Read
from citewell.search.sentences import Judge, Judged
from citewell.settings import Searching

# After the first candidates, few more are needed: one for each that overlaps a better one.
_FEW = 5


def highest_score(searching: Searching) -> float:
    """Return the highest sum of a passage's cosine, BM25, nearness and best sentence, with their weights."""
    words = searching.bm25_weight
    return 1 + words * SATURATION + searching.nearness_weight + searching.sentence_weight * (1 + words)


class CandidateReader:
    """Reads candidates, and ranks them by what they say.

    Args:
        catalogue: Their passages.
        matcher: The words of the question.
        judge: Judges their sentences.
        searching: The weights.
    """

    def __init__(self, catalogue: Catalogue, matcher: Matcher, judge: Judge, searching: Searching) -> None:
        self._catalogue = catalogue
        self._matcher = matcher
        self._judge = judge
        self._highest = highest_score(searching)
        self._nearness = searching.nearness_weight
        self._sentence = searching.sentence_weight

    def in_order(self, candidates: Sequence[Candidate], at_once: int) -> Iterator[Read]:
        """Yield candidates, best first: the first ``at_once`` ranked among each other, and then a few at a time."""
        for start, end in pairwise([0, *range(at_once, len(candidates), _FEW), len(candidates)]):
            some = candidates[start:end]
            passages = self._catalogue.passages(each.passage for each in some)
            read = map(self._read, some, passages, self._judge.judge(passages) if passages else ())
            yield from sorted(read, key=lambda each: (-each.candidate.score, each.candidate.passage))

    def _read(self, candidate: Candidate, passage: StoredPassage, judged: Judged) -> Read:
        window = self._catalogue.sentences.of_window(candidate.window)
        near = self._matcher.nearness(passage, window.whole)
        # In another language, a sentence has other words; it is as good as its passage.
        best = candidate.score * self._highest if candidate.foreign else max(0.0, judged.best)
        more = (self._nearness * near + self._sentence * best) / self._highest
        return Read(replace(candidate, score=min(1.0, candidate.score + more)), passage, window, judged)

"""Reads the passages of candidates, and ranks them by what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from citewell.document import Span
from citewell.index.catalogue import Catalogue
from citewell.index.lexical import SATURATION
from citewell.index.stored import StoredPassage
from citewell.search.matching import Matcher
from citewell.search.page import Candidate, Read
from citewell.search.sentences import Judge
from citewell.settings import Searching


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
        """Yield candidates, best first, ``at_once`` of them ranked among each other."""
        for start in range(0, len(candidates), at_once):
            some = candidates[start : start + at_once]
            passages = self._catalogue.passages(each.passage for each in some)
            read = (self._read(each, passage) for each, passage in zip(some, passages, strict=True))
            yield from sorted(read, key=lambda each: (-each.candidate.score, each.candidate.passage))

    def _read(self, candidate: Candidate, passage: StoredPassage) -> Read:
        window = self._catalogue.sentences.of_window(candidate.window)
        judged = self._judge.judge(passage)
        near = self._matcher.nearness(passage, Span(window[0].start, window[-1].end))
        # In another language, a sentence has other words; it is as good as its passage.
        best = candidate.score * self._highest if candidate.foreign else max(0.0, judged.best)
        more = (self._nearness * near + self._sentence * best) / self._highest
        return Read(replace(candidate, score=min(1.0, candidate.score + more)), passage, window, judged)

"""Reads the passages of candidates, and ranks them by what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

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

    def in_order(
        self, candidates: Sequence[Candidate], at_once: int, is_used: Callable[[Candidate], bool]
    ) -> Iterator[Read]:
        """Yield candidates, best first: the first ``at_once`` ranked among each other, and then a few at a time.

        Those whose text is used by then are not read.
        """
        unread = (each for each in candidates if not is_used(each))
        some = list(islice(unread, min(at_once, len(candidates))))
        while some:
            passages = self._catalogue.passages(each.passage for each in some)
            read = map(self._read, some, passages, self._judge.judge(passages))
            yield from sorted(read, key=lambda each: (-each.candidate.score, each.candidate.passage))
            some = list(islice(unread, _FEW))

    def _read(self, candidate: Candidate, passage: StoredPassage, judged: Judged) -> Read:
        window = self._catalogue.sentences.of_window(candidate.window)
        near = self._matcher.nearness(passage, window.whole)
        # In another language, a sentence has other words; it is as good as its passage.
        best = candidate.score * self._highest if candidate.foreign else max(0.0, judged.best)
        more = (self._nearness * near + self._sentence * best) / self._highest
        return Read(candidate._replace(score=min(1.0, candidate.score + more)), passage, window, judged)

"""Search: a question to ranked, highlighted passages.

Candidates come from two questions to the storage: the nearest windows to a vector, and the best passages for some terms. Every
candidate gets both measures exactly, and their fusion ranks it. What is returned is a passage with its best window marked.
Passages overlap in the index but not in an answer: one that reaches into a better one is shown without what they share.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from citewell.answer import FoundPassage, Place, Scope
from citewell.confidence import evidence
from citewell.document import Span
from citewell.index.catalogue import StoredPassage
from citewell.index.folder import Snapshot, Stores
from citewell.index.lexical import SATURATION, Information, terms
from citewell.index.vectors import Ordinals, Scores
from citewell.search.likeness import Texts
from citewell.settings import Searching

# A sentence stands out of its window when it alone has this share of what the window's sentences match of the question.
_STANDS_OUT = 0.6
_ALL = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: a unit vector, terms with the factor each counts by, and which documents may answer.

    ``says_all`` marks keywords, which ask no more than where they stand.
    """

    vector: npt.NDArray[np.float32]
    terms: Mapping[str, float]
    scope: Scope
    says_all: bool = False


class Storage(Protocol):
    """What search asks of storage; candidates, fusion, highlight and confidence are the same for every engine."""

    def nearest_windows(
        self, vector: npt.NDArray[np.float32], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Ordinals, Scores]:
        """Return the nearest windows, their passages and their cosines; ``within`` are the passages that count."""

    def best_passages(
        self, words: Mapping[str, float], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Return the passages with the best BM25 scores, and the scores; ``within`` are the passages that count."""


class SnapshotStorage:
    """The stores of one snapshot on this machine."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def nearest_windows(
        self, vector: npt.NDArray[np.float32], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Ordinals, Scores]:
        """Return the nearest windows, their passages and their cosines; ``within`` are the passages that count."""
        catalogue = self._stores.catalogue
        allowed = None if within is None else catalogue.windows_of(within)
        windows, cosines = self._stores.vectors.nearest(vector, count, within=allowed)
        return windows, catalogue.passages_of(windows), cosines

    def best_passages(
        self, words: Mapping[str, float], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Return the passages with the best BM25 scores, and the scores; ``within`` are the passages that count."""
        return self._stores.lexical.best(words, count, within=within)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage and its window nearest to the question.

    ``score`` ranks it, between 0 and 1, and compares between questions. ``evidence`` speaks for its covering the question
    (``citewell.confidence``).
    """

    passage: int
    window: int
    cosine: float
    score: float
    evidence: float


@dataclass(frozen=True, slots=True)
class Found:
    """The passages of an answer, and the evidence of the first; None where there is no passage."""

    passages: tuple[FoundPassage, ...]
    evidence: float | None


def rank(
    storage: Storage,
    query: Query,
    information: Information,
    searching: Searching,
    within: Ordinals | None = None,
) -> list[Candidate]:
    """Gather candidates from both sides, measure each exactly, and rank them by ``cosine + weight * BM25``.

    BM25 is taken as a share of the most that the question's words could score, so that the sum, scaled to at most 1, means
    the same for every question.

    Args:
        storage: Where windows and passages are.
        query: The question.
        information: What the question's terms weigh.
        searching: How many candidates, and the weight of BM25.
        within: The only passages that count; None is all.

    Returns:
        Candidates, best first; equal scores in the order of the corpus.
    """
    near = _best_windows(*storage.nearest_windows(query.vector, searching.windows, within=within))
    worded = _by_passage(*storage.best_passages(query.terms, searching.passages, within=within))
    # A passage with a window among the nearest has its best one there, and one that BM25 did not cut off has its score
    # already; only the others are measured again.
    far = np.array(sorted(worded.keys() - near.keys()), dtype=np.int64)
    near |= _best_windows(*storage.nearest_windows(query.vector, _ALL, within=far))
    if len(worded) >= searching.passages:
        cut = np.array(sorted(near.keys() - worded.keys()), dtype=np.int64)
        worded |= _by_passage(*storage.best_passages(query.terms, max(1, len(cut)), within=cut))
    weight, total = searching.bm25_weight, information.total
    unsaid = 0.0 if query.says_all else information.unknown
    ranked = []
    for passage, (window, cosine) in near.items():
        bm25 = worded.get(passage, 0.0)
        score = (max(0.0, cosine) + weight * bm25 / (total or 1.0)) / (1 + weight * SATURATION)
        speaks = evidence(cosine, bm25, total, unsaid)
        ranked.append(Candidate(passage, window, cosine, min(1.0, score), speaks))
    return sorted(ranked, key=lambda each: (-each.score, each.passage))


def _best_windows(windows: Ordinals, owners: Ordinals, cosines: Scores) -> dict[int, tuple[int, float]]:
    """Return the best window of each passage and its cosine; the windows come best first."""
    best: dict[int, tuple[int, float]] = {}
    for window, owner, cosine in zip(windows.tolist(), owners.tolist(), cosines.tolist(), strict=True):
        best.setdefault(owner, (window, cosine))
    return best


def _by_passage(passages: Ordinals, scores: Scores) -> dict[int, float]:
    return dict(zip(passages.tolist(), scores.tolist(), strict=True))


def search(
    snapshot: Snapshot, query: Query, *, top: int, searching: Searching, storage: Storage | None = None
) -> Found:
    """Find the passages that answer a question best.

    Args:
        snapshot: The snapshot to search.
        query: The question.
        top: How many passages.
        searching: The settings of the search.
        storage: Where windows and passages are; None is the snapshot itself.

    Returns:
        At most ``top`` passages, best first, none of which shares text with another; one that nearly repeats a better one is
        told of there, and not shown.
    """
    information = snapshot.lexical.information(query.terms)
    within = snapshot.catalogue.within(query.scope) if query.scope else None
    # Around one place many windows overlap, and all but one of them are passed over.
    most = {"windows": max(searching.windows, 20 * top), "passages": max(searching.passages, 20 * top)}
    searching = searching.model_copy(update=most)
    candidates = rank(storage or SnapshotStorage(snapshot), query, information, searching, within)
    page, calibration = _Page(), snapshot.manifest.calibration
    for candidate, passage, sentences in _in_order(snapshot, candidates, top):
        if len(page.shown) == top:
            break
        page.place(candidate, passage, sentences)
    passages = tuple(
        FoundPassage(
            rank=nth,
            document=each.passage.document,
            title=each.passage.title,
            section=each.passage.section,
            start=each.span.start,
            end=each.span.end,
            text=_inside(each.passage, each.span),
            score=each.candidate.score,
            highlights=(highlight(each.passage, each.sentences, information),),
            cosine=each.candidate.cosine,
            confidence=calibration.confidence(each.candidate.evidence),
            repeated=tuple(each.repeated),
        )
        for nth, each in enumerate(page.shown, 1)
    )
    return Found(passages, page.shown[0].candidate.evidence if page.shown else None)


@dataclass(slots=True)
class _Shown:
    candidate: Candidate
    passage: StoredPassage
    sentences: tuple[Span, ...]
    span: Span
    repeated: list[Place]


class _Page:
    """What an answer shows so far, and which text is no longer free to be shown."""

    def __init__(self) -> None:
        self.shown: list[_Shown] = []
        self._texts = Texts()
        self._taken: dict[str, _Taken] = {}

    def place(self, candidate: Candidate, passage: StoredPassage, sentences: tuple[Span, ...]) -> None:
        """Show what of a passage is not shown yet, unless its best window is, here or in a near-duplicate."""
        taken = self._taken.setdefault(passage.document, _Taken())
        window = Span(sentences[0].start, sentences[-1].end)
        free = taken.around(window)
        if free is None:
            return
        twin = self._texts.first_like(passage.text)
        if twin is not None:
            self.shown[twin].repeated.append(Place.of(passage.document, passage.span))
            taken.add(passage.span)
        else:
            span = _stripped(passage, Span(max(passage.span.start, free.start), min(passage.span.end, free.end)))
            self.shown.append(_Shown(candidate, passage, sentences, span, []))
            self._texts.add(passage.text)
            taken.add(span)


class _Taken:
    """The parts of a document that are taken: in order, apart from each other."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def around(self, window: Span) -> Span | None:
        """Return what is free around a window, or None where the window is not; what is taken ends between sentences."""
        at = bisect_right(self._ends, window.start)
        if at < len(self._starts) and self._starts[at] < window.end:
            return None
        start = self._ends[at - 1] if at else 0
        end = self._starts[at] if at < len(self._starts) else _ALL
        return Span(start, end)

    def add(self, span: Span) -> None:
        """Take a part; with the parts that it overlaps it is one."""
        first, last = bisect_right(self._ends, span.start), bisect_left(self._starts, span.end)
        self._starts[first:last] = [min([span.start, *self._starts[first:last]])]
        self._ends[first:last] = [max([span.end, *self._ends[first:last]])]


def _stripped(passage: StoredPassage, span: Span) -> Span:
    text = _inside(passage, span)
    return Span(span.start + len(text) - len(text.lstrip()), span.end - len(text) + len(text.rstrip()))


def highlight(passage: StoredPassage, sentences: Sequence[Span], information: Information) -> Span:
    """Choose what to mark: the best window, or the one sentence of it that stands out by the question's words.

    Args:
        passage: The passage found.
        sentences: The sentences of its window nearest to the question.
        information: What the question's terms weigh.
    """
    weights = information.weights
    matched = [sum(weights.get(word, 0.0) for word in terms(_inside(passage, sentence))) for sentence in sentences]
    best = max(matched)
    if best and best >= _STANDS_OUT * sum(matched):
        return sentences[matched.index(best)]
    return Span(sentences[0].start, sentences[-1].end)


def _in_order(
    snapshot: Snapshot, candidates: Sequence[Candidate], top: int
) -> Iterator[tuple[Candidate, StoredPassage, tuple[Span, ...]]]:
    """Fetch passages and their best windows' sentences best first, a few at a time: seldom are many more needed."""
    step = 2 * top + 3
    catalogue = snapshot.catalogue
    for start in range(0, len(candidates), step):
        some = candidates[start : start + step]
        passages = catalogue.passages(each.passage for each in some)
        yield from zip(some, passages, catalogue.sentences(each.window for each in some), strict=True)


def _inside(passage: StoredPassage, span: Span) -> str:
    return span.shifted(-passage.span.start).of(passage.text)

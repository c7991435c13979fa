"""Search: a question to ranked, highlighted passages.

The storage proposes candidates in two ways: the windows nearest to a vector, and the passages with the best BM25. Both scores
are computed exactly for every candidate, and their combination ranks it. The result is passages with their best windows marked.
Passages overlap in the index but not in an answer: one that overlaps a better one is shown without the shared text.
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
from citewell.encoder.models import Fit
from citewell.index.lexical import SATURATION, TermWeights
from citewell.index.snapshot import Snapshot, Stores
from citewell.index.stored import StoredPassage
from citewell.index.vectors import Ordinals, Scores
from citewell.search.likeness import Texts
from citewell.settings import Searching
from citewell.text.terms import terms

# One sentence is marked instead of the whole window if it has this share of the window's matched term weights.
_STANDS_OUT = 0.6
_ALL = np.iinfo(np.int32).max
_UNFITTED = Fit()


@dataclass(frozen=True, slots=True)
class Query:
    """A search query: a unit vector, terms with a factor for each, and the documents to search.

    ``keywords_only`` means that the question has no words besides its terms. ``fit`` says what its cosines mean.
    """

    vector: npt.NDArray[np.float32]
    terms: Mapping[str, float]
    scope: Scope
    keywords_only: bool = False
    fit: Fit = _UNFITTED


class Storage(Protocol):
    """The storage that search needs; candidates, ranking, highlights and confidence are the same for every engine."""

    def nearest_windows(
        self, vector: npt.NDArray[np.float32], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Ordinals, Scores]:
        """Return the nearest windows, their passages and their cosines; ``within`` limits the passages."""

    def best_passages(
        self, words: Mapping[str, float], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Return the passages with the best BM25 scores, and the scores; ``within`` limits the passages."""


class SnapshotStorage:
    """The stores of one snapshot on this machine."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def nearest_windows(
        self, vector: npt.NDArray[np.float32], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Ordinals, Scores]:
        """Return the nearest windows, their passages and their cosines; ``within`` limits the passages."""
        catalogue = self._stores.catalogue
        allowed = None if within is None else catalogue.windows_of(within)
        windows, cosines = self._stores.vectors.nearest(vector, count, within=allowed)
        return windows, catalogue.passages_of(windows), cosines

    def best_passages(
        self, words: Mapping[str, float], count: int, *, within: Ordinals | None = None
    ) -> tuple[Ordinals, Scores]:
        """Return the passages with the best BM25 scores, and the scores; ``within`` limits the passages."""
        return self._stores.lexical.best(words, count, within=within)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage and its window nearest to the question.

    ``cosine`` is as with the English model (``Fit``). ``score`` ranks it, is between 0 and 1, and is comparable between
    questions. ``evidence`` is that for the passage covering the question (``citewell.confidence``).
    """

    passage: int
    window: int
    cosine: float
    score: float
    evidence: float


@dataclass(frozen=True, slots=True)
class Found:
    """The passages of an answer, and the evidence of the first; None without passages."""

    passages: tuple[FoundPassage, ...]
    evidence: float | None


def rank(
    storage: Storage,
    query: Query,
    term_weights: TermWeights,
    searching: Searching,
    within: Ordinals | None = None,
) -> list[Candidate]:
    """Collect candidates from vectors and BM25, score each exactly, and rank them by ``cosine + weight * BM25``.

    BM25 is divided by the sum of the question's term weights, so the score, scaled to at most 1, means the same for every
    question.

    Args:
        storage: Where windows and passages are stored.
        query: The query.
        term_weights: The weights of the query's terms.
        searching: The numbers of candidates, and the weight of BM25.
        within: Rank only these passages; None is all.

    Returns:
        Candidates, best first; equal scores in the order of the corpus.
    """
    near = _best_windows(*storage.nearest_windows(query.vector, searching.candidate_windows, within=within))
    worded = _by_passage(*storage.best_passages(query.terms, searching.candidate_passages, within=within))
    # The best window of a passage is known if one of its windows is among the nearest, and its BM25 if BM25 has returned it;
    # only the missing ones are computed.
    far = np.array(sorted(worded.keys() - near.keys()), dtype=np.int64)
    near |= _best_windows(*storage.nearest_windows(query.vector, _ALL, within=far))
    if len(worded) >= searching.candidate_passages:
        cut = np.array(sorted(near.keys() - worded.keys()), dtype=np.int64)
        worded |= _by_passage(*storage.best_passages(query.terms, max(1, len(cut)), within=cut))
    weight, total = searching.bm25_weight, term_weights.total
    extra = 0.0 if query.keywords_only else term_weights.unknown
    ranked = []
    for passage, (window, raw) in near.items():
        cosine = query.fit.closeness(raw)
        bm25 = worded.get(passage, 0.0)
        score = (max(0.0, cosine) + weight * bm25 / (total or 1.0)) / (1 + weight * SATURATION)
        proof = evidence(cosine, bm25, total, extra)
        ranked.append(Candidate(passage, window, cosine, min(1.0, score), proof))
    return sorted(ranked, key=lambda each: (-each.score, each.passage))


def _best_windows(windows: Ordinals, owners: Ordinals, cosines: Scores) -> dict[int, tuple[int, float]]:
    """Return the best window of each passage and its cosine; the windows are sorted, best first."""
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
        query: The query.
        top: The maximum number of passages.
        searching: The settings.
        storage: Where windows and passages are stored; None is the snapshot itself.

    Returns:
        At most ``top`` passages, best first, without shared text; a near-duplicate of a better one is only listed there.
    """
    term_weights = snapshot.lexical.term_weights(query.terms)
    within = snapshot.catalogue.within(query.scope) if query.scope else None
    # Many overlapping windows surround one place, and only one of them is shown.
    most = {
        "candidate_windows": max(searching.candidate_windows, 20 * top),
        "candidate_passages": max(searching.candidate_passages, 20 * top),
    }
    searching = searching.model_copy(update=most)
    candidates = rank(storage or SnapshotStorage(snapshot), query, term_weights, searching, within)
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
            highlights=(highlight(each.passage, each.sentences, term_weights),),
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
    """The passages of an answer so far, and the text that is already used."""

    def __init__(self) -> None:
        self.shown: list[_Shown] = []
        self._texts = Texts()
        self._taken: dict[str, _Taken] = {}

    def place(self, candidate: Candidate, passage: StoredPassage, sentences: tuple[Span, ...]) -> None:
        """Add the unused part of a passage, unless its best window is already shown, here or in a near-duplicate."""
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
    """The used parts of a document: sorted and disjoint."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def around(self, window: Span) -> Span | None:
        """Return the unused span around a window, or None if the window is used; used parts end between sentences."""
        at = bisect_right(self._ends, window.start)
        if at < len(self._starts) and self._starts[at] < window.end:
            return None
        start = self._ends[at - 1] if at else 0
        end = self._starts[at] if at < len(self._starts) else _ALL
        return Span(start, end)

    def add(self, span: Span) -> None:
        """Mark a part as used; overlapping parts are merged."""
        first, last = bisect_right(self._ends, span.start), bisect_left(self._starts, span.end)
        self._starts[first:last] = [min([span.start, *self._starts[first:last]])]
        self._ends[first:last] = [max([span.end, *self._ends[first:last]])]


def _stripped(passage: StoredPassage, span: Span) -> Span:
    text = _inside(passage, span)
    return Span(span.start + len(text) - len(text.lstrip()), span.end - len(text) + len(text.rstrip()))


def highlight(passage: StoredPassage, sentences: Sequence[Span], term_weights: TermWeights) -> Span:
    """Choose the span to mark: the best window, or one sentence of it that matches most of the question's terms.

    Args:
        passage: The passage.
        sentences: The sentences of its window nearest to the question.
        term_weights: The weights of the query's terms.
    """
    weights = term_weights.weights
    matched = [sum(weights.get(word, 0.0) for word in terms(_inside(passage, sentence))) for sentence in sentences]
    best = max(matched)
    if best and best >= _STANDS_OUT * sum(matched):
        return sentences[matched.index(best)]
    return Span(sentences[0].start, sentences[-1].end)


def _in_order(
    snapshot: Snapshot, candidates: Sequence[Candidate], top: int
) -> Iterator[tuple[Candidate, StoredPassage, tuple[Span, ...]]]:
    """Fetch passages and the sentences of their best windows, best first, in small batches, as few are needed."""
    step = 2 * top + 3
    catalogue = snapshot.catalogue
    for start in range(0, len(candidates), step):
        some = candidates[start : start + step]
        passages = catalogue.passages(each.passage for each in some)
        yield from zip(some, passages, catalogue.sentences(each.window for each in some), strict=True)


def _inside(passage: StoredPassage, span: Span) -> str:
    return span.shifted(-passage.span.start).of(passage.text)

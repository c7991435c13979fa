"""What the turns before a question tell about its answer: near which documents it is, and what the question itself must add."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.confidence import evidence
from citewell.encoder.models import Fit
from citewell.index.storage import Snapshot
from citewell.index.weights import TermWeights
from citewell.search.page import Candidate, Shown, inside

# What the document that was spoken of adds to a score, which is at most 1.
_SAME_DOCUMENT = 0.1
# The share of a question's words that such a document has at least, if the question goes on there; others it says otherwise.
_ENOUGH = 0.5
# How much less evidence a place has to have, so that what a question itself says tells it from another.
_CLEARLY = 0.2
# Even odds: where a question that the documents cover only by chance is at its best place.
EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Earlier:
    """The turns before a question, as search needs them.

    ``documents`` are the passages of each document that they are about, with how much, from 0 to 1. ``vector`` and ``weights``
    are those of the question alone. ``quoted`` is what was quoted in them, if only more about it is asked for. ``instead`` is
    whether something else is asked about, which then has to be there. ``trust`` is how much these turns may speak for the
    question, from 0 to 1: the less, the more it tells itself. ``extra`` is how many unknown words the question counts as if it
    had, asked alone.
    """

    documents: tuple[tuple[range, float], ...]
    vector: npt.NDArray[np.float32]
    weights: TermWeights
    quoted: tuple[str, ...] = ()
    instead: bool = False
    trust: float = 1.0
    extra: float = 1.0

    def toward(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Rank the passages of the documents that were spoken of higher: people go on in the same document, elsewhere."""
        moved = [each._replace(score=min(1.0, each.score + self._share_of(each.passage))) for each in candidates]
        return sorted(moved, key=lambda each: (-each.score, each.passage))

    def _share_of(self, passage: int) -> float:
        return next((_SAME_DOCUMENT * share for passages, share in self.documents if passage in passages), 0.0)

    def fresh_first(self, shown: Sequence[Shown]) -> list[Shown]:
        """Return passages with those first that are from the document of what was quoted and do not show it again."""
        known = [each for each in shown if any(quote in inside(each.passage, each.span) for quote in self.quoted)]
        if not known:
            return list(shown)
        home = known[0].passage.document
        return sorted(shown, key=lambda each: (each.passage.document != home, each in known))

    @staticmethod
    def answering_first(
        shown: Sequence[Shown], evidences: Sequence[float], even: float
    ) -> tuple[list[Shown], list[float]]:
        """Return passages and their evidence with those first that the question itself says something for.

        Where it says about as much for all of them ("Who leads it?"), what was said before decides.
        """
        most = max(evidences) - _CLEARLY
        order = sorted(range(len(shown)), key=lambda nth: evidences[nth] < min(even, most))
        return [shown[nth] for nth in order], [evidences[nth] for nth in order]

    def own_evidence(self, shown: Shown, snapshot: Snapshot, fit: Fit) -> float:
        """Return the highest evidence of a place, given what the question itself finds there.

        The best of all places has much in common with any question, one given place has not: there, a question that has nothing
        to do with it reaches the cosine of unrelated texts and no word. As far as the turns before may speak for the question,
        that counts as even odds, and no word is added; otherwise it is judged as if it were asked alone.

        Args:
            shown: The place.
            snapshot: The snapshot.
            fit: What the cosines of the encoder mean.
        """
        calibration, here = snapshot.manifest.calibration, shown.candidate
        cosine = snapshot.cosines(self.vector, np.array([here.window]))
        near, chance = fit.closeness(np.array([float(cosine[0]), calibration.unrelated]))
        (words,) = snapshot.scores(self.weights, np.array([here.passage], dtype=np.int64)).tolist()
        found = evidence(float(near), words, self.weights.total, (1.0 - self.trust) * self.extra * self.weights.unknown)
        if self.instead and not any(each.is_found for each in self.weights.concepts):
            return found
        return found + self.trust * (calibration.evidence(EVEN) - float(chance))


def documents_of(
    candidates: Sequence[Candidate], snapshot: Snapshot, share: float, asked: TermWeights
) -> tuple[tuple[range, float], ...]:
    """Return the passages of each document that the earlier turns are about, with how much.

    A question that names what a document does not have goes on elsewhere: "Who leads the orchestra?", after what a choir costs.

    Args:
        candidates: What is found for those turns, best first; the last is what anything finds.
        snapshot: The snapshot.
        share: How much the question has to do with those turns, from 0 to 1.
        asked: The concepts of the question alone.
    """
    if not candidates:
        return ()
    best: dict[str, float] = {}
    for each, passage in zip(candidates, snapshot.catalogue.passages(each.passage for each in candidates), strict=True):
        best[passage.document] = max(best.get(passage.document, 0.0), each.score - candidates[-1].score)
    most, had = max(best.values()), _had(asked, tuple(best), snapshot)
    passages = snapshot.catalogue.passages_in
    return tuple(
        (passages(path), share * min(1.0, had[path] / _ENOUGH) * score / most) for path, score in best.items() if score
    )


def _had(asked: TermWeights, paths: tuple[str, ...], snapshot: Snapshot) -> dict[str, float]:
    """Return of each of some documents the share of a question's words that it has, of those that any document has."""
    found = [each for each in asked.concepts if each.is_found]
    total = sum(each.weight for each in found)
    had = dict.fromkeys(paths, 0.0 if total else 1.0)
    among = Scope(documents=paths)
    count = sum(len(snapshot.catalogue.passages_in(path)) for path in paths)
    for each in found if total else ():
        passages, _ = snapshot.best_passages(TermWeights((each,), asked.unknown), count, scope=among)
        for path in set(map(snapshot.catalogue.path_of, passages.tolist())):
            had[path] += each.weight / total
    return had

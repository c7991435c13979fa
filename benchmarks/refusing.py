"""What is refused and answered: questions about documents that an index has, and about those that were left out of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from citewell import Assistant, IndexFolder, Settings, build
from citewell.confidence import THRESHOLDS
from citewell.evaluation.statistics import auroc
from question_sets import Benchmark, Documents, copied

COLUMNS = ("AUROC", *(f"{side}, {name}" for name in THRESHOLDS for side in ("refused", "answered")))


class Confidences(NamedTuple):
    """How confident an index is that it covers each question: of those that it covers, and of the others."""

    own: list[float]
    other: list[float]


def with_some(
    benchmark: Benchmark, parts: Sequence[Documents], settings: Settings, progress: Callable[[str], None]
) -> Confidences:
    """Ask all questions of an index of each of some parts of a corpus.

    Args:
        benchmark: The questions and the corpus.
        parts: The documents of each index.
        settings: Those of the indexes.
        progress: Called before each index is built.
    """
    found = Confidences([], [])
    for nth, documents in enumerate(parts, 1):
        progress(f"{benchmark.name}: index {nth} of {len(parts)} with some of the documents")
        with tempfile.TemporaryDirectory() as temporary:
            index = IndexFolder(Path(temporary, "index"))
            build(copied(benchmark, documents, Path(temporary, "corpus")), index, settings)
            assistant = Assistant(index, settings)
            for question in benchmark.questions.questions:
                covered = any(each.document in documents for each in question.answers)
                side = found.own if covered else found.other
                side.append(assistant.ask(question.question, history=question.turns).confidence)
    return found


def row(own: Sequence[float], other: Sequence[float]) -> list[str]:
    """Return AUROC, and for each threshold the share of answerable refused and of unanswerable answered."""
    shares = [
        share
        for threshold in THRESHOLDS.values()
        for share in (
            sum(each < threshold for each in own) / len(own),
            sum(each >= threshold for each in other) / len(other),
        )
    ]
    return [f"{auroc(own, other):.4f}", *(f"{share:.1%}" for share in shares)]

"""Compares two runs of the same questions: differences, their significance, and the questions that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from citewell.errors import QuestionError
from citewell.evaluation.measures import first_hit
from citewell.evaluation.running import Outcome, Run
from citewell.evaluation.statistics import (
    Estimate,
    estimate,
    mcnemar_p_value,
    p_words,
    paired_p_value,
    questions_needed,
)
from citewell.evaluation.summary import DOCUMENT_MEASURES, document_measures, measure_run

# The default measure for a comparison; runs that contain only documents allow only document measures.
MAIN = "recall@5"
MAIN_OF_DOCUMENTS = "document nDCG@10"
COMPARED = (
    "hit@1",
    "hit@3",
    "hit@5",
    "recall@5",
    "recall@10",
    "MRR@10",
    "nDCG@10",
    "highlight@1",
    "highlight precision",
    "highlight recall",
    "highlight F1",
    "lead hit",
    "document hit@1",
    MAIN_OF_DOCUMENTS,
)
# As in a summary: of the answerable questions the share that is answered, of the others the share that is refused.
ANSWERED = "answered"
REFUSED = "refused"
_SIGNIFICANT = 0.05


# The columns of a table of differences.
COLUMNS = ("measure", "A", "B", "B − A", "95 % interval", "p", "win/tie/loss")


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of two runs. ``difference`` is B minus A; ``wins`` counts the questions that B does better.

    The p value is that of a paired permutation test, or of McNemar's exact test where a question is either right or wrong.
    """

    measure: str
    a: float
    b: float
    difference: Estimate
    p_value: float
    wins: int
    ties: int
    losses: int
    needed: int | None

    @property
    def figures(self) -> tuple[str, ...]:
        """The formatted figures, in the order of ``COLUMNS`` after the measure."""
        return (
            f"{self.a:.3f}",
            f"{self.b:.3f}",
            f"{self.difference.mean:+.3f}",
            f"{self.difference.low:+.3f} to {self.difference.high:+.3f}",
            f"{self.p_value:.3f}",
            f"{self.wins}/{self.ties}/{self.losses}",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the difference as JSON."""
        return {
            "measure": self.measure,
            "a": self.a,
            "b": self.b,
            "difference": self.difference.to_json(),
            "p_value": self.p_value,
            "wins": self.wins,
            "ties": self.ties,
            "losses": self.losses,
            "questions_needed": self.needed,
        }


@dataclass(frozen=True, slots=True)
class Flip:
    """A question answered within the first passages by only one of two runs; ranks count from 1, None is not found.

    ``gained`` means that B is the one that finds it.
    """

    question: str
    text: str
    rank_a: int | None
    rank_b: int | None
    gained: bool

    def to_json(self) -> dict[str, Any]:
        """Return the flip as JSON."""
        return {
            "question": self.question,
            "text": self.text,
            "rank_a": self.rank_a,
            "rank_b": self.rank_b,
            "gained": self.gained,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of the same questions, A and B."""

    a: str
    b: str
    questions: int
    main: Difference
    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]

    @property
    def outcome(self) -> Literal["better", "worse", "no difference"]:
        """B relative to A."""
        if self.main.p_value >= _SIGNIFICANT:
            return "no difference"
        return "better" if self.main.difference.mean > 0 else "worse"

    @property
    def verdict(self) -> str:
        """The result in one sentence."""
        main = self.main
        moved = f"{main.measure} {main.a:.3f} to {main.b:.3f}, {p_words(main.p_value)}"
        if self.outcome == "better":
            return f"{self.b} is better than {self.a} ({moved})"
        if self.outcome == "worse":
            return f"{self.b} is worse than {self.a} ({moved})"
        asked = main.wins + main.ties + main.losses
        verdict = f"no significant difference with {asked} question{'s' if asked != 1 else ''} ({moved})"
        return f"{verdict}; about {main.needed:,} questions would show it" if main.needed else verdict

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON."""
        return {
            "a": self.a,
            "b": self.b,
            "questions": self.questions,
            "outcome": self.outcome,
            "verdict": self.verdict,
            "measures": [each.to_json() for each in self.differences],
            "flips": [each.to_json() for each in self.flips],
        }


def compare(a: Run, b: Run, *, by: str | None = None, depth: int = 5) -> Comparison:
    """Compare two runs, question by question; a question missing from a run counts as zero.

    Args:
        a: The first run, the baseline.
        b: The second run.
        by: The measure that decides; None is ``MAIN``, or ``MAIN_OF_DOCUMENTS`` if a run contains only documents.
        depth: A question flips if one run has a right answer within this many passages and the other has not.

    Raises:
        QuestionError: The runs have no question in common, a question is answerable in one run only, or the measure does not
            exist.
    """
    one, other = _paired(a, b)
    if not one.answerable:
        raise QuestionError("the runs have no answerable question, so there is nothing to compare")
    of_documents = a.documents_only or b.documents_only
    table_a, table_b = (document_measures(run.answerable) if of_documents else measure_run(run) for run in (one, other))
    shares_a, shares_b = ({} if of_documents else _refusal_measures(run) for run in (one, other))
    table_a, table_b = table_a | shares_a, table_b | shares_b
    by = by or (MAIN_OF_DOCUMENTS if of_documents else MAIN)
    if by not in table_a:
        raise QuestionError(f"there is no measure {by!r}; choose one of {', '.join(table_a)}")
    names = dict.fromkeys((*(DOCUMENT_MEASURES if of_documents else COMPARED), *shares_a, by))
    differences = {name: _difference(name, table_a[name], table_b[name]) for name in names}
    rank = _document_rank if of_documents else _passage_rank
    return Comparison(
        a=a.name,
        b=b.name if b.name != a.name else f"{b.name} (B)",
        questions=len(one.answerable),
        main=differences[by],
        differences=tuple(differences.values()),
        flips=tuple(_flips(one.answerable, other.answerable, depth, rank)),
    )


def _paired(a: Run, b: Run) -> tuple[Run, Run]:
    """Return both runs with the same questions in the same order; a missing question gets an empty outcome."""
    by_id_a, by_id_b = ({each.question.id: each for each in run.outcomes} for run in (a, b))
    if not by_id_a.keys() & by_id_b.keys():
        raise QuestionError(f"{a.name} and {b.name} have no question in common; were they made with the same set?")
    for name in by_id_a.keys() & by_id_b.keys():
        if by_id_a[name].question.answerable != by_id_b[name].question.answerable:
            raise QuestionError(f"question {name!r} is answerable in one run and unanswerable in the other")
    order = list(by_id_a | by_id_b)
    silent = {name: Outcome(each.question, each.gold, None) for name, each in (by_id_b | by_id_a).items()}
    return (
        Run(a.name, a.about, tuple(by_id_a.get(name, silent[name]) for name in order)),
        Run(b.name, b.about, tuple(by_id_b.get(name, silent[name]) for name in order)),
    )


def _refusal_measures(run: Run) -> dict[str, list[float]]:
    """Return for each question whether it is answered or refused rightly; one that the run lacks is neither."""
    shares = {
        ANSWERED: [float(each.answered) for each in run.answerable],
        REFUSED: [float(each.answer is not None and not each.answered) for each in run.unanswerable],
    }
    return {name: values for name, values in shares.items() if values}


def _difference(name: str, a: Sequence[float], b: Sequence[float]) -> Difference:
    change = np.asarray(b) - np.asarray(a)
    wins, losses = int((change > 0).sum()), int((change < 0).sum())
    right_or_wrong = name in (ANSWERED, REFUSED)
    return Difference(
        measure=name,
        a=float(np.mean(a)),
        b=float(np.mean(b)),
        difference=estimate(change.tolist()),
        p_value=mcnemar_p_value(wins, losses) if right_or_wrong else paired_p_value(change.tolist()),
        wins=wins,
        ties=len(change) - wins - losses,
        losses=losses,
        needed=questions_needed(change.tolist()) if len(change) > 1 else None,
    )


def _flips(
    a: Sequence[Outcome], b: Sequence[Outcome], depth: int, rank_of: Callable[[Outcome], int | None]
) -> Iterator[Flip]:
    for one, other in zip(a, b, strict=True):
        ranks = rank_of(one), rank_of(other)
        within = [rank is not None and rank <= depth for rank in ranks]
        if within[0] != within[1]:
            yield Flip(one.question.id, one.question.question, *ranks, gained=within[1])


def _passage_rank(outcome: Outcome) -> int | None:
    return first_hit(outcome.gold, outcome.passages)


def _document_rank(outcome: Outcome) -> int | None:
    right = {place.document for place in outcome.gold}
    found = dict.fromkeys(passage.document for passage in outcome.passages)
    return next((rank for rank, document in enumerate(found, 1) if document in right), None)

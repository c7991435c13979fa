"""The summary of a run: measures as means with intervals, overall and by kind of question, refusal and latency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

from citewell.errors import BelowLimitError, UsageError
from citewell.evaluation.measures import nothing_found
from citewell.evaluation.running import Outcome, Run
from citewell.evaluation.statistics import Estimate, auroc, estimate

DOCUMENT_MEASURES = {
    "document hit@1": Success @ 1,
    "document hit@5": Success @ 5,
    "document nDCG@10": nDCG @ 10,
    "document R@10": R @ 10,
    "document RR@10": RR @ 10,
}
# The measures that are shown first, and what they mean.
MAIN_MEASURES = {
    "hit@1": "right answer in the first passage",
    "hit@5": "right answer in the first five",
    "recall@5": "share of its text that these show",
    "lead hit": "the first sentence answers",
    "highlight F1": "marks agree with the answer",
    "document hit@1": "right document first",
}
REFUSAL_MEASURES = {
    "AUROC": "confidence tells both kinds apart",
    "answered": "answerable, and answered",
    "refused": "unanswerable, and refused",
}
# The measures shown for each kind of question.
KIND_MEASURES = ("hit@1", "hit@3", "hit@5", "recall@5", "MRR@10", "highlight@1", "highlight F1", "lead hit")
_PERCENTILES = (50, 90, 99)


@dataclass(frozen=True, slots=True)
class Refusal:
    """How well a run separates answerable from unanswerable questions; a share is None without such questions."""

    auroc: float | None
    answered_of_answerable: float | None
    refused_of_unanswerable: float | None

    def named(self) -> dict[str, float | None]:
        """Return the figures by their displayed names."""
        return {"AUROC": self.auroc, "answered": self.answered_of_answerable, "refused": self.refused_of_unanswerable}

    def to_json(self) -> dict[str, float | None]:
        """Return the figures as JSON."""
        return {
            "auroc": self.auroc,
            "answered_of_coverable": self.answered_of_answerable,
            "refused_of_foreign": self.refused_of_unanswerable,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """The measures of a run. ``latency`` is in seconds, by percentile; ``shown`` is the mean length of a passage at 5."""

    name: str
    about: Mapping[str, Any]
    answerable: int
    unanswerable: int
    measures: Mapping[str, Estimate]
    kinds: Mapping[str, Mapping[str, float]]
    refusal: Refusal
    latency: Mapping[str, float]
    shown: float

    def value(self, name: str) -> float | None:
        """Return a figure by its displayed name, or None if there is none."""
        return ({key: each.mean for key, each in self.measures.items()} | self.refusal.named()).get(name)

    def to_json(self) -> dict[str, Any]:
        """Return the summary as JSON."""
        return {
            "run": self.name,
            "about": dict(self.about),
            "coverable": self.answerable,
            "foreign": self.unanswerable,
            "measures": {name: each.to_json() for name, each in self.measures.items()},
            "kinds": {kind: dict(values) for kind, values in self.kinds.items()},
            "refusal": self.refusal.to_json(),
            "latency": dict(self.latency),
            "shown_characters": self.shown,
        }


def read_limits(given: Sequence[str]) -> dict[str, float]:
    """Parse required minimums such as ``hit@5=0.9``.

    Raises:
        UsageError: A minimum is malformed, or no figure has its name.
    """
    names = [*nothing_found(), *DOCUMENT_MEASURES, *Refusal(None, None, None).named()]
    limits = {}
    for each in given:
        name, _, value = each.rpartition("=")
        try:
            limits[name] = float(value)
        except ValueError:
            raise UsageError(f"{each!r} is not a limit", hint="write it as hit@5=0.9") from None
        if name not in names:
            raise UsageError(f"there is no figure {name!r}; choose one of {', '.join(names)}")
    return limits


def check_limits(limits: Mapping[str, float], summary: Summary) -> None:
    """Check a run against required minimums.

    Raises:
        BelowLimitError: A figure is lower, or there are no questions for it.
    """
    values = {name: summary.value(name) for name in limits}
    below = [
        f"{name} is {'unknown (no questions for it)' if value is None else f'{value:.3f}'}, required is {limits[name]:g}"
        for name, value in values.items()
        if value is None or value < limits[name]
    ]
    if below:
        raise BelowLimitError("; ".join(below))


def summarise(run: Run) -> Summary:
    """Compute the summary of a run."""
    table = measure_run(run)
    return Summary(
        name=run.name,
        about=run.about,
        answerable=len(run.answerable),
        unanswerable=len(run.unanswerable),
        measures={name: estimate(values) for name, values in table.items()},
        kinds=_by_kind(run.answerable, table),
        refusal=_refusal(run),
        latency=_latency(run.outcomes),
        shown=_mean(len(passage.text) for outcome in run.outcomes for passage in outcome.passages[:5]),
    )


def measure_run(run: Run) -> dict[str, list[float]]:
    """Return the values of each measure for the answerable questions, in the order of the set."""
    rows = [outcome.measures() for outcome in run.answerable]
    if not rows:
        return {}
    return {name: [row[name] for row in rows] for name in rows[0]} | document_measures(run.answerable)


def document_measures(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """Rank documents by their first passage, and measure this ranking with ir-measures; in the order of the outcomes."""
    qrels = [
        ir_measures.Qrel(outcome.question.id, document, 1)
        for outcome in outcomes
        for document in {place.document for place in outcome.gold}
    ]
    scored = [
        ir_measures.ScoredDoc(outcome.question.id, document, 1 / place)
        for outcome in outcomes
        for place, document in enumerate(dict.fromkeys(passage.document for passage in outcome.passages), 1)
    ]
    names = {str(value): name for name, value in DOCUMENT_MEASURES.items()}
    found = {name: dict.fromkeys((outcome.question.id for outcome in outcomes), 0.0) for name in DOCUMENT_MEASURES}
    if scored:
        for metric in ir_measures.iter_calc(list(DOCUMENT_MEASURES.values()), qrels, scored):
            found[names[str(metric.measure)]][metric.query_id] = float(metric.value)
    return {name: list(values.values()) for name, values in found.items()}


def _by_kind(outcomes: Sequence[Outcome], table: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    kinds = dict.fromkeys(outcome.question.kind for outcome in outcomes if outcome.question.kind)
    return {
        kind: {"questions": float(len(rows))}
        | {name: _mean(values[row] for row in rows) for name, values in table.items()}
        for kind in kinds
        if kind
        for rows in ([row for row, outcome in enumerate(outcomes) if outcome.question.kind == kind],)
    }


def _refusal(run: Run) -> Refusal:
    own = [outcome.confidence for outcome in run.answerable]
    other = [outcome.confidence for outcome in run.unanswerable]
    return Refusal(
        auroc(own, other),
        _mean(outcome.answered for outcome in run.answerable) if own else None,
        _mean(not outcome.answered for outcome in run.unanswerable) if other else None,
    )


def _latency(outcomes: Sequence[Outcome]) -> dict[str, float]:
    seconds = [outcome.answer.seconds for outcome in outcomes if outcome.answer]
    if not seconds:
        return {}
    return {
        f"p{at}": float(value) for at, value in zip(_PERCENTILES, np.percentile(seconds, _PERCENTILES), strict=True)
    }


def _mean(values: Iterable[float]) -> float:
    seen = list(values)
    return float(np.mean(seen)) if seen else 0.0

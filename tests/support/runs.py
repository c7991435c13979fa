"""Outcomes and runs made by hand, for measures computed by hand."""

from __future__ import annotations

from collections.abc import Sequence

from citewell.answer import Answer, FoundPassage, Place
from citewell.document import Span
from citewell.evaluation.questions.sets import Question, Quotation
from citewell.evaluation.running import Outcome, Run

At = tuple[str, int, int]


def place(at: At) -> Place:
    document, start, end = at
    return Place(document=document, start=start, end=end)


def passages(shown: Sequence[At], marks: Sequence[tuple[int, int]] | None = None) -> tuple[FoundPassage, ...]:
    """Passages at some places, whole ones marked unless marks are given."""
    found = []
    for rank, (document, start, end) in enumerate(shown, 1):
        mark = Span(*marks[rank - 1]) if marks else Span(start, end)
        found.append(
            FoundPassage(
                rank=rank,
                document=document,
                title=document,
                start=start,
                end=end,
                text="x" * (end - start),
                score=0.5,
                highlights=(mark,),
            )
        )
    return tuple(found)


def outcome(
    name: str,
    gold: Sequence[At],
    shown: Sequence[At] | None,
    *,
    confidence: float = 0.9,
    kind: str | None = None,
    seconds: float = 0.1,
) -> Outcome:
    """A question with right answers somewhere, and what was shown; None for a question without any answer."""
    question = Question(
        id=name,
        question=f"Question {name}?",
        kind=kind,
        answers=tuple(Quotation(document=document, quote="x" * (end - start)) for document, start, end in gold),
        answerable=bool(gold),
    )
    answer = None
    if shown is not None:
        answer = Answer(
            id=name,
            question=question.question,
            answered=confidence >= 0.65,
            confidence=confidence,
            snapshot="s",
            passages=passages(shown),
            seconds=seconds,
        )
    return Outcome(question, tuple(place(at) for at in gold), answer)


def run(name: str, *outcomes: Outcome) -> Run:
    return Run(name, {"set": "made", "snapshot": "s", "encoder": "none"}, outcomes)

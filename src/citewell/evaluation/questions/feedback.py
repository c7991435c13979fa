"""Feedback: readers' ratings of answers, stored until a person reviews them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter

from citewell.answer import Answer, Place, Turn
from citewell.errors import CitewellError
from citewell.search.follow_up import context_of
from citewell.state.files.feedback import FeedbackFile
from citewell.state.folder import StateFolder
from citewell.state.storage import FeedbackRow, FeedbackRows

Verdict = Literal["helpful", "unhelpful", "right passage", "nothing here"]
Decision = Literal["accepted", "rejected"]


def _as_members(*names: str) -> Callable[[object], object]:
    """Return a validator that reads a list of values, the format of the first versions, as fields of these names."""
    return lambda kept: dict(zip(names, kept, strict=True)) if isinstance(kept, list) else kept


_TURNS = TypeAdapter(tuple[Annotated[Turn, BeforeValidator(_as_members("role", "content"))], ...])
_PLACES = TypeAdapter(tuple[Annotated[Place, BeforeValidator(_as_members("document", "start", "end"))], ...])
_ABOUT_ALL = 0


class Feedback(BaseModel):
    """A reader's rating of an answer, or of one passage of it.

    ``rank`` is that of the rated passage, ``place`` the place of its mark, ``quote`` the marked words; all are None if the
    whole answer is rated. ``passages`` are the places of all shown passages. ``id`` is set by the store.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    history: tuple[Turn, ...]
    snapshot: str
    verdict: Verdict
    passages: tuple[Place, ...]
    rank: int | None = None
    place: Place | None = None
    quote: str | None = None
    said: datetime | None = None
    id: int | None = None


def about(answer: Answer, history: tuple[Turn, ...], verdict: Verdict, rank: int | None = None) -> Feedback:
    """Create feedback on an answer.

    Args:
        answer: The answer.
        history: The earlier turns; only those that a follow-up can refer to are kept.
        verdict: The rating.
        rank: The rated passage, from 1; None is the whole answer.

    Raises:
        CitewellError: The verdict or the passage does not exist, or the verdict does not fit a passage or a whole answer.
    """
    if verdict not in get_args(Verdict):
        raise CitewellError(f"there is no verdict {verdict!r}")
    if verdict == "right passage" and rank is None:
        raise CitewellError("choose which of the shown passages is right")
    if verdict != "right passage" and rank is not None:
        raise CitewellError(f"{verdict!r} applies to a whole answer, not to a passage")
    chosen = next((passage for passage in answer.passages if passage.rank == rank), None)
    if rank is not None and chosen is None:
        raise CitewellError(f"the answer has no passage {rank}")
    return Feedback(
        # The filters beside it, too: in words, they are part of the question.
        question=" ".join([answer.asked, *map(str, answer.filters)]) if answer.filters else answer.question,
        history=context_of(history),
        snapshot=answer.snapshot,
        verdict=verdict,
        passages=tuple(passage.at for passage in answer.passages),
        rank=rank,
        place=Place.of(chosen.document, chosen.highlights[0]) if chosen else None,
        quote=chosen.marks[0].of(chosen.text) if chosen else None,
    )


class FeedbackStore:
    """The feedback on one index. Safe for several threads and processes.

    Args:
        kept: What keeps it, or a folder of user data (`StateFolder`), which is created with the first feedback.
    """

    def __init__(self, kept: FeedbackRows | Path) -> None:
        self._kept: FeedbackRows = FeedbackFile(StateFolder(kept)) if isinstance(kept, Path) else kept

    def add(self, feedback: Feedback, *, answer: str | None = None) -> int:
        """Store feedback; return its id.

        Args:
            feedback: The feedback.
            answer: A unique name of the answer: new feedback on the same answer, or the same passage of it, replaces the old.

        Raises:
            FeedbackError: It cannot be written.
            FeedbackFullError: Too much feedback waits for review.
        """
        place = feedback.place
        row = FeedbackRow(
            said=datetime.now(UTC).isoformat(),
            question=feedback.question,
            history=_TURNS.dump_json(feedback.history).decode(),
            snapshot=feedback.snapshot,
            verdict=feedback.verdict,
            document=place.document if place else None,
            start=place.start if place else None,
            end=place.end if place else None,
            quote=feedback.quote,
            passages=_PLACES.dump_json(feedback.passages).decode(),
            part=feedback.rank or _ABOUT_ALL,
            answer=answer,
        )
        return self._kept.add(row)

    def withdraw(self, answer: str, rank: int | None = None) -> bool:
        """Delete feedback on an answer, or on one passage of it, unless it was reviewed; return whether it was deleted."""
        return self._kept.withdraw(answer, rank or _ABOUT_ALL)

    def pending(self) -> list[Feedback]:
        """Return the feedback that was not reviewed yet, oldest first."""
        return [_feedback(row) for row in self._kept.pending()]

    def right_passages(self) -> list[Feedback]:
        """Return the feedback that marks a right passage and was not rejected, oldest first."""
        return [_feedback(row) for row in self._kept.right_passages()]

    def decide(self, feedback: Feedback, decision: Decision) -> None:
        """Record the decision on feedback."""
        if feedback.id is not None:
            self._kept.decide(feedback.id, decision)


def _feedback(row: FeedbackRow) -> Feedback:
    place = {"document": row.document, "start": row.start, "end": row.end}
    return Feedback.model_validate(
        {
            "question": row.question,
            "history": _TURNS.validate_json(row.history),
            "snapshot": row.snapshot,
            "verdict": row.verdict,
            "passages": _PLACES.validate_json(row.passages),
            "rank": row.part or None,
            "place": place if row.document is not None else None,
            "quote": row.quote,
            "said": datetime.fromisoformat(row.said),
            "id": row.id,
        }
    )

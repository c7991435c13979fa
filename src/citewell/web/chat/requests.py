"""What the page sends: validated before anything is done with it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from citewell.answer import Turn
from citewell.evaluation.questions.feedback import Verdict
from citewell.web.desk import MOST_CHARACTERS, MOST_TURNS
from citewell.web.functions import Name, PageRequest, Position

# An answer on the page has no more passages.
PASSAGES = 8
# What a quotation can have marked in it, a sentence each, and more.
_MOST_MARKS = 200


class SaidBefore(PageRequest):
    """A question that was asked before, or what was marked in its best quotation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=MOST_CHARACTERS)


class AskRequest(PageRequest):
    """A question, where to look, and what was said before, oldest first."""

    question: str
    place: Name = ""
    history: list[SaidBefore] = Field(default=[], max_length=MOST_TURNS)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said before, as the assistant takes it."""
        return tuple(Turn(each.role, each.content) for each in self.history)


class ShowRequest(PageRequest):
    """A quotation to show in its source: its place, a digest of its text, and what is marked in it."""

    path: Name
    start: Position
    end: Position
    key: Name
    marks: list[tuple[Position, Position]] = Field(default=[], max_length=_MOST_MARKS)


class BeginRequest(PageRequest):
    """What can be asked; ``snapshot`` is the one of which the page says it already."""

    snapshot: Name = ""


class FeedbackRequest(PageRequest):
    """What a reader says about an answer: to what it was one, what it showed, and which passage is meant.

    ``answer`` is a name that the page has given to the answer; ``shown`` a digest of what stood in it (`answer_key`);
    ``verdict`` is None where a reader takes back what was said.
    """

    asked: AskRequest
    answer: str = Field(min_length=16, max_length=64)
    shown: Name
    verdict: Verdict | None = None
    rank: Annotated[int, Field(ge=1, le=PASSAGES)] | None = None

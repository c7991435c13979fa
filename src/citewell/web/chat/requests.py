"""What the page sends: validated before anything is done with it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from citewell.answer import Turn
from citewell.evaluation.questions.feedback import Verdict
from citewell.web.api.schema import MOST_CHARACTERS, MOST_TURNS

# An answer on the page has no more passages.
PASSAGES = 8
# What a quotation can have marked in it, a sentence each, and more.
_MOST_MARKS = 200
_LONGEST_NAME = 1024

_Name = Annotated[str, Field(max_length=_LONGEST_NAME)]
_Place = Annotated[int, Field(ge=0)]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SaidBefore(_Request):
    """A question that was asked before, or what was marked in its best quotation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=MOST_CHARACTERS)


class AskRequest(_Request):
    """A question, where to look, and what was said before, oldest first."""

    question: str
    place: _Name = ""
    history: list[SaidBefore] = Field(default=[], max_length=MOST_TURNS)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said before, as the assistant takes it."""
        return tuple(Turn(each.role, each.content) for each in self.history)


class ShowRequest(_Request):
    """A quotation to show in its source: its place, a digest of its text, and what is marked in it."""

    path: _Name
    start: _Place
    end: _Place
    key: _Name
    marks: list[tuple[_Place, _Place]] = Field(default=[], max_length=_MOST_MARKS)


class BeginRequest(_Request):
    """What can be asked; ``snapshot`` is the one of which the page says it already."""

    snapshot: _Name = ""


class MaintainRequest(_Request):
    """What a maintainer wants to see or to have done; ``again`` is a rebuild after what was just changed."""

    action: Literal["show", "rebuild", "again", "progress", "cancel", "rollback", "checks"]


class JudgeRequest(_Request):
    """What a maintainer wants to know of the quality, or to have done.

    ``set`` is one of the sets, ``run`` and ``other`` are runs; ``feedback`` is what is decided on, ``key`` what is made of it;
    ``path``, ``start``, ``end`` and ``snapshot`` are a place of the map.
    """

    action: Literal[
        "show", "runs", "run", "progress", "cancel", "result", "compare", "feedback", "accept", "reject", "map", "place"
    ]
    set: _Name = ""
    run: _Name = ""
    other: _Name = ""
    feedback: _Place = 0
    key: _Name = ""
    path: _Name = ""
    start: _Place = 0
    end: _Place = 0
    snapshot: _Name = ""


class FeedbackRequest(_Request):
    """What a reader says about an answer: to what it was one, what it showed, and which passage is meant.

    ``answer`` is a name that the page has given to the answer; ``shown`` a digest of what stood in it (`answer_key`);
    ``verdict`` is None where a reader takes back what was said.
    """

    asked: AskRequest
    answer: str = Field(min_length=16, max_length=64)
    shown: _Name
    verdict: Verdict | None = None
    rank: Annotated[int, Field(ge=1, le=PASSAGES)] | None = None

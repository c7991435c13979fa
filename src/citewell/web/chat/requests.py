"""The requests of the page, validated before use."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from citewell.answer import Scope, Turn
from citewell.evaluation.questions.feedback import Verdict
from citewell.search.quoting import MOST_CHARACTERS as MOST_QUOTED
from citewell.web.desk import MOST_CHARACTERS, MOST_TURNS
from citewell.web.functions import Name, PageRequest, Position

# The number of passages in an answer on the page.
PASSAGES = 8
# A limit well above the number of sentences in a quotation.
_MOST_MARKS = 200


class EarlierTurn(PageRequest):
    """An earlier question, or the marked text of its best quotation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=MOST_CHARACTERS)


class AskRequest(PageRequest):
    """A question, the place to search, and the earlier turns, oldest first.

    ``exact`` means that typos are not corrected, ``own`` that the reader's own words are not widened by other names.
    """

    question: str
    place: Name = ""
    exact: bool = False
    own: bool = False
    history: list[EarlierTurn] = Field(default=[], max_length=MOST_TURNS)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The earlier turns, as the assistant expects them."""
        return tuple(Turn(each.role, each.content) for each in self.history)


class LikeRequest(PageRequest):
    """A quotation that others should be like: its place, and a digest of its text."""

    path: Name
    start: Position
    end: Position
    key: Name


class ShowRequest(PageRequest):
    """A quotation to show in its source: its place, a digest of its text, and its marks."""

    path: Name
    start: Position
    end: Position
    key: Name
    marks: list[tuple[Position, Position]] = Field(default=[], max_length=_MOST_MARKS)


class ExpectedRequest(PageRequest):
    """A place that was expected in an answer.

    ``document`` is the one that is open, and ``text`` what is selected of it. Without a document, ``text`` is a passage, or the
    name of a document.
    """

    asked: AskRequest
    document: Name = ""
    text: str = Field(default="", max_length=MOST_QUOTED)


class BeginRequest(PageRequest):
    """A request for the welcome text; ``snapshot`` is the snapshot of the text that the page shows."""

    snapshot: Name = ""


class FeedbackRequest(PageRequest):
    """Feedback about an answer, or about one passage of it (``rank``).

    ``answer`` is the name that the page has given to the answer; ``shown`` is a digest of its content (`answer_key`);
    ``verdict`` None withdraws earlier feedback.
    """

    asked: AskRequest
    answer: str = Field(min_length=16, max_length=64)
    shown: Name
    verdict: Verdict | None = None
    rank: Annotated[int, Field(ge=1, le=PASSAGES)] | None = None


def scope_of(place: str) -> Scope:
    """Return the scope of a place: a folder if it ends in a slash, else a document."""
    if not place:
        return Scope()
    return Scope(folders=(place,)) if place.endswith("/") else Scope(documents=(place,))

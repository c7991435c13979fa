"""The requests of the page, validated before use."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from citewell.answer import Scope, Turn
from citewell.evaluation.questions.feedback import Verdict
from citewell.found import Sort
from citewell.search.filtering import MOST_FILTERS, parse_filters
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


class _PlacedRequest(PageRequest):
    """What is looked for in a ``place``: a folder if it ends in a slash, else a document; empty is all documents.

    ``filters`` are written as in a question.
    """

    place: Annotated[Name, AfterValidator(str.strip)] = ""
    filters: list[Name] = Field(default=[], max_length=MOST_FILTERS)

    @property
    def scope(self) -> Scope:
        """The documents to search.

        Raises:
            UsageError: One of the filters is none.
        """
        filters = parse_filters(self.filters)
        if not self.place:
            return Scope(filters=filters)
        is_folder = self.place.endswith("/")
        return Scope(() if is_folder else (self.place,), (self.place,) if is_folder else (), filters)


class AskRequest(_PlacedRequest):
    """A question, the place to search, and the earlier turns, oldest first.

    ``exact`` means that typos are not corrected, ``own`` that the reader's own words are not widened by other names.
    """

    question: str
    exact: bool = False
    own: bool = False
    history: list[EarlierTurn] = Field(default=[], max_length=MOST_TURNS)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The earlier turns, as the assistant expects them."""
        return tuple(Turn(each.role, each.content) for each in self.history)


class FiltersRequest(_PlacedRequest):
    """A request for the filters that there are, beside those that are chosen.

    ``look`` is a part of what they say, ``opened`` the name of which more are shown.
    """

    look: Annotated[str, Field(max_length=200)] = ""
    opened: Name = ""


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


class FindRequest(_PlacedRequest):
    """Words to find; without any, the panel explains what can be found."""

    query: str = ""
    sort: Sort = "place"
    page: Annotated[int, Field(ge=1, le=1 << 40)] = 1


class WithinRequest(PageRequest):
    """Words to find in one document; ``start`` is the place to show first."""

    path: Name
    query: str
    start: Position | None = None


def as_request(query: str, place: str = "", sort: Sort = "place", page: int = 1, filters: Iterable[str] = ()) -> str:
    """Return the `FindRequest` of a button, as JSON."""
    request = {"query": query, "place": place, "sort": sort, "page": page, "filters": list(filters)}
    return json.dumps(request, ensure_ascii=False)

"""Why a place is not in an answer, or where it is: the data that command line, API and page share, and its commands."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Literal

from citewell.answer import Place, Scope
from citewell.model import Model

Why = Literal[
    "shown",
    "courtesy",
    "not_read",
    "left_out",
    "new",
    "changed",
    "out_of_scope",
    "no_text",
    "repeated",
    "overlapped",
    "words",
    "meaning",
    "rank",
    "refused",
]


class Compared(Model):
    """What the ranking knows of a place: the parts of its score.

    ``words`` is the share of the question's words that its passage has, by weight, and ``bm25`` its BM25 score divided by
    the weights; ``nearness`` is how much of the question stands together. ``rank`` is None if it is not shown.
    """

    place: Place
    rank: int | None
    score: float
    cosine: float
    words: float
    bm25: float
    nearness: float


class Explanation(Model):
    """The first reason why a place is not in an answer, and what changes that.

    ``reason`` is ``shown`` if it is there. ``rank`` is its rank if more passages were requested than ``top``, and None if even
    the most do not show it. ``place`` is None if the snapshot has no such text. ``instead`` is the passage that is shown in its
    place. ``has``, ``lacks`` and ``unknown`` are words of the question that the place has, that it lacks, and that no
    document has. ``this``, ``first`` and ``last`` compare it with the first and the last passage of the answer.
    """

    question: str
    reason: Why
    message: str
    hint: str | None = None
    command: str | None = None
    document: str
    place: Place | None = None
    top: int
    rank: int | None = None
    instead: Place | None = None
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    this: Compared | None = None
    first: Compared | None = None
    last: Compared | None = None
    confidence: float | None = None
    threshold: float | None = None
    snapshot: str = ""


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands that change an answer: ``build`` updates the index, and the others ask the question again.

    ``options`` are those of the question that stay. ``in_context`` means that it follows earlier turns, which no command has.
    """

    question: str
    build: str
    scope: Scope
    options: tuple[str, ...] = ()
    in_context: bool = False

    def with_top(self, top: int) -> str | None:
        """Return the command that asks for more passages."""
        return self._ask(self.scope, "--top", str(top))

    def within(self, document: str) -> str | None:
        """Return the command that asks only one document."""
        return self._ask(Scope(documents=(document,)))

    def everywhere(self) -> str | None:
        """Return the command that asks all documents."""
        return self._ask(Scope())

    def _ask(self, scope: Scope, *more: str) -> str | None:
        if self.in_context:
            return None
        named = [("--document", each) for each in scope.documents] + [("--folder", each) for each in scope.folders]
        named += [("--filter", str(each)) for each in scope.filters]
        parts = [self.question, *(part for pair in named for part in pair), *more, *self.options]
        return f"citewell ask {shlex.join(parts)}"

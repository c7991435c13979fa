"""Explains answers for the page and for programs: why a place is not in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from citewell.answer import Scope, Turn
from citewell.index.storage import Snapshot
from citewell.search.explanation import Explanation
from citewell.search.where import Where
from citewell.view import View
from citewell.web.auth.visitors import visitor
from citewell.web.desk import Desk, cost_of

Result = TypeVar("Result")

# Deeper answers cost more, and a place further down is no near miss.
DEEPEST = 200
# The answer, deeper ones up to the deepest, and that at the rank found.
_ANSWERS = 2


async def explain(
    desk: Desk,
    question: str,
    where: Callable[[Snapshot], Where],
    render: Callable[[Explanation, View], Result],
    *,
    top: int,
    scope: Scope,
    history: Sequence[Turn] = (),
    correct: bool = True,
    words: bool = True,
) -> Result:
    """Explain why a place is not in an answer, in its turn; see `Assistant.why`.

    Files that are not indexed are looked at for maintainers only, and only they get commands.

    Args:
        desk: The queue of questions.
        question: The question.
        where: Returns the place, given the snapshot.
        render: Converts the explanation to the response, in the same thread; it may read more of the same snapshot.
        top: The number of passages of the answer.
        scope: The documents to search.
        history: The earlier turns, oldest first.
        correct: Whether typos are corrected.
        words: Whether the house's own words widen the question.

    Raises:
        BusyError: The queue is full.
        TooManyError: This visitor has reached the rate limit.
        UsageError: There is no such place, or the question or the scope is invalid.
    """
    maintains = visitor().maintains

    def explained() -> Result:
        view = desk.assistant.view()
        view.check_scope(scope)
        found = view.why(
            question,
            where(view.snapshot),
            top=top,
            scope=scope,
            history=history,
            correct=correct,
            words=words,
            index=desk.assistant.index if maintains else None,
            deepest=max(top, DEEPEST),
        )
        return render(found if maintains else found.model_copy(update={"command": None}), view)

    return await desk.answer(explained, _ANSWERS * cost_of(max(top, DEEPEST), scope, history))

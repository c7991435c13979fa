"""The answers that were given last: a class asks the same question, and a link or an example is opened by many."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from citewell.answer import Answer
from citewell.recent import Recent
from citewell.view import View

# With five passages, an answer takes some 12 KB.
_MOST = 512


class Answers:
    """The last answers of one snapshot. Thread-safe.

    An answer is remembered for what was asked exactly, and for the house's own words as they are. Whatever else it depends on
    belongs to the view.
    """

    def __init__(self) -> None:
        self._remembered: tuple[View | None, Recent[Hashable, Answer]] = (None, Recent(_MOST))

    def given(self, view: View, asked: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Return the answer to what is asked; ``seconds`` is what it takes now.

        Args:
            view: The current snapshot.
            asked: The question with all that its answer depends on, such as the documents to search.
            ask: Asks the view, if it is not remembered.
        """
        began = time.perf_counter()
        names, answers = view.widener.names(), self._of(view)
        known = answers.get((asked, names))
        if known is not None:
            return known.model_copy(update={"seconds": time.perf_counter() - began})
        given = ask()
        # The words may have changed meanwhile.
        if view.widener.names() is names:
            answers.put((asked, names), given)
        return given

    def _of(self, view: View) -> Recent[Hashable, Answer]:
        """Return the answers of a view; those of another are forgotten."""
        of, answers = self._remembered
        if of is not view:
            answers = Recent(_MOST)
            self._remembered = (view, answers)
        return answers

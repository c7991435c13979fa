"""The answers that were given last: a class asks the same question, and a link or an example is opened by many."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence

from citewell.answer import Answer, Scope, Turn
from citewell.recent import Recent
from citewell.view import View

# With five passages, an answer takes some 12 KB.
_MOST = 512


class Answers:
    """Answers questions, and remembers the last answers of one snapshot. Thread-safe.

    An answer is remembered for what was asked exactly: the question, the documents that may be searched, the turns before, and
    the house's own words as they are. Whatever else it depends on belongs to the view.
    """

    def __init__(self) -> None:
        self._remembered: tuple[View | None, Recent[Hashable, Answer]] = (None, Recent(_MOST))

    def ask(
        self,
        view: View,
        question: str,
        *,
        top: int,
        scope: Scope | None,
        history: Sequence[Turn],
        correct: bool,
        words: bool,
    ) -> Answer:
        """Answer a question; see `Assistant.ask`. ``seconds`` is what this answer took.

        Args:
            view: The current snapshot.
            question: The question.
            top: The maximum number of passages.
            scope: The documents to search; None is all.
            history: The earlier turns, oldest first.
            correct: Whether typos are corrected.
            words: Whether the house's own words widen the question.

        Raises:
            QuestionError: The question is empty, too long, or not text.
        """
        began = time.perf_counter()
        names = view.widener.names() if words else None
        asked = (question, top, scope, tuple(history), correct, words, names)
        answers = self._of(view)
        known = answers.get(asked)
        if known is not None:
            return known.model_copy(update={"seconds": time.perf_counter() - began})
        given = view.ask(question, top=top, scope=scope, history=history, correct=correct, words=words)
        # They may have changed meanwhile.
        if not words or view.widener.names() is names:
            answers.put(asked, given)
        return given

    def _of(self, view: View) -> Recent[Hashable, Answer]:
        """Return the answers of a view; those of another are forgotten."""
        of, answers = self._remembered
        if of is not view:
            answers = Recent(_MOST)
            self._remembered = (view, answers)
        return answers

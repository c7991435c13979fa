"""Questions that are asked without pause of an index on several servers, while these are killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from citewell import Assistant, Settings
from citewell.errors import CitewellError
from citewell.index.opening import open_index
from tests.support.waiting import until

SETTINGS = Settings(model="english")
# After which a question has to be answered again, in seconds.
SOON = 5.0
_WEB_SERVERS = 2

Quotation = tuple[str, int, str]


def quoted(assistant: Assistant, question: str) -> list[Quotation]:
    """Return the passages of an answer: their document, their place, and their text."""
    return [(each.document, each.start, each.text) for each in assistant.ask(question).passages]


class Asking:
    """What people got who ask two assistants: answers that were wrong, errors, and when each answer and error began and ended.

    Args:
        address: All servers of the index.
        right: The right answer to each question.
        askers: How many ask.
    """

    def __init__(self, address: str, right: Mapping[str, Sequence[Quotation]], askers: int = 3) -> None:
        self._address = f"{address}?load_balance_hosts=random"
        self._right = right
        self._askers = askers
        self._over = threading.Event()
        self.wrong: list[object] = []
        self.errors: list[CitewellError] = []
        self.answered: list[tuple[float, float]] = []
        self.failed: list[tuple[float, float]] = []

    def _ask(self, assistant: Assistant) -> None:
        while not self._over.is_set():
            for question, expected in self._right.items():
                began = time.monotonic()
                try:
                    found = quoted(assistant, question)
                except CitewellError as error:
                    self.errors.append(error)
                    self.failed.append((began, time.monotonic()))
                    continue
                if found != expected:
                    self.wrong.append((question, found))
                self.answered.append((began, time.monotonic()))

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Ask while the block runs."""
        indexes = [open_index(self._address) for _ in range(_WEB_SERVERS)]
        assistants = [Assistant(each, SETTINGS) for each in indexes]
        askers = [
            threading.Thread(target=self._ask, args=(assistants[nth % _WEB_SERVERS],)) for nth in range(self._askers)
        ]
        for each in askers:
            each.start()
        try:
            self.answers_again(60)
            yield
        finally:
            self._over.set()
            for each in askers:
                each.join()
            for index in indexes:
                index.close()

    def answers_again(self, within: float = SOON) -> float:
        """Wait for as many answers as there are askers that were begun from now on; return how long that takes, in seconds."""
        now = time.monotonic()
        until(lambda: len(self._since(now)) >= self._askers, within)
        return sorted(self._since(now))[self._askers - 1] - now

    def _since(self, then: float) -> list[float]:
        return [ended for began, ended in list(self.answered) if began >= then]

"""The queue of questions from the page and the API: fair turns, rate limits, and metrics for Prometheus."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from citewell.answer import Answer, Scope, Turn
from citewell.assistant import Assistant
from citewell.encoder.batching import MOST
from citewell.errors import BusyError, IndexMissingError, TooManyError
from citewell.slots import Slots
from citewell.view import View
from citewell.web import logs
from citewell.web.auth.visitors import Rate, in_thread, visitor
from citewell.web.remembered import Answers
from citewell.web.turns import Turns

Result = TypeVar("Result")

# The maximum number of turns in a history, and of characters in each.
MOST_TURNS = 12
MOST_CHARACTERS = 4000

_OUTCOMES = ("answered", "refused", "courtesy", "failed", "turned away", "limited")
# Rejected before an answer was begun, so there is no time to record.
_UNASKED = frozenset({"turned away", "limited"})
# A question is answered within milliseconds; with a reranker or a long queue, within seconds.
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
# Answering uses a processor fully: more at once would only slow each down.
_COMPUTED_AT_ONCE = max(2, os.cpu_count() or 1)
# Beside them, as many as share an inference wait for the encoder.
AT_ONCE = _COMPUTED_AT_ONCE + MOST
# Waiting holds no thread; behind this many, it takes seconds.
MOST_WAITING = 128
# A long document is copied several times before it is sent.
_READ_AT_ONCE = 2
# A picture of a page takes a processor for a moment, in another process.
_SHOW_AT_ONCE = 2
# This many passages, names and characters of history take about as long as a question.
_PASSAGES = 20
_NAMES = 50
_CHARACTERS = 12_000
# This many characters of a document count as another read.
_CHARACTERS_READ = 1_000_000
# Requests that cost more are large, and others overtake them.
_LARGE = 4


class Desk:
    """Passes questions to the assistant, a limited number at a time, and counts them. Safe for threads and event loops.

    Args:
        assistant: The assistant, kept as ``assistant``.
        at_once: The maximum number of concurrent questions, of which as many compute as there are processors.
        most_waiting: The maximum number of waiting questions.
        rate: The rate limit for questions per visitor, if any.
        reading_rate: The rate limit for reads per visitor, if any.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        at_once: int = AT_ONCE,
        most_waiting: int = MOST_WAITING,
        rate: Rate | None = None,
        reading_rate: Rate | None = None,
    ) -> None:
        self.assistant = assistant
        self._rate = rate
        self._reading_rate = reading_rate
        self._told: tuple[str, ...] = ()
        self._answers = Answers()
        computing = min(at_once, _COMPUTED_AT_ONCE)
        self._slots = Slots(computing)
        self._asking = Turns(at_once, most_waiting, most_large=max(1, computing - 1))
        self._reading = Turns(_READ_AT_ONCE, most_waiting)
        # Its own, because a page can take seconds.
        self._showing = Turns(_SHOW_AT_ONCE, most_waiting)
        # Its own limiter, so that other work cannot use up its threads.
        self._threads = anyio.CapacityLimiter(at_once + _READ_AT_ONCE + _SHOW_AT_ONCE)
        # Its own registry, so that a process can have several desks.
        self._registry = CollectorRegistry()
        self._questions = Counter("citewell_questions", "Questions, by outcome.", ["outcome"], registry=self._registry)
        for outcome in _OUTCOMES:
            self._questions.labels(outcome)
        self._seconds = Histogram(
            "citewell_question_seconds",
            "Time from a question's arrival to its answer, including waiting.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        working = Gauge("citewell_questions_in_flight", "Questions being answered.", registry=self._registry)
        working.set_function(lambda: self._asking.working)
        waiting = Gauge("citewell_questions_waiting", "Questions waiting.", registry=self._registry)
        waiting.set_function(lambda: self._asking.waiting)
        age = Gauge("citewell_snapshot_age_seconds", "Age of the current snapshot.", registry=self._registry)
        age.set_function(lambda: _age(assistant))
        documents = Gauge("citewell_documents", "Documents in the current snapshot.", registry=self._registry)
        documents.set_function(lambda: _documents(assistant))

    @property
    def registry(self) -> CollectorRegistry:
        """The registry, for the metrics of other modules."""
        return self._registry

    async def ask(
        self,
        question: str,
        render: Callable[[Answer, View], Result],
        *,
        top: int = 5,
        scope: Scope | None = None,
        history: Sequence[Turn] = (),
        correct: bool = True,
        words: bool = True,
    ) -> Result:
        """Answer a question in its turn; see `Assistant.ask`.

        Args:
            question: The question.
            render: Converts the answer to the response, in the same thread; it may read more of the same snapshot.
            top: The maximum number of passages.
            scope: The documents to search; None is all.
            history: The earlier turns, oldest first.
            correct: Whether typos are corrected.
            words: Whether the house's own words widen the question.

        Raises:
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
            UsageError: The scope names something that is not in the index.
        """
        outcome: list[str] = []
        cost = cost_of(top, scope, history)

        def answer() -> Result:
            view = self.assistant.view()
            if scope:
                view.check_scope(scope)
            ask = partial(view.ask, question, top=top, scope=scope, history=history, correct=correct, words=words)
            asked = (question, top, scope, tuple(history), correct, words)
            # A large question has a large answer.
            given = self._answers.given(view, asked, ask) if cost == 1 else ask()
            outcome.append("courtesy" if given.reply else "answered" if given.answered else "refused")
            logs.answered(given)
            self._tell(view)
            return render(given, view)

        with self._counted(outcome):
            return await self.answer(answer, cost)

    async def answer(self, answer: Callable[[], Result], cost: int = 1) -> Result:
        """Run work that uses the assistant, in its turn; it counts as a question of this visitor.

        Args:
            answer: The work.
            cost: As how many questions it counts.

        Raises:
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
        """
        if self._rate:
            await in_thread(self._rate, self._rate.count, visitor().key, cost)

        def compute() -> Result:
            with self._slots.held():
                return answer()

        async with self._asking.turn(visitor().key, large=cost > _LARGE):
            return await anyio.to_thread.run_sync(compute, limiter=self._threads)

    async def read(self, read: Callable[[], Result]) -> Result:
        """Read something that may be long, such as a document.

        Args:
            read: Reads it, and converts it to the response.

        Raises:
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
        """
        return await self._in_turn(self._reading, read)

    async def show(self, make: Callable[[], Result]) -> Result:
        """Make something of a file, such as the picture of a page; it counts as a read.

        Args:
            make: Makes it.

        Raises:
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
        """
        return await self._in_turn(self._showing, make)

    async def _in_turn(self, turns: Turns, read: Callable[[], Result]) -> Result:
        if self._reading_rate:
            await in_thread(self._reading_rate, self._reading_rate.count, visitor().key)
        async with turns.turn(visitor().key):
            return await anyio.to_thread.run_sync(read, limiter=self._threads)

    def _tell(self, view: View) -> None:
        """Log what is wrong with the house's own words, once for each change."""
        faults = view.widener.faults
        if faults != self._told:
            self._told = faults
            for fault in faults:
                logs.warned("other names not used", fault=fault)

    def weigh(self, characters: int) -> None:
        """Count the read of a long text as several reads, before it is processed.

        Args:
            characters: Its length.

        Raises:
            TooManyError: This visitor has reached the rate limit.
        """
        rate = self._reading_rate
        # One read is counted already, so the rest of the window is the maximum.
        if rate and (more := min(characters // _CHARACTERS_READ, rate.most - 1)) > 0:
            rate.count(visitor().key, more)

    def metrics(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self._registry)

    @contextmanager
    def _counted(self, outcome: list[str]) -> Iterator[None]:
        """Count and time one question; its outcome is added to ``outcome`` unless it fails."""
        began = time.perf_counter()
        try:
            yield
        except TooManyError:
            outcome.append("limited")
            raise
        except BusyError:
            outcome.append("turned away")
            raise
        finally:
            final = outcome[0] if outcome else "failed"
            self._questions.labels(final).inc()
            if final not in _UNASKED:
                self._seconds.observe(time.perf_counter() - began)


def cost_of(top: int, scope: Scope | None, history: Sequence[Turn]) -> int:
    """Return the cost of a question: 1, and one more for each 20 passages, 50 names and 12,000 characters of history.

    Args:
        top: The number of passages.
        scope: The documents to search.
        history: The earlier turns.
    """
    names = len(scope.documents) + len(scope.folders) + len(scope.filters) if scope else 0
    characters = sum(len(each.content) for each in history)
    return 1 + (top - 1) // _PASSAGES + names // _NAMES + characters // _CHARACTERS


def _age(assistant: Assistant) -> float:
    """Return how many seconds ago the index was built; NaN if there is none yet."""
    try:
        return (datetime.now(UTC) - assistant.manifest.built).total_seconds()
    except IndexMissingError:
        return math.nan


def _documents(assistant: Assistant) -> int:
    try:
        return assistant.manifest.documents
    except IndexMissingError:
        return 0

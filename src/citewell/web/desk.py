"""Where questions arrive, whichever way they come: they wait for their turn, and are counted and timed for Prometheus."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

import anyio
import anyio.to_thread
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from citewell.answer import Answer, Scope, Turn
from citewell.assistant import Assistant, View
from citewell.errors import BusyError, TooManyError
from citewell.web import logs
from citewell.web.auth.visitors import Rate, visitor
from citewell.web.turns import Turns

Result = TypeVar("Result")

# Of what was said before a question, at most so many turns of so many characters are taken.
MOST_TURNS = 12
MOST_CHARACTERS = 4000

_OUTCOMES = ("answered", "refused", "courtesy", "failed", "turned away", "limited")
# No answer was begun, so that there is no time to be told.
_UNASKED = frozenset({"turned away", "limited"})
# A question is answered within milliseconds; with a reranker or a long queue, within seconds.
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
# Answering keeps a processor busy: more at a time would only make each of them slower.
_AT_ONCE = max(2, os.cpu_count() or 1)
# They hold no thread; whoever waits behind so many waits for seconds.
_MOST_WAITING = 128
# Of a long document several copies are made before it is sent.
_READ_AT_ONCE = 2
# So many passages, names and characters said before take about as long as a question does.
_PASSAGES = 20
_NAMES = 50
_CHARACTERS = 12_000
# So many characters of a document count as one reading more.
_CHARACTERS_READ = 1_000_000
# What costs more than this is large, and others go past it.
_LARGE = 4


class Desk:
    """Takes questions to the assistant, some at a time, and keeps count. Safe to share between threads and event loops.

    Args:
        assistant: Who answers, kept as ``assistant``.
        at_once: How many questions are in work at a time.
        most_waiting: How many may wait for them.
        rate: Counts what each visitor asks, where that is limited.
        reading_rate: Counts what each visitor reads, likewise.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        at_once: int = _AT_ONCE,
        most_waiting: int = _MOST_WAITING,
        rate: Rate | None = None,
        reading_rate: Rate | None = None,
    ) -> None:
        self.assistant = assistant
        self._rate = rate
        self._reading_rate = reading_rate
        self._asking = Turns(at_once, most_waiting, most_large=max(1, at_once - 1))
        self._reading = Turns(_READ_AT_ONCE, most_waiting)
        # Threads of its own, so that nothing else can take those away.
        self._threads = anyio.CapacityLimiter(at_once + _READ_AT_ONCE)
        # A registry of its own, so that a process can hold several.
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "citewell_questions", "Questions, by what came of them.", ["outcome"], registry=self._registry
        )
        for outcome in _OUTCOMES:
            self._questions.labels(outcome)
        self._seconds = Histogram(
            "citewell_question_seconds",
            "From a question's arrival to its answer, waiting included.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        working = Gauge("citewell_questions_in_flight", "Questions being answered.", registry=self._registry)
        working.set_function(lambda: self._asking.working)
        waiting = Gauge("citewell_questions_waiting", "Questions that wait for others.", registry=self._registry)
        waiting.set_function(lambda: self._asking.waiting)
        age = Gauge("citewell_snapshot_age_seconds", "Since the snapshot in use was built.", registry=self._registry)
        age.set_function(lambda: (datetime.now(UTC) - assistant.manifest.built).total_seconds())
        documents = Gauge("citewell_documents", "Documents in the snapshot in use.", registry=self._registry)
        documents.set_function(lambda: assistant.manifest.documents)

    @property
    def registry(self) -> CollectorRegistry:
        """Where the measures are read, for those of others."""
        return self._registry

    async def ask(
        self,
        question: str,
        render: Callable[[Answer, View], Result],
        *,
        top: int = 5,
        scope: Scope | None = None,
        history: Sequence[Turn] = (),
    ) -> Result:
        """Have a question answered; see `Assistant.ask`.

        Args:
            question: What is asked.
            render: Makes of the answer what is sent, in the same thread; it may read more of the same snapshot.
            top: How many passages, at most.
            scope: Which documents may answer; None is all.
            history: What was said before, oldest first.

        Raises:
            BusyError: Too many others wait already.
            TooManyError: This visitor has asked too many.
            UsageError: The scope names what the index does not hold.
        """
        outcome: list[str] = []

        def answer() -> Result:
            view = self.assistant.view()
            if scope:
                view.check_scope(scope)
            given = view.ask(question, top=top, scope=scope, history=history)
            outcome.append("courtesy" if given.reply else "answered" if given.answered else "refused")
            logs.answered(given)
            return render(given, view)

        cost = cost_of(top, scope, history)
        with self._counted(outcome):
            return await self.answer(answer, cost)

    async def answer(self, answer: Callable[[], Result], cost: int = 1) -> Result:
        """Have something done in its turn that asks the assistant, and counts as a question of this visitor.

        Args:
            answer: Does it.
            cost: As how many questions it counts.

        Raises:
            BusyError: Too many others wait already.
            TooManyError: This visitor has asked too many.
        """
        if self._rate:
            self._rate.count(visitor().key, cost)
        async with self._asking.turn(visitor().key, large=cost > _LARGE):
            return await anyio.to_thread.run_sync(answer, limiter=self._threads)

    async def read(self, read: Callable[[], Result]) -> Result:
        """Have something read that can be long, such as a document.

        Args:
            read: Reads it, and makes of it what is sent.

        Raises:
            BusyError: Too many others wait already.
            TooManyError: This visitor has read too much.
        """
        if self._reading_rate:
            self._reading_rate.count(visitor().key)
        async with self._reading.turn(visitor().key):
            return await anyio.to_thread.run_sync(read, limiter=self._threads)

    def weigh(self, characters: int) -> None:
        """Count something long that this visitor reads as more readings, before anything is made of it.

        Args:
            characters: How long it is.

        Raises:
            TooManyError: This visitor has read too much.
        """
        rate = self._reading_rate
        # That it is read is counted already, so that all of the window is one more.
        if rate and (more := min(characters // _CHARACTERS_READ, rate.most - 1)) > 0:
            rate.count(visitor().key, more)

    def metrics(self) -> bytes:
        """Return all measures in the text format of Prometheus."""
        return generate_latest(self._registry)

    @contextmanager
    def _counted(self, outcome: list[str]) -> Iterator[None]:
        """Count and time one question; what came of it is then in ``outcome``, unless it failed."""
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
            came_of_it = outcome[0] if outcome else "failed"
            self._questions.labels(came_of_it).inc()
            if came_of_it not in _UNASKED:
                self._seconds.observe(time.perf_counter() - began)


def cost_of(top: int, scope: Scope | None, history: Sequence[Turn]) -> int:
    """Return as how many questions one counts: one more for each 20 passages, 50 names and 12,000 characters said before.

    Args:
        top: How many passages are wanted.
        scope: Which documents may answer.
        history: What was said before.
    """
    names = len(scope.documents) + len(scope.folders) if scope else 0
    said = sum(len(each.content) for each in history)
    return 1 + (top - 1) // _PASSAGES + names // _NAMES + said // _CHARACTERS

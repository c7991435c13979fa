"""Where questions arrive, whichever way they come: they wait for their turn, and are counted and timed for Prometheus."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from citewell import logs
from citewell.answer import Answer, Scope
from citewell.conversation import Assistant
from citewell.errors import BusyError
from citewell.follow_up import Turn
from citewell.web.visitors import Rate, visitor

_OUTCOMES = ("answered", "refused", "courtesy", "failed", "turned away")
# A question is answered within milliseconds; with a reranker or a long queue, within seconds.
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
# Answering keeps a processor busy: more at a time would only make each of them slower.
_AT_ONCE = max(2, os.cpu_count() or 1)
# Each waiting question holds a thread; the server has 40 of them, and some must stay free to say how it is.
_MOST_WAITING = 24


class Desk:
    """Takes questions to the assistant, some at a time, and keeps count. Safe to share between threads.

    Args:
        assistant: Who answers, kept as ``assistant``.
        at_once: How many questions are in work at a time.
        most_waiting: How many may wait for them.
        rate: Counts what each visitor asks, where that is limited.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        at_once: int = _AT_ONCE,
        most_waiting: int = _MOST_WAITING,
        rate: Rate | None = None,
    ) -> None:
        self.assistant = assistant
        self._rate = rate
        self._at_once = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + most_waiting)
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
        self._working = Gauge("citewell_questions_in_flight", "Questions being answered.", registry=self._registry)
        self._waiting = Gauge("citewell_questions_waiting", "Questions that wait for others.", registry=self._registry)
        age = Gauge("citewell_snapshot_age_seconds", "Since the snapshot in use was built.", registry=self._registry)
        age.set_function(lambda: (datetime.now(UTC) - assistant.manifest.built).total_seconds())
        documents = Gauge("citewell_documents", "Documents in the snapshot in use.", registry=self._registry)
        documents.set_function(lambda: assistant.manifest.documents)

    @property
    def registry(self) -> CollectorRegistry:
        """Where the measures are read, for those of others."""
        return self._registry

    def ask(self, question: str, *, top: int = 5, scope: Scope | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Have a question answered; see `Assistant.ask`.

        Raises:
            BusyError: Too many others wait already.
            TooManyError: This visitor has asked too many.
        """
        self.count()
        if not self._places.acquire(blocking=False):
            self._questions.labels("turned away").inc()
            raise BusyError("more questions wait for an answer than can be kept waiting; ask again in a moment")
        try:
            with self._counted() as outcome, self._in_turn():
                answer = self.assistant.ask(question, top=top, scope=scope, history=history)
                outcome.append("courtesy" if answer.reply else "answered" if answer.answered else "refused")
            logs.answered(answer)
            return answer
        finally:
            self._places.release()

    def count(self) -> None:
        """Count one thing that this visitor asks.

        Raises:
            TooManyError: There were too many before it.
        """
        if self._rate:
            self._rate.count(visitor().key)

    def metrics(self) -> bytes:
        """Return all measures in the text format of Prometheus."""
        return generate_latest(self._registry)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        with self._waiting.track_inprogress():
            self._at_once.acquire()
        try:
            with self._working.track_inprogress():
                yield
        finally:
            self._at_once.release()

    @contextmanager
    def _counted(self) -> Iterator[list[str]]:
        """Count and time one question; the block puts what came of it into the list, unless it fails."""
        began = time.perf_counter()
        outcome: list[str] = []
        try:
            yield outcome
        finally:
            self._questions.labels(outcome[0] if outcome else "failed").inc()
            self._seconds.observe(time.perf_counter() - began)

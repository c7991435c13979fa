"""Jobs: long work in a thread of the server, one at a time per kind, with progress and cancellation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from citewell.errors import CitewellError
from citewell.rendering.pace import Pace
from citewell.web import logs

# Called with the stage, how many of its steps are done, and how many there are.
Progress = Callable[[str, int, int], None]


class CancelledError(Exception):
    """The job was cancelled; raised by the next report of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The state of a job: its stages so far, each as ``(done, total)``, how fast they go, and how it ended.

    ``result`` is what it returned; ``error`` is why it failed, unless it was ``cancelled``. Subclasses add fields that describe
    the work.
    """

    stages: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    paces: Mapping[str, str] = field(default_factory=dict)
    running: bool = True
    result: Any = None
    error: CitewellError | None = None
    cancelled: bool = False


JobType = TypeVar("JobType", bound=Job)


class Worker(Generic[JobType]):
    """Runs jobs of one kind, one at a time. Thread-safe.

    Args:
        name: The name of the jobs in messages, such as "index rebuild".
        work: Does a job and returns its result; its reports of progress raise if the job was cancelled.
        facts: What the log says of a job besides its name.
        ended: Called with each job that has ended, before the next one begins.
        follow: Called with the same job under ``lock``; returns the job to begin next, or None.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[JobType, Progress], object],
        *,
        facts: Callable[[JobType], Mapping[str, object]] = lambda _job: {},
        ended: Callable[[JobType], None] = lambda _job: None,
        follow: Callable[[JobType], JobType | None] = lambda _job: None,
    ) -> None:
        # Held while a job begins or ends, so that the owner can decide based on its state.
        self.lock = threading.RLock()
        self.job: JobType | None = None
        self._name = name
        self._work = work
        self._facts = facts
        self._ended = ended
        self._follow = follow
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None
        self._pace = Pace()

    @property
    def running(self) -> bool:
        """Whether a job is running."""
        return self.job is not None and self.job.running

    def begin(self, job: JobType) -> bool:
        """Begin a job unless one is running; return whether it was begun."""
        with self.lock:
            if self.running:
                return False
            self._begin(job)
            return True

    def cancel(self) -> None:
        """Stop the running job at its next step."""
        self._cancel.set()

    def wait(self) -> None:
        """Wait until no job is running."""
        while (thread := self._current_thread()) and thread.is_alive():
            thread.join()

    def _current_thread(self) -> threading.Thread | None:
        # Under the lock, because a thread is not alive yet between its making and its start.
        with self.lock:
            return self._thread

    def _begin(self, job: JobType) -> None:
        self._cancel.clear()
        self._pace = Pace()
        self.job = job
        # Log events of the job carry the id of the request that began it, and the visitor.
        self._thread = threading.Thread(target=copy_context().run, args=(self._run, job), daemon=True)
        self._thread.start()

    def _run(self, job: JobType) -> None:
        broken = CitewellError(f"the {self._name} failed unexpectedly", hint="see the server log")
        ended = replace(job, running=False, error=broken)
        try:
            ended = self._done(job)
        except BaseException as error:  # noqa: BLE001 - a thread has no caller, and library panics are not an Exception
            logs.failed(error, doing=self._name, **self._facts(job))
        ended = replace(ended, stages=self.job.stages if self.job else {})
        try:
            self._ended(ended)
        finally:
            with self.lock:
                self.job = ended
                if (job_after := self._follow(ended)) is not None:
                    self._begin(job_after)

    def _done(self, job: JobType) -> JobType:
        try:
            return replace(job, running=False, result=self._work(job, self._report))
        except CancelledError:
            return replace(job, running=False, cancelled=True)
        except CitewellError as error:
            return replace(job, running=False, error=error)

    def _report(self, stage: str, done: int, total: int) -> None:
        if self._cancel.is_set():
            raise CancelledError
        if self.job:
            self.job = replace(
                self.job,
                stages={**self.job.stages, stage: (done, total)},
                paces={**self.job.paces, stage: self._pace.told(stage, done, total)},
            )

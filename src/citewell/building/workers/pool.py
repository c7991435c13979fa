"""Gives tasks to the workers of a scheduler of Dask, and waits for what they return.

Dask gives a task to another worker when one dies, and gives it up when several have died with it. What is added here: no more
tasks are on their way than two for each worker, workers that refuse get no others, and where nobody is left, or the
scheduler is gone, the build ends with an error instead of waiting for ever.
"""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, TypeVar

import dask.config
from distributed import CancelledError, Client, Future
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from citewell.building.background import begun
from citewell.building.workers import GivenUpError
from citewell.building.workers.tasks import Refusal, Terms, attempt
from citewell.errors import CitewellError

Result = TypeVar("Result")

# Of each kind of task, for each worker: one is done, and the next one is there already.
_FOR_EACH = 2
_SECONDS_TO_CONNECT = 10
# A worker that has died may be started again, by a person or a program.
_SECONDS_WITHOUT_WORKERS = 60.0
# Until there is a warning that nothing happens.
_SECONDS_UNTIL_WARNED = 5.0
_SECONDS_BETWEEN_LOOKS = 1.0
# Texts and files are sent with their tasks, so that none is lost with a worker.
_CONFIG = {"distributed.admin.large-graph-warning-threshold": "1GB"}
_LOGGERS = ("distributed", "distributed.client")
# What Dask raises when it has lost the scheduler.
_LOST = (CancelledError, CommClosedError, OSError)


class WorkerWarning(UserWarning):
    """A worker is not used, or there is none."""


class Workers:
    """The workers of a scheduler, whichever they are now. Thread-safe.

    Args:
        address: The address of the scheduler. TLS is as Dask is configured.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._free = threading.Condition()
        self._on_their_way: Counter[str] = Counter()
        self._connected: Client | None = None
        self._closed = False
        self._there: Collection[str] = ()
        self._looked = -_SECONDS_BETWEEN_LOOKS
        self._seen = time.monotonic()
        self._refused: dict[str, str] = {}
        self._has_used_some = False
        self._has_warned = False
        self._config = dask.config.set(_CONFIG)

    def __enter__(self) -> Workers:
        self._config.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        if self._connected:
            with suppress(*_LOST):
                self._connected.close(timeout=_SECONDS_TO_CONNECT)
        self._config.__exit__(kind, error, trace)

    @property
    def places(self) -> int:
        """How many tasks of a kind may be on their way now.

        Raises:
            CitewellError: The scheduler does not answer.
        """
        return _FOR_EACH * max(1, len(self._usable()))

    def run(
        self,
        terms: Terms,
        task: Callable[..., Result],
        *arguments: object,
        priority: int = 0,
    ) -> Result:
        """Have a worker do a task, and wait until it is done, as often as it takes.

        Args:
            terms: What the worker must have in common with the build.
            task: A function of ``tasks``.
            arguments: Its arguments, after the terms.
            priority: Tasks with a higher one are done first.

        Raises:
            GivenUpError: Several workers have died with it.
            CitewellError: There are no workers, all refuse, or one has failed; or the scheduler is gone.
        """
        with self._place(task.__name__):
            while True:
                usable = self._usable()
                if self._refused and not usable:
                    time.sleep(_SECONDS_BETWEEN_LOOKS)
                    continue
                # Without a need, no worker is named: then Dask moves tasks to those that come later.
                named = sorted(usable) if self._refused else None
                future = self._asked().submit(
                    attempt, terms, task, *arguments, pure=False, priority=priority, workers=named
                )
                found = self._wait(future, usable)
                if isinstance(found, Refusal):
                    self._refuse(found)
                elif not isinstance(found, _Again):
                    self._has_used_some = True
                    result: Result = found
                    return result

    def _wait(self, future: Future[Any], named: Collection[str]) -> Any:  # noqa: ANN401 - what the task returns
        """Return the result of a task, or `_Again` if the workers that it was given to are gone."""
        # Not with a timeout of Dask's, which would also end the fetching of results that other threads wait for.
        coming = begun("fetches", future.result)
        while True:
            try:
                return coming.result(timeout=_SECONDS_BETWEEN_LOOKS)
            except TimeoutError as error:
                if coming.done():
                    raise self._gone() from error
                usable = set(self._usable())
                if self._refused and not usable.intersection(named):
                    future.cancel()
                    return _Again()
            except KilledWorker as error:
                raise GivenUpError(str(error)) from error
            except _LOST as error:
                raise self._gone() from error
            except Exception as error:
                raise CitewellError(
                    f"a worker of {self.address} has failed: {type(error).__name__}: {error}",
                    hint="the scheduler and its workers need the same versions as this build",
                ) from error

    @contextmanager
    def _place(self, kind: str) -> Iterator[None]:
        """Wait until another task may be on its way."""
        with self._free:
            while self._on_their_way[kind] >= self.places:
                self._free.wait(_SECONDS_BETWEEN_LOOKS)
            self._on_their_way[kind] += 1
        try:
            yield
        finally:
            with self._free:
                self._on_their_way[kind] -= 1
                self._free.notify()

    def _usable(self) -> Collection[str]:
        """Return the addresses of the workers that are there and have not refused.

        Raises:
            CitewellError: There have been none for a while, or all have refused so far; or the scheduler does not answer.
        """
        with self._lock:
            now = time.monotonic()
            if now - self._looked >= _SECONDS_BETWEEN_LOOKS:
                self._there = self._look()
                self._looked = time.monotonic()
            usable = {each for each in self._there if each not in self._refused}
            if usable:
                self._seen, self._has_warned = self._looked, False
            elif self._there and not self._has_used_some:
                raise CitewellError(
                    f"every worker of {self.address} refuses: {'; '.join(sorted(set(self._refused.values())))}",
                    hint="give them the versions and the models of this machine",
                )
            elif self._looked - self._seen > _SECONDS_WITHOUT_WORKERS:
                raise CitewellError(
                    f"the scheduler at {self.address} has no workers that can be used",
                    hint="start some; what was done is kept",
                    command=f"dask worker {self.address}",
                )
            elif self._looked - self._seen > _SECONDS_UNTIL_WARNED and not self._has_warned:
                self._has_warned = True
                warnings.warn(
                    f"the scheduler at {self.address} has no workers that can be used; waiting for one",
                    WorkerWarning,
                    stacklevel=2,
                )
            return usable

    def _look(self) -> Collection[str]:
        try:
            return list(self._client().nthreads())
        except _LOST as error:
            raise self._gone() from error

    def _asked(self) -> Client:
        with self._lock:
            return self._client()

    def _client(self) -> Client:
        if self._closed:
            raise CitewellError("the build has ended")
        if self._connected is None:
            self._connected = self._connect()
            self._seen = time.monotonic()
        elif self._connected.status != "running":
            raise self._gone()
        return self._connected

    def _connect(self) -> Client:
        # It would log each try to connect again with its traceback; what matters of that is in our errors.
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            return Client(self.address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise CitewellError(
                f"no scheduler answers at {self.address}: {error}",
                hint="start one, and name its address; with TLS, configure it as Dask's documentation says",
                command="dask scheduler",
            ) from error

    def _refuse(self, refusal: Refusal) -> None:
        with self._lock:
            is_new = refusal.worker not in self._refused
            self._refused[refusal.worker] = refusal.reason
        if is_new:
            warnings.warn(f"the worker {refusal.worker} is not used: {refusal.reason}", WorkerWarning, stacklevel=2)

    def _gone(self) -> CitewellError:
        return CitewellError(
            f"the scheduler at {self.address} is gone",
            hint="start it again; what was done is kept, and the same command goes on from there",
        )


class _Again:
    """A task has to be given to others."""

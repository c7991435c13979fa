"""Long work in a thread: one at a time, watched, cancelled, and what happens where it breaks."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import pytest

from citewell.errors import CitewellError
from citewell.web.jobs import Job, Progress, Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Job):
    """Counts to a number."""

    to: int = 3


def counted(job: Count, progress: Progress) -> int:
    for nth in range(job.to):
        progress("Counting", nth, job.to)
    progress("Counting", job.to, job.to)
    return job.to


def ended(worker: Worker[Count]) -> Count:
    worker.wait()
    assert worker.job is not None
    return worker.job


def test_a_job_has_its_stages_and_its_result() -> None:
    worker = Worker[Count]("count", counted)
    assert worker.job is None
    assert worker.begin(Count(to=5))
    done = ended(worker)
    assert (done.running, done.result, done.error, done.cancelled) == (False, 5, None, False)
    assert done.stages == {"Counting": (5, 5)}


def test_one_job_runs_at_a_time_and_is_cancelled_at_its_next_step() -> None:
    go_on, reached = threading.Event(), threading.Event()

    def waits(job: Count, progress: Progress) -> int:
        progress("Waiting", 0, 1)
        reached.set()
        assert go_on.wait(60)
        return counted(job, progress)

    worker = Worker[Count]("count", waits)
    worker.begin(Count())
    assert reached.wait(60)
    assert not worker.begin(Count(to=9))
    worker.cancel()
    assert worker.running
    go_on.set()
    stopped = ended(worker)
    assert (stopped.to, stopped.cancelled, stopped.result, stopped.error) == (3, True, None, None)
    assert stopped.stages == {"Waiting": (0, 1)}
    reached.clear()
    # What was cancelled says nothing of the next one.
    assert worker.begin(Count(to=9))
    assert ended(worker).result == 9


def test_an_error_is_kept_with_its_command() -> None:
    def fails(_job: Count, _progress: Progress) -> None:
        raise CitewellError("no space", command="citewell index")

    worker = Worker[Count]("count", fails)
    worker.begin(Count())
    error = ended(worker).error
    assert error is not None
    assert (error.message, error.command) == ("no space", "citewell index")


def test_what_nobody_expected_is_logged_and_leads_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[tuple[BaseException, dict[str, object]]] = []
    monkeypatch.setattr("citewell.web.logs.failed", lambda error, **facts: logged.append((error, facts)))

    def breaks(_job: Count, _progress: Progress) -> None:
        raise KeyError("nothing of this name")

    worker = Worker[Count]("count", breaks, facts=lambda job: {"to": job.to})
    worker.begin(Count())
    broken = ended(worker)
    assert (broken.running, str(broken.error)) == (False, "the count failed unexpectedly; see the server log")
    ((error, facts),) = logged
    assert isinstance(error, KeyError)
    assert facts == {"doing": "count", "to": 3}


def test_the_owner_is_called_once_for_each_and_says_what_follows() -> None:
    seen: list[int] = []
    worker = Worker[Count](
        "count",
        counted,
        ended=lambda job: seen.append(job.to),
        follow=lambda job: Count(to=job.to - 1) if job.to > 1 else None,
    )
    worker.begin(Count())
    assert ended(worker).to == 1
    assert seen == [3, 2, 1]


def test_waiting_begun_between_a_job_and_the_one_that_follows_waits_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker[Count]("count", counted, follow=lambda job: Count(to=job.to - 1) if job.to > 1 else None)
    between = threading.Event()

    class SlowToStart(threading.Thread):
        def start(self) -> None:
            if worker.job == Count(to=2):
                between.set()
                # The test begins to wait meanwhile; if it is later, it sees less and still passes.
                time.sleep(0.2)
            super().start()

    monkeypatch.setattr("citewell.web.jobs.threading.Thread", SlowToStart)
    worker.begin(Count())
    assert between.wait(60)
    assert (ended(worker).to, worker.running) == (1, False)

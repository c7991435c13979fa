"""Micro-batches: what several threads ask for at once runs together, and says the same as alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from citewell.encoder import batching
from citewell.encoder.batching import MicroBatches
from citewell.encoder.encoding import OpenVinoEncoder, open_encoder
from tests.support.encoders import prepared_model
from tests.support.waiting import until

_QUESTIONS = (
    "Who kept the lamp?",
    "What are the challenges of international education?",
    "How are degrees recognised in other countries?",
    "What do student exchanges offer to those who take part, and to the universities that they go to?",
)


class Slow:
    """Doubles numbers, as soon as it may; it keeps which ones came together."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.together: list[list[int]] = []

    def run(self, numbers: Sequence[int]) -> list[int]:
        self.together.append(list(numbers))
        self.may_end.wait(30)
        if -1 in numbers:
            raise ValueError("minus one")
        return [2 * number for number in numbers]


def _asked_while_one_runs(numbers: Sequence[int], keys: Sequence[str]) -> tuple[Slow, list[Future[int]]]:
    """Have one thread ask for 100, and one after the other for more numbers while that runs; then let all end."""
    slow = Slow()
    batches = MicroBatches(slow.run)
    with ThreadPoolExecutor(len(numbers) + 1) as threads:
        first = threads.submit(batches.run, "a", 100)
        until(lambda: slow.together == [[100]])
        futures = [first]
        for nth, (number, key) in enumerate(zip(numbers, keys, strict=True)):
            futures.append(threads.submit(batches.run, key, number))
            until(partial(_waiting, batches, nth + 1))
        slow.may_end.set()
    return slow, futures


def _waiting(batches: MicroBatches[int, int], count: int) -> bool:
    return len(batches._waiting) == count


def test_who_is_alone_does_not_wait() -> None:
    slow = Slow()
    slow.may_end.set()
    batches = MicroBatches(slow.run)
    assert [batches.run("a", number) for number in (1, 2, 3)] == [2, 4, 6]
    assert slow.together == [[1], [2], [3]]


def test_those_that_wait_run_together_in_powers_of_two() -> None:
    slow, futures = _asked_while_one_runs(range(13), "a" * 13)
    assert [each.result() for each in futures] == [200, *(2 * number for number in range(13))]
    assert slow.together == [[100], [*range(8)], [8, 9, 10, 11], [12]]


def test_what_one_brings_runs_together_and_with_others() -> None:
    slow = Slow()
    batches = MicroBatches(slow.run)
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(batches.run_all, "a", [100, 101, 102])
        until(lambda: slow.together == [[100, 101]])
        second = threads.submit(batches.run_all, "b", [1, 2])
        until(partial(_waiting, batches, 3))
        third = threads.submit(batches.run_all, "b", [3, 4, 5])
        until(partial(_waiting, batches, 6))
        slow.may_end.set()
        assert first.result() == [200, 202, 204]
        assert second.result() == [2, 4]
        assert third.result() == [6, 8, 10]
    assert slow.together == [[100, 101], [102], [1, 2, 3, 4], [5]]


def test_different_keys_do_not_run_together_and_the_first_comes_first() -> None:
    slow, futures = _asked_while_one_runs([1, 2, 3, 4], "abab")
    assert [each.result() for each in futures] == [200, 2, 4, 6, 8]
    assert slow.together == [[100], [1, 3], [2, 4]]


def test_a_failure_is_raised_in_its_own_batch_and_others_go_on() -> None:
    _slow, futures = _asked_while_one_runs([1, -1, 3, 4], "abba")
    assert [each.result() for each in (futures[0], futures[1], futures[4])] == [200, 2, 8]
    for failed in futures[2:4]:
        with pytest.raises(ValueError, match="minus one"):
            failed.result()


def test_who_stops_waiting_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    batches = MicroBatches(slow.run)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(batches.run, "a", 1)
        until(lambda: slow.together == [[1]])
        with monkeypatch.context() as patch:
            patch.setattr(batching, "_Place", _Interrupted)
            with pytest.raises(KeyboardInterrupt):
                batches.run("a", 2)
            with pytest.raises(KeyboardInterrupt):
                batches.run_all("a", [3, 4])
        slow.may_end.set()
        assert first.result() == 2
    assert batches.run("a", 5) == 10
    assert slow.together == [[1], [5]]


class _InterruptedEvent(threading.Event):
    def wait(self, timeout: float | None = None) -> bool:
        raise KeyboardInterrupt(timeout)


class _Interrupted(batching._Place[int, int]):
    def __init__(self, key: str, item: int) -> None:
        super().__init__(key, item)
        self.ready = _InterruptedEvent()


def test_a_question_has_the_same_vector_whoever_else_asks() -> None:
    encoder = open_encoder(prepared_model())
    assert isinstance(encoder, OpenVinoEncoder)
    # Without what it remembers.
    encode = partial(encoder._encode_questions, others=())
    alone = [encode(question) for question in _QUESTIONS]
    with ThreadPoolExecutor(24) as threads:
        together = list(threads.map(encode, _QUESTIONS * 24))
    for nth, vector in enumerate(together):
        assert np.array_equal(vector, alone[nth % len(_QUESTIONS)])

"""Slots: so many threads compute at once, and those that wait for the encoder do not count."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from citewell.encoder.batching import MicroBatches
from citewell.slots import Slots, released
from tests.support.waiting import until


def _computing(slots: Slots, computed: list[int], number: int, may_end: threading.Event) -> None:
    with slots.held():
        computed.append(number)
        may_end.wait(30)


def test_as_many_compute_as_there_are_slots() -> None:
    slots, may_end, computed = Slots(2), threading.Event(), list[int]()
    with ThreadPoolExecutor(3) as threads:
        for number in range(3):
            threads.submit(_computing, slots, computed, number, may_end)
            until(partial(_are, computed, min(number + 1, 2)))
        assert sorted(computed) == [0, 1]
        may_end.set()
    assert sorted(computed) == [0, 1, 2]


def test_a_slot_that_is_released_is_waited_for_again() -> None:
    slots, may_end, computed = Slots(1), threading.Event(), list[int]()
    with ThreadPoolExecutor(1) as threads:
        with slots.held():
            with released():
                other = threads.submit(_computing, slots, computed, 1, may_end)
                until(partial(_are, computed, 1))
                threading.Timer(0.1, may_end.set).start()
            # The other one held it, and has ended.
            assert may_end.is_set()
        other.result()


def _lost() -> None:
    raise ValueError("lost")


def _lost_while_waiting() -> None:
    with released():
        _lost()


@pytest.mark.parametrize("fail", [_lost, _lost_while_waiting])
def test_a_slot_is_given_back_after_a_failure(fail: Callable[[], None]) -> None:
    slots = Slots(1)
    with pytest.raises(ValueError, match="lost"), slots.held():
        fail()
    with slots.held():
        pass


def test_a_thread_does_not_wait_for_itself() -> None:
    slots = Slots(1)
    with slots.held(), pytest.raises(RuntimeError, match="holds a slot already"), slots.held():
        pass


def test_without_a_slot_there_is_nothing_to_release() -> None:
    with released(), Slots(1).held():
        pass


def test_a_slot_is_released_once_and_not_given_back_unless_it_was_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    slots = Slots(1)
    free = slots._free
    with slots.held(), released(), released():
        assert free._value == 1
    assert free._value == 1

    with pytest.raises(KeyboardInterrupt), slots.held(), released():
        monkeypatch.setattr(free, "acquire", _interrupted)
    assert free._value == 1


def _interrupted() -> bool:
    raise KeyboardInterrupt


def test_those_that_wait_for_an_inference_let_others_begin() -> None:
    slots, may_end, together = Slots(1), threading.Event(), list[list[int]]()

    def run(numbers: Sequence[int]) -> list[int]:
        together.append(list(numbers))
        may_end.wait(30)
        return [2 * number for number in numbers]

    batches = MicroBatches(run)

    def ask(number: int) -> int:
        with slots.held():
            return batches.run("a", number)

    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(ask, 0)
        until(lambda: together == [[0]])
        others = [threads.submit(ask, number) for number in range(1, 5)]
        until(lambda: len(batches._waiting) == 4)
        may_end.set()
        assert [first.result(), *(each.result() for each in others)] == [0, 2, 4, 6, 8]
    assert [len(each) for each in together] == [1, 4]


def _are(computed: list[int], count: int) -> bool:
    return len(computed) == count

"""The desk: whose turn it is, who is turned away, and what a question costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from prometheus_client.parser import text_string_to_metric_families

from citewell import Answer, Assistant, IndexFolder
from citewell.answer import Scope, Turn
from citewell.errors import BusyError, TooManyError, UsageError
from citewell.state.counting import MemoryCounts
from citewell.view import View
from citewell.web.auth.visitors import Rate, Visitor, visiting
from citewell.web.desk import Desk, cost_of
from citewell.web.turns import Turns
from tests.support.servers import HeldAssistant, run_async

QUESTION = "What are the challenges of international cooperation?"


def answered(answer: Answer, _view: View) -> bool:
    return answer.answered


async def settled() -> None:
    """Return when all others have gone as far as they can."""
    for _ in range(10):
        await anyio.lowlevel.checkpoint()
    await anyio.wait_all_tasks_blocked()


class Line:
    """Visitors who take a place, and give it back when they are told to."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.working: list[str] = []
        self.away: list[str] = []
        self._ends: dict[str, anyio.Event] = {}

    async def visit(self, name: str, large: bool = False) -> None:  # noqa: FBT001, FBT002 - a task group calls it
        self._ends[name] = anyio.Event()
        try:
            async with self.turns.turn(name[0], large=large):
                self.working.append(name)
                await self._ends[name].wait()
                self.working.remove(name)
        except BusyError:
            self.away.append(name)

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await settled()

    async def come(self, group: anyio.abc.TaskGroup, *names: str, large: bool = False) -> None:
        for name in names:
            group.start_soon(self.visit, name, large)
            await settled()


def in_line(turns: Turns, do: Callable[[Line, anyio.abc.TaskGroup], Awaitable[None]]) -> Line:
    """Have visitors come to some places and go; all who are still there at the end go home."""
    line = Line(turns)

    async def doing() -> None:
        async with anyio.create_task_group() as group:
            await do(line, group)
            group.cancel_scope.cancel()

    run_async(doing)
    return line


@pytest.mark.promise("limits")
def test_a_flood_does_not_make_others_wait_behind_all_of_it() -> None:
    async def visits(line: Line, group: anyio.abc.TaskGroup) -> None:
        await line.come(group, "a1", "a2", "a3", "a4", "a5", "b1", "c1")
        assert line.working == ["a1", "a2"]
        await line.end("a1")
        assert line.working == ["a2", "b1"]
        await line.end("a2")
        assert line.working == ["b1", "a3"]
        await line.end("b1")
        assert line.working == ["a3", "c1"]

    in_line(Turns(2, 10), visits)


def test_where_all_wait_they_are_taken_in_turn() -> None:
    order: list[str] = []

    async def visits(line: Line, group: anyio.abc.TaskGroup) -> None:
        await line.come(group, "a1", "a2", "a3", "b1", "b2", "b3", "c1")
        while line.working:
            order.append(line.working[0])
            await line.end(line.working[0])

    in_line(Turns(1, 10), visits)
    assert order == ["a1", "a2", "b1", "c1", "a3", "b2", "b3"]


def test_a_flood_is_turned_away_itself_and_not_those_beside_it() -> None:
    async def visits(line: Line, group: anyio.abc.TaskGroup) -> None:
        await line.come(group, "a1", "a2", "a3", "a4", "a5", "a6")
        assert line.away == ["a6"]
        await line.come(group, "b1", "c1")
        assert line.away == ["a6", "a5", "a4"]
        await line.end("a1")
        assert line.working == ["a2", "b1"]

    in_line(Turns(2, 3), visits)


def test_what_takes_long_leaves_a_place_for_others() -> None:
    async def visits(line: Line, group: anyio.abc.TaskGroup) -> None:
        await line.come(group, "a1", "b1", large=True)
        assert line.working == ["a1"]
        await line.come(group, "c1")
        assert line.working == ["a1", "c1"]
        await line.end("a1")
        assert line.working == ["c1", "b1"]

    in_line(Turns(2, 10, most_large=1), visits)


def test_who_goes_while_waiting_or_working_leaves_the_place_to_the_next() -> None:
    turns = Turns(1, 10)

    async def visiting() -> None:
        async with anyio.create_task_group() as staying:
            line = Line(turns)
            async with anyio.create_task_group() as going:
                await line.come(going, "a1", "b1")
                await line.come(staying, "c1")
                going.cancel_scope.cancel()
            await settled()
            assert line.working[-1] == "c1"
            assert (turns.working, turns.waiting) == (1, 0)
            await line.end("c1")
        assert (turns.working, turns.waiting) == (0, 0)

    run_async(visiting)


def test_more_than_can_wait_is_turned_away_at_once_and_counted(bundled_index: Path) -> None:
    slow = HeldAssistant(IndexFolder(bundled_index))
    desk = Desk(slow, at_once=2, most_waiting=3)
    kept: list[bool] = []

    async def ask() -> None:
        kept.append(await desk.ask(QUESTION, answered))

    async def asking() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(ask)
            await settled()
            assert measured(desk)["citewell_questions_in_flight"] == 2
            assert measured(desk)["citewell_questions_waiting"] == 3
            with pytest.raises(BusyError, match="try again in a moment"):
                await desk.ask(QUESTION, answered)
            slow.go_on.set()
        assert kept == [True] * 5
        assert await desk.ask(QUESTION, answered)

    run_async(asking)
    measures = measured(desk)
    assert measures["citewell_questions_total:turned away"] == 1
    assert measures["citewell_questions_total:answered"] == 6
    assert measures["citewell_question_seconds_count"] == 6


def test_a_hundred_wait_without_a_thread_each(bundled_index: Path) -> None:
    slow = HeldAssistant(IndexFolder(bundled_index))
    desk = Desk(slow, at_once=2)
    kept: list[bool] = []

    async def ask() -> None:
        kept.append(await desk.ask(QUESTION, answered))

    async def asking() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(ask)
            await settled()
            # All threads that others share are free.
            limiter = anyio.to_thread.current_default_thread_limiter()
            assert limiter.borrowed_tokens == 0
            assert measured(desk)["citewell_questions_waiting"] == 98
            slow.go_on.set()

    run_async(asking)
    assert kept == [True] * 100


@pytest.mark.parametrize(
    ("top", "names", "said", "cost"),
    [(1, 0, 0, 1), (20, 49, 11_999, 1), (21, 0, 0, 2), (1000, 0, 0, 50), (5, 1000, 0, 21), (5, 0, 48_000, 5)],
)
def test_what_takes_longer_counts_as_more_questions(top: int, names: int, said: int, cost: int) -> None:
    assert cost_of(top, Scope(tuple("a" * names)), [Turn("user", "x" * said)]) == cost


def test_a_costly_question_counts_as_many_and_can_still_be_asked(assistant: Assistant) -> None:
    async def asking() -> None:
        for most, left in ((60, 10), (10, 0)):
            desk = Desk(assistant, rate=Rate(most, what="too many; ask again"))
            assert await desk.ask(QUESTION, answered, top=1000)
            for _ in range(left):
                await desk.ask("Hello", answered)
            with pytest.raises(TooManyError, match="too many; ask again in"):
                await desk.ask("Hello", answered)
            assert measured(desk)["citewell_questions_total:limited"] == 1
            before = visiting.set(Visitor(address="192.0.2.1"))
            assert await desk.ask(QUESTION, answered)
            visiting.reset(before)

    run_async(asking)


def test_reading_is_counted_by_itself(assistant: Assistant) -> None:
    desk = Desk(assistant, reading_rate=Rate(2, what="too much"))

    async def reading() -> None:
        assert [await desk.read(lambda: 5) for _ in range(2)] == [5, 5]
        with pytest.raises(TooManyError):
            await desk.read(lambda: 5)
        assert await desk.ask(QUESTION, answered)

    run_async(reading)


def test_what_is_long_counts_as_more_readings(assistant: Assistant) -> None:
    async def reading() -> None:
        for most in (5, 1000):
            desk = Desk(assistant, reading_rate=Rate(most, what="too much"))
            # However long it is, it can be read where nothing else was.
            await desk.read(partial(desk.weigh, most * 2_000_000))
            with pytest.raises(TooManyError):
                await desk.read(lambda: 5)
        desk = Desk(assistant, reading_rate=Rate(5, what="too much"))
        await desk.read(partial(desk.weigh, 3_500_000))
        with pytest.raises(TooManyError):
            await desk.read(partial(desk.weigh, 1_000_000))

    run_async(reading)


def test_a_scope_of_nothing_is_refused_and_counted(assistant: Assistant) -> None:
    desk = Desk(assistant)
    with pytest.raises(UsageError, match="has no document"):
        run_async(lambda: desk.ask(QUESTION, answered, scope=Scope(("nowhere",))))
    assert measured(desk)["citewell_questions_total:failed"] == 1


def test_what_is_counted_is_forgotten_by_a_clock_that_nobody_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    rate = Rate(2, 60, what="too many; ask again")
    monkeypatch.setattr("time.time", lambda: 5_000_000_000.0)
    assert [rate.hit("a"), rate.hit("a")] == [0, 0]
    monkeypatch.setattr("time.time", lambda: 1.0)
    assert 59 < rate.hit("a") <= 60
    assert rate.hit("b") == 0
    assert (rate.counted("a"), rate.counted("b"), rate.counted("c")) == (2, 1, 0)


def test_nothing_is_kept_of_those_who_are_long_gone() -> None:
    counts = MemoryCounts(1, 1e-9)
    for number in range(1000):
        assert counts.hit(f"address {number}", 1) == 0
    assert len(counts._windows) <= 1


def measured(desk: Desk) -> dict[str, float]:
    """Read measures as Prometheus does; a label is put behind its measure's name."""
    return {
        ":".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(desk.metrics().decode())
        for sample in family.samples
    }

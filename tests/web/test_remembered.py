"""What was asked before is answered again at once, and only what was asked exactly, of the same snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from citewell import Answer, Assistant, IndexFolder, Settings, build
from citewell.answer import Scope, Turn
from citewell.search.widening import Names, Widener
from citewell.view import View
from citewell.web.desk import Desk
from tests.support.servers import run_async

QUESTION = "What are the challenges of international cooperation?"
BEFORE = (Turn("user", "What do student exchanges offer?"),)
Asked = Callable[[], int]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Return how often a view has been asked."""
    calls: list[str] = []
    ask = View.ask

    def noted(view: View, question: str, **how: Any) -> Answer:
        calls.append(question)
        return ask(view, question, **how)

    monkeypatch.setattr(View, "ask", noted)
    return lambda: len(calls)


def ask(desk: Desk, question: str = QUESTION, **how: Any) -> Answer:
    answer: Answer = run_async(partial(desk.ask, **how), question, lambda answer, _: answer)
    return answer


def test_the_same_question_is_searched_once(assistant: Assistant, asked: Asked) -> None:
    desk = Desk(assistant)
    first, again = ask(desk), ask(desk)
    assert asked() == 1
    assert first.answered
    assert again.model_copy(update={"seconds": first.seconds}) == first
    assert 0 < again.seconds < first.seconds


@pytest.mark.parametrize(
    "other",
    [
        {"question": "What are the benefits of international cooperation?"},
        {"top": 2},
        {"scope": Scope(documents=("international-education.txt",))},
        {"history": BEFORE},
        {"correct": False},
        {"words": False},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_question_that_differs_in_anything_is_searched(
    assistant: Assistant, asked: Asked, other: dict[str, Any]
) -> None:
    desk = Desk(assistant)
    ask(desk)
    differently = ask(desk, **other)
    assert asked() == 2
    assert differently.question == other.get("question", QUESTION)
    assert len(differently.passages) <= other.get("top", 5)
    ask(desk)
    ask(desk, **other)
    assert asked() == 2


def test_nothing_outlives_its_snapshot_or_the_words_of_the_house(tmp_path: Path, asked: Asked) -> None:
    corpus, index = tmp_path / "corpus", IndexFolder(tmp_path / "index")
    corpus.mkdir()
    (corpus / "leave.txt").write_text("Annual leave has twenty-seven days.\n", encoding="utf-8")
    build(corpus, index, Settings())
    desk = Desk(Assistant(index))
    question = "How many days of PTO are there?"

    def passage() -> str:
        return ask(desk, question).passages[0].text

    assert not ask(desk, question).widened
    (corpus / "citewell-words.txt").write_text("PTO = annual leave\n", encoding="utf-8")
    assert [each.name for each in ask(desk, question).widened] == ["annual leave"]
    assert "twenty-seven" in passage()
    assert asked() == 2
    (corpus / "leave.txt").write_text("Annual leave has thirty days.\n", encoding="utf-8")
    build(corpus, index, Settings())
    assert "thirty" in passage()
    assert asked() == 3


def test_words_of_the_house_that_change_while_a_question_is_answered_are_not_remembered(
    assistant: Assistant, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Looked at before the question, for it, and after it.
    names = iter([None, None, Names((), assistant.snapshot)])
    desk = Desk(assistant)
    monkeypatch.setattr(Widener, "names", lambda _: next(names, None))
    ask(desk)
    ask(desk)
    assert asked() == 2
    ask(desk)
    assert asked() == 2


def test_the_desk_remembers_questions_that_are_not_large(assistant: Assistant, asked: Asked) -> None:
    desk = Desk(assistant)
    for top, times in ((5, 1), (100, 3)):
        for _ in range(2):
            assert ask(desk, top=top).answered
        assert asked() == times

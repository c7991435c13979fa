"""What was asked before is answered again at once, and only what was asked exactly, of the same snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from citewell import Answer, Assistant, IndexFolder, Settings, build
from citewell.answer import Scope, Turn
from citewell.view import View
from citewell.web.desk import Desk
from citewell.web.remembered import Answers
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


def of(answers: Answers, view: View, question: str = QUESTION, **how: Any) -> Answer:
    given = {"top": 5, "scope": None, "history": (), "correct": True, "words": True, **how}
    return answers.ask(view, question, **given)


def test_the_same_question_is_searched_once(assistant: Assistant, asked: Asked) -> None:
    answers, view = Answers(), assistant.view()
    first, again = of(answers, view), of(answers, view)
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
    answers, view = Answers(), assistant.view()
    of(answers, view)
    differently = of(answers, view, **other)
    assert asked() == 2
    assert differently.question == other.get("question", QUESTION)
    assert len(differently.passages) <= other.get("top", 5)
    of(answers, view)
    of(answers, view, **other)
    assert asked() == 2


def test_nothing_outlives_its_snapshot_or_the_words_of_the_house(tmp_path: Path, asked: Asked) -> None:
    corpus, index = tmp_path / "corpus", IndexFolder(tmp_path / "index")
    corpus.mkdir()
    (corpus / "leave.txt").write_text("Annual leave has twenty-seven days.\n", encoding="utf-8")
    build(corpus, index, Settings())
    assistant, answers = Assistant(index), Answers()
    question = "How many days of PTO are there?"

    def passage() -> str:
        return of(answers, assistant.view(), question).passages[0].text

    assert not of(answers, assistant.view(), question).widened
    (corpus / "citewell-words.txt").write_text("PTO = annual leave\n", encoding="utf-8")
    assert [each.name for each in of(answers, assistant.view(), question).widened] == ["annual leave"]
    assert "twenty-seven" in passage()
    assert asked() == 2
    (corpus / "leave.txt").write_text("Annual leave has thirty days.\n", encoding="utf-8")
    build(corpus, index, Settings())
    assert "thirty" in passage()
    assert asked() == 3


def test_the_desk_remembers_questions_that_are_not_large(assistant: Assistant, asked: Asked) -> None:
    desk = Desk(assistant)
    for top, times in ((5, 1), (100, 3)):
        for _ in range(2):
            answer = run_async(partial(desk.ask, top=top), QUESTION, lambda answer, _: answer)
            assert answer.answered
        assert asked() == times

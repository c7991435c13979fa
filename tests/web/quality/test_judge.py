"""Judging: a set asked and kept, what is wrong with it, and feedback that becomes a question."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from citewell import Answer, Assistant, IndexFolder, Settings, build
from citewell.errors import CitewellError, QuestionError, UsageError
from citewell.evaluation.questions.feedback import FeedbackStore, about
from citewell.evaluation.questions.sets import read_questions
from citewell.evaluation.running import load_run
from citewell.state.folder import StateFolder
from citewell.web import ServerOptions
from citewell.web.application import create_app
from citewell.web.quality.judge import Judge, choices, feedback_key
from tests.support.judging import SET, ran


def test_a_set_is_asked_and_kept_and_compared(judge: Judge, index: IndexFolder) -> None:
    assert [(each.questions, each.error) for each in judge.statuses()] == [(3, None)]
    first = ran(judge)
    assert first.endswith("Z-small")
    assert [file.name for file in StateFolder.beside(index.path).runs.iterdir()] == [f"{first}.jsonl"]
    file = StateFolder.beside(index.path).runs / f"{first}.jsonl"
    assert load_run(file).about["snapshot"] == index.current()
    assert os.name != "posix" or stat.S_IMODE(file.stat().st_mode) == 0o600
    found = judge.result(first)
    assert found.current
    assert (found.summary.answerable, found.summary.unanswerable) == (2, 1)
    assert found.summary.measures["hit@5"].mean == 1
    second = ran(judge)
    assert [each.name for each in judge.runs.kept()] == [second, first]
    assert {each.snapshot for each in judge.runs.kept()} == {index.current()}
    assert judge.runs.kept()[0].title.startswith("small, 20")
    held = judge.runs.compare(first, second)
    assert held.outcome == "no difference"
    assert held.questions == 2


def test_a_run_of_earlier_documents_says_so(judge: Judge, index: IndexFolder, corpus: Path) -> None:
    first = ran(judge)
    (corpus / "moon.txt").write_text("The Moon\n\nNothing is said of it any more.\n", encoding="utf-8")
    build(corpus, index, Settings())
    found = judge.result(first)
    assert not found.current
    with pytest.raises(CitewellError, match="index has changed since this run"):
        judge.map(first)
    judge.ask(judge.sets[0])
    judge.wait()
    assert judge.asking is not None
    assert judge.asking.run is None
    error = str(judge.asking.error)
    assert "“about twenty-seven days” is not in moon.txt" in error
    assert f"citewell questions repair {judge.sets[0]} --corpus {corpus}" in error
    assert [(each.name, each.snapshot == index.current()) for each in judge.runs.kept()] == [(first, False)]


def test_what_is_cancelled_leaves_no_run(judge: Judge, asked: Path) -> None:
    asked.write_text("\n".join(f"- {{question: Is {nth} a number?, answerable: false}}" for nth in range(500)))
    judge.ask(str(asked))
    judge.ask(str(asked))
    judge.cancel()
    judge.wait()
    assert judge.asking is not None
    assert (judge.asking.cancelled, judge.asking.running, judge.asking.run) == (True, False, None)
    assert judge.runs.kept() == []


class RestlessAssistant(Assistant):
    """An assistant whose documents are indexed anew before a question is asked: the first, or one in the middle."""

    def __init__(self, index: IndexFolder, corpus: Path, *, before: int) -> None:
        super().__init__(index)
        self.corpus = corpus
        self.until = before

    def warm_up(self) -> None:
        super().warm_up()
        if self.until == 0:
            self.rebuild()

    def ask(self, *arguments: Any, **named: Any) -> Answer:
        self.until -= 1
        if self.until == 0:
            self.rebuild()
        return super().ask(*arguments, **named)

    def rebuild(self) -> None:
        moon = self.corpus / "animals" / "otters.md"
        moon.write_text(f"Longer by this.\n\n{moon.read_text(encoding='utf-8')}", encoding="utf-8")
        build(self.corpus, self.index, Settings())


@pytest.mark.parametrize("before", [0, 2], ids=["before the first question", "between two"])
def test_a_run_over_two_snapshots_is_none(asked: Path, index: IndexFolder, corpus: Path, before: int) -> None:
    judge = Judge(RestlessAssistant(index, corpus, before=before), [asked])
    judge.ask(str(asked))
    judge.wait()
    assert judge.asking is not None
    assert "the index changed during the run" in str(judge.asking.error)
    assert judge.runs.kept() == []


def test_one_set_is_asked_at_a_time_and_says_which(index: IndexFolder, asked: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("\n".join(f"- {{question: Is {nth} a number?, answerable: false}}" for nth in range(500)))
    judge = Judge(Assistant(index), [asked, other])
    judge.ask(str(other))
    with pytest.raises(CitewellError, match=r"other\.yaml is running; wait"):
        judge.ask(str(asked))
    judge.cancel()
    judge.wait()


def test_what_a_set_holds_is_read_again_only_when_it_has_changed(judge: Judge, asked: Path) -> None:
    first = next(judge.statuses())
    assert next(judge.statuses()) is first
    asked.write_text(SET + "- {question: Another?, answerable: false}\n", encoding="utf-8")
    assert next(judge.statuses()).questions == 4


def test_what_is_missing_or_damaged_is_said(judge: Judge, asked: Path, index: IndexFolder) -> None:
    asked.unlink()
    assert "there is no question set" in str(next(judge.statuses()).error)
    judge.ask(str(asked))
    judge.wait()
    assert judge.asking is not None
    assert "there is no question set" in str(judge.asking.error)
    with pytest.raises(UsageError, match="no question set"):
        judge.ask("/etc/passwd")
    for name in ("../../small", "/etc/passwd", ""):
        with pytest.raises(UsageError, match="there is no run"):
            judge.runs.load(name)
    StateFolder.beside(index.path).runs.mkdir(parents=True)
    (StateFolder.beside(index.path).runs / "broken.jsonl").write_text("{}", encoding="utf-8")
    assert [(each.name, each.title) for each in judge.runs.kept()] == [("broken", "broken")]
    with pytest.raises(QuestionError, match="not a saved run"):
        judge.result("broken")


def test_feedback_becomes_a_question_once(judge: Judge, index: IndexFolder, asked: Path) -> None:
    store = FeedbackStore(StateFolder.beside(index.path).path)
    answer = Assistant(index).ask("What do otters do at night?")
    store.add(about(answer, (), "right passage", 1))
    store.add(about(answer, (), "unhelpful"))
    one, other = judge.waiting()
    assert one.suggested is not None
    assert other.suggested is None
    key = next(iter(choices(one)))
    assert one.feedback.id is not None
    with pytest.raises(CitewellError, match="choose again"):
        judge.accept(one.feedback.id, "0" * 16, str(asked))
    with pytest.raises(UsageError, match="no question set"):
        judge.accept(one.feedback.id, key, "other.yaml")
    assert judge.accept(one.feedback.id, key, str(asked))
    with pytest.raises(CitewellError, match="already reviewed"):
        judge.accept(one.feedback.id, key, str(asked))
    assert other.feedback.id is not None
    with pytest.raises(CitewellError, match="already reviewed"):
        judge.reject(other.feedback.id, feedback_key(one.feedback))
    assert len(judge.waiting()) == 1
    judge.reject(other.feedback.id, feedback_key(other.feedback))
    assert judge.waiting() == []
    assert asked.read_text(encoding="utf-8").startswith("\n# What we ask.")
    added = read_questions(asked).questions[-1]
    assert (added.question, added.kind, added.answers) == (
        "What do otters do at night?",
        "feedback",
        one.suggested.answers,
    )


def test_a_set_that_has_the_question_with_another_answer_keeps_both_open(
    judge: Judge, asked: Path, index: IndexFolder
) -> None:
    store = FeedbackStore(StateFolder.beside(index.path).path)
    answer = Assistant(index).ask("What do otters eat?")
    store.add(about(answer, (), "right passage", 2))
    (review,) = judge.waiting()
    assert review.suggested is not None
    written = asked.read_text(encoding="utf-8")
    assert not judge.accept(review.feedback.id or 0, next(iter(choices(review))), str(asked))
    assert asked.read_text(encoding="utf-8") == written
    assert len(judge.waiting()) == 1


def test_only_who_may_judges(index: IndexFolder, asked: Path) -> None:
    assistant = Assistant(index)
    public = ServerOptions(public=True, questions=[asked])
    with TestClient(create_app(assistant, public), base_url="http://127.0.0.1") as client:
        assert client.get("/plotly.js").status_code == 404
    with TestClient(create_app(assistant, ServerOptions(questions=[asked])), base_url="http://127.0.0.1") as client:
        got = client.get("/plotly.js?v=1")
        assert got.headers["content-type"].startswith("text/javascript")
        assert "immutable" in got.headers["cache-control"]


def test_what_was_wanted_is_shown_in_its_surroundings_while_they_stand(
    judge: Judge, asked: Path, index: IndexFolder, corpus: Path
) -> None:
    # Asked for one thing, and wanting another, so that it is missed.
    asked.write_text(
        "- {question: Who won the cup in 1987?, answers: [{document: moon.txt, quote: It has no air}]}\n",
        encoding="utf-8",
    )
    name = ran(judge)
    (miss,) = judge.result(name).misses
    assert (miss.wanted[0].marked, miss.wanted[0].before.endswith("days. ")) == ("It has no air", True)
    moon = corpus / "moon.txt"
    moon.write_text("Shifted. " + moon.read_text(encoding="utf-8"), encoding="utf-8")
    build(corpus, index, Settings())
    (miss,) = judge.result(name).misses
    assert (miss.wanted[0].marked, miss.wanted[0].before, miss.wanted[0].after) == ("It has no air", "", "")

"""What readers say about answers, kept in a real file until a person decides."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from citewell import Assistant
from citewell.answer import Answer, Turn
from citewell.errors import CitewellError, FeedbackError
from citewell.evaluation.questions.feedback import FeedbackStore, about
from citewell.search.follow_up import context_of
from citewell.state.folder import FEEDBACK

HISTORY = (Turn("user", "What is international cooperation?"), Turn("assistant", "It is a key component."))


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask("What are its challenges?", history=HISTORY)


def test_a_right_passage_is_kept_with_all_that_it_takes_to_make_a_question(answer: Answer, tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    name = store.add(about(answer, HISTORY, "right passage", 2))
    (kept,) = FeedbackStore(tmp_path).pending()
    right = answer.passages[1]
    assert (kept.id, kept.verdict, kept.rank) == (name, "right passage", 2)
    assert (kept.question, kept.history, kept.snapshot) == (answer.question, HISTORY, answer.snapshot)
    assert kept.place is not None
    assert (kept.place.document, kept.place.span) == (right.document, right.highlights[0])
    first = right.highlights[0].start - right.span.start
    assert right.text[first:].startswith(kept.quote or "nothing")
    assert [each.span for each in kept.passages] == [passage.span for passage in answer.passages]
    assert kept.said is not None


def test_what_is_said_again_of_an_answer_takes_the_place_of_what_was_said_before(
    answer: Answer, tmp_path: Path
) -> None:
    store = FeedbackStore(tmp_path)
    store.add(about(answer, (), "helpful"), answer="one")
    store.add(about(answer, (), "right passage", 1), answer="one")
    store.add(about(answer, (), "unhelpful"), answer="one")
    store.add(about(answer, (), "helpful"), answer="another")
    assert [(each.verdict, each.rank) for each in store.pending()] == [
        ("right passage", 1),
        ("unhelpful", None),
        ("helpful", None),
    ]
    store.withdraw("one", 1)
    store.withdraw("another")
    assert [each.verdict for each in store.pending()] == ["unhelpful"]


def test_what_was_decided_is_not_asked_again_nor_withdrawn(answer: Answer, tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    for verdict in ("helpful", "nothing here"):
        store.add(about(answer, (), verdict), answer=verdict)
    helpful, nothing = store.pending()
    store.decide(helpful, "accepted")
    assert [each.id for each in store.pending()] == [nothing.id]
    store.withdraw("helpful")
    store.decide(nothing, "rejected")
    assert store.pending() == []


def test_many_readers_at_once_lose_nothing(answer: Answer, tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        names = list(threads.map(lambda _: store.add(about(answer, (), "helpful")), range(40)))
    assert len(set(names)) == len(store.pending()) == 40


def test_nothing_is_pending_where_nobody_has_said_anything(tmp_path: Path) -> None:
    assert FeedbackStore(tmp_path).pending() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
@pytest.mark.promise("secrets")
def test_only_its_owner_reads_what_was_said_also_where_an_older_version_kept_it(answer: Answer, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = FeedbackStore(tmp_path / "state")
        store.add(about(answer, (), "helpful"))
        (kept,) = (tmp_path / "state").glob(f"{FEEDBACK}*")
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
        kept.chmod(0o644)
        store.add(about(answer, (), "helpful"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_of_what_was_said_before_only_what_a_follow_up_can_use_is_kept(answer: Answer, tmp_path: Path) -> None:
    long = "What is international cooperation? " * 100
    history = (Turn("user", "How tall is Mount Everest?"), Turn("assistant", "High."), Turn("user", long), HISTORY[1])
    store = FeedbackStore(tmp_path)
    store.add(about(answer, history, "helpful"))
    (kept,) = store.pending()
    assert kept.history == (Turn("user", long[:1000]), HISTORY[1])


def test_a_question_is_understood_the_same_with_what_is_kept(assistant: Assistant) -> None:
    history = (Turn("user", "How tall is Mount Everest?"), Turn("assistant", "High. " * 500), *HISTORY)
    given = assistant.ask("What are its challenges?", history=history)
    again = assistant.ask("What are its challenges?", history=context_of(history))
    assert given.understood_with == again.understood_with
    assert [(each.span, each.score) for each in given.passages] == [(each.span, each.score) for each in again.passages]


@pytest.mark.parametrize("limit", ["MOST_PENDING", "MOST_BYTES"])
def test_more_than_anybody_goes_through_is_refused_and_nothing_is_lost(
    answer: Answer, tmp_path: Path, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FeedbackStore(tmp_path)
    for nth in range(3):
        store.add(about(answer, (), "helpful"), answer=f"{nth}")
    size = sum(len(row) for row in _rows(tmp_path))
    monkeypatch.setattr(f"citewell.state.reviewing.{limit}", 3 if limit == "MOST_PENDING" else size)
    with pytest.raises(FeedbackError, match="citewell questions from-feedback SET --state"):
        store.add(about(answer, (), "helpful"), answer="one more")
    # A second thought takes the place of the first, and what is decided on makes room.
    store.add(about(answer, (), "helpful"), answer="2")
    assert len(store.pending()) == 3
    store.decide(store.pending()[0], "rejected")
    store.add(about(answer, (), "helpful"), answer="one more")
    assert len(store.pending()) == 3


def test_what_the_first_versions_kept_is_still_read(answer: Answer, tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    store.add(about(answer, HISTORY, "right passage", 2))
    (now,) = store.pending()
    turns = json.dumps([[turn.role, turn.content] for turn in now.history])
    places = json.dumps([[place.document, place.start, place.end] for place in now.passages])
    with closing(sqlite3.connect(tmp_path / FEEDBACK)) as connection, connection:
        connection.execute("UPDATE feedback SET history = ?, passages = ?", (turns, places))
    assert store.pending() == [now]


def _rows(folder: Path) -> list[bytes]:
    with closing(sqlite3.connect(folder / FEEDBACK)) as connection:
        found = connection.execute("SELECT question || history || passages || ifnull(quote, '') FROM feedback")
        return [row.encode() for (row,) in found]


def test_taking_back_what_nobody_said_makes_no_file(tmp_path: Path) -> None:
    assert FeedbackStore(tmp_path / "state").withdraw("x" * 16) is False
    assert list(tmp_path.iterdir()) == []


def test_what_makes_no_sense_is_refused(answer: Answer) -> None:
    with pytest.raises(CitewellError, match="no verdict 'wonderful'"):
        about(answer, (), "wonderful")  # type: ignore[arg-type]
    with pytest.raises(CitewellError, match="which of the shown passages"):
        about(answer, (), "right passage")
    with pytest.raises(CitewellError, match="no passage 99"):
        about(answer, (), "right passage", 99)


def test_a_file_that_is_no_database_is_named(answer: Answer, tmp_path: Path) -> None:
    (tmp_path / FEEDBACK).write_text("not a database, but long enough to be looked at as one " * 50)
    with pytest.raises(CitewellError, match=rf"feedback in .*{FEEDBACK} cannot be used"):
        FeedbackStore(tmp_path).add(about(answer, (), "helpful"))

"""The contract of user data (`state.storage`), which every engine keeps: files, and tables in PostgreSQL."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from citewell.errors import AccountsError, FeedbackFullError, UsageError
from citewell.state.accounts import Account
from citewell.state.copying import Copied, copy
from citewell.state.files.state import FileState
from citewell.state.folder import StateFolder
from citewell.state.opening import open_state
from citewell.state.storage import FeedbackRow, State
from citewell.web.auth.accounts import AccountStore
from citewell.web.auth.sessions import Sessions
from tests.support.accounts import OTHER, PHRASE, QUICK
from tests.support.postgres import database

Opened = Callable[[], State]


@pytest.fixture(params=["files", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Opens the same user data, as another server does."""
    if request.param == "files":
        yield lambda: FileState(StateFolder(tmp_path / "state"))
        return
    address = request.getfixturevalue("postgres")
    there: list[State] = []

    def another() -> State:
        there.append(open_state(created, StateFolder(tmp_path / "state")))
        return there[-1]

    with database(address, secrets.token_hex(8)) as created:
        yield another
        for each in there:
            each.close()


def rated(**fields: object) -> FeedbackRow:
    """A piece of feedback with characters that not every text may have."""
    row: dict[str, object] = {
        "said": "2026-11-29T12:00:00+00:00",
        "question": "What do\0otters eat?",
        "history": "[]",
        "snapshot": "s",
    }
    row |= {"verdict": "helpful", "document": "a.md", "start": 1, "end": 2, "quote": "“fish”", "passages": "[]"}
    return FeedbackRow(**(row | {"part": 0, "answer": "first"} | fields))  # type: ignore[arg-type]


@pytest.mark.promise("closed-by-default")
def test_accounts_are_there_for_every_server_from_the_first_on(opened: Opened) -> None:
    one, other = AccountStore(opened().accounts, QUICK), AccountStore(opened().accounts, QUICK)
    assert not one.is_there()
    for refused in (one.accounts, lambda: one.remove("ada")):
        with pytest.raises(AccountsError, match="there are no accounts in") as told:
            refused()
        assert told.value.command == one.add_command
    added = one.add("Ada", "maintainer", PHRASE)
    assert other.is_there()
    assert other.accounts() == {"ada": added}
    assert other.sign_in("ada", PHRASE) == added
    assert other.sign_in("ada\0", PHRASE) is None
    with pytest.raises(UsageError, match="exists already"):
        other.add("ada", "reader", OTHER)
    token = other.new_token("ada")
    assert one.of_token(token) == one.kept.named("ada")
    assert one.of_token("another") is None
    other.set_role("ada", "reader")
    assert one.sign_in("ada", PHRASE) == one.of_token(token)
    one.set_password("ada", OTHER)
    assert (other.sign_in("ada", PHRASE), other.of_token(token)) == (None, None)
    other.add("bob", "reader", PHRASE)
    other.remove("ada")
    assert list(one.accounts()) == ["bob"]
    # Without its last account, a server stays closed.
    one.remove("bob")
    assert other.is_there()
    assert other.kept.named("bob") is None


def test_a_change_of_accounts_that_fails_changes_nothing(opened: Opened) -> None:
    kept = opened().accounts
    AccountStore(kept, QUICK).add("ada", "reader", PHRASE)
    before = dict(kept.all())

    def failing(accounts: dict[str, Account]) -> None:
        accounts.clear()
        raise UsageError("not this one")

    with pytest.raises(UsageError, match="not this one"):
        kept.edit(failing)
    assert opened().accounts.all() == before


def test_changes_of_accounts_at_once_are_all_made(opened: Opened) -> None:
    AccountStore(opened().accounts, QUICK).add("user", "reader", PHRASE)
    stores = [AccountStore(opened().accounts, QUICK) for _ in range(4)]
    threads = [
        threading.Thread(target=store.add, args=(f"user{nth}", "reader", PHRASE)) for nth, store in enumerate(stores)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stores[0].accounts()) == ["user", "user0", "user1", "user2", "user3"]


@pytest.mark.promise("secrets")
def test_a_session_of_one_server_is_one_of_the_other_until_it_ends_at_either(opened: Opened) -> None:
    stores = [AccountStore(opened().accounts, QUICK) for _ in range(2)]
    ada = stores[0].add("ada", "reader", PHRASE)
    one, other = (Sessions(store) for store in stores)
    assert stores[0].key() == stores[1].key()
    assert len(stores[0].key()) == 64
    session: dict[str, object] = {}
    one.begin(session, ada)
    copied = dict(session)
    assert other.account(session) == ada
    other.end(session)
    assert one.account(copied) is None
    one.begin(session, ada)
    assert other.account(session) == ada
    stores[1].remove("ada")
    assert one.account(session) is None


def test_many_ended_sessions_become_one_line_and_stay_ended(opened: Opened) -> None:
    store = AccountStore(opened().accounts, QUICK)
    store.add("ada", "reader", PHRASE)
    ended, until = store.kept.ended(), time.time() + 1000
    for nth in range(102):
        ended.add("ada", f"{nth}", until + nth)
    again = opened().accounts.ended()
    assert all(again.holds("ada", f"{nth}", until + nth) for nth in range(102))
    assert not again.holds("ada", "later", until + 200)
    assert not again.holds("bob", "0", until)


def test_feedback_of_one_server_is_reviewed_at_the_other(opened: Opened) -> None:
    one, other = opened().feedback, opened().feedback
    assert (one.pending(), one.right_passages(), one.withdraw("first", 0)) == ([], [], False)
    one.add(rated(verdict="unhelpful"))
    number = other.add(rated())
    right = one.add(rated(verdict="right passage", part=2))
    assert [(row.id, row.verdict, row.part) for row in one.pending()] == [
        (number, "helpful", 0),
        (right, "right passage", 2),
    ]
    assert other.pending()[0] == rated(id=number)
    assert [row.id for row in other.right_passages()] == [right]
    other.decide(number, "accepted")
    one.decide(right, "rejected")
    assert (one.pending(), one.right_passages()) == ([], [])
    # Reviewed feedback cannot be withdrawn.
    assert one.withdraw("first", 0) is False
    nameless = [one.add(rated(answer=None)) for _ in range(2)]
    assert [row.id for row in other.pending()] == nameless
    one.add(rated(answer="second"))
    assert other.withdraw("second", 0) is True
    assert len(one.pending()) == 2


@pytest.mark.parametrize("limit", ["MOST_PENDING", "MOST_BYTES"])
def test_too_much_feedback_is_refused_and_names_its_place(
    opened: Opened, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = opened()
    state.feedback.add(rated())
    monkeypatch.setattr(f"citewell.state.reviewing.{limit}", 1)
    with pytest.raises(FeedbackFullError, match="too much feedback") as told:
        state.feedback.add(rated(answer="second"))
    assert state.place in str(told.value)
    assert [row.answer for row in state.feedback.pending()] == ["first"]


def test_runs_are_listed_and_read_by_every_server(opened: Opened) -> None:
    one, other = opened().runs, opened().runs
    assert (one.heads(), one.text("a")) == ({}, None)
    one.add("a", '{"run": "é"}\n{"x": 1}\n{"y": "\u2028"}\n')
    other.add("b", "only\n")
    assert other.heads() == one.heads() == {"a": '{"run": "é"}\n', "b": "only\n"}
    assert other.text("a") == '{"run": "é"}\n{"x": 1}\n{"y": "\u2028"}\n'
    assert [other.text(name) for name in ("../state/a", "A", "a\0", "")] == [None] * 4
    assert "a" in one.described("a")


@pytest.mark.promise("limits")
def test_a_window_has_room_again_when_its_first_cost_leaves_it(opened: Opened) -> None:
    counts = opened().counts("questions", 3, 1.0)
    assert [counts.hit("ada", cost) for cost in (1, 2)] == [0, 0]
    assert 0 < counts.hit("ada", 1) <= 1
    assert 0 < counts.wait("ada") <= 1
    assert (counts.counted("ada"), counts.counted("bob"), counts.wait("bob")) == (3, 0, 0)
    assert counts.hit("bob\0\udc80", 1) == 0
    # The time passes that is counted.
    time.sleep(1.05)
    assert (counts.counted("ada"), counts.wait("ada"), counts.hit("ada", 3)) == (0, 0, 0)


def test_what_is_copied_is_all_there_and_not_copied_twice(opened: Opened, tmp_path: Path) -> None:
    source, target = FileState(StateFolder(tmp_path / "before")), opened()
    assert copy(source, target) == Copied(0, 0, 0)
    assert not target.accounts.is_there()
    AccountStore(source.accounts, QUICK).add("ada", "reader", PHRASE)
    decided = [source.feedback.add(rated(verdict="right passage", answer=f"{nth}")) for nth in range(3)]
    source.feedback.decide(decided[0], "accepted")
    source.feedback.decide(decided[1], "rejected")
    source.runs.add("a", "one\ntwo\n")
    assert copy(source, target) == Copied(1, 2, 1)
    assert copy(source, target) == Copied(0, 0, 0)
    assert target.accounts.all() == source.accounts.all()
    assert [row.answer for row in target.feedback.pending()] == ["2"]
    assert [row.answer for row in target.feedback.right_passages()] == ["0", "2"]
    assert target.runs.text("a") == "one\ntwo\n"
    AccountStore(source.accounts, QUICK).set_password("ada", OTHER)
    with pytest.raises(UsageError, match="another account 'ada'"):
        copy(source, target)


def test_places_are_named_without_a_password(opened: Opened) -> None:
    state = opened()
    said = [state.place, state.accounts.place, state.accounts.add_command, state.runs.described("a")]
    assert not any(":" in each.partition("@")[0].partition("//")[2] for each in said)

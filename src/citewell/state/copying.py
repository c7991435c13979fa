"""Copies user data from one place to another, such as from the folder of one server to the database of several."""

from __future__ import annotations

from dataclasses import dataclass

from citewell.errors import UsageError
from citewell.state.accounts import Account
from citewell.state.storage import FeedbackRow, FeedbackRows, State


@dataclass(frozen=True, slots=True)
class Copied:
    """How many accounts, pieces of feedback and runs were copied."""

    accounts: int
    feedback: int
    runs: int


def copy(source: State, target: State) -> Copied:
    """Copy accounts, feedback and runs; what is there already is not copied again. Sessions are not: people sign in again.

    Of the feedback that was reviewed, only right passages are copied, because nothing else is read of it.

    Args:
        source: Where they are; it is not changed.
        target: Where they are copied to.

    Raises:
        UsageError: The target has another account of the same name.
        CitewellError: One of them cannot be used.
    """
    return Copied(_accounts(source, target), _feedback(source.feedback, target.feedback), _runs(source, target))


def _accounts(source: State, target: State) -> int:
    if not source.accounts.is_there():
        return 0
    theirs = source.accounts.all()
    new: set[str] = set()

    def taken(accounts: dict[str, Account]) -> None:
        for name, account in theirs.items():
            if accounts.get(name, account) != account:
                raise UsageError(
                    f"{target.place} has another account {name!r} than {source.place}",
                    hint="remove one of them, then copy again",
                    command=f"citewell user remove {name}",
                )
        new.clear()
        new.update(theirs.keys() - accounts.keys())
        accounts.update(theirs)

    target.accounts.edit(taken, first=True)
    return len(new)


def _feedback(source: FeedbackRows, target: FeedbackRows) -> int:
    waiting = {row.id: row for row in source.pending()}
    rows = waiting | {row.id: row for row in source.right_passages()}
    there = {_name(row) for row in (*target.pending(), *target.right_passages())}
    new = [row for _, row in sorted(rows.items()) if _name(row) not in there]
    for row in new:
        number = target.add(row)
        if row.id not in waiting:
            target.decide(number, "accepted")
    return len(new)


def _runs(source: State, target: State) -> int:
    new = sorted(source.runs.heads().keys() - target.runs.heads().keys())
    for name in new:
        target.runs.add(name, source.runs.text(name) or "")
    return len(new)


def _name(row: FeedbackRow) -> tuple[object, ...]:
    return row.said, row.question, row.answer, row.part

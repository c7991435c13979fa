"""Feedback in a SQLite file that only its owner can read."""

from __future__ import annotations

import shlex
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, fields

from citewell.errors import FeedbackError, StateError
from citewell.files import make_private, open_private
from citewell.state.folder import StateFolder
from citewell.state.reviewing import check_waiting
from citewell.state.storage import FeedbackRow

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY, said TEXT NOT NULL, question TEXT NOT NULL, history TEXT NOT NULL, snapshot TEXT NOT NULL,
    verdict TEXT NOT NULL, document TEXT, start INTEGER, end INTEGER, quote TEXT, passages TEXT NOT NULL, decision TEXT,
    answer TEXT, part INTEGER NOT NULL, UNIQUE (answer, part));
"""
_COLUMNS = [field.name for field in fields(FeedbackRow)]
_NEW = [name for name in _COLUMNS if name != "id"]
_ADD = f"INSERT OR REPLACE INTO feedback ({', '.join(_NEW)}) VALUES ({', '.join('?' * len(_NEW))})"  # noqa: S608
_WAITING = (
    "SELECT count(*), sum(length(CAST(question || history || passages || ifnull(quote, '') AS BLOB)))"
    " FROM feedback WHERE decision IS NULL"
)


class FeedbackFile:
    """The feedback in one file (`storage.FeedbackRows`).

    Args:
        folder: Its folder; it is created with the first feedback.
    """

    def __init__(self, folder: StateFolder) -> None:
        self._state = folder
        self._file = folder.feedback

    def add(self, row: FeedbackRow) -> int:
        """Store feedback (`storage.FeedbackRows.add`)."""
        with self._open() as connection:
            added = connection.execute(_ADD, [value for name, value in _values(row) if name != "id"])
            waiting, size = connection.execute(_WAITING).fetchone()
            # An error inside the transaction rolls it back.
            check_waiting(waiting, size, shlex.quote(str(self._state.path)))
        return int(added.lastrowid or 0)

    def withdraw(self, answer: str, part: int) -> bool:
        """Delete feedback (`storage.FeedbackRows.withdraw`)."""
        if not self._file.is_file():
            return False
        with self._open() as connection:
            gone = connection.execute(
                "DELETE FROM feedback WHERE answer = ? AND part = ? AND decision IS NULL", (answer, part)
            )
        return gone.rowcount > 0

    def pending(self) -> list[FeedbackRow]:
        """Return the feedback that was not reviewed yet, oldest first."""
        return self._where("decision IS NULL")

    def right_passages(self) -> list[FeedbackRow]:
        """Return the feedback that marks a right passage and was not rejected, oldest first."""
        return self._where("verdict = 'right passage' AND decision IS NOT 'rejected'")

    def decide(self, feedback: int, decision: str) -> None:
        """Record the decision on feedback."""
        with self._open() as connection:
            connection.execute("UPDATE feedback SET decision = ? WHERE id = ?", (decision, feedback))

    def _where(self, condition: str) -> list[FeedbackRow]:
        if not self._file.is_file():
            return []
        with self._open() as connection:
            found = connection.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM feedback WHERE {condition} ORDER BY id"  # noqa: S608 - our own words
            ).fetchall()
        return [FeedbackRow(**dict(zip(_COLUMNS, row, strict=True))) for row in found]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._make()
            with closing(sqlite3.connect(self._file, timeout=10)) as connection, connection:
                connection.executescript(_SCHEMA)
                yield connection
        except StateError as error:
            raise FeedbackError(error.message, command=error.command, hint=error.hint) from error
        except (OSError, sqlite3.Error) as error:
            raise FeedbackError(
                f"the feedback in {self._file} cannot be used: {error}",
                hint="give this user read and write access, or choose another folder with --state DIR",
            ) from error

    def _make(self) -> None:
        """Create the file, readable only by its owner; SQLite gives its other files the same permissions."""
        self._state.create()
        try:
            open_private(self._file).close()
        except FileExistsError:
            if self._file.is_file() and stat.S_IMODE(self._file.stat().st_mode) & 0o077:
                make_private(self._file)


def _values(row: FeedbackRow) -> list[tuple[str, object]]:
    return list(zip(_COLUMNS, astuple(row), strict=True))

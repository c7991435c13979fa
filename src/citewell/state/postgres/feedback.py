"""Feedback in PostgreSQL."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict

from citewell.errors import FeedbackError
from citewell.postgres.texts import plain
from citewell.state.postgres.connecting import Connection, Connections, failing_as
from citewell.state.postgres.schema import FEEDBACK_LOCK
from citewell.state.reviewing import check_waiting
from citewell.state.storage import FeedbackRow

# The rest of a row is JSON, with characters escaped that a text of PostgreSQL may not have.
_ADD = "INSERT INTO feedback (answer, part, verdict, content) VALUES (%s, %s, %s, %s) RETURNING id"
_WAITING = "SELECT count(*), coalesce(sum(octet_length(content)), 0) FROM feedback WHERE decision IS NULL"


class PostgresFeedback:
    """The feedback in a database (`storage.FeedbackRows`).

    Args:
        connections: The database.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, row: FeedbackRow) -> int:
        """Store feedback (`storage.FeedbackRows.add`)."""
        answer = plain(row.answer) if row.answer is not None else None

        def added(connection: Connection) -> int:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [FEEDBACK_LOCK])
            connection.execute("DELETE FROM feedback WHERE answer = %s AND part = %s", [answer, row.part])
            values = [answer, row.part, row.verdict, json.dumps(asdict(row))]
            (number,) = connection.execute(_ADD, values).fetchone() or (0,)
            waiting, size = connection.execute(_WAITING).fetchone() or (0, 0)
            # An error inside the transaction rolls it back.
            check_waiting(waiting, int(size), shlex.quote(str(self._connections.address)))
            return int(number)

        with failing_as(FeedbackError):
            return self._connections.write(added)

    def withdraw(self, answer: str, part: int) -> bool:
        """Delete feedback (`storage.FeedbackRows.withdraw`)."""

        def withdrawn(connection: Connection) -> bool:
            gone = "DELETE FROM feedback WHERE answer = %s AND part = %s AND decision IS NULL"
            return connection.execute(gone, [plain(answer), part]).rowcount > 0

        with failing_as(FeedbackError):
            return self._connections.write(withdrawn)

    def pending(self) -> list[FeedbackRow]:
        """Return the feedback that was not reviewed yet, oldest first."""
        return self._where("decision IS NULL")

    def right_passages(self) -> list[FeedbackRow]:
        """Return the feedback that marks a right passage and was not rejected, oldest first."""
        return self._where("verdict = 'right passage' AND decision IS DISTINCT FROM 'rejected'")

    def decide(self, feedback: int, decision: str) -> None:
        """Record the decision on feedback."""
        with failing_as(FeedbackError):
            self._connections.write(
                lambda connection: connection.execute(
                    "UPDATE feedback SET decision = %s WHERE id = %s", [decision, feedback]
                )
            )

    def _where(self, condition: str) -> list[FeedbackRow]:
        with failing_as(FeedbackError):
            rows = self._connections.read(f"SELECT id, content FROM feedback WHERE {condition} ORDER BY id")  # noqa: S608
        return [FeedbackRow(**(json.loads(content) | {"id": number})) for number, content in rows]

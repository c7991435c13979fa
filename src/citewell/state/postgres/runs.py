"""Saved runs in PostgreSQL."""

from __future__ import annotations

from citewell.postgres.texts import plain
from citewell.state.postgres.connecting import Connections


class PostgresRuns:
    """The runs in a database (`storage.RunTexts`).

    Args:
        connections: The database.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def heads(self) -> dict[str, str]:
        """Return the first line of each run by name."""
        return dict(self._connections.read("SELECT name, head FROM runs"))

    def text(self, name: str) -> str | None:
        """Return a run (`storage.RunTexts.text`)."""
        rows = self._connections.read("SELECT head || rest FROM runs WHERE name = %s", (plain(name),))
        return str(rows[0][0]) if rows else None

    def add(self, name: str, text: str) -> None:
        """Store a run (`storage.RunTexts.add`)."""
        head, end, rest = text.partition("\n")
        values = [name, head + end, rest]
        self._connections.write(lambda connection: connection.execute("INSERT INTO runs VALUES (%s, %s, %s)", values))

    def described(self, name: str) -> str:
        """Return what a run is called in errors."""
        return f"the run {name} in {self._connections.address}"

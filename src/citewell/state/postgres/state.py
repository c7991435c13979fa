"""User data in a database that several servers share (`storage.State`)."""

from __future__ import annotations

from citewell.postgres.address import Address
from citewell.state.folder import StateFolder
from citewell.state.postgres.accounts import PostgresAccounts
from citewell.state.postgres.connecting import Connections
from citewell.state.postgres.feedback import PostgresFeedback
from citewell.state.postgres.limits import PostgresCounts
from citewell.state.postgres.runs import PostgresRuns


class PostgresState:
    """The user data in a database. The tables are made when they are first used.

    Args:
        address: The address of the database.
        folder: The folder of this machine for documents that were replaced or removed.

    Raises:
        UsageError: The address is not one.
    """

    def __init__(self, address: str, folder: StateFolder) -> None:
        self.folder = folder
        self.connections = Connections(Address(address))
        self.accounts = PostgresAccounts(self.connections)
        self.feedback = PostgresFeedback(self.connections)
        self.runs = PostgresRuns(self.connections)

    @property
    def place(self) -> str:
        """The database, without a password."""
        return str(self.connections.address)

    def counts(self, limit: str, most: int, seconds: float) -> PostgresCounts:
        """Return the counts of a limit, which all servers share."""
        return PostgresCounts(self.connections, limit, most, seconds)

    def close(self) -> None:
        """Close its connections."""
        self.connections.close()

"""The connections of a process to a database: a question that loses its connection is asked once more."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from citewell.errors import IndexFaultError, IndexUnreadableError
from citewell.index.postgres.address import Address
from citewell.index.postgres.schema import SCHEMA
from citewell.index.segment_rows import Row

Connection = psycopg.Connection[Row]

_MOST = 8
# To a server that does not answer; with several hosts, to each of them.
_CONNECT_SECONDS = 5
# Queries are short, and compiling them takes longer than to run them.
_SESSION = f"SET search_path TO {SCHEMA}, public; SET jit TO off"


class Connections:
    """The connections of a process to one database. Thread-safe.

    Args:
        address: The database.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            address.conninfo,
            min_size=0,
            max_size=_MOST,
            open=False,
            kwargs={"autocommit": True, "connect_timeout": _CONNECT_SECONDS},
            configure=_configure,
            timeout=2 * _CONNECT_SECONDS,
            name="citewell",
        )
        self._pool.open()
        self.close = weakref.finalize(self, self._pool.close)

    def all(self, query: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query that changes nothing; a lost connection is tried once more, at any of the hosts.

        Raises:
            IndexUnreadableError: The database cannot be reached, or its answer was lost twice.
            IndexFaultError: It refuses the query.
        """
        try:
            return self._ask(query, parameters)
        except psycopg.OperationalError:
            # The others were lost with the same server.
            self._pool.check()
        except psycopg.Error as error:
            raise self.fault(error) from error
        try:
            return self._ask(query, parameters)
        except psycopg.Error as error:
            raise self.fault(error) from error

    def _ask(self, query: str, parameters: Sequence[object]) -> list[Row]:
        with self._pool.connection() as connection:
            return connection.execute(query, parameters, binary=True).fetchall()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Connect to the server that takes changes, for as long as the block runs.

        Raises:
            IndexUnreadableError: It cannot be reached, or the connection was lost.
            IndexFaultError: It refuses a change.
        """
        options: dict[str, Any] = {"autocommit": True, "connect_timeout": _CONNECT_SECONDS}
        try:
            with psycopg.connect(self.address.conninfo, target_session_attrs="read-write", **options) as connection:
                _configure(connection)
                yield connection
        except psycopg.Error as error:
            raise self.fault(error) from error

    def fault(self, error: psycopg.Error) -> IndexFaultError:
        """Return an error of the database as one of the index."""
        said = str(error).strip().partition("\n")[0]
        if isinstance(error, psycopg.OperationalError):
            return IndexUnreadableError(
                f"the database {self.address} cannot be reached: {said}",
                hint="start the server, or correct the address; a question can be asked again",
            )
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return IndexUnreadableError(
                f"the database {self.address} refuses this user: {said}", hint="ask its owner for the rights"
            )
        return IndexFaultError(f"the database {self.address} fails: {said}")


def _configure(connection: Connection) -> None:
    connection.execute(_SESSION)

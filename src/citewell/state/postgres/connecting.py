"""The connections of a process to the database of user data: asked again once if they are lost, and never written by half."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg_pool import ConnectionPool

from citewell.errors import AWAY_SECONDS, CitewellError, StateError
from citewell.postgres.address import Address
from citewell.postgres.pools import open_pool
from citewell.postgres.reasons import reason
from citewell.state.postgres import schema

Row = tuple[Any, ...]
Connection = psycopg.Connection[Row]
Result = TypeVar("Result")

_MOST = 8
# To a server that does not answer; with several hosts, to each of them.
_CONNECT_SECONDS = 5
# For so long after it could not be reached, a server is not tried again, so that not everyone waits for it.
_UNTRIED_SECONDS = 1.0
_OPTIONS: dict[str, Any] = {"autocommit": True}
_PRIMARY: dict[str, Any] = {"target_session_attrs": "read-write"}
_SESSION = f"SET search_path TO {schema.SCHEMA}"
_PRIMARY_NEEDED = "start the primary, or promote a standby; then try again"


class Connections:
    """The connections of a process. Thread-safe.

    The primary is asked, so that a change counts for every server at once. While there is none, any of the hosts is read.

    Args:
        address: The database.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        patience = {} if address.says("connect_timeout") else {"connect_timeout": _CONNECT_SECONDS}
        self._primary = _Pool(address, _OPTIONS | patience | _PRIMARY)
        self._any = _Pool(address, _OPTIONS | patience)
        self._lock = threading.Lock()
        self._is_ready = False

    def close(self) -> None:
        """Close all connections."""
        self._primary.close()
        self._any.close()

    def read(self, query: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query that changes nothing.

        Raises:
            StateError: The database cannot be reached, or refuses the query.
        """

        def asked(connection: Connection) -> list[Row]:
            return connection.execute(query, parameters).fetchall()

        with self._explained():
            self._prepare()
            try:
                return self._primary.use(asked)
            except psycopg.OperationalError:
                return self._any.use(asked)

    def write(self, change: Callable[[Connection], Result]) -> Result:
        """Run a change in one transaction of the primary; return what it returns.

        Args:
            change: Makes the change; called again if the connection was lost before the transaction was to end.

        Raises:
            StateError: There is no primary, it refuses the change, or the connection was lost while the transaction ended, so
                that it is unknown whether it did.
        """

        def changed(connection: Connection) -> Result:
            ending = False
            try:
                with connection.transaction():
                    result = change(connection)
                    ending = True
            except psycopg.OperationalError as error:
                if ending:
                    raise self._unknown(error) from error
                raise
            return result

        with self._explained():
            self._prepare()
            return self._primary.use(changed)

    def _prepare(self) -> None:
        """Create the tables, or check their version, once."""
        with self._lock:
            if self._is_ready:
                return
            if not self._looked(lambda connection: schema.is_there(connection, self.address)):
                self._primary.use(self._create)
            self._is_ready = True

    def _looked(self, look: Callable[[Connection], bool]) -> bool:
        try:
            return self._primary.use(look)
        except psycopg.OperationalError:
            return self._any.use(look)

    def _create(self, connection: Connection) -> None:
        with connection.transaction():
            schema.create(connection, self.address)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except psycopg.OperationalError as error:
            raise StateError(
                f"the database {self.address} cannot be reached: {reason(error)}",
                hint=_PRIMARY_NEEDED,
                seconds=AWAY_SECONDS,
            ) from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise StateError(
                f"the database {self.address} refuses this user its user data: {reason(error)}",
                hint="ask its owner for the rights (docs/postgresql.md), or name another place with --state",
            ) from error
        except psycopg.Error as error:
            raise StateError(f"the database {self.address} fails: {reason(error)}") from error

    def _unknown(self, error: psycopg.OperationalError) -> StateError:
        return StateError(
            f"the connection to {self.address} was lost at the end of a change, so that it is unknown whether it was made: "
            f"{reason(error)}",
            hint="look whether it was, and make it again if it was not",
        )


class _Pool:
    """Connections with the same options; they are given up together, because they are lost together.

    Args:
        address: The database.
        options: How to connect.
    """

    def __init__(self, address: Address, options: dict[str, Any]) -> None:
        self._address = address
        self._options = options
        self._lock = threading.Lock()
        self._opened: ConnectionPool[Connection] | None = None
        # Until when it is taken to be away, and why.
        self._away: tuple[float, psycopg.OperationalError] | None = None

    def use(self, work: Callable[[Connection], Result]) -> Result:
        """Do work with a connection; if that is lost, again, once, with a new one.

        Raises:
            psycopg.Error: That was lost, too, or the database refuses the work.
        """
        away = self._away
        if away and time.monotonic() < away[0]:
            raise away[1]
        try:
            result = self._used(work)
        except psycopg.OperationalError:
            result = self._used_again(work)
        self._away = None
        return result

    def _used_again(self, work: Callable[[Connection], Result]) -> Result:
        try:
            return self._used(work)
        except psycopg.OperationalError as error:
            self._away = time.monotonic() + _UNTRIED_SECONDS, error
            raise

    def _used(self, work: Callable[[Connection], Result]) -> Result:
        pool = self._pool()
        try:
            with pool.connection() as connection:
                return work(connection)
        except psycopg.OperationalError:
            self._give_up(pool)
            raise

    def close(self) -> None:
        """Close all connections; new ones are made when they are needed."""
        if self._opened:
            self._give_up(self._opened)

    def _pool(self) -> ConnectionPool[Connection]:
        with self._lock:
            if self._opened is None:
                self._opened = open_pool(
                    self._address,
                    self._options,
                    _configure,
                    most=_MOST,
                    seconds=_CONNECT_SECONDS,
                    name="citewell-state",
                )
                weakref.finalize(self, self._opened.close)
            return self._opened

    def _give_up(self, pool: ConnectionPool[Connection]) -> None:
        with self._lock:
            if self._opened is pool:
                self._opened = None
        pool.close()


@contextmanager
def failing_as(kind: type[CitewellError]) -> Iterator[None]:
    """Convert the errors of the block into those of one kind of user data."""
    try:
        yield
    except StateError as error:
        raise kind(error.message, command=error.command, hint=error.hint, seconds=error.seconds) from error


def _configure(connection: Connection) -> None:
    connection.execute(_SESSION)

"""The connections of a process to a database: a question that loses its connection is asked again, once."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from citewell.errors import IndexFaultError, IndexUnreadableError
from citewell.index.postgres import sending
from citewell.index.postgres.schema import SCHEMA
from citewell.index.segment_rows import Row
from citewell.postgres.address import Address
from citewell.postgres.pools import open_pool
from citewell.postgres.reasons import reason

Connection = psycopg.Connection[Row]

_SEGMENTS = "SELECT count(*) = %s FROM segments WHERE name = ANY(%s)"

_MOST = 8
# To a server that does not answer; with several hosts, to each of them.
_CONNECT_SECONDS = 5
# How long a standby may lag behind what was read of the primary.
_LAG_SECONDS = 5.0
_LOOK_SECONDS = 0.02
# Rows that are read at once, which can be texts.
_AT_ONCE = 256
_AGAIN = "start the server, or correct the address; a question can be asked again"
_PRIMARY_NEEDED = "start the primary, or promote a standby; then try again"
_OPTIONS: dict[str, Any] = {"autocommit": True}
# What a server says that has lost another one.
_LOST = "08"
_PRIMARY: dict[str, Any] = {"target_session_attrs": "read-write"}
# Queries are short, and compiling them takes longer than to run them. A graph (``graph``) first finds so many windows, and goes
# on where more are wanted, or those are not searched. Each shard counts its own rows.
_SESSION = (
    f"SET search_path TO {SCHEMA}, public; SET jit TO off;"
    " SET hnsw.ef_search TO 400; SET hnsw.iterative_scan TO relaxed_order; SET enable_partitionwise_aggregate TO on"
)


class Connections:
    """The connections of a process to one database. Thread-safe.

    Args:
        address: The database.
        primary: Whether only the server that takes changes is asked: a standby may know of them later.
    """

    def __init__(self, address: Address, *, primary: bool = False) -> None:
        self.address = address
        patience = {} if address.says("connect_timeout") else {"connect_timeout": _CONNECT_SECONDS}
        self._common = _OPTIONS | patience
        self._options = self._common | (_PRIMARY if primary else {})
        self._lock = threading.Lock()
        self._opened: ConnectionPool[Connection] | None = None

    @property
    def _pool(self) -> ConnectionPool[Connection]:
        """The pool, which is opened when it is first used."""
        with self._lock:
            if self._opened is None:
                self._opened = open_pool(
                    self.address, self._options, _configure, most=_MOST, seconds=_CONNECT_SECONDS, name="citewell"
                )
                weakref.finalize(self, self._opened.close)
            return self._opened

    def close(self) -> None:
        """Close all connections; nothing can be asked after that."""
        if self._opened:
            self._opened.close()

    def all(
        self,
        query: str,
        parameters: Sequence[object] = (),
        *,
        ready: Callable[[Connection], None] | None = None,
        by_values: bool = False,
    ) -> list[Row]:
        """Return all rows of a query that changes nothing; if the connection is lost, any of the hosts is asked again, once.

        Args:
            query: The query.
            parameters: Its parameters.
            ready: Called with the connection before it is used.
            by_values: Whether it is planned for these parameters, and no plan is kept.

        Raises:
            IndexUnreadableError: The database cannot be reached, or its answer was lost twice.
            IndexFaultError: It refuses the query.
        """
        prepare = False if by_values else None
        try:
            return self._ask(query, parameters, ready, prepare)
        except psycopg.OperationalError:
            # The others were lost with the same server.
            if self._opened:
                self._opened.check()
        except psycopg.Error as error:
            raise self.fault(error) from error
        try:
            return self._ask(query, parameters, ready, prepare)
        except psycopg.Error as error:
            raise self.fault(error) from error

    def _ask(
        self,
        query: str,
        parameters: Sequence[object],
        ready: Callable[[Connection], None] | None,
        prepare: bool | None,  # noqa: FBT001 - as psycopg has it
    ) -> list[Row]:
        with self._pool.connection() as connection:
            if ready:
                ready(connection)
            return connection.execute(query, parameters, prepare=prepare, binary=True).fetchall()

    def each(
        self, query: str, parameters: Sequence[object], *, ready: Callable[[Connection], None] | None = None
    ) -> Iterator[Row]:
        """Yield the rows of a query that has many, some at a time (`all`); if the connection is lost, that is an error."""
        try:
            with self._pool.connection() as connection, connection.transaction():
                if ready:
                    ready(connection)
                with connection.cursor("each") as cursor:
                    cursor.itersize = _AT_ONCE
                    yield from cursor.execute(query, parameters, binary=True)
        except psycopg.Error as error:
            raise self.fault(error) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Connect to the server that takes changes, for as long as the block runs.

        Raises:
            IndexUnreadableError: It cannot be reached, or the connection was lost.
            IndexFaultError: It refuses a change.
        """
        try:
            with psycopg.connect(self.address.conninfo, **self._common | _PRIMARY) as connection:
                _configure(connection)
                yield connection
        except psycopg.Error as error:
            raise self.fault(error, _PRIMARY_NEEDED) from error

    def fault(self, error: psycopg.Error, hint: str = _AGAIN) -> IndexFaultError:
        """Return an error of the database as one of the index; the hint is for one that cannot be reached."""
        said = reason(error)
        if error.sqlstate and error.sqlstate.startswith(_LOST):
            return IndexUnreadableError(
                f"a shard of the database {self.address} cannot be reached: {said}",
                hint="start the shard, or a standby that its foreign server names; then try again",
            )
        if isinstance(error, psycopg.OperationalError):
            return IndexUnreadableError(
                f"the database {self.address} cannot be reached: {said}",
                hint=hint,
            )
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return IndexUnreadableError(
                f"the database {self.address} refuses this user: {said}", hint="ask its owner for the rights"
            )
        return IndexFaultError(f"the database {self.address} fails: {said}")


class Awaited:
    """What a server must have before it is asked: a standby, which may lag behind one that was asked before, is waited for.

    Its changes come in the order in which they were made, so that all rows of a segment are there when its name is.

    Args:
        query: Returns whether it is there, and nothing else.
        parameters: Its parameters.
    """

    def __init__(self, query: str, parameters: Sequence[object]) -> None:
        self._query = f"SELECT ({query}), pg_is_in_recovery()"
        self._parameters = parameters
        self._ready: weakref.WeakSet[Connection] = weakref.WeakSet()

    def __call__(self, connection: Connection) -> None:
        """Wait for the server of a connection, once.

        Raises:
            psycopg.OperationalError: It does not get it.
        """
        if connection in self._ready:
            return
        until = time.monotonic() + _LAG_SECONDS
        # What a primary does not have is missing, which is said where it is needed.
        while self._is_late(connection):
            if time.monotonic() > until:
                raise psycopg.OperationalError("a standby lags behind, and does not have the newest snapshot yet")
            time.sleep(_LOOK_SECONDS)
        self._ready.add(connection)

    def _is_late(self, connection: Connection) -> bool:
        is_there, is_standby = connection.execute(self._query, self._parameters).fetchone() or (False, False)
        return is_standby and not is_there


class SnapshotConnections:
    """The connections that read one snapshot, of servers that have its segments. Thread-safe.

    Args:
        database: The database.
        segments: The names of the segments.
    """

    def __init__(self, database: Connections, segments: Sequence[str]) -> None:
        self.address = database.address
        self.database = database
        self._segments = Awaited(_SEGMENTS, (len(segments), list(segments)))

    def all(self, query: str, parameters: Sequence[object] = (), *, by_values: bool = False) -> list[Row]:
        """Return all rows of a query (`Connections.all`)."""
        return self.database.all(query, parameters, ready=self._segments, by_values=by_values)

    def each(self, query: str, parameters: Sequence[object]) -> Iterator[Row]:
        """Yield the rows of a query that has many (`Connections.each`)."""
        return self.database.each(query, parameters, ready=self._segments)


def _configure(connection: Connection) -> None:
    sending.adapt(connection)
    connection.execute(_SESSION)

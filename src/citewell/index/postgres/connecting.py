"""The connections of a process to a database: a question that loses its connection is asked again, once.

What can be divided is asked at the same time on several connections that are free, so that several processors of the server
take part. Workers of PostgreSQL would, too, but they start with each statement and end with it, which took as long as to
compare 40,000 vectors.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from citewell.errors import AWAY_SECONDS, IndexFaultError, IndexUnreadableError
from citewell.index.postgres import sending
from citewell.index.postgres.awaiting import Awaited
from citewell.index.postgres.schema import SCHEMA
from citewell.index.segment_rows import Row
from citewell.lazy import lazy
from citewell.postgres.address import Address
from citewell.postgres.pools import open_pool
from citewell.postgres.reasons import reason

Connection = psycopg.Connection[Row]
Query = tuple[str, Sequence[object]]

_SEGMENTS = "SELECT count(*) = %s FROM segments WHERE name = ANY(%s)"

_MOST = 8
# Of all questions, that ask beside others; and how long is waited until one of them is free.
_BESIDE, _FREE_SECONDS = 4, 0.001
# To a server that does not answer; with several hosts, to each of them.
_CONNECT_SECONDS = 5
# Rows that are read at once, which can be texts.
_AT_ONCE = 256
_AGAIN = "start the server, or correct the address; a question can be asked again"
_PRIMARY_NEEDED = "start the primary, or promote a standby; then try again"
_OPTIONS: dict[str, Any] = {"autocommit": True}
# What a server says that has lost another one.
_LOST = "08"
_PRIMARY: dict[str, Any] = {"target_session_attrs": "read-write"}
_WORKERS = "max_parallel_workers_per_gather"
# Queries are short: compiling them takes longer than to run them, and so does to start workers (`Connections.together`). A
# graph (``graph``) first finds so many windows, and goes on where more are wanted, or those are not searched. Each shard counts
# its own rows.
_SESSION = (
    f"SET search_path TO {SCHEMA}, public; SET jit TO off; SET {_WORKERS} TO 0;"
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
        self._threads = ThreadPoolExecutor(_BESIDE, "citewell-beside")
        self._beside = threading.Semaphore(_BESIDE)

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
        self._threads.shutdown()

    @lazy
    def processors(self) -> int:
        """How many processors of the server take part in a search, as its settings say."""
        ((workers,),) = self.all("SELECT reset_val::int4 FROM pg_settings WHERE name = %s", [_WORKERS])
        return 1 + int(workers)

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
        ask = partial(self._ask, query, parameters, ready, False if by_values else None)
        return self._again(ask, ask)

    def _ask(
        self,
        query: str,
        parameters: Sequence[object],
        ready: Callable[[Connection], None] | None,
        prepare: bool | None = None,  # noqa: FBT001 - as psycopg has it
    ) -> list[Row]:
        with self._pool.connection() as connection:
            return _asked(connection, query, parameters, ready, prepare)

    def together(
        self,
        most: int,
        divided: Callable[[int], Sequence[Query]],
        *,
        ready: Callable[[Connection], None] | None = None,
    ) -> list[Row]:
        """Return all rows of some queries (`all`), which are asked at the same time as far as connections are free.

        Args:
            most: The maximum number of queries; there are no more than processors that take part.
            divided: Returns so many queries, at least one, which together ask what is asked.
            ready: Called with each connection before it is used.
        """
        others = self._free(min(most, self.processors) - 1)
        own, *theirs = divided(1 + len(others))
        waiting = [
            self._threads.submit(self._on, connection, query, ready)
            for connection, query in zip(others, theirs, strict=True)
        ]
        try:
            rows = self.all(*own, ready=ready)
        finally:
            wait(waiting)
        return [*rows, *(row for each in waiting for row in each.result())]

    def _free(self, most: int) -> list[Connection]:
        """Take connections that are free now."""
        found: list[Connection] = []
        while len(found) < most and self._beside.acquire(blocking=False):
            try:
                found.append(self._pool.getconn(_FREE_SECONDS))
            except psycopg.OperationalError:
                # Who asks waits for its own connection, and says why there is none.
                self._beside.release()
                break
        return found

    def _on(self, connection: Connection, query: Query, ready: Callable[[Connection], None] | None) -> list[Row]:
        """Return all rows of a query that is asked on a connection that was taken (`_free`)."""

        def ask() -> list[Row]:
            try:
                return _asked(connection, *query, ready)
            finally:
                self._pool.putconn(connection)

        try:
            return self._again(ask, partial(self._ask, *query, ready))
        finally:
            self._beside.release()

    def _again(self, ask: Callable[[], list[Row]], again: Callable[[], list[Row]]) -> list[Row]:
        """Ask, and again, once, if the connection was lost."""
        try:
            return ask()
        except psycopg.OperationalError:
            # The others were lost with the same server.
            if self._opened:
                self._opened.check()
        except psycopg.Error as error:
            raise self.fault(error) from error
        try:
            return again()
        except psycopg.Error as error:
            raise self.fault(error) from error

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
                seconds=AWAY_SECONDS,
            )
        if isinstance(error, psycopg.OperationalError):
            return IndexUnreadableError(
                f"the database {self.address} cannot be reached: {said}",
                hint=hint,
                seconds=AWAY_SECONDS,
            )
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return IndexUnreadableError(
                f"the database {self.address} refuses this user: {said}", hint="ask its owner for the rights"
            )
        return IndexFaultError(f"the database {self.address} fails: {said}")


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

    def together(self, most: int, divided: Callable[[int], Sequence[Query]]) -> list[Row]:
        """Return all rows of some queries that are asked at the same time (`Connections.together`)."""
        return self.database.together(most, divided, ready=self._segments)

    def each(self, query: str, parameters: Sequence[object]) -> Iterator[Row]:
        """Yield the rows of a query that has many (`Connections.each`)."""
        return self.database.each(query, parameters, ready=self._segments)


def _asked(
    connection: Connection,
    query: str,
    parameters: Sequence[object],
    ready: Callable[[Connection], None] | None,
    prepare: bool | None = None,  # noqa: FBT001 - as psycopg has it
) -> list[Row]:
    if ready:
        ready(connection)
    return connection.execute(query, parameters, prepare=prepare, binary=True).fetchall()


def _configure(connection: Connection) -> None:
    sending.adapt(connection)
    connection.execute(_SESSION)

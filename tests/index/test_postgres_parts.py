"""An exact search in PostgreSQL is divided over connections that are free, each of which compares a part of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from citewell.index.rounding import codes_of, vectors_of
from citewell.index.soundness import Soundness
from tests.support.directions import Vectors, near, uneven
from tests.support.found import ALIKE
from tests.support.postgres import cluster, database, needed, why_not
from tests.support.waiting import until

if TYPE_CHECKING:
    from citewell.index.postgres.connecting import Connections, SnapshotConnections
    from citewell.index.postgres.vectors import VectorTables
    from citewell.postgres.address import Address

# The first rows are of a segment that is no longer there, the others of two.
GONE, SIZES, DIMENSION, MOST = 5_000, (11_000, 15_000), 16, 100
COUNT, NAMES = sum(SIZES), ("gone", "first", "second")
needs_driver = pytest.mark.skipif(why_not() is not None, reason=f"no PostgreSQL: {why_not()}")
TERMINATED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return vectors_of(codes_of(uneven(COUNT, DIMENSION)))


@pytest.fixture
def connections(postgres: str, vectors: Vectors) -> Iterator[Connections]:
    with database(postgres, "parts") as address, _opened(address, vectors) as opened:
        yield opened


@contextmanager
def _opened(address: str, vectors: Vectors) -> Iterator[Connections]:
    """Write segments into an empty database, and remove the first one."""
    from citewell.index.postgres import creating
    from citewell.index.postgres.connecting import Connections
    from citewell.index.postgres.vectors_writing import VectorTablesWriter
    from citewell.postgres.address import Address

    parts = [vectors[:GONE], *np.split(vectors, [SIZES[0]])]
    with closing(Connections(Address(address))) as opened:
        with opened.writing() as connection:
            creating.create(connection, opened.address)
            for number, (name, part) in enumerate(zip(NAMES, parts, strict=True), 1):
                with connection.transaction(), closing(VectorTablesWriter(connection, number, DIMENSION)) as writer:
                    writer.add(part)
                    writer.write()
                    connection.execute("INSERT INTO begun DEFAULT VALUES")
                    connection.execute("INSERT INTO segments VALUES (%s, %s)", [number, name])
            connection.execute("DELETE FROM vectors WHERE segment = 1")
        yield opened


def _tables(there: SnapshotConnections, valid: np.ndarray[Any, np.dtype[np.bool_]] | None = None) -> VectorTables:
    from citewell.index.postgres.vectors import VectorSegment, VectorTables

    segments = [VectorSegment(number, size) for number, size in enumerate(SIZES, 2)]
    return VectorTables(there, segments, DIMENSION, valid, Soundness(None))


def _in_order(connections: Connections, between: Callable[[int], None], counts: list[int]) -> SnapshotConnections:
    """Return connections that ask three parts one after the other; ``counts`` are how many queries were parts of one search."""
    from citewell.index.postgres.connecting import Query, SnapshotConnections

    class InOrder(SnapshotConnections):
        def together(self, most: int, divided: Callable[[int], Sequence[Query]]) -> list[tuple[Any, ...]]:
            rows = []
            for nth, query in enumerate(queries := divided(min(3, most))):
                between(nth)
                rows += self.all(*query)
            counts.append(len(queries))
            return rows

    return InOrder(connections, ())


def _check(tables: VectorTables, vectors: Vectors, there: np.ndarray[Any, np.dtype[np.bool_]] | None = None) -> None:
    every = np.flatnonzero(np.ones(COUNT, dtype=bool) if there is None else there)
    for asked in near(vectors, 5):
        windows, cosines = tables.nearest(asked, MOST)
        right = vectors[every] @ asked
        assert len(windows) == MOST
        assert np.isin(windows, every).all()
        assert np.allclose(cosines, vectors[windows] @ asked, atol=ALIKE)
        assert np.allclose(cosines, np.sort(right)[::-1][:MOST], atol=ALIKE)


@pytest.mark.parametrize("share", [None, 0.7], ids=["all", "some removed"])
def test_parts_find_the_nearest_together(connections: Connections, vectors: Vectors, share: float | None) -> None:
    counts: list[int] = []
    valid = None if share is None else np.random.default_rng(5).random(COUNT) < share
    _check(_tables(_in_order(connections, lambda _: None, counts), valid), vectors, valid)
    assert min(counts) >= 2


def test_equal_windows_of_several_parts_are_in_order(connections: Connections, vectors: Vectors) -> None:
    with connections.writing() as connection:
        copied = "UPDATE vectors SET vector = (SELECT vector FROM vectors WHERE segment = 2 AND number = 7)"
        connection.execute(f"{copied} WHERE number % 500 = 7")
    tables = _tables(_in_order(connections, lambda _: None, []))
    windows, cosines = tables.nearest(vectors[7], 50)
    alike = [*range(7, SIZES[0], 500), *range(SIZES[0] + 7, COUNT, 500)]
    assert np.unique(cosines[:50]).size == 1
    assert windows.tolist() == alike[:50]


def test_a_table_that_is_written_again_between_parts_loses_none(connections: Connections, vectors: Vectors) -> None:
    written: list[int] = []

    def rewrite(nth: int) -> None:
        if nth == 1 and not written:
            with connections.writing() as connection:
                connection.execute("VACUUM FULL vectors")
            written.append(nth)

    _check(_tables(_in_order(connections, rewrite, [])), vectors)
    assert written


@needs_driver
def test_parts_of_several_servers_are_one_if_only_standbys_join() -> None:
    from citewell.index.postgres.vectors import are_of_one_table

    started = datetime.now(UTC)
    primary, standby = (None, None, None, 7, started), (None, None, None, 7, None)
    assert are_of_one_table([primary, (2, 0, 0.5, None, None), standby])
    assert not are_of_one_table([primary, (None, None, None, 7, started + timedelta(seconds=1))])
    assert not are_of_one_table([primary, (None, None, None, 8, None)])


def _statements(connections: Connections) -> int:
    """Return how many queries a search would be now."""
    asked: list[int] = []

    def divided(count: int) -> list[tuple[str, tuple[object, ...]]]:
        asked.append(count)
        return [("SELECT %s::int4", (nth,)) for nth in range(count)]

    assert sorted(connections.together(8, divided)) == [(nth,) for nth in range(asked[0])]
    return asked[0]


def test_as_many_connections_take_part_as_processors_may(connections: Connections) -> None:
    from citewell.index.postgres.connecting import Connections

    until(lambda: _statements(connections) == 3)
    with connections.writing() as connection:
        connection.execute("ALTER DATABASE parts SET max_parallel_workers_per_gather = 0")
    with closing(Connections(connections.address)) as others:
        assert {_statements(others) for _ in range(5)} == {1}
        assert others.processors == 1


def test_searches_wait_for_connections_and_not_for_one_another(connections: Connections) -> None:
    until(lambda: _statements(connections) == 3)
    with ExitStack() as held, ThreadPoolExecutor(12) as askers:
        for _ in range(7):
            held.enter_context(connections._pool.connection())
        found = list(askers.map(lambda _: _statements(connections), range(200)))
    assert len(found) == 200
    until(lambda: _statements(connections) == 3)


def test_what_loses_its_connection_is_asked_again(connections: Connections, vectors: Vectors) -> None:
    from citewell.index.postgres.connecting import SnapshotConnections

    tables = _tables(SnapshotConnections(connections, ()))
    for _ in range(3):
        until(lambda: _statements(connections) == 3)
        with connections.writing() as connection:
            connection.execute(TERMINATED, [connection.info.backend_pid])
        _check(tables, vectors)


def test_a_failure_of_any_part_is_said(connections: Connections) -> None:
    from citewell.errors import IndexFaultError

    until(lambda: _statements(connections) == 3)

    def divided(count: int) -> list[tuple[str, tuple[object, ...]]]:
        return [("SELECT 1 / %s::int4", (nth - count + 1,)) for nth in range(count)]

    with pytest.raises(IndexFaultError, match="division by zero"):
        connections.together(8, divided)
    until(lambda: _statements(connections) == 3)


@contextmanager
def _of_several_servers(address: Address) -> Iterator[Connections]:
    """Open connections of which three are not all of one server: each takes any, and keeps it."""
    from citewell.index.postgres.connecting import Connections

    def ports(opened: Connections) -> set[int]:
        return {port for (port,) in opened.together(3, lambda count: [("SELECT inet_server_port()", ())] * count)}

    for _ in range(30):
        with closing(Connections(address)) as opened:
            until(lambda: _statements(opened) == 3)
            if len(ports(opened)) > 1:
                yield opened
                return
    pytest.fail("thirty times, three connections were all of one server")


def test_parts_are_asked_of_a_primary_and_its_standbys(vectors: Vectors) -> None:
    from citewell.index.postgres.connecting import SnapshotConnections

    needed()
    with (
        cluster() as servers,
        _opened(f"{servers.address}?load_balance_hosts=random", vectors) as written,
        _of_several_servers(written.address) as connections,
    ):
        there = SnapshotConnections(connections, NAMES)
        for _ in range(3):
            _check(_tables(there), vectors)
            with connections.writing() as connection:
                connection.execute("VACUUM FULL vectors")
            _check(_tables(there), vectors)
        until(lambda: len({row for _ in range(9) for row in there.all("SELECT pg_relation_filenode('vectors')")}) == 1)

"""A graph in PostgreSQL chooses the windows among which the nearest ones are: nearly all of those, with their exact cosines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest

from citewell import Settings, build
from citewell.cli.indexed import show_status
from citewell.encoder.encoding import Encoder
from citewell.index.numbering import Ordinals
from citewell.index.promised import NEAREST, PROMISED, ChoiceRecord
from citewell.index.rounding import codes_of, vectors_of
from citewell.index.segment_rows import Row
from citewell.index.soundness import Soundness
from citewell.index.status import status
from tests.support.directions import Vectors, near, uneven
from tests.support.found import ALIKE
from tests.support.postgres import database

if TYPE_CHECKING:
    from citewell.index.postgres.connecting import Connection, Connections
    from citewell.index.postgres.vectors import VectorSegment, VectorTables

pytestmark = pytest.mark.long

DIMENSION = 64
# Of which the second has no graph; a smaller first one is read sooner than its graph.
LARGE, SMALL = 13_000, 500
COUNT = LARGE + SMALL


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Vectors as they are kept."""
    return vectors_of(codes_of(uneven(COUNT, DIMENSION)))


@pytest.fixture(scope="module")
def asked(vectors: Vectors) -> Vectors:
    return near(vectors, 40)


@contextmanager
def _least(count: int, most_chosen: float = 1 / 8) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("citewell.index.postgres.graph.LEAST_WINDOWS", count)
        patch.setattr("citewell.index.postgres.graph.MOST_CHOSEN", most_chosen)
        yield


@contextmanager
def _connected(server: str) -> Iterator[Connections]:
    from citewell.index.postgres import creating
    from citewell.index.postgres.connecting import Connections
    from citewell.postgres.address import Address

    with database(server, "graph") as address, closing(Connections(Address(address))) as connections:
        with connections.writing() as connection:
            creating.create(connection, connections.address)
        yield connections


def _write(connection: Connection, name: str, vectors: Vectors) -> VectorSegment:
    from citewell.index.postgres.vectors import VectorSegment
    from citewell.index.postgres.vectors_writing import VectorTablesWriter

    with connection.transaction():
        (number,) = connection.execute("INSERT INTO begun DEFAULT VALUES RETURNING segment").fetchone() or ()
        connection.execute("INSERT INTO segments (id, name) VALUES (%s, %s)", [number, name])
        with closing(VectorTablesWriter(connection, number, DIMENSION)) as writer:
            writer.add(vectors)
            writer.write()
            return VectorSegment(number, len(vectors), writer.choice)


@pytest.fixture(scope="module")
def connections(postgres: str) -> Iterator[Connections]:
    with _connected(postgres) as connections:
        yield connections


@pytest.fixture(scope="module")
def segments(connections: Connections, vectors: Vectors) -> list[VectorSegment]:
    with _least(LARGE), connections.writing() as connection:
        large = _write(connection, "large", vectors[:LARGE])
        assert large.choice
        assert PROMISED <= large.choice.recall <= 1
        return [large, _write(connection, "small", vectors[LARGE:])]


def _tables(
    connections: Connections, segments: list[VectorSegment], valid: npt.NDArray[np.bool_] | None = None
) -> VectorTables:
    from citewell.index.postgres.connecting import SnapshotConnections
    from citewell.index.postgres.vectors import VectorTables

    return VectorTables(SnapshotConnections(connections, ()), segments, DIMENSION, valid, Soundness(None))


def _exactly(vectors: Vectors, asked: Vectors, within: Ordinals) -> Ordinals:
    nearest: Ordinals = within[np.argsort(-(vectors[within] @ asked), kind="stable")[:NEAREST]]
    return nearest


@pytest.mark.parametrize("share", [1.0, 0.5, 0.02], ids=["all", "half of them", "few of them"])
@pytest.mark.parametrize("scoped", [False, True], ids=["no longer valid", "outside the scope"])
def test_nearly_all_of_the_nearest_windows_are_found_and_have_their_cosines(
    connections: Connections,
    segments: list[VectorSegment],
    vectors: Vectors,
    asked: Vectors,
    share: float,
    *,
    scoped: bool,
) -> None:
    there = np.random.default_rng(5).random(COUNT) < share
    some = np.flatnonzero(there)
    found = []
    tables = _tables(connections, segments, None if scoped or there.all() else there)
    with _least(1000):
        for each in asked:
            windows, cosines = tables.nearest(each, NEAREST, within=some if scoped else None)
            assert len(windows) == min(NEAREST, len(some))
            assert np.allclose(cosines, vectors[windows] @ each, atol=ALIKE)
            assert (np.diff(cosines) <= 0).all()
            assert there[windows].all()
            found.append(np.isin(_exactly(vectors, each, some), windows).mean())
    assert np.mean(found) >= PROMISED


def test_a_search_of_a_large_segment_uses_its_graph(
    connections: Connections, segments: list[VectorSegment], vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planner of the server chooses it for what a search asks, with the settings of a search."""
    from citewell.index.postgres import graph
    from citewell.index.postgres.connecting import SnapshotConnections

    ask, queries = SnapshotConnections.all, list[tuple[str, Sequence[object]]]()

    def recorded(self: SnapshotConnections, query: str, parameters: Sequence[object] = (), **how: bool) -> list[Row]:
        queries.append((query, parameters))
        return ask(self, query, parameters, **how)

    monkeypatch.setattr(SnapshotConnections, "all", recorded)
    with _least(1000):
        windows, _ = _tables(connections, segments).nearest(vectors[0], NEAREST)
    assert windows[0] == 0
    plans = ["\n".join(line for (line,) in connections.all(f"EXPLAIN {query}", given)) for query, given in queries]
    assert [graph.hnsw(segments[0].number) in plan for plan in plans].count(True) == 1


def test_status_says_that_a_graph_chooses(
    postgres: str, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from citewell.index.postgres.index import PostgresIndex

    assert encoder.card.dimension
    monkeypatch.chdir(tmp_path)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for nth in range(210):
        (corpus / f"{nth}.txt").write_text(f"Letter {nth}\n\nThe ferry {nth} sails at dawn.\n")
    with database(postgres, "chosen") as address, closing(PostgresIndex(address)) as index, _least(200, 1):
        build(corpus, index, Settings(model="english"))
        found = status(index)
    assert found.chosen_by == "a graph (HNSW)"
    assert PROMISED <= found.recall <= 1
    show_status(found, "citewell index")
    assert f"chosen by a graph (HNSW); a search finds {found.recall:.1%} of them" in capsys.readouterr().out


def test_more_windows_than_a_graph_gives_are_compared_one_by_one(
    connections: Connections, segments: list[VectorSegment], vectors: Vectors
) -> None:
    windows, cosines = _tables(connections, segments).nearest(vectors[0], COUNT + 1)
    assert np.array_equal(np.sort(windows), np.arange(COUNT))
    assert np.allclose(cosines, np.sort(vectors @ vectors[0])[::-1], atol=ALIKE)


def test_a_graph_is_used_where_it_chooses_few_of_the_windows() -> None:
    from citewell.index.postgres import graph

    choice = ChoiceRecord(chooses=200, recall=1.0)
    assert graph.chosen(choice, 9_000, NEAREST) is None
    assert graph.chosen(choice, 20_000, NEAREST) == 200
    assert graph.chosen(choice, 20_000, NEAREST + 1) is None
    assert graph.chosen(choice, 40_000, NEAREST + 1) == 400
    assert graph.chosen(None, 40_000, NEAREST) is None


def test_a_graph_goes_with_its_segment_and_one_that_chooses_too_many_is_not_kept(
    connections: Connections, vectors: Vectors
) -> None:
    from citewell.index.postgres.drafting import drop_segment

    def graphs() -> int:
        return int(connections.all("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'vectors_hnsw%%'")[0][0])

    before = graphs()
    with connections.writing() as connection:
        with _least(4000):
            segment = _write(connection, "one more", vectors[:4000])
        assert (segment.choice is None, graphs()) == (False, before + 1)
        drop_segment(connection, segment.number)
        assert graphs() == before
        with _least(1000):
            # Of which two hundred are more than an eighth.
            assert _write(connection, "few", vectors[:1000]).choice is None
        assert graphs() == before

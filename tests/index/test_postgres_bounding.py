"""An exact search in PostgreSQL leaves out windows before it sorts, and none of the nearest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from citewell.index.numbering import Ordinals
from citewell.index.rounding import codes_of, vectors_of
from citewell.index.soundness import Soundness
from tests.support.directions import Vectors, near, uneven
from tests.support.found import ALIKE
from tests.support.postgres import database

if TYPE_CHECKING:
    from citewell.index.postgres.bounding import Bound
    from citewell.index.postgres.vectors import VectorTables

COUNT, DIMENSION, MOST = 6000, 64, 100


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Vectors as they are kept; of those of which a sample is made, some are nearer to the first one than all others."""
    from citewell.index.postgres.bounding import sample_of

    found = uneven(COUNT, DIMENSION)
    found[sample_of(COUNT, None)[::13]] += 4 * found[0]
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return vectors_of(codes_of(found))


@pytest.fixture(scope="module")
def tables(postgres: str, vectors: Vectors) -> Iterator[VectorTables]:
    from citewell.index.postgres import creating
    from citewell.index.postgres.connecting import Connections, SnapshotConnections
    from citewell.index.postgres.vectors import VectorSegment, VectorTables
    from citewell.index.postgres.vectors_writing import VectorTablesWriter
    from citewell.postgres.address import Address

    with database(postgres, "bounding") as address, closing(Connections(Address(address))) as connections:
        with connections.writing() as connection:
            creating.create(connection, connections.address)
            with connection.transaction(), closing(VectorTablesWriter(connection, 1, DIMENSION)) as writer:
                writer.add(vectors)
                writer.write()
        segments = [VectorSegment(1, COUNT)]
        yield VectorTables(SnapshotConnections(connections, ()), segments, DIMENSION, None, Soundness(None))


def _right(vectors: Vectors, asked: Vectors, windows: Ordinals, cosines: Vectors, there: Ordinals) -> None:
    """Assert that these are the nearest windows of those there."""
    every = vectors @ asked
    assert np.allclose(cosines, every[windows], atol=ALIKE)
    assert np.allclose(cosines, np.sort(every[there])[::-1][: len(windows)], atol=ALIKE)


@pytest.mark.parametrize("share", [1.0, 0.8], ids=["all", "some of them"])
def test_what_is_found_is_the_nearest(tables: VectorTables, vectors: Vectors, share: float) -> None:
    there = np.flatnonzero(np.random.default_rng(3).random(COUNT) < share)
    for asked in near(vectors, 20):
        windows, cosines = tables.nearest(asked, MOST, within=None if share == 1 else there)
        assert len(windows) == MOST
        _right(vectors, asked, windows, cosines, there)


def _bound(vectors: Vectors, asked: Vectors) -> Bound:
    from citewell.index.postgres.bounding import Sample, sample_of

    ordinals = sample_of(COUNT, None)
    bound = Sample(ordinals, vectors[ordinals], COUNT).bound(asked, MOST, None)
    assert bound
    return bound


def test_most_windows_are_left_out(vectors: Vectors) -> None:
    for asked in near(vectors, 20):
        bound, cosines = _bound(vectors, asked), np.sort(vectors @ asked)[::-1]
        assert bound.holds(cosines[:MOST], MOST)
        assert MOST <= np.count_nonzero(cosines >= -bound.farthest) < COUNT / 4


def test_a_sample_that_is_nearer_than_the_other_windows_is_noticed(tables: VectorTables, vectors: Vectors) -> None:
    asked = vectors[0]
    assert not _bound(vectors, asked).holds(np.sort(vectors @ asked)[::-1][:MOST], MOST)
    windows, cosines = tables.nearest(asked, MOST)
    assert len(windows) == MOST
    _right(vectors, asked, windows, cosines, np.arange(COUNT))


def test_few_windows_and_many_wanted_have_no_bound(vectors: Vectors) -> None:
    from citewell.index.postgres.bounding import Sample, sample_of

    ordinals = sample_of(COUNT, None)
    sample = Sample(ordinals, vectors[ordinals], COUNT)
    assert sample.bound(vectors[0], COUNT // 4, None) is None
    assert sample.bound(vectors[0], MOST, np.arange(1000)) is None

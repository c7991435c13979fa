"""What is kept of a vector depends on it alone, is the same in every engine, and is near it."""

from __future__ import annotations

import math
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.errors import IndexDamagedError
from citewell.index.rounding import MOST_STEPS, codes_of, step_of, vectors_of
from citewell.index.vectors import VectorsOfAnyFormat, VectorsWriter, WindowVectors
from tests.support.directions import Vectors, uneven, unit

DIMENSIONS = st.integers(1, 5000)
DIMENSION = 384


def written(folder: Path, *parts: Vectors) -> Path:
    writer = VectorsWriter(folder / "vectors.faiss", parts[0].shape[1], folder / "sketches.faiss")
    for each in parts:
        writer.add(each)
    writer.write()
    writer.close()
    return writer.file


@given(DIMENSIONS)
def test_every_engine_has_exactly_what_is_kept(dimension: int) -> None:
    assert math.frexp(step_of(dimension))[0] == 0.5
    codes = np.arange(-MOST_STEPS, MOST_STEPS + 1, dtype=np.int8)[:, None] * np.ones(dimension, dtype=np.int8)
    kept = vectors_of(codes)
    assert (kept.astype(np.float16) == kept).all()
    assert (codes_of(kept) == codes).all()


@given(DIMENSIONS, st.integers(0, 1000))
def test_what_is_kept_is_near_the_vector(dimension: int, seed: int) -> None:
    vectors = unit(np.random.default_rng(seed).standard_normal((20, dimension)))
    kept = vectors_of(codes_of(vectors))
    assert ((vectors * kept).sum(axis=1) / np.linalg.norm(kept, axis=1)).min() > 0.999
    within = np.abs(vectors) <= MOST_STEPS * step_of(dimension)
    assert np.abs(vectors - kept)[within].max() <= step_of(dimension) / 2


def test_what_is_too_great_becomes_the_greatest() -> None:
    (kept,) = vectors_of(codes_of(-np.eye(1, DIMENSION, dtype=np.float32)))
    assert kept[0] == -MOST_STEPS * step_of(DIMENSION)
    assert not kept[1:].any()


def test_a_vector_is_kept_alike_whatever_is_beside_it(tmp_path: Path) -> None:
    vectors = uneven(300, DIMENSION)
    (tmp_path / "alone").mkdir()
    alone = WindowVectors(written(tmp_path / "alone", vectors[7:8]))
    among = WindowVectors(written(tmp_path, vectors[:7], vectors[7:]))
    assert (alone.rows(np.array([0])) == among.rows(np.array([7]))).all()
    assert (among.rows(np.arange(300)) == vectors_of(codes_of(vectors))).all()


def test_a_search_compares_a_question_as_it_is_with_what_is_kept(tmp_path: Path) -> None:
    vectors = uneven(300, DIMENSION)
    kept = WindowVectors(written(tmp_path, vectors))
    asked = unit(np.random.default_rng(1).standard_normal((1, DIMENSION)))[0]
    ordinals, cosines = kept.nearest(asked, 300)
    expected = (vectors_of(codes_of(vectors[ordinals])) @ asked.astype(np.float64)).astype(np.float32)
    assert np.allclose(cosines, expected, rtol=0, atol=1e-6)
    assert (kept.cosines(asked, ordinals) == cosines).all()


@pytest.mark.parametrize("apart", [1.0, 0.02, 0.0], ids=["far apart", "near each other", "alike"])
@pytest.mark.parametrize("count", [1, 10, 100, 1999, 2000, 3000])
def test_the_nearest_are_those_of_all_whatever_whole_numbers_say(tmp_path: Path, apart: float, count: int) -> None:
    draw = np.random.default_rng(2)
    vectors = unit(np.ones(DIMENSION) + apart * draw.standard_normal((2000, DIMENSION)))
    kept = WindowVectors(written(tmp_path, vectors))
    for within in (None, np.flatnonzero(draw.random(2000) < 0.5)):
        some = np.arange(2000) if within is None else within
        for asked in (vectors[3], unit(draw.standard_normal((1, DIMENSION)))[0], np.zeros(DIMENSION, dtype=np.float32)):
            cosines = kept.cosines(asked, some)
            order = np.lexsort((some, -cosines))[:count]
            found = kept.nearest(asked, count, within=within)
            assert found[0].tolist() == some[order].tolist()
            assert (found[1] == cosines[order]).all()


def test_vectors_of_any_format_are_read_and_searched_only_in_this_one(tmp_path: Path) -> None:
    vectors = uneven(300, DIMENSION)
    half = faiss.IndexScalarQuantizer(DIMENSION, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    half.add(vectors)
    faiss.write_index(half, str(tmp_path / "older.faiss"))
    some = np.array([3, 299, 3])
    older, ours = (
        VectorsOfAnyFormat(file).rows(some) for file in (tmp_path / "older.faiss", written(tmp_path, vectors))
    )
    assert (older == vectors[some].astype(np.float16)).all()
    assert (ours == vectors_of(codes_of(vectors[some]))).all()
    with pytest.raises(IndexDamagedError, match=r"older\.faiss is another kind of FAISS index"):
        WindowVectors(tmp_path / "older.faiss")
    with pytest.raises(IndexDamagedError, match=r"older\.faiss has no such vectors"):
        VectorsOfAnyFormat(tmp_path / "older.faiss").rows(np.array([300]))
    (tmp_path / "older.faiss").write_bytes(b"none")
    with pytest.raises(IndexDamagedError, match=r"older\.faiss is not a FAISS index"):
        VectorsOfAnyFormat(tmp_path / "older.faiss")

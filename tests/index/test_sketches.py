"""Sketches choose the windows among which the nearest ones are: nearly all of those, and what is found has its exact cosine."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from citewell.errors import IndexDamagedError
from citewell.index.promised import MOST_CHOSEN, NEAREST, PROMISED, ChoiceRecord, missed
from citewell.index.rounding import codes_of
from citewell.index.sketches import LEAST_WINDOWS, Sketches, write_sketches
from citewell.index.vectors import VectorsWriter, WindowVectors
from tests.support.directions import Vectors, near, uneven, unit

DIMENSION = 64
# As many as fit into a test; they are sketched as if they were more.
LEAST = 1 << 16
COUNT = LEAST + 1000


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return uneven(COUNT, DIMENSION)


@pytest.fixture(scope="module")
def asked(vectors: Vectors) -> Vectors:
    return near(vectors, 40)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, vectors: Vectors) -> VectorsWriter:
    folder = tmp_path_factory.mktemp("sketches")
    writer = VectorsWriter(folder / "vectors.faiss", DIMENSION, folder / "sketches.faiss")
    writer.add(vectors)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("citewell.index.sketches.LEAST_WINDOWS", LEAST)
        writer.write()
    writer.close()
    return writer


@pytest.fixture(scope="module")
def sketches(written: VectorsWriter) -> Sketches:
    assert written.choice
    return Sketches(written.sketches_file, written.choice)


def _found(vectors: WindowVectors, asked: Vectors, within: np.ndarray | None = None) -> list[set[int]]:
    return [set(vectors.nearest(each, NEAREST, within=within)[0].tolist()) for each in asked]


@pytest.mark.parametrize("share", [None, 0.5, 0.01], ids=["all", "half of them", "few of them"])
def test_nearly_all_of_the_nearest_windows_are_found(
    written: VectorsWriter, sketches: Sketches, asked: Vectors, share: float | None
) -> None:
    within = None if share is None else np.flatnonzero(np.random.default_rng(5).random(COUNT) < share)
    exact, quick = (WindowVectors(written.file, sketches=each) for each in ([None], [sketches]))
    pairs = zip(_found(exact, asked, within), _found(quick, asked, within), strict=True)
    found = [len(one & other) / NEAREST for one, other in pairs]
    # Those that are asked are not of the sample.
    assert np.mean(found) >= 0.98
    assert within is None or all(each <= set(within.tolist()) for each in _found(quick, asked[:3], within))


def test_what_is_found_has_its_exact_cosine(written: VectorsWriter, sketches: Sketches, asked: Vectors) -> None:
    exact, quick = (WindowVectors(written.file, sketches=each) for each in ([None], [sketches]))
    for each in asked[:5]:
        known = dict(zip(*(found.tolist() for found in exact.nearest(each, COUNT)), strict=True))
        ordinals, cosines = quick.nearest(each, NEAREST)
        assert [known[ordinal] for ordinal in ordinals.tolist()] == cosines.tolist()
        assert (np.diff(cosines) <= 0).all()


def test_few_are_compared_and_where_that_is_not_so_all_are(
    sketches: Sketches, vectors: Vectors, asked: Vectors
) -> None:
    choose = partial(sketches.choose, asked[0], cosines=lambda numbers: vectors[numbers] @ asked[0])
    chosen = choose(count=NEAREST, valid=None)
    assert chosen is not None
    assert NEAREST < len(chosen[0]) <= MOST_CHOSEN * COUNT
    assert (np.diff(chosen[0]) > 0).all()
    assert choose(count=COUNT, valid=None) is None
    valid = np.zeros(COUNT, dtype=bool)
    valid[:200] = True
    assert choose(count=NEAREST, valid=valid) is None
    assert choose(count=NEAREST, valid=~np.ones(COUNT, dtype=bool)) is None


def test_more_are_chosen_where_those_that_are_searched_are_far_away(sketches: Sketches, vectors: Vectors) -> None:
    # The half that is searched is the one that is not near.
    cosines = vectors @ vectors[0]
    valid = cosines < np.median(cosines)
    chosen = sketches.choose(vectors[0], 1, valid, lambda numbers: cosines[numbers])
    assert chosen is None or valid[chosen[0]].all()


def test_all_are_compared_for_a_question_that_is_near_to_nothing(
    written: VectorsWriter, sketches: Sketches, asked: Vectors
) -> None:
    # Between what is near and any direction, all windows are about as far.
    away = unit(0.35 * asked + unit(np.random.default_rng(8).standard_normal(asked.shape).astype(np.float32)))
    exact, quick = (WindowVectors(written.file, sketches=each) for each in ([None], [sketches]))
    pairs = list(zip(_found(exact, away, None), _found(quick, away, None), strict=True))
    assert np.mean([len(one & other) / NEAREST for one, other in pairs]) >= 0.98
    assert written.choice
    first = [set(sketches._index.search(each[None], written.choice.chooses)[1][0].tolist()) for each in away]
    assert np.mean([len(one & few) / NEAREST for (one, _), few in zip(pairs, first, strict=True)]) < 0.98


def test_what_is_missed_is_expected_from_what_was_compared() -> None:
    draw = np.random.default_rng(9)
    alike = np.sort(draw.random(4000, dtype=np.float32))[::-1]
    cosines = (0.5 * alike + 0.1 + draw.normal(0, 0.02, 4000)).astype(np.float32)
    last = np.sort(cosines)[-NEAREST]
    for chosen in (300, 600, 1200):
        really = np.count_nonzero(cosines[chosen:] >= np.sort(cosines[:chosen])[-NEAREST])
        expected = missed(alike[:chosen], cosines[:chosen], alike[chosen:], NEAREST)
        assert expected == pytest.approx(really, abs=max(3, 0.25 * really))
    assert last > cosines[2000:].max()
    assert missed(alike[:2000], cosines[:2000], alike[2000:], NEAREST) == 0
    # What tells nothing apart leaves all to chance.
    alone = missed(np.ones(400, np.float32), cosines[:400], np.ones(400, np.float32), NEAREST)
    assert alone == pytest.approx(NEAREST)


def test_the_record_says_what_was_measured(written: VectorsWriter) -> None:
    record = written.choice
    assert record is not None
    assert PROMISED <= record.recall <= 1
    assert 2 * NEAREST <= record.chooses <= MOST_CHOSEN * COUNT


@pytest.mark.parametrize(("count", "dimension"), [(1000, DIMENSION), (LEAST_WINDOWS, 30)])
def test_where_they_would_not_help_there_are_none(tmp_path: Path, count: int, dimension: int) -> None:
    few = np.ones((count, dimension), dtype=np.int8)
    assert write_sketches(few, tmp_path / "sketches.faiss") is None
    assert not (tmp_path / "sketches.faiss").exists()


def test_vectors_that_sketches_do_not_tell_apart_are_searched_without(tmp_path: Path) -> None:
    alike = np.random.default_rng(6).standard_normal((LEAST_WINDOWS, 8)).astype(np.float32) * 1e-4 + 1
    assert write_sketches(codes_of(unit(alike)), tmp_path / "sketches.faiss") is None


def test_what_is_not_written_as_it_should_be_is_damaged(written: VectorsWriter, tmp_path: Path) -> None:
    assert written.choice
    torn = tmp_path / "torn.faiss"
    torn.write_bytes(written.sketches_file.read_bytes()[:500])
    with pytest.raises(IndexDamagedError, match=r"torn\.faiss is not a FAISS index"):
        Sketches(torn, written.choice)
    with pytest.raises(IndexDamagedError, match="is another kind of FAISS index"):
        Sketches(written.file, written.choice)
    small = VectorsWriter(tmp_path / "vectors.faiss", DIMENSION, tmp_path / "sketches.faiss")
    small.add(np.eye(DIMENSION, dtype=np.float32))
    small.write()
    small.close()
    assert small.choice is None
    theirs = Sketches(written.sketches_file, ChoiceRecord(chooses=200, recall=1.0))
    with pytest.raises(IndexDamagedError, match="has other vectors than its sketches"):
        WindowVectors(tmp_path / "vectors.faiss", sketches=[theirs])

"""What every engine that holds an index has to do, told by `Storage` and computed plainly beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from citewell import IndexFolder
from citewell.answer import Filter, Scope
from citewell.errors import UsageError
from citewell.index.numbering import Stretches
from citewell.index.phrasing import Required, may_have
from citewell.index.storage import Snapshot
from citewell.text.phrases import phrases_in
from citewell.text.terms import terms_of
from tests.support.found import ALIKE, compare, in_order
from tests.support.harbours import as_if_large
from tests.support.plain_storage import PlainStorage
from tests.support.postgres import snapshot_at, snapshot_in
from tests.support.sharded import shards, spread_finely

FIRST = 100
QUESTIONS = [
    "Which ferry belongs to the baker?",
    "wi-fi lighthouse",
    "Was the KX4410B sold?",
    "get user by name",
    "Wem gehört der Hafen?",
    "harbour harbour bridge garden lantern",
    "zebra",
    "Where does the baker of the north stand?",
]
SCOPES = [
    Scope(),
    Scope(folders=("north",)),
    Scope(documents=("south/011.md", "north/002.md", "north/010.md")),
    Scope(filters=(Filter(name="author", value="Ada"),)),
    Scope(folders=("north",), filters=(Filter(name="author", value="Ada", excluded=True),)),
    Scope(languages=("de",)),
    Scope(folders=("south",), languages=("en",)),
]

ENGINES = {
    "whole": "one segment",
    "grown": "several segments",
    "sketched": "with sketches",
    "postgres": "several segments in PostgreSQL",
    "sharded": "several segments in three shards of PostgreSQL",
}


@pytest.fixture(scope="module", params=ENGINES, ids=ENGINES.get)
def engine(request: pytest.FixtureRequest, contract_indexes: Path) -> Iterator[Snapshot]:
    """Every engine, with the same documents."""
    if request.param in ("postgres", "sharded"):
        yield request.getfixturevalue("in_postgres" if request.param == "postgres" else "in_shards")
        return
    snapshot = IndexFolder(contract_indexes / request.param).open()
    segments = snapshot.manifest.segments
    assert (len(segments) > 1) is (request.param == "grown")
    assert all(each.choice is None for each in segments) is (request.param != "sketched")
    with as_if_large():
        yield snapshot


@pytest.fixture(scope="module")
def in_postgres(contract_indexes: Path, postgres: str) -> Iterator[Snapshot]:
    with snapshot_in(postgres, IndexFolder(contract_indexes / "whole").open()) as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def in_shards(contract_indexes: Path) -> Iterator[Snapshot]:
    whole = IndexFolder(contract_indexes / "whole").open()
    with (
        shards() as servers,
        servers.database("contract") as address,
        spread_finely(),
        snapshot_at(address, whole) as snapshot,
    ):
        for query in ("SELECT shard FROM vectors GROUP BY shard", "SELECT shard FROM postings GROUP BY shard"):
            assert len(snapshot.connections.all(query)) == 3
        yield snapshot


@pytest.fixture(scope="module")
def plain(engine: Snapshot) -> PlainStorage:
    return PlainStorage(engine)


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_the_nearest_windows(engine: Snapshot, plain: PlainStorage, scope: Scope) -> None:
    for like in (0, 40, engine.catalogue.windows_end - 1):
        vector = engine.vectors_of(np.array([like]))[0]
        for count in (1, FIRST, engine.catalogue.windows_end + 1):
            windows, passages, cosines = engine.nearest_windows(vector, count, scope=scope)
            expected = plain.nearest_windows(vector, count, scope=scope)
            compare((windows, cosines), (expected[0], expected[2]))
            assert passages.tolist() == engine.catalogue.passages_of(windows).tolist()
            in_order((windows, cosines))


@pytest.mark.parametrize("scope", SCOPES, ids=str)
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_best_passages(engine: Snapshot, plain: PlainStorage, question: str, scope: Scope) -> None:
    weights = engine.weights(question)
    for count in (1, FIRST, engine.catalogue.passages_end + 1):
        found = engine.best_passages(weights, count, scope=scope)
        compare(found, plain.best_passages(weights, count, scope=scope))
        in_order(found)


@pytest.mark.parametrize(
    "phrase", ['"near the ferry"', '"the baker is older"', '"KX-4410-B"', '"Wi-Fi cannot be seen"']
)
@pytest.mark.parametrize("scope", SCOPES[:3], ids=str)
def test_what_passages_must_have(engine: Snapshot, plain: PlainStorage, phrase: str, scope: Scope) -> None:
    required, weights = may_have(phrases_in(phrase)[0], engine.languages), engine.weights("harbour")
    assert isinstance(required, Required)
    ordinals, scores = engine.best_passages(weights, engine.catalogue.passages_end, scope=scope, required=required)
    assert set(ordinals.tolist()) == plain.having(required, scope)
    assert (np.diff(scores) <= 0).all()
    # Those with the words side by side are before all that have them far apart, whatever else those have.
    near = plain.having_side_by_side(required, scope)
    assert near or scope or not required.near
    if near and scores[-1] < scores[0] / 100:
        assert min(scores[nth] for nth, each in enumerate(ordinals.tolist()) if each in near) > 100 * scores[-1]


def test_the_best_window_of_each_of_some_passages(engine: Snapshot, plain: PlainStorage) -> None:
    vector = engine.vectors_of(np.array([7]))[0]
    for passages in (np.arange(3, engine.catalogue.passages_end, 7), np.zeros(0, dtype=np.int64)):
        windows, owners, cosines = engine.best_windows(vector, passages)
        expected = plain.best_windows(vector, passages)
        compare((windows, cosines), (expected[0], expected[2]))
        assert sorted(owners.tolist()) == passages.tolist()
        assert owners.tolist() == engine.catalogue.passages_of(windows).tolist()


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_scores_of_some_passages(engine: Snapshot, plain: PlainStorage, question: str) -> None:
    weights = engine.weights(question)
    for step in (1, 9, 400):
        passages = np.arange(2, engine.catalogue.passages_end, step)
        scores = engine.scores(weights, passages)
        assert scores.dtype == np.float32
        assert np.allclose(scores, plain.scores(weights, passages), atol=ALIKE)
    assert engine.scores(weights, np.zeros(0, dtype=np.int64)).tolist() == []


def test_cosines_are_those_of_the_stored_vectors(engine: Snapshot) -> None:
    vector, windows = engine.vectors_of(np.array([3]))[0], np.array([8, 5, 6, 5])
    cosines = engine.cosines(vector, windows)
    assert np.allclose(cosines, engine.vectors_of(windows) @ vector, atol=1e-6)
    assert cosines[1] == cosines[3]
    assert np.allclose(np.linalg.norm(engine.vectors_of(np.arange(50)), axis=1), 1, atol=5e-3)


def test_another_name_counts_where_it_does(engine: Snapshot, plain: PlainStorage) -> None:
    sequences = (tuple(terms_of("lighthouse", "en")),)
    north = Stretches.of(engine.catalogue.within(Scope(folders=("north",))))
    assert engine.other_name("windmill", (("windmil",),)) is None
    for inside in (None, north):
        name = engine.other_name("lighthouse", sequences, inside)
        assert name is not None
        assert engine.has_name(name, Scope(folders=("north",)))
        assert engine.has_name(name, Scope(folders=("south",))) is (inside is None)
        asked = engine.weights("beacon")
        widened = type(asked)(tuple(each.widened([name]) for each in asked.concepts), asked.unknown)
        compare(engine.best_passages(widened, FIRST), plain.best_passages(widened, FIRST))


def test_a_scope_that_names_nothing_finds_nothing(engine: Snapshot) -> None:
    vector, nowhere = engine.vectors_of(np.array([0]))[0], Scope(documents=("nowhere.md",))
    assert [len(each) for each in engine.nearest_windows(vector, 5, scope=nowhere)] == [0, 0, 0]
    assert [len(each) for each in engine.best_passages(engine.weights("harbour"), 5, scope=nowhere)] == [0, 0]
    with pytest.raises(UsageError, match="no document has author:Nobody"):
        engine.nearest_windows(vector, 5, scope=Scope(filters=(Filter(name="author", value="Nobody"),)))


def test_both_engines_weigh_words_alike(contract_indexes: Path) -> None:
    whole, grown = (IndexFolder(contract_indexes / name).open() for name in ("whole", "grown"))
    for question in QUESTIONS:
        ours, theirs = ([each.weight for each in engine.weights(question).concepts] for engine in (whole, grown))
        assert ours == theirs
    assert whole.unseen() == grown.unseen()


def test_words_weigh_alike_in_a_database(contract_indexes: Path, in_postgres: Snapshot) -> None:
    whole = IndexFolder(contract_indexes / "whole").open()
    for question in QUESTIONS:
        ours, theirs = ([each.weight for each in engine.weights(question).concepts] for engine in (whole, in_postgres))
        assert ours == theirs
    assert whole.unseen() == in_postgres.unseen()


def test_words_are_those_of_the_passage(engine: Snapshot) -> None:
    for passage in engine.catalogue.passages([0, 5, engine.catalogue.passages_end - 1]):
        keys, starts = engine.words(passage.records)
        assert len(keys) == len(starts) == len(passage.records)
        assert all(passage.span.start <= start < passage.span.end for start in starts.tolist())

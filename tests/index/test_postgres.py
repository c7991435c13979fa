"""An index in PostgreSQL: the same as in files where documents were removed; damage, lost connections, and secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from citewell import IndexFolder
from citewell.answer import Scope
from citewell.errors import IndexDamagedError, IndexMismatchError, IndexUnreadableError, UsageError
from citewell.index.drafting import LocalDraft
from citewell.index.lexical_queries import FORMS, PARTS, LexicalIndex
from citewell.index.snapshot import LEXICAL, LocalSnapshot
from citewell.text.terms import analyse
from tests.support.copied import in_two
from tests.support.found import ALIKE, compare
from tests.support.postgres import database, snapshot_in, why_not

if TYPE_CHECKING:
    from citewell.index.postgres.snapshot import PostgresSnapshot

REMOVED = 9
QUESTIONS = ["Which ferry belongs to the baker?", "wi-fi lighthouse", "KX4410B", "Wem gehört der Hafen?", "zebra"]
SCOPES = [Scope(), Scope(folders=("north",)), Scope(documents=("north/001.md", "north/010.md", "south/006.md"))]


@pytest.fixture(scope="module")
def whole(contract_indexes: Path) -> LocalSnapshot:
    return IndexFolder(contract_indexes / "whole").open()


@pytest.fixture(scope="module")
def here(whole: LocalSnapshot, tmp_path_factory: pytest.TempPathFactory) -> LocalSnapshot:
    """The documents in two segments in files; some are no longer valid."""
    folder = tmp_path_factory.mktemp("two")
    places = [folder / kind / name for name in ("first", "second") for kind in ("snapshots", "segments")]
    for place in places:
        place.mkdir(parents=True)
    first = LocalDraft("first", places[0], places[1])

    class Second(LocalDraft):
        """Continues the first, which nobody publishes."""

        @property
        def earlier(self) -> Path:
            """The BM25 index that it continues."""
            return first.folder / LEXICAL

        def files(self) -> dict[str, str]:
            return {}

    return in_two(whole, first, Second("second", places[2], places[3]), removed=REMOVED)


@pytest.fixture(scope="module")
def there(whole: LocalSnapshot, postgres: str) -> Iterator[PostgresSnapshot]:
    """The same in a database."""
    with snapshot_in(postgres, whole, removed=REMOVED) as snapshot:
        yield snapshot


def lexical(snapshot: LocalSnapshot | PostgresSnapshot) -> LexicalIndex[object]:
    index: LexicalIndex[object] = snapshot.lexical._index  # type: ignore[assignment]
    return index


@pytest.mark.parametrize("scope", SCOPES, ids=str)
@pytest.mark.parametrize("question", QUESTIONS)
def test_words_are_found_alike_without_what_was_removed(
    here: LocalSnapshot, there: PostgresSnapshot, question: str, scope: Scope
) -> None:
    ours, theirs = here.weights(question), there.weights(question)
    assert [each.weight for each in ours.concepts] == [each.weight for each in theirs.concepts]
    assert [each.found for each in ours.concepts] == [each.found for each in theirs.concepts]
    for count in (1, 7, 1000):
        expected, found = (each.best_passages(ours, count, scope=scope) for each in (here, there))
        compare(found, expected)
    some = here.catalogue.valid_passages[::3]
    assert np.allclose(here.scores(ours, some), there.scores(ours, some), atol=ALIKE)


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_windows_are_found_alike_without_what_was_removed(
    here: LocalSnapshot, there: PostgresSnapshot, scope: Scope
) -> None:
    assert not here.catalogue.is_whole
    vector = here.vectors_of(here.catalogue.windows_in_order[[40]])[0]
    for count in (1, 30, 10_000):
        (ours, owners, cosines), (theirs, others, found) = (
            each.nearest_windows(vector, count, scope=scope) for each in (here, there)
        )
        assert np.allclose(cosines, found, atol=ALIKE)
        assert set(ours.tolist()) == set(theirs.tolist()) or count < 10_000
        assert owners.dtype == others.dtype
        assert here.catalogue.valid_windows[theirs].all()


@pytest.mark.parametrize("slop", [0, 1, 2])
def test_words_follow_one_another_as_in_tantivy(here: LocalSnapshot, there: PostgresSnapshot, slop: int) -> None:
    draw, counts = Random(7), []
    passages = here.catalogue.passages(here.catalogue.valid_passages)
    for _ in range(300):
        passage = draw.choice(passages)
        terms = analyse(passage.text, passage.language)
        forms = [each.text for each in terms]
        # Of more words, tantivy misses some that stand apart.
        at, size = draw.randrange(max(1, len(forms) - 4)), 2 if slop else draw.randint(2, 4)
        words = draw.sample(forms[at : at + size + 2], min(size, len(forms) - at))
        if len(words) > 1 and len(set(words)) == len(words):
            ours, theirs = (
                index.passages_with(index.phrase(FORMS, words, slop)) for index in (lexical(here), lexical(there))
            )
            assert ours == theirs, words
            counts.append(ours)
    assert any(counts)


def test_parts_of_words_follow_one_another_as_in_tantivy(here: LocalSnapshot, there: PostgresSnapshot) -> None:
    for words in (["wi", "fi"], ["kx", "4410", "b"], ["4410", "kx"], ["get", "user"]):
        ours, theirs = (index.passages_with(index.phrase(PARTS, words)) for index in (lexical(here), lexical(there)))
        assert ours == theirs, words


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("postings", "passages"),
        ("lengths", "codes"),
        ("term_records", "records"),
        ("documents", "text"),
        ("passages", "seal"),
        ("concordance_words", "places"),
        ("concordance_blocks", "paragraphs"),
        ("sentences", "spans"),
    ],
)
def test_rows_that_have_changed_are_found_when_they_are_read(
    whole: LocalSnapshot, postgres: str, table: str, column: str
) -> None:
    from citewell.index.postgres.snapshot import PostgresSnapshot

    with snapshot_in(postgres, whole) as snapshot:
        connections = snapshot.connections
        with connections.database.writing() as connection:
            changed = f"{column} = set_byte({column}, 0, (get_byte({column}, 0) + 1) % 256)"
            connection.execute(f"UPDATE {table} SET {changed} WHERE length({column}) > 0")  # noqa: S608 - our own words
        with pytest.raises(IndexDamagedError, match="damaged"):
            read_all(PostgresSnapshot(connections.database, snapshot.manifest))


def read_all(snapshot: PostgresSnapshot) -> None:
    snapshot.best_passages(snapshot.weights("Which ferry belongs to the baker?"), 5)
    for passage in snapshot.catalogue.passages(range(9)):
        snapshot.words(passage.records)
    for block in snapshot.concordance.blocks:
        snapshot.concordance.block(block)
        snapshot.concordance.places(block, "the")


def test_a_missing_vector_is_found(whole: LocalSnapshot, postgres: str) -> None:
    with snapshot_in(postgres, whole) as snapshot:
        with snapshot.connections.database.writing() as connection:
            connection.execute("DELETE FROM vectors WHERE number = 3")
        with pytest.raises(IndexDamagedError, match=r"vectors in .* are missing"):
            snapshot.vectors_of(np.array([3]))
        assert snapshot.soundness.is_damaged


def test_a_lost_connection_is_tried_once_more(there: PostgresSnapshot) -> None:
    weights = there.weights("harbour")
    found = there.best_passages(weights, 5)[0].tolist()
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
    for _ in range(3):
        with there.connections.database.writing() as connection:
            connection.execute(query, [connection.info.backend_pid])
        assert there.connections.all("SELECT 1") == [(1,)]
    assert there.best_passages(weights, 5)[0].tolist() == found


needs_driver = pytest.mark.skipif(why_not() is not None, reason=f"no PostgreSQL: {why_not()}")


@needs_driver
def test_no_server_is_said_without_the_password() -> None:
    from citewell.index.postgres.connecting import Connections
    from citewell.postgres.address import Address

    address = Address("postgresql://ada:sesame@127.0.0.1:1,127.0.0.1:2/index?connect_timeout=1&sslmode=disable")
    connections = Connections(address)
    try:
        with pytest.raises(IndexUnreadableError, match=r"127\.0\.0\.1:1,127\.0\.0\.1:2/index") as raised:
            connections.writing().__enter__()
        assert raised.value.fix
        assert "sesame" not in f"{raised.value} {raised.value!r} {address} {address!r}"
    finally:
        connections.close()


@needs_driver
@pytest.mark.parametrize("text", ["postgresql://ada:sesame@[host/index", "postgresql://ada:sesame@host/index?sesame=1"])
def test_an_address_that_is_none_is_not_repeated(text: str) -> None:
    from citewell.postgres.address import Address

    with pytest.raises(UsageError) as raised:
        Address(text)
    assert "sesame" not in str(raised.value)
    assert raised.value.__cause__ is None


@needs_driver
def test_an_address_is_said_as_it_is_given_but_for_secrets() -> None:
    from citewell.postgres.address import Address

    text = "postgresql://ada:sesame@one:5432,two:5433/my%20index?sslmode=verify-full&password=sesame"
    assert str(Address(text)) == "postgresql://ada@one:5432,two:5433/my%20index?sslmode=verify-full"


def test_tables_of_another_version_are_refused(postgres: str) -> None:
    from citewell.index.postgres import creating
    from citewell.index.postgres.connecting import Connections
    from citewell.postgres.address import Address

    with database(postgres, "another_version") as address:
        connections = Connections(Address(address))
        with connections.writing() as connection:
            creating.create(connection, connections.address)
            connection.execute("UPDATE version SET version = 999")
            with pytest.raises(IndexMismatchError, match="version 999") as raised:
                creating.create(connection, connections.address)
            assert raised.value.fix
        connections.close()

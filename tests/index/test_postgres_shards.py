"""An index whose vectors and postings are on three shards: the same as on one server, also where a shard is killed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from citewell import Assistant, IndexFolder, build
from citewell.answer import Scope
from citewell.errors import IndexDamagedError, IndexFaultError, IndexUnreadableError
from citewell.index.checking import check
from citewell.index.publishing import rollback
from citewell.recent import Recent
from tests.support.asking import SETTINGS, Asking, quoted
from tests.support.environment import ROOT
from tests.support.postgres import database, snapshot_at
from tests.support.sharded import Shards, shards, spread_finely

if TYPE_CHECKING:
    from citewell.index.postgres.index import PostgresIndex
    from citewell.index.postgres.snapshot import PostgresSnapshot
    from citewell.index.segment_rows import Row

QUESTIONS = ["What do otters eat?", "How do bees dance?", "How long is a day on the Moon?"]
pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture(scope="module")
def servers() -> Iterator[Shards]:
    with shards(has_standby=True) as running, spread_finely():
        yield running


@contextmanager
def opened(address: str) -> Iterator[PostgresIndex]:
    from citewell.index.postgres.index import PostgresIndex

    index = PostgresIndex(address)
    yield index
    index.close()


@pytest.fixture
def there(servers: Shards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresIndex]:
    monkeypatch.chdir(tmp_path)
    with servers.database("letters") as address, opened(address) as index:
        yield index


@pytest.fixture(scope="module")
def large(servers: Shards, contract_indexes: Path) -> Iterator[PostgresSnapshot]:
    whole = IndexFolder(contract_indexes / "whole").open()
    with servers.database("harbours") as address, snapshot_at(address, whole, removed=3) as snapshot:
        yield snapshot


def statements(snapshot: PostgresSnapshot, search: Callable[[], object]) -> list[tuple[str, str]]:
    """Return what a search, before which no postings are kept, sends to the shards: the number of each, and the statement."""
    snapshot.lexical._index._kept = Recent(256)  # type: ignore[attr-defined]
    database = snapshot.connections.database
    sent: list[tuple[str, str]] = []
    ask = database._ask

    def of(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if "Remote SQL" in plan:
            (shard,) = re.findall(r"_(\d)\b", plan.get("Relation Name") or plan["Relations"])
            yield shard, plan["Remote SQL"]
        for each in plan.get("Plans", ()):
            yield from of(each)

    def explained(query: str, *others: Any) -> list[Row]:
        ((plans,),) = ask(f"EXPLAIN (VERBOSE, FORMAT JSON) {query}", *others)
        sent.extend(of(plans[0]["Plan"]))
        return ask(query, *others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_ask", explained)
        search()
    return sent


def rows(index: PostgresIndex) -> dict[str, list[int]]:
    """Return how many rows each shard has of each table that is spread."""
    counts = "SELECT shard, count(*) FROM {} GROUP BY shard ORDER BY shard"
    return {
        table: [many for _, many in index.connections.all(counts.format(table))] for table in ("vectors", "postings")
    }


def faults(index: PostgresIndex) -> list[str]:
    return [finding.message for finding in check(index) if not finding.passed]


def test_a_shard_is_prepared_by_a_script_that_fits() -> None:
    from citewell.index.postgres.creating import shard_script

    script = (ROOT / "contrib" / "postgresql" / "shard.sql").read_text(encoding="utf-8")
    assert script.partition("\n\n")[2] == shard_script()


def test_a_search_is_one_statement_a_shard_and_sends_no_vectors(large: PostgresSnapshot) -> None:
    vector, some = large.vectors_of(np.array([40]))[0], large.catalogue.valid_passages[::5]
    north, everywhere = Scope(folders=("north",)), Scope()
    counted = statements(large, partial(large.lexical._index.expect, ["ferri", "lantern"]))
    assert [shard for shard, _ in counted] == ["0", "1", "2"]
    assert all("sum(count)" in statement for _, statement in counted)
    weights, others = (
        large.weights(asked) for asked in ("Which lighthouse belongs to the baker?", "Who has a garden?")
    )
    searches: list[Callable[[], object]] = [
        *(partial(large.nearest_windows, vector, 30, scope=scope) for scope in (everywhere, north)),
        partial(large.best_windows, vector, some),
        partial(large.cosines, vector, np.array([3, 30, large.catalogue.windows_end - 1])),
        partial(large.best_passages, weights, 30),
        partial(large.best_passages, others, 30, scope=north),
    ]
    all_shards = 0
    for search in searches:
        sent = statements(large, search)
        shards = [shard for shard, _ in sent]
        assert len(shards) == len(set(shards)) <= 3, sent
        assert shards
        all_shards += len(shards) == 3
        for _, statement in sent:
            chosen = statement.partition(" FROM ")[0]
            assert "vector" not in chosen or "max((- (vector::public.vector OPERATOR(public.<#>)" in chosen, statement
            assert "vectors" not in statement or " GROUP BY " in statement
    assert all_shards >= 3
    # Where the best are wanted, a shard sends no more.
    for _, statement in statements(large, searches[0]):
        assert statement.endswith("LIMIT 30::bigint")


def test_rows_and_answers_are_those_of_one_server(servers: Shards, there: PostgresIndex, corpus: Path) -> None:
    with database(servers.coordinator.address, "whole") as address, opened(address) as whole:
        for index in (whole, there):
            build(corpus, index, SETTINGS)
            (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
            build(corpus, index, SETTINGS)
            (corpus / "new.md").unlink()
        assert all(len(each) == 3 for each in rows(there).values()), rows(there)
        assert [len(each) for each in rows(whole).values()] == [1, 1]
        ours, theirs = (each.manifest().segments for each in (whole, there))
        assert [each.files for each in ours] == [each.files for each in theirs]
        one, other = (Assistant(each, SETTINGS) for each in (whole, there))
        for question in QUESTIONS:
            assert one.ask(question).to_json()["passages"] == other.ask(question).to_json()["passages"]
        assert there.size() > 3 * 8192
    assert faults(there) == []
    with there.connections.writing() as connection:
        connection.execute("DELETE FROM vectors WHERE number = 3")
    assert any("vectors" in fault for fault in faults(there))


@pytest.mark.long
def test_a_shard_that_is_killed_makes_no_answer_wrong(servers: Shards, there: PostgresIndex, corpus: Path) -> None:
    build(corpus, there, SETTINGS)
    assistant = Assistant(there, SETTINGS)
    right = {question: quoted(assistant, question) for question in QUESTIONS}
    assert all(right.values())
    first, second, third = servers.shards
    for killed in (first, second):
        killed.kill()
        for question in QUESTIONS:
            with pytest.raises(IndexUnreadableError, match=f"citewell_shard_{servers.shards.index(killed)}") as raised:
                Assistant(there, SETTINGS).ask(question)
            assert raised.value.fix
        killed.start()
        assert {question: quoted(assistant, question) for question in QUESTIONS} == right
    asking = Asking(there.address.conninfo, right)
    with asking.going_on():
        second.kill()
        second.start()
        asking.answers_again()
    assert asking.wrong == []
    assert all(isinstance(error, IndexUnreadableError) for error in asking.errors), asking.errors
    # Its standby is asked instead.
    third.kill()
    assert {question: quoted(Assistant(there, SETTINGS), question) for question in QUESTIONS} == right
    third.start()
    assert {question: quoted(assistant, question) for question in QUESTIONS} == right


@pytest.mark.long
@pytest.mark.promise("nothing-lost")
def test_a_shard_that_is_killed_while_a_build_writes_publishes_nothing_half(
    servers: Shards, there: PostgresIndex, corpus: Path
) -> None:
    build(corpus, there, SETTINGS)
    (corpus / "new.md").write_text(
        "# News\n\nThe zeppelin lands at noon. It stays there.\n\nAll go home by the tram.\n"
    )
    before, seen = there.current(), list[str]()

    def killing(stage: str, _done: int, _total: int) -> None:
        if stage not in seen:
            seen.append(stage)
            servers.shards[1].kill()

    stages = 0
    while True:
        with suppress(IndexFaultError):
            build(corpus, there, SETTINGS, progress=killing)
        if len(seen) == stages:
            break
        stages = len(seen)
        servers.shards[1].start()
        manifest = there.manifest()
        assert manifest.name == before or manifest.documents == 4
        assert faults(there) == []
    assert {"Reading", "Encoding"} <= set(seen)
    (_, added) = there.manifest().segments
    assert faults(there) == []
    assert len(there.connections.all("SELECT segment FROM begun")) == 2
    # The same as a build that nothing stops.
    rollback(there)
    build(corpus, there, SETTINGS)
    assert there.manifest().segments[-1].files == added.files


def test_rows_of_which_the_coordinator_does_not_know_are_removed(there: PostgresIndex, corpus: Path) -> None:
    """As if it had been interrupted between the commit of a shard and its own."""
    build(corpus, there, SETTINGS)
    whole = rows(there)
    with there.connections.writing() as connection:
        connection.execute("INSERT INTO begun OVERRIDING SYSTEM VALUE VALUES (7)")
        connection.execute("INSERT INTO vectors SELECT shard, 7, number, vector FROM vectors")
    assert rows(there)["vectors"] == [2 * many for many in whole["vectors"]]
    assert faults(there) == []
    build(corpus, there, SETTINGS)
    assert rows(there) == whole


def test_a_build_whose_rows_are_not_all_on_their_shards_is_not_published(
    there: PostgresIndex, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from citewell.index.postgres.rows import TableWriter

    build(corpus, there, SETTINGS)
    before = there.current()
    (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
    flush = TableWriter.flush

    def losing(writer: TableWriter) -> None:
        writer._waiting["postings"] = writer._waiting.get("postings", [])[1:]
        for row in writer._waiting["postings"][:1]:
            writer._numbered("postings")(row)
        flush(writer)

    monkeypatch.setattr(TableWriter, "flush", losing)
    with pytest.raises(IndexDamagedError, match="rows of the table postings"):
        build(corpus, there, SETTINGS)
    assert there.current() == before


def test_shards_that_do_not_fit_are_refused(servers: Shards, there: PostgresIndex, corpus: Path) -> None:
    import psycopg

    build(corpus, there, SETTINGS)
    with there.connections.writing() as connection:
        connection.execute("DROP SCHEMA citewell CASCADE")
    with (
        opened(there.address.conninfo) as again,
        pytest.raises(IndexFaultError, match="rows of another index") as raised,
    ):
        build(corpus, again, SETTINGS)
    assert raised.value.fix
    shard = f"{servers.shards[1].address.rpartition('/')[0]}/letters"
    for change, said in {
        "CREATE OR REPLACE VIEW citewell.shard AS SELECT 1 AS version, true AS is_empty, 0::int8 AS bytes": "version 1",
        "DROP SCHEMA citewell CASCADE": "has no tables of an index",
    }.items():
        for each in servers.shards[:1]:
            with psycopg.connect(f"{each.address.rpartition('/')[0]}/letters", autocommit=True) as connection:
                connection.execute("TRUNCATE citewell.vectors, citewell.postings")
        with psycopg.connect(shard, autocommit=True) as connection:
            connection.execute(change)
        with (
            opened(there.address.conninfo) as again,
            pytest.raises(IndexFaultError, match=f"citewell_shard_1 .*{said}"),
        ):
            build(corpus, again, SETTINGS)
    with there.connections.writing() as connection:
        connection.execute("DROP SERVER citewell_shard_0 CASCADE")
    with opened(there.address.conninfo) as again, pytest.raises(IndexFaultError, match="none named citewell_shard_0"):
        build(corpus, again, SETTINGS)

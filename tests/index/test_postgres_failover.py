"""An index on a primary and two standbys: while servers are killed, every answer is right, or an error that says why."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citewell import Assistant, build
from citewell.errors import IndexFaultError, IndexUnreadableError
from citewell.index.checking import check
from citewell.index.publishing import rollback
from tests.support.asking import SETTINGS, Asking, quoted
from tests.support.postgres import Cluster, cluster, needed

if TYPE_CHECKING:
    from citewell.index.postgres.index import PostgresIndex

QUESTIONS = ["What do otters eat?", "How do bees dance?", "How long is a day on the Moon?"]

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def servers() -> Iterator[Cluster]:
    needed()
    with cluster() as running:
        yield running


@pytest.fixture
def there(servers: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresIndex]:
    """An index that is read from any of the servers."""
    from citewell.index.postgres.index import PostgresIndex

    monkeypatch.chdir(tmp_path)
    index = PostgresIndex(f"{servers.address}?load_balance_hosts=random")
    yield index
    index.close()


@pytest.mark.promise("verified-quotations")
def test_servers_that_are_killed_make_no_answer_wrong(servers: Cluster, there: PostgresIndex, corpus: Path) -> None:
    build(corpus, there, SETTINGS)
    right = {question: quoted(Assistant(there, SETTINGS), question) for question in QUESTIONS}
    assert all(right.values())
    asking = Asking(servers.address, right)
    first, second, third = servers.servers
    with asking.going_on():
        third.kill()
        asking.answers_again()
        third.start()
        first.kill()
        second.promote()
        asking.answers_again()
        servers.follow(first)
        asking.answers_again()
    assert asking.wrong == []
    assert all(isinstance(error, IndexUnreadableError) for error in asking.errors), asking.errors
    # The new primary takes changes, and whoever asks gets them, from the old one as well.
    (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
    assert build(corpus, there, SETTINGS).added == 1
    for _ in range(9):
        assert "zeppelin" in Assistant(there, SETTINGS).ask("When does the zeppelin land?").passages[0].text


def test_without_a_primary_questions_are_answered_and_a_build_says_what_is_missing(
    servers: Cluster, there: PostgresIndex, corpus: Path
) -> None:
    build(corpus, there, SETTINGS)
    assistant = Assistant(there, SETTINGS)
    servers.servers[0].kill()
    assert assistant.ask("What do otters eat?").passages
    (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
    with pytest.raises(IndexUnreadableError, match=r"cannot be reached: .*(read-only|hot standby)"):
        build(corpus, there, SETTINGS)
    servers.servers[2].promote()
    assert build(corpus, there, SETTINGS).added == 1
    for each in servers.servers:
        each.stop()
    with pytest.raises(IndexUnreadableError, match="cannot be reached"):
        assistant.ask("What do otters eat?")


@pytest.mark.promise("nothing-lost")
def test_a_server_that_is_killed_while_a_build_writes_loses_and_doubles_nothing(
    servers: Cluster, there: PostgresIndex, corpus: Path
) -> None:
    build(corpus, there, SETTINGS)
    (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
    before, first = there.current(), servers.servers[0]
    seen: list[str] = []

    def killing(stage: str, _done: int, _total: int) -> None:
        if stage not in seen:
            seen.append(stage)
            first.kill()

    stages = 0
    while True:
        with suppress(IndexFaultError):
            build(corpus, there, SETTINGS, progress=killing)
        if len(seen) == stages:
            break
        stages = len(seen)
        first.start()
    assert {"Reading", "Encoding"} <= set(seen)
    assert there.current() != before
    (_, added) = there.manifest().segments
    assert [finding.check for finding in check(there) if not finding.passed] == []
    assert len(there.connections.all("SELECT name FROM segments")) == 2
    # The same as a build that nothing stops.
    rollback(there)
    build(corpus, there, SETTINGS)
    assert there.manifest().segments[-1].files == added.files


def test_an_index_is_not_older_than_what_was_read_before(servers: Cluster, there: PostgresIndex, corpus: Path) -> None:
    """A standby that lags behind is waited for, and does not bring an older snapshot back."""
    import psycopg

    from citewell.index.postgres.index import PostgresIndex
    from citewell.index.postgres.snapshot import PostgresSnapshot

    build(corpus, there, SETTINGS)
    behind = servers.servers[2]
    ours = f"postgresql://citewell:{behind.password}@127.0.0.1:{behind.port}/postgres"
    late = PostgresIndex(ours)
    older = late.current()
    with psycopg.connect(ours, autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
        (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
        build(corpus, there, SETTINGS)
        newest = there.current()
        assert late.current() == older != newest
        # As if the same process had asked the primary.
        late._newest = there._newest
        assert late.current() == newest
        assert late.open_snapshot(older).catalogue.document_count == 3
        resumed = threading.Timer(1.0, connection.execute, ["SELECT pg_wal_replay_resume()"])
        resumed.start()
        opened = (PostgresSnapshot(late.connections, there.manifest()), late.open())
        assert [each.catalogue.document_count for each in opened] == [4, 4]
        resumed.join()
    late.close()

"""An index on a primary and two standbys: while servers are killed, every answer is right, or an error that says why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citewell import Assistant, build
from citewell.building.background import begun
from citewell.errors import IndexFaultError, IndexMissingError, IndexUnreadableError
from tests.support.asking import SETTINGS, Asking, quoted
from tests.support.indexes import failed
from tests.support.postgres import Cluster, Server, cluster, database, needed, row_counts
from tests.support.waiting import until

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


@pytest.mark.long
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


@contextmanager
def before_call(
    owner: type, method: str, is_meant: Callable[..., bool], act: Callable[[], object]
) -> Iterator[list[bool]]:
    """Do something before the first call of a method that is meant, while the block runs; yield whether there was one."""
    original, done = getattr(owner, method), list[bool]()

    def called(self: object, *arguments: object, **named: object) -> object:
        if not done and is_meant(*arguments):
            done.append(True)
            act()
        return original(self, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, method, called)
        yield done


def nth_call(number: int) -> Callable[..., bool]:
    """Return what means the call with this number, counted from 0."""
    numbers = count()
    return lambda *_: next(numbers) == number


def begins(statement: str) -> Callable[..., bool]:
    """Return what means a call with a statement that begins so."""
    return lambda query, *_: str(query).startswith(statement)


def kill_while_it_commits(primary: Server, standbys: Sequence[Server]) -> Future[None]:
    """Kill the standbys now, and the primary as soon as it has made a change for which it waits for one of them.

    Returns:
        What ends when the primary is killed.
    """
    import psycopg

    for each in standbys:
        each.kill()

    def waits() -> bool:
        with psycopg.connect(primary.address) as connection:
            query = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')"
            (is_waiting,) = connection.execute(query).fetchone() or (False,)
        return bool(is_waiting)

    def kill() -> None:
        until(waits)
        primary.kill()

    return begun("kills", kill)


@pytest.mark.long
@pytest.mark.promise("nothing-lost")
def test_servers_that_are_killed_while_a_build_writes_lose_and_double_no_row(
    servers: Cluster, there: PostgresIndex, corpus: Path, postgres: str
) -> None:
    import psycopg

    from citewell.index.postgres.index import PostgresIndex

    first, second, third = servers.servers

    def promote() -> None:
        second.promote()
        servers.follow(first)

    killing: list[Future[None]] = []

    def kill_all() -> None:
        killing.append(kill_while_it_commits(second, (first, third)))

    def start_all() -> None:
        killing.pop().result()
        for each in (second, first, third):
            each.start()

    run, copy = (psycopg.Connection, "execute"), psycopg.Copy
    # Before which call, which of those, who is killed, what the build says, and what is done about it.
    moments: list[tuple[tuple[type, str], Callable[..., bool], Callable[[], object], str, Callable[[], object]]] = [
        ((copy, "write_row"), nth_call(20), first.kill, "is unchanged", first.start),
        # The first call writes what is before the vectors.
        ((copy, "write"), nth_call(1), first.kill, "is unchanged", promote),
        (run, begins("INSERT INTO pointer"), second.kill, "is unchanged", second.start),
        (run, begins("INSERT INTO pointer"), kill_all, "it is unknown whether", start_all),
        # It is published, and an older one is not removed.
        (run, begins("DELETE FROM snapshots"), second.kill, "cannot be reached", second.start),
    ]
    with database(postgres, "whole") as address, closing(PostgresIndex(address)) as whole:
        for nth, (call, is_meant, kill, said, recover) in enumerate(moments):
            (corpus / f"new{nth}.md").write_text(f"# News\n\nThe zeppelin {nth} lands at noon.\n")
            with before_call(*call, is_meant, kill) as done, pytest.raises(IndexFaultError, match=said):
                build(corpus, there, SETTINGS)
            assert done
            recover()
            for index in (there, whole):
                build(corpus, index, SETTINGS)
            assert digests(there) == digests(whole)
            assert failed(there) == []
        # What was left over is gone after one more.
        (corpus / "last.md").write_text("# News\n\nThe zeppelin stays.\n")
        for index in (there, whole):
            build(corpus, index, SETTINGS)
        assert digests(there) == digests(whole)
        assert row_counts(there) == row_counts(whole)


def digests(index: PostgresIndex) -> list[Mapping[str, str]]:
    """Return the digests of all rows, segment by segment, which `failed` has compared with the rows."""
    return [each.files for each in index.manifest().segments]


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.parametrize("method", ["current", "names", "open"])
def test_a_standby_that_does_not_have_the_tables_yet_is_waited_for(
    servers: Cluster, there: PostgresIndex, corpus: Path, method: str
) -> None:
    """A process has seen the tables of the primary, and asks a standby then."""
    import psycopg

    from citewell.index.postgres.index import PostgresIndex
    from citewell.index.postgres.snapshot import PostgresSnapshot

    behind = servers.servers[2]
    ours = f"postgresql://citewell:{behind.password}@127.0.0.1:{behind.port}/postgres"
    with psycopg.connect(ours, autocommit=True) as connection, closing(PostgresIndex(ours)) as late:
        connection.execute("SELECT pg_wal_replay_pause()")
        build(corpus, there, SETTINGS)
        assert late.is_awaited
        with pytest.raises(IndexMissingError):
            late.current()
        late._is_ready = there._has_tables()
        resumed = threading.Timer(1.0, connection.execute, ["SELECT pg_wal_replay_resume()"])
        resumed.start()
        if method == "open":
            assert PostgresSnapshot(late.connections, there.manifest()).catalogue.document_count == 3
        else:
            assert getattr(late, method)() == getattr(there, method)()
        resumed.join()

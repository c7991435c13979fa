"""A backup of a database is restored to a point in time: the index is what it was then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from citewell import Assistant, build
from citewell.index.checking import check
from tests.support.asking import SETTINGS
from tests.support.postgres import Server, archived, needed
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server, str]]:
    needed()
    with archived() as pair:
        yield pair


@pytest.mark.promise("nothing-lost")
def test_a_database_is_restored_to_the_index_of_a_point_in_time(
    servers: tuple[Server, Server, str], corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    from citewell.index.postgres.index import PostgresIndex

    monkeypatch.chdir(tmp_path)
    server, restored, settings = servers
    there = PostgresIndex(server.address)
    build(corpus, there, SETTINGS)
    restored.copy(server.address, "", "recovery.signal")
    (corpus / "news.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
    build(corpus, there, SETTINGS)
    good = there.current()
    with psycopg.connect(server.address, autocommit=True) as connection:
        (then,) = connection.execute("SELECT now()::text").fetchone() or ("",)
        # By mistake, which is what backups are for.
        (corpus / "news.md").unlink()
        (corpus / "moon.txt").unlink()
        build(corpus, there, SETTINGS)
        # What the server writes by itself from now on is not waited for.
        (last,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
        archives = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"
        until(lambda: bool((connection.execute(archives, [last]).fetchone() or (False,))[0]))
    there.close()
    server.stop()
    with (restored.place / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write(f"{settings}recovery_target_time = '{then}'\nrecovery_target_action = 'promote'\n")
    restored.start()
    then_there = PostgresIndex(restored.address)
    assert then_there.current() == good
    assert [finding.check for finding in check(then_there) if not finding.passed] == []
    assert "zeppelin" in Assistant(then_there, SETTINGS).ask("When does the zeppelin land?").passages[0].text
    # It takes changes, too.
    until(lambda: not then_there.connections.all("SELECT pg_is_in_recovery()")[0][0])
    assert build(corpus, then_there, SETTINGS).removed == 2
    then_there.close()

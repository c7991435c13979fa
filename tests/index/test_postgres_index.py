"""An index in PostgreSQL, built, asked, updated and rolled back as one on disk is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexFaultError,
    IndexMismatchError,
    IndexMissingError,
)
from citewell.evaluation.questions.sets import read_questions
from citewell.index.checking import check
from citewell.index.opening import open_index
from citewell.index.publishing import rollback
from citewell.index.status import status
from tests.support.calibrations import calibrated
from tests.support.commands import citewell
from tests.support.environment import CORPUS, ROOT
from tests.support.pdfs import Pdf, shown
from tests.support.postgres import database, row_counts, written_rows
from tests.support.waiting import holds_within, until

if TYPE_CHECKING:
    from citewell.index.postgres.index import PostgresIndex

QUESTIONS = ROOT / "tests" / "questions" / "international-education.questions.yaml"
SETTINGS = Settings(model="english")
# Figures are summed in another order, and are equal to the third decimal.
MEASURED = {"score", "confidence", "cosine", "bm25"}
OTHERWISE = MEASURED | {"id", "seconds", "snapshot", "passages"}

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def address(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A new database, and a folder in which everything is that is beside it."""
    monkeypatch.chdir(tmp_path)
    with database(postgres, "passages") as created:
        yield created


@pytest.fixture
def there(address: str) -> Iterator[PostgresIndex]:
    from citewell.index.postgres.index import PostgresIndex

    index = PostgresIndex(address)
    yield index
    index.close()


def told(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in OTHERWISE}


def test_answers_are_those_of_the_index_on_disk(there: PostgresIndex, bundled_index: Path) -> None:
    assert there.is_awaited
    with pytest.raises(IndexMissingError, match="there is no index in postgresql://citewell@") as raised:
        there.open()
    assert raised.value.is_first
    with calibrated(by_all=True):
        build(CORPUS, there, SETTINGS)
    here, elsewhere = (Assistant(each, SETTINGS) for each in (IndexFolder(bundled_index), there))
    for asked in read_questions(QUESTIONS).questions:
        ours, theirs = (each.ask(asked.question, top=20).to_json() for each in (here, elsewhere))
        assert told(ours) == told(theirs)
        passages = list(zip(ours["passages"], theirs["passages"], strict=True))
        assert all(told(one) == told(other) for one, other in passages)
        for one, other in [(ours, theirs), *passages]:
            assert all(one[name] == pytest.approx(other[name], abs=1e-3) for name in MEASURED & one.keys())


def test_an_update_writes_the_rows_of_what_changed(there: PostgresIndex, corpus: Path) -> None:
    for nth in range(20):
        (corpus / f"more-{nth}.md").write_text(
            f"# Letter {nth}\n\nThe ferry {nth} sails at dawn. It returns at dusk.\n"
        )
    build(corpus, there, SETTINGS)
    assistant, first = Assistant(there, SETTINGS), there.current()
    # Rows are counted when the process of the server has ended that wrote them.
    until(lambda: written_rows(there)["segments", "inserted"] == 1)
    before = written_rows(there)
    (corpus / "more-3.md").write_text("# Letter 3\n\nThe zeppelin lands at noon.\n")
    report = build(corpus, there, SETTINGS)
    assert report.changed == 1
    expected = {
        # Of the document, which has seven words.
        **inserted(documents=1, passages=1, windows=1, vectors=1, concordance_words=7, postings=7),
        # Of any segment, and of any snapshot, however many documents it has.
        **inserted(
            begun=1, segments=1, listing=1, sentences=1, words=1, concordance_blocks=1, term_records=1, lengths=1
        ),
        **inserted(snapshots=1),
        ("pointer", "updated"): 1,
    }
    holds_within(lambda: written_rows(there) - before == expected)
    assert written_rows(there) - before == expected
    assert "zeppelin" in assistant.ask("When does the zeppelin land?").passages[0].text
    assert not any("ferry 3 " in each.text for each in assistant.ask("ferry 3", top=50).passages)
    assert [finding.check for finding in check(there) if not finding.passed] == []
    assert there.names() == [first, there.current()]
    assert build(corpus, there, SETTINGS).up_to_date


def inserted(**rows: int) -> dict[tuple[str, str], int]:
    return {(table, "inserted"): many for table, many in rows.items()}


def test_a_rollback_is_used_by_the_next_question(there: PostgresIndex, corpus: Path) -> None:
    build(corpus, there, SETTINGS)
    assistant = Assistant(there, SETTINGS)
    (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
    build(corpus, there, SETTINGS)
    assert assistant.ask("When does the zeppelin land?").answered
    rollback(there)
    assert not any("zeppelin" in each.text for each in assistant.ask("zeppelin").passages)
    rollback(there)
    assert "zeppelin" in assistant.ask("zeppelin").passages[0].text


def test_what_no_snapshot_needs_is_removed(there: PostgresIndex, corpus: Path) -> None:
    for nth in range(4):
        (corpus / "new.md").write_text(f"# News\n\nThe zeppelin {nth} lands at noon.\n")
        build(corpus, there, SETTINGS)
    manifests = [there.manifest(name) for name in there.names()]
    assert len(manifests) == 2
    named = {segment.name for manifest in manifests for segment in manifest.segments}
    assert {name for (name,) in there.connections.all("SELECT name FROM segments")} == named


def test_a_build_that_fails_leaves_the_index_as_it_is(
    there: PostgresIndex, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(corpus, there, SETTINGS)
    before, name = row_counts(there), there.current()
    (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")

    def broken(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("citewell.building.renewing.finished", broken)
        with pytest.raises(KeyboardInterrupt):
            build(corpus, there, SETTINGS)
    assert (row_counts(there), there.current()) == (before, name)
    assert build(corpus, there, SETTINGS).added == 1


def test_two_builds_do_not_write_at_once(there: PostgresIndex, corpus: Path) -> None:
    with there.writing(), pytest.raises(IndexBusyError, match="another process is writing"):
        build(corpus, there, SETTINGS)
    build(corpus, there, SETTINGS)


def test_a_text_that_has_changed_is_not_quoted(there: PostgresIndex, corpus: Path) -> None:
    build(corpus, there, SETTINGS)
    assistant = Assistant(there, SETTINGS)
    with there.connections.writing() as connection:
        connection.execute("UPDATE documents SET text = text || ' and more'::bytea")
    with pytest.raises(IndexDamagedError, match="has changed"):
        assistant.ask("What do otters eat?")
    assert [finding.check for finding in check(there) if not finding.passed] == ["rows", "quotations"]


def test_a_check_finds_rows_that_have_changed_or_are_missing_in_every_table(there: PostgresIndex, corpus: Path) -> None:
    from citewell.index.postgres.row_digests import row_faults
    from citewell.index.postgres.schema import TABLES

    # So that there are pages, and places on them.
    page = Pdf([shown(60, 100, "The lighthouse was built in 1812.")])
    (corpus / "lighthouse.pdf").write_bytes(page.data())
    build(corpus, there, SETTINGS)
    (passed,) = [finding for finding in check(there) if finding.check == "rows"]
    assert passed.passed
    (segment,) = there.manifest().segments
    snapshot = there.open()

    def faults() -> list[str]:
        return list(row_faults(snapshot.connections, [(snapshot.numbers[0], segment.name, segment.files)]))

    changes = {"bytea": "set_byte({0}, 0, (get_byte({0}, 0) + 1) % 256)", "halfvec": "{0} + {0}", "text": "{0} || ' '"}
    with there.connections.writing() as connection:
        for name, table in TABLES.items():
            kinds = {column: {"word": "text"}.get(kind, kind) for column, kind in table.columns.items()}
            column, kind = next((column, kinds[column]) for column in reversed(kinds) if kinds[column] in changes)
            connection.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {name}")  # noqa: S608 - our own words
            one = f"ctid = (SELECT ctid FROM {name} LIMIT 1)"  # noqa: S608 - our own words
            for change in (
                f'UPDATE {name} SET "{column}" = {changes[kind].format(column)} WHERE {one}',  # noqa: S608 - our own words
                f"DELETE FROM {name} WHERE {one}",  # noqa: S608 - our own words
            ):
                connection.execute(change)
                (fault,) = faults()
                assert fault.startswith(f"the table {name} of the segment {segment.name} has "), change
                connection.execute(f"DELETE FROM {name}")  # noqa: S608 - our own words
                connection.execute(f"INSERT INTO {name} SELECT * FROM kept")  # noqa: S608 - our own words
            connection.execute("DROP TABLE kept")
    assert faults() == []


def test_tables_of_another_version_are_not_read(there: PostgresIndex, corpus: Path, address: str) -> None:
    build(corpus, there, SETTINGS)
    with there.connections.writing() as connection:
        connection.execute("UPDATE version SET version = 999")
    other = open_index(address)
    with pytest.raises(IndexMismatchError, match="version 999"):
        other.open()
    other.close()


def test_status_is_that_of_an_index(there: PostgresIndex, corpus: Path) -> None:
    build(corpus, there, SETTINGS)
    found = status(there)
    assert found.up_to_date
    assert found.bytes > 10_000
    (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
    changes = status(there).changes
    assert changes
    assert changes.added == ("new.md",)


def test_a_host_that_is_away_is_passed_over(address: str, there: PostgresIndex, corpus: Path) -> None:
    build(corpus, there, SETTINGS)
    port = address.rpartition(":")[2].partition("/")[0]
    several = open_index(address.replace(f"127.0.0.1:{port}", f"127.0.0.1:1,127.0.0.1:{port}"))
    assert f"@127.0.0.1:1,127.0.0.1:{port}/" in several.place
    assert several.current() == there.current()
    assert several.open().catalogue.document_count == 3
    several.close()


def test_who_may_only_read_can_ask(address: str, there: PostgresIndex, corpus: Path) -> None:
    build(corpus, there, SETTINGS)
    (corpus / "new.md").write_text("# News\n\nThe zeppelin lands at noon.\n")
    build(corpus, there, SETTINGS)
    with there.connections.writing() as connection:
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'readable'")
        connection.execute("GRANT USAGE ON SCHEMA citewell TO reader")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA citewell TO reader")
    index = open_index(f"postgresql://reader:readable@{address.rpartition('@')[2]}")
    assert Assistant(index, SETTINGS).ask("What do otters eat?").passages
    with pytest.raises(IndexFaultError, match="permission denied"):
        rollback(index)
    index.close()
    with there.connections.writing() as connection:
        connection.execute("DROP OWNED BY reader")
        connection.execute("DROP ROLE reader")


def test_commands_take_an_address_and_say_no_password(address: str, corpus: Path, tmp_path: Path) -> None:
    password = address.split(":")[2].partition("@")[0]
    (tmp_path / "citewell.toml").write_text(f'index = "{address}"\nmodel = "english"\n')
    assert corpus == tmp_path / "corpus"
    said = []
    for arguments in (
        ["status"],
        ["index", "--corpus", "corpus"],
        ["status", "--json"],
        ["check"],
        ["ask", "What do otters eat?", "--json"],
        ["ask", "What do otters eat?", "--index", address],
        ["rollback"],
        ["status", "--index", address.replace(password, "wrong")],
    ):
        done = citewell(*arguments, cwd=tmp_path)
        said.append((done.returncode, done.stdout + done.stderr))
    assert [status for status, _ in said] == [1, 0, 0, 0, 0, 0, 1, 1]
    assert json.loads(said[4][1])["passages"]
    assert "citewell index --corpus corpus --index postgresql://citewell@" in said[0][1]
    assert "password authentication failed" in said[7][1]
    assert not any(password in text for _, text in said)
    assert password not in repr(Settings(index=address))

"""Builds that workers do: rows are those of a build on this machine, whoever comes, goes, is killed or refuses meanwhile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from citewell import IndexFolder, Settings, build
from citewell.building import encoding, gathering, resuming
from citewell.building.background import begun
from citewell.building.encoding_thread import EncodingThread
from citewell.building.workers import tasks
from citewell.corpus.reading import ReadingOptions
from citewell.encoder.encoding import Encoder, open_encoder
from citewell.encoder.models import Card
from citewell.encoder.preparing import prepare
from citewell.errors import CitewellError, EncoderError, UsageError
from citewell.index.index import AnyIndex
from tests.support.cases import others_long
from tests.support.indexes import failed
from tests.support.ports import free_port
from tests.support.postgres import database
from tests.support.waiting import holds_within, until
from tests.support.workers import KILLED_BY_A_FILE, OTHER_VERSION, STOPPING, Cluster, certificates, cluster, needed

SETTINGS = Settings(model="english")
FILES = 24
# More tasks than two workers get at once.
WANTED, AT_ONCE = 12, 4

pytestmark = pytest.mark.usefixtures("encoder")

Digests = list[Mapping[str, str]]


@pytest.fixture(scope="module", autouse=True)
def small_parts() -> Iterator[None]:
    """So that a small corpus has many of them, in several groups."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "_PART", 4)
        patch.setattr(encoding, "_GROUP", 16)
        yield


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts, two of them equal; a message with an attachment; a file that cannot be read; and titles from a table."""
    folder = tmp_path_factory.mktemp("corpus")
    for nth in range(FILES):
        lines = [f"On quay {nth} ship {each} unloads {each * nth + 7} crates of oranges." for each in range(10)]
        (folder / f"quay{nth:02}.txt").write_text(f"Quay {nth}\n\n{' '.join(lines)}\n", encoding="utf-8")
    (folder / "again.txt").write_bytes((folder / "quay07.txt").read_bytes())
    (folder / "broken.txt").write_bytes(b"\x00\x01\x02" * 200)
    (folder / "letter.eml").write_text(
        "From: a@example.org\nSubject: Tides\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\nThe tide is high at noon.\n"
        "--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=table.txt\n\nIt is low at six.\n--x--\n",
        encoding="utf-8",
    )
    table = "path,title\nquay03.txt,The third quay\nletter.eml/table.txt,All tides\n"
    (folder / "citewell-facts.csv").write_text(table, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def local(corpus: Path, encoder: object, tmp_path_factory: pytest.TempPathFactory) -> Digests:  # noqa: ARG001
    """The digests of a build on this machine."""
    needed()
    index = IndexFolder(tmp_path_factory.mktemp("local"))
    build(corpus, index, SETTINGS)
    return digests(index)


@pytest.fixture(scope="module")
def two(encoder: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:  # noqa: ARG001
    """Two workers, for tests that leave them as they are."""
    with cluster(tmp_path_factory.mktemp("two"), 2) as running:
        yield running


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


def digests(index: AnyIndex) -> Digests:
    """Return the digests of everything that a build has written, segment by segment."""
    return [dict(each.files) for each in index.manifest().segments]


def test_a_build_on_workers_writes_what_one_on_this_machine_writes(
    corpus: Path, two: Cluster, local: Digests, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_arguments: object) -> NoReturn:
        raise AssertionError("a worker should do this")

    monkeypatch.setattr(resuming, "read", forbidden)
    monkeypatch.setattr(gathering, "split", forbidden)
    monkeypatch.setattr(EncodingThread, "begin", forbidden)
    report = build(corpus, index, SETTINGS, workers=two.address)
    assert digests(index) == local
    assert [each.path for each in report.left_out] == ["broken.txt"]
    assert failed(index) == []


def test_no_more_tasks_are_under_way_than_two_for_each_worker(
    two: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client

    from citewell.building.workers import workers_at

    submit, submitted, go = Client.submit, list[object](), tmp_path / "go"

    def counted(*arguments: object, **named: object) -> object:
        submitted.append(arguments)
        return submit(*arguments, **named)

    def wait_for(_terms: object, file: str) -> str:
        while not Path(file).exists():
            threading.Event().wait(0.01)
        return file

    monkeypatch.setattr(Client, "submit", counted)
    with workers_at(two.address) as workers, ThreadPoolExecutor(WANTED) as threads:
        terms = tasks.Terms(ReadingOptions())
        done = [threads.submit(workers.run, terms, wait_for, str(go)) for _ in range(WANTED)]
        until(lambda: len(submitted) >= AT_ONCE)
        has_more = holds_within(lambda: len(submitted) > AT_ONCE, 1)
        go.touch()
        assert not has_more
        assert [each.result(60) for each in done] == [str(go)] * WANTED
    assert len(submitted) == WANTED


def test_a_worker_prepares_its_encoder_once(monkeypatch: pytest.MonkeyPatch) -> None:
    card: Card = prepare("english")
    opened: list[Card] = []

    def counted(card: Card, device: str) -> Encoder:
        opened.append(card)
        return open_encoder(card, device)

    monkeypatch.setattr(tasks, "open_encoder", counted)
    monkeypatch.setattr(tasks, "_opened", {})
    terms = tasks.Terms(ReadingOptions(), card=card, device="cpu")
    with ThreadPoolExecutor(WANTED) as threads:
        vectors = list(threads.map(lambda _: tasks.encode_there(terms, ["The sea is calm."]), range(WANTED)))
    assert len(opened) == 1
    assert all(np.array_equal(each, vectors[0][0]) for (each,) in vectors)


@pytest.mark.first
@pytest.mark.parametrize("kills", others_long([1, 5]))
def test_workers_that_are_killed_lose_and_double_nothing(
    corpus: Path, local: Digests, index: IndexFolder, tmp_path: Path, kills: int
) -> None:
    build_while_workers_are_killed(corpus, index, tmp_path, kills)
    assert digests(index) == local


@pytest.mark.first
@pytest.mark.long
def test_workers_that_are_killed_lose_and_double_no_row_in_postgresql(
    corpus: Path, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed()
    from citewell.index.postgres.index import PostgresIndex

    monkeypatch.chdir(tmp_path)
    found = []
    for name in ("local", "killed"):
        with database(postgres, name) as address:
            there = PostgresIndex(address)
            if name == "local":
                build(corpus, there, SETTINGS)
            else:
                build_while_workers_are_killed(corpus, there, tmp_path, 5)
            assert failed(there) == []
            found.append(digests(there))
            there.close()
    assert found[0] == found[1]


def build_while_workers_are_killed(corpus: Path, index: AnyIndex, folder: Path, kills: int) -> None:
    """Build with workers of which each stops in the middle of a task, and is killed and replaced."""
    with cluster(folder, 0) as running:
        for number in range(1, kills + 1):
            running.add(before=STOPPING.format(number=number))
        running.wait_for(kills)

        def kill() -> None:
            for _ in range(kills):
                running.kill(running.wait_for_stopped())
                running.add()

        killing = begun("kills", kill)
        build(corpus, index, SETTINGS, workers=running.address)
        killing.result(60)


@pytest.mark.long
def test_a_worker_that_comes_later_is_used(corpus: Path, local: Digests, index: IndexFolder, tmp_path: Path) -> None:
    with cluster(tmp_path, 1, before=STOPPING.format(number=FILES + 12)) as running:

        def replace() -> None:
            first = running.wait_for_stopped()
            running.add()
            running.wait_for(2)
            running.kill(first)

        replacing = begun("replaces", replace)
        build(corpus, index, SETTINGS, workers=running.address)
        replacing.result(60)
    assert digests(index) == local


@pytest.mark.long
def test_a_build_that_loses_its_scheduler_goes_on_the_next_time(
    corpus: Path, index: IndexFolder, tmp_path: Path
) -> None:
    began: list[int] = []
    with cluster(tmp_path, 1, before=STOPPING.format(number=FILES + 12)) as running:

        def lose() -> None:
            running.wait_for_stopped()
            running.kill_the_scheduler()

        losing = begun("loses", lose)
        with pytest.raises(CitewellError, match="is gone"):
            build(corpus, index, SETTINGS, workers=running.address)
        losing.result(60)
    assert index.names() == []
    build(corpus, index, SETTINGS, progress=lambda stage, done, _: began.append(done) if stage == "Encoding" else None)
    assert began[0] > 0
    assert failed(index) == []


@pytest.mark.long
def test_a_file_that_kills_workers_is_read_on_this_machine(index: IndexFolder, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("calm", "deadly", "mild"):
        (corpus / f"{name}.txt").write_text(f"The sea is {name} today.\n", encoding="utf-8")
    with cluster(tmp_path, 3, before=KILLED_BY_A_FILE, SCHEDULER__ALLOWED_FAILURES="1") as running:
        report = build(corpus, index, SETTINGS, workers=running.address)
        assert len([each for each in running.workers if each.poll() is None]) == 1
    assert report.documents == 3


@pytest.mark.long
def test_a_worker_that_would_not_do_the_same_is_not_used(
    corpus: Path, local: Digests, index: IndexFolder, tmp_path: Path
) -> None:
    with cluster(tmp_path, 1, before=OTHER_VERSION) as running:
        with pytest.warns(UserWarning, match="has Citewell 0.0.1"), pytest.raises(CitewellError, match="every worker"):
            build(corpus, index, SETTINGS, workers=running.address)
        running.add()
        running.wait_for(2)
        with pytest.warns(UserWarning, match="is not used: it has Citewell 0.0.1"):
            build(corpus, index, SETTINGS, workers=running.address)
    assert digests(index) == local


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"identity": "0" * 16}, "that of the build 0000"),
        ({"runtime": "sentence-transformers"}, "that of the build by sentence-transformers"),
    ],
)
def test_a_worker_refuses_to_encode_for_another_encoder(other: dict[str, str], said: str) -> None:
    card: Card = prepare("english").model_copy(update=other)
    with pytest.raises(EncoderError, match=said):
        tasks.encode_there(tasks.Terms(ReadingOptions(), card=card), ["The sea is calm."])


def test_a_scheduler_without_workers_is_an_error_after_a_while(
    corpus: Path, index: IndexFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed()
    from citewell.building.workers import pool

    monkeypatch.setattr(pool, "_SECONDS_WITHOUT_WORKERS", 0.1)
    with (
        cluster(tmp_path, 0) as running,
        pytest.raises(CitewellError, match="has no workers that can be used") as caught,
    ):
        build(corpus, index, SETTINGS, workers=running.address)
    assert caught.value.command == f"dask worker {running.address}"


@pytest.mark.long
def test_waiting_for_a_worker_is_said(
    corpus: Path, local: Digests, index: IndexFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed()
    from citewell.building.workers import pool

    monkeypatch.setattr(pool, "_SECONDS_UNTIL_WARNED", 0.5)
    with cluster(tmp_path, 0) as running:
        joining = threading.Timer(3, running.add)
        joining.start()
        with pytest.warns(UserWarning, match="waiting for one"):
            build(corpus, index, SETTINGS, workers=running.address)
        joining.join()
    assert digests(index) == local


def test_no_scheduler_is_an_error(corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    needed()
    from citewell.building.workers import pool

    monkeypatch.setattr(pool, "_SECONDS_TO_CONNECT", 1)
    with pytest.raises(CitewellError, match="no scheduler answers at"):
        build(corpus, index, SETTINGS, workers=f"tcp://127.0.0.1:{free_port()}")


@pytest.mark.long
def test_with_tls_only_those_with_a_certificate_take_part(
    corpus: Path, local: Digests, index: IndexFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed()
    import dask.config

    from citewell.building.workers import pool

    settings = certificates(tmp_path)
    environment = {
        name.removeprefix("distributed.").replace(".", "__").replace("-", "_").upper(): value
        for name, value in settings.items()
    }
    with dask.config.set(settings), cluster(tmp_path, 1, protocol="tls", **environment) as running:
        build(corpus, index, SETTINGS, workers=running.address)
        assert digests(index) == local
        (corpus / "later.txt").write_text("The harbour is closed.\n", encoding="utf-8")
        monkeypatch.setattr(pool, "_SECONDS_TO_CONNECT", 1)
        none = {name: None for name in settings if "client" in name}
        with dask.config.set(none), pytest.raises(CitewellError, match="no scheduler answers"):
            build(corpus, index, SETTINGS, workers=running.address)
        (corpus / "later.txt").unlink()


@pytest.mark.parametrize("address", ["db1", "http://db1:8786", "tcp://db1", "tcp://:8786", "tcp://db1:port"])
def test_what_is_no_address_is_an_error(corpus: Path, index: IndexFolder, address: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a scheduler"):
        build(corpus, index, SETTINGS, workers=address)


def test_without_dask_the_error_says_what_to_install(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "citewell.building.workers.pool", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="needs Dask") as caught:
        build(corpus, index, SETTINGS, workers="tcp://127.0.0.1:8786")
    assert caught.value.command == "pip install 'citewell[workers]'"

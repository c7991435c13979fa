"""Building, verifying, switching and going back, on a real disk."""

from __future__ import annotations

import errno
import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import filelock
import numpy as np
import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.building import BuildReport
from citewell.errors import (
    CitewellError,
    EncoderError,
    HeldBackError,
    IndexBusyError,
    IndexDamagedError,
    IndexFaultError,
    IndexMismatchError,
    IndexMissingError,
    IndexUnreadableError,
    UsageError,
)
from citewell.index.checking import Finding, check
from citewell.index.folder import Snapshot
from citewell.index.in_use import SnapshotInUse
from citewell.index.manifest import FORMAT, sealed
from citewell.index.status import status
from citewell.settings import Splitting
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


def rebuilt(corpus: Path, index: IndexFolder, settings: Settings | None = None, *, again: bool = False) -> BuildReport:
    return build(corpus, index, settings or Settings(), again=again)


def failed(index: IndexFolder) -> list[Finding]:
    return [finding for finding in check(index) if not finding.passed]


@pytest.mark.usefixtures("prepared_once")
def test_a_pointer_that_was_half_written_when_its_writer_was_killed_goes_with_the_next(
    corpus: Path, index: IndexFolder
) -> None:
    rebuilt(corpus, index)
    (index.path / ".CURRENT-left").write_text("2026")
    rebuilt(corpus, index, again=True)
    assert sorted(each.name for each in index.path.iterdir()) == ["CURRENT", "LOCK", "snapshots"]
    assert failed(index) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a mask, as Unix has it")
def test_whoever_may_read_one_file_of_an_index_may_read_all(corpus: Path, index: IndexFolder) -> None:
    before = os.umask(0o027)
    try:
        rebuilt(corpus, index)
    finally:
        os.umask(before)
    files = [each for each in index.path.rglob("*") if each.is_file() and each.suffix != ".lock"]
    assert len(files) > 9
    assert {oct(each.stat().st_mode & 0o777) for each in files if each.name != "LOCK"} == {"0o640"}


def test_build_counts_what_it_did(corpus: Path, index: IndexFolder) -> None:
    report = rebuilt(corpus, index)
    assert (report.added, report.changed, report.removed, report.unchanged, report.reused) == (3, 0, 0, 0, 0)
    assert report.windows >= report.passages == 4
    assert failed(index) == []


def test_nothing_changed_is_up_to_date_and_reads_no_model(corpus: Path, index: IndexFolder) -> None:
    first = rebuilt(corpus, index)
    code = (
        "import sys; from pathlib import Path; from citewell import *\n"
        f"report = build(Path({str(corpus)!r}), IndexFolder(Path({str(index.path)!r})), Settings())\n"
        "import citewell.encoder.encoding\n"
        "print(report.up_to_date, report.snapshot, 'torch' in sys.modules, 'sentence_transformers' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["True", first.snapshot, "False", "False"]


def test_a_change_reuses_every_other_vector(corpus: Path, index: IndexFolder) -> None:
    first = rebuilt(corpus, index)
    (corpus / "moon.txt").write_text("The Moon\n\nThe Moon is made of rock.\n", encoding="utf-8")
    (corpus / "animals" / "bees.txt").unlink()
    (corpus / "sun.txt").write_text("The Sun is a star. It gives light.", encoding="utf-8")
    report = rebuilt(corpus, index)
    assert (report.added, report.changed, report.removed, report.unchanged) == (1, 1, 1, 1)
    assert report.reused == report.windows - 2
    assert report.snapshot != first.snapshot
    held = index.open()
    assert [each.path for each in held.catalogue.documents()] == ["animals/otters.md", "moon.txt", "sun.txt"]
    assert held.lexical.best({"danc": 1.0}, 5)[0].tolist() == []
    assert "dancing" not in " ".join(p.text for p in held.catalogue.passages(range(held.catalogue.passage_count)))


def test_reused_vectors_are_those_of_their_texts(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    before = index.open()
    (corpus / "animals" / "ants.txt").write_text("Ants carry leaves. They are strong.", encoding="utf-8")
    rebuilt(corpus, index)
    after = index.open()
    vectors = dict(
        zip(before.catalogue.window_keys(), before.vectors.rows(np.arange(before.vectors.count)), strict=True)
    )
    pairs = zip(after.catalogue.window_keys(), after.vectors.rows(np.arange(after.vectors.count)), strict=True)
    kept = [np.array_equal(vectors[key], vector) for key, vector in pairs if key in vectors]
    assert len(kept) == before.vectors.count
    assert all(kept)


def test_same_corpus_gives_the_same_ids(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    rebuilt(corpus, index)
    other = IndexFolder(tmp_path / "other")
    rebuilt(corpus, other)
    one, two = ([p.id for p in each.open().catalogue.passages(range(4))] for each in (index, other))
    assert one == two
    assert index.manifest().fingerprint == other.manifest().fingerprint


def test_unreadable_files_are_listed_and_do_not_stop_the_build(corpus: Path, index: IndexFolder) -> None:
    (corpus / "picture.txt").write_bytes(b"\x89PNG\x00\x01\x02")
    (corpus / "empty.md").write_text("")
    (corpus / "table.csv").write_text("a,b")
    report = rebuilt(corpus, index)
    assert report.added == 3
    assert {each.path: each.reason.split()[0] for each in report.skipped} == {
        "empty.md": "holds",
        "picture.txt": "is",
        "table.csv": "not",
    }
    assert rebuilt(corpus, index).up_to_date
    assert len(rebuilt(corpus, index).skipped) == 3


def test_a_document_that_becomes_unreadable_is_gone_and_said(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    (corpus / "moon.txt").write_bytes(b"\x00\x01\x02\x03 not text any more, but a picture")
    report = rebuilt(corpus, index)
    assert (report.changed, report.removed, [each.path for each in report.skipped]) == (0, 1, ["moon.txt"])


def test_an_empty_corpus_leaves_the_index_as_it_was(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    first = rebuilt(corpus, index)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(CitewellError, match="left as it was"):
        rebuilt(tmp_path / "nothing", index)
    assert index.current() == first.snapshot
    assert failed(index) == []


def test_a_corpus_that_is_not_a_folder_is_refused(index: IndexFolder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        rebuilt(tmp_path / "nowhere", index)
    assert not index.path.exists()


def test_an_index_inside_its_corpus_is_not_read(corpus: Path) -> None:
    index = IndexFolder(corpus / "index")
    rebuilt(corpus, index)
    (index.path / "note.txt").write_text("Not a source.")
    assert rebuilt(corpus, index).up_to_date


def test_old_snapshots_are_pruned_and_the_previous_kept(corpus: Path, index: IndexFolder) -> None:
    names = []
    for number in range(4):
        (corpus / "moon.txt").write_text(f"The Moon has been seen {number} times. It is far.", encoding="utf-8")
        names.append(rebuilt(corpus, index).snapshot)
    assert index.names() == names[-2:]


def test_rollback_returns_and_comes_back(corpus: Path, index: IndexFolder) -> None:
    first = rebuilt(corpus, index).snapshot
    with pytest.raises(IndexFaultError, match="no snapshot to go back to"):
        index.rollback()
    (corpus / "animals" / "bees.txt").unlink()
    second = rebuilt(corpus, index).snapshot
    assistant = Assistant(index)
    assert len(assistant.documents()) == 2
    assert index.rollback().name == index.current() == first
    assistant.ask("How do bees tell others of flowers?")
    assert len(assistant.documents()) == 3
    assert index.rollback().name == second
    index.rollback()
    assert not rebuilt(corpus, index).up_to_date


def test_another_splitting_is_refused_by_readers_and_rebuilt_by_a_build(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    other = Settings(splitting=Splitting(passage_tokens=100))
    with pytest.raises(IndexMismatchError, match="other settings"):
        Assistant(index, other)
    report = rebuilt(corpus, index, other)
    assert not report.up_to_date
    assert report.reused == report.windows
    assert Assistant(index, other).ask("What do otters eat?").answered


def test_another_encoder_is_refused(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    import shutil

    from citewell.encoder import models

    rebuilt(corpus, index)
    shutil.copytree(models.resolve(None), tmp_path / "model")
    (tmp_path / "model" / "config.json").write_text((tmp_path / "model" / "config.json").read_text() + "\n")
    with pytest.raises(IndexMismatchError, match="made with the encoder all-MiniLM-L6-v2") as caught:
        Assistant(index, Settings(model=str(tmp_path / "model")))
    assert "--model" in str(caught.value)


def test_a_lost_encoder_is_said_with_what_mends_it(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rebuilt(corpus, index)
    monkeypatch.setenv("CITEWELL_CACHE", str(tmp_path / "empty-cache"))
    with pytest.raises(EncoderError, match=r"not prepared on this machine.*citewell index"):
        Assistant(index)
    assert [finding.check for finding in failed(index)] == ["encoder"]


@pytest.mark.parametrize("name", ["vectors.faiss", "catalogue.sqlite", "manifest.json", "lexical/meta.json"])
@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_damage_is_refused_found_and_mended(corpus: Path, index: IndexFolder, name: str, damage: str) -> None:
    snapshot = rebuilt(corpus, index).snapshot
    file = index.snapshots / snapshot / name
    data = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        middle = len(data) // 2
        file.write_bytes(data[:middle] if damage == "truncated" else data[:middle] + b"\xff\x00" + data[middle + 2 :])
    with pytest.raises(IndexDamagedError) as caught:
        index.open()
    assert name.rpartition("/")[2] in caught.value.message
    assert (caught.value.command or "").startswith("citewell index --corpus")
    (finding,) = failed(index)
    assert finding.check == ("manifest" if name == "manifest.json" else "checksums")
    rebuilt(corpus, index)
    assert failed(index) == []


def test_stores_that_disagree_are_found_behind_true_checksums(corpus: Path, index: IndexFolder) -> None:
    snapshot = rebuilt(corpus, index).snapshot
    folder = index.snapshots / snapshot
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'crabs', 'frogs')")
        connection.execute("DELETE FROM windows WHERE ordinal = 0")
    connection.close()
    from citewell.files import file_digest

    manifest = index.manifest()
    digests = manifest.files | {"catalogue.sqlite": file_digest(folder / "catalogue.sqlite")}
    (folder / "manifest.json").write_bytes(sealed(manifest.model_copy(update={"files": digests})))
    assert [finding.check for finding in failed(index)] == ["stores", "quotations"]


@pytest.mark.parametrize("pointer", ["", "../../etc", "nothing-of-that-name", ".hidden", "\0" * 24, "x" * 5000, "é"])
def test_a_bad_pointer_is_damage(corpus: Path, index: IndexFolder, pointer: str) -> None:
    rebuilt(corpus, index)
    (index.path / "CURRENT").write_text(pointer)
    with pytest.raises(IndexDamagedError):
        index.open()
    assert failed(index)
    rebuilt(corpus, index)
    assert failed(index) == []


def test_another_format_is_refused(corpus: Path, index: IndexFolder) -> None:
    snapshot = rebuilt(corpus, index).snapshot
    file = index.snapshots / snapshot / "manifest.json"
    file.write_text(file.read_text().replace(f'"format": {FORMAT}', '"format": 99'))
    with pytest.raises(IndexMismatchError, match="format 99"):
        index.open()


def test_no_index_is_said(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="no index"):
        Assistant(IndexFolder(tmp_path))
    assert [finding.check for finding in failed(IndexFolder(tmp_path))] == ["pointer"]


def test_one_writer_at_a_time(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    with filelock.FileLock(index.path / "LOCK"), pytest.raises(IndexBusyError, match="another process"):
        rebuilt(corpus, index)
    assert rebuilt(corpus, index).up_to_date


def test_rebuild_makes_everything_anew(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    assert rebuilt(corpus, index, again=True).reused == 0


def test_progress_ends_at_the_end(corpus: Path, index: IndexFolder) -> None:
    seen: dict[str, tuple[int, int]] = {}
    build(corpus, index, Settings(), progress=lambda stage, done, total: seen.update({stage: (done, total)}))
    assert seen["Reading"] == (3, 3)
    assert seen["Encoding"][0] == seen["Encoding"][1] > 0


def test_status_says_what_changed(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    rebuilt(corpus, index)
    assert status(index).up_to_date
    (corpus / "moon.txt").unlink()
    (corpus / "sun.txt").write_text("The Sun is a star.")
    found = status(index)
    assert found.changes
    assert (found.changes.added, found.changes.removed) == (("sun.txt",), ("moon.txt",))
    corpus.rename(tmp_path / "moved")
    assert status(index).changes is None
    assert status(index, tmp_path / "moved").changes


def test_where_the_corpus_was_is_known_by_the_snapshot_in_use_even_when_it_is_gone(
    corpus: Path, index: IndexFolder, tmp_path: Path
) -> None:
    rebuilt(corpus, index)
    moved = tmp_path / "moved"
    corpus.rename(moved)
    (moved / "more.txt").write_text("More\n\nSomething more.\n", encoding="utf-8")
    build(moved, index, Settings())
    assert len({index.manifest(name).corpus for name in index.names()}) == 2
    index.open()
    for name in index.names():
        index.manifest(name)
    (index.path / "CURRENT").unlink()
    assert index.corpus() == moved
    assert str(moved) in index.build_command()
    with pytest.raises(IndexFaultError):
        IndexFolder(index.path).corpus()


def test_a_build_that_breaks_off_leaves_nothing_on_the_disk(corpus: Path, index: IndexFolder) -> None:
    first = rebuilt(corpus, index).snapshot
    (corpus / "moon.txt").write_text("The Moon\n\nThe Moon is made of rock.\n", encoding="utf-8")

    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "Calibrating":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(corpus, index, Settings(), progress=stop)
    assert [entry.name for entry in index.snapshots.iterdir()] == [first]


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of the size of files, as Unix has it")
@pytest.mark.parametrize("blocks", [8, 80])
def test_a_disk_that_does_not_take_a_snapshot_is_told_and_keeps_nothing_of_it(
    corpus: Path, index: IndexFolder, blocks: int
) -> None:
    first = rebuilt(corpus, index).snapshot
    for topic in range(10):
        text = f"Topic {topic}\n\n" + f"It is the topic of round {topic}. " * 40
        (corpus / f"topic{topic}.txt").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "citewell.cli", "index", "--corpus", str(corpus), "--index", str(index.path)]
    limited = ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", *command]
    told = subprocess.run(limited, capture_output=True, text=True, cwd=ROOT, check=False)
    assert told.returncode == 1
    assert "could not be written" in told.stderr
    assert "Traceback" not in told.stderr
    assert [entry.name for entry in index.snapshots.iterdir()] == [first]
    assert failed(index) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is open")
def test_a_snapshot_that_is_replaced_keeps_no_file_open(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    assistant, file = Assistant(index), index.files()[1]

    def opened() -> int:
        # The folder itself is open while it is listed, and no more when its link is looked at.
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return sum("catalogue" in str(link.readlink()) for link in links)

    gc.collect()
    gc.disable()
    try:
        assert assistant.ask("What do otters eat?").passages
        before = opened()
        for _ in range(20):
            os.utime(file)
            assert assistant.ask("What do otters eat?").passages
        assert opened() == before
    finally:
        gc.enable()


def test_a_pointer_that_cannot_be_switched_leaves_nothing_of_the_snapshot(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    first = rebuilt(corpus, index).snapshot
    (corpus / "moon.txt").write_text("The Moon\n\nThe Moon is made of rock.\n", encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr("citewell.index.folder.write_atomically", full)
        with pytest.raises(IndexFaultError, match="left as it was"):
            rebuilt(corpus, index)
    assert [entry.name for entry in index.snapshots.iterdir()] == [first]
    # Once the pointer has moved, nothing may go.
    with monkeypatch.context() as patched:
        patched.setattr(IndexFolder, "prune", full)
        patched.setattr("citewell.index.folder.sync_folder", lambda folder: full() if folder == index.path else None)
        with pytest.raises(IndexFaultError):
            rebuilt(corpus, index)
    assert index.open().manifest.name != first


def test_more_than_there_are_is_all(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    assistant = Assistant(index)
    every = len(assistant.ask("What do otters eat?", top=1000).passages)
    for top in (10**6, 2**31, 2**70):
        assert len(assistant.ask("What do otters eat?", top=top).passages) == every
    lexical = index.open().lexical
    assert len(lexical.best({"otter": 1.0}, 2**70)[0]) == len(lexical.best({"otter": 1.0}, 1000)[0])


def test_errors_that_pass_condemn_no_snapshot(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuilt(corpus, index)
    assistant = Assistant(index)
    held = assistant.snapshot

    def full(*_: object) -> Snapshot:
        raise IndexUnreadableError("cannot be opened, nor through a temporary folder (No space left on device)")

    def rights(*_: object) -> Iterator[tuple[Path, str]]:
        raise PermissionError(errno.EACCES, "Permission denied", str(index.path / "vectors.faiss"))

    with monkeypatch.context() as patched:
        patched.setattr("citewell.index.checking.Snapshot", full)
        assert [finding.check for finding in failed(index)] == ["stores"]
    with monkeypatch.context() as patched:
        patched.setattr("citewell.index.checking.count_faults", full)
        assert [finding.check for finding in failed(index)] == ["stores"]
    with monkeypatch.context() as patched:
        patched.setattr("citewell.index.checking.file_faults", rights)
        (finding,) = failed(index)
        assert "chmod -R a+rX" in (finding.command or "")
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
    assert isinstance(held.catalogue._fault(error), IndexUnreadableError)
    assert failed(index) == []
    held.soundness.confirm()


@pytest.mark.promise("unattended")
def test_an_unattended_build_of_a_damaged_index_loses_no_more_than_of_a_whole_one(
    corpus: Path, index: IndexFolder
) -> None:
    def damage() -> None:
        file = index.snapshots / index.current() / "catalogue.sqlite"
        data = file.read_bytes()
        file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    first = rebuilt(corpus, index).snapshot
    for bird in ("wren", "robin"):
        (corpus / f"{bird}.txt").write_text(f"{bird}\n\nA {bird} weighs ten grams.\n", encoding="utf-8")
    second = rebuilt(corpus, index).snapshot
    damage()
    shutil.rmtree(corpus / "animals")
    # Two of the three that the snapshot before has.
    with pytest.raises(HeldBackError, match="2 of 3 documents would leave the index") as caught:
        build(corpus, index, Settings(), confirmed=())
    assert caught.value.lost == ("animals/bees.txt", "animals/otters.md")
    assert (index.current(), index.names()) == (second, [first, second])
    done = build(corpus, index, Settings(), confirmed=caught.value.lost)
    # What cannot be used goes, and not what could be gone back to.
    assert index.names() == [first, done.snapshot]
    assert index.previous() == first
    # With no other to compare with, only how many there were is known.
    shutil.rmtree(index.snapshots / first)
    damage()
    (corpus / "wren.txt").unlink()
    (corpus / "robin.txt").unlink()
    with pytest.raises(HeldBackError, match="it had 3 documents, and there are 1"):
        build(corpus, index, Settings(), confirmed=())
    manifest = index.snapshots / index.current() / "manifest.json"
    written = manifest.read_text()
    manifest.write_text(written.replace(f'"format": {FORMAT}', '"format": 1'))
    with pytest.raises(HeldBackError, match="it had 3 documents, and there are 1"):
        build(corpus, index, Settings(), confirmed=())
    manifest.write_bytes(b"{")
    with pytest.raises(HeldBackError, match="how many documents it had is not known"):
        build(corpus, index, Settings(), confirmed=())
    assert build(corpus, index, Settings()).added == 1


def test_what_was_written_a_moment_ago_is_looked_at_once_more(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stamp may not tell of the next writing, as on file systems that know times of two seconds only."""
    rebuilt(corpus, index)
    file = index.files()[1]
    whole, began = file.read_bytes(), time.monotonic()

    def later(seconds: float) -> None:
        clock = SimpleNamespace(monotonic=lambda: began + seconds, time_ns=time.time_ns)
        monkeypatch.setattr("citewell.index.in_use.time", clock)

    for written, noticed in ((time.time_ns(), True), (1, False)):
        stamp = (0, written, written, 0)
        monkeypatch.setattr(IndexFolder, "stamp", lambda _, stamp=stamp: stamp)
        monkeypatch.setattr("citewell.index.in_use.stamps", lambda files, stamp=stamp: (stamp,) * len(files))
        later(0)
        in_use = SnapshotInUse(index)
        first = in_use.snapshot()
        file.write_bytes(whole[:-1])
        later(1)
        assert in_use.snapshot() is first
        later(3)
        if noticed:
            with pytest.raises(IndexDamagedError):
                in_use.snapshot()
        else:
            assert in_use.snapshot() is first
        file.write_bytes(whole)

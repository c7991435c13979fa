"""The folder of an index: pointer, snapshots, going back, rights and formats."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.errors import IndexDamagedError, IndexFaultError, IndexMismatchError, IndexMissingError
from citewell.index.manifest import FORMAT
from citewell.index.publishing import Publisher, rollback, writing
from citewell.text.concepts import concepts
from tests.support.indexes import failed, rebuilt

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


@pytest.mark.usefixtures("prepared_once")
def test_a_pointer_that_was_half_written_when_its_writer_was_killed_goes_with_the_next(
    corpus: Path, index: IndexFolder
) -> None:
    rebuilt(corpus, index)
    (index.path / ".CURRENT-left").write_text("2026")
    rebuilt(corpus, index, force=True)
    names = {each.name for each in index.path.iterdir()} - {index.digests.name}
    assert names == {"CURRENT", "LOCK", "segments", "snapshots"}
    assert failed(index) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a mask, as Unix has it")
def test_who_may_read_one_file_of_an_index_may_read_all(corpus: Path, index: IndexFolder) -> None:
    before = os.umask(0o027)
    try:
        rebuilt(corpus, index)
    finally:
        os.umask(before)
    files = [each for each in index.path.rglob("*") if each.is_file() and each.suffix != ".lock"]
    assert len(files) > 9
    assert {oct(each.stat().st_mode & 0o777) for each in files if each.name != "LOCK"} == {"0o640"}


def test_old_snapshots_are_pruned_and_the_previous_kept(corpus: Path, index: IndexFolder) -> None:
    names = []
    for number in range(4):
        (corpus / "moon.txt").write_text(f"The Moon has been seen {number} times. It is far.", encoding="utf-8")
        names.append(rebuilt(corpus, index).snapshot)
    assert index.names() == names[-2:]


def test_a_snapshot_that_cannot_be_moved_is_pruned_later(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows moves no folder with an open file."""
    rename = Path.rename
    names: list[str] = []

    def refuse(path: Path, target: Path) -> Path:
        if path.name in names:
            raise PermissionError(errno.EACCES, "in use")
        return rename(path, target)

    for number in range(3):
        (corpus / "moon.txt").write_text(f"The Moon has been seen {number} times. It is far.", encoding="utf-8")
        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", refuse)
            names.append(rebuilt(corpus, index).snapshot)
    assert index.names() == names
    with writing(index) as publisher:
        publisher.prune()
    assert index.names() == names[1:]


def test_rollback_returns_and_comes_back(corpus: Path, index: IndexFolder) -> None:
    first = rebuilt(corpus, index).snapshot
    with pytest.raises(IndexFaultError, match="no previous snapshot"):
        rollback(index)
    (corpus / "animals" / "bees.txt").unlink()
    second = rebuilt(corpus, index).snapshot
    assistant = Assistant(index)
    assert len(assistant.documents()) == 2
    assert rollback(index).name == index.current() == first
    assistant.ask("How do bees tell others of flowers?")
    assert len(assistant.documents()) == 3
    assert rollback(index).name == second
    rollback(index)
    assert not rebuilt(corpus, index).up_to_date


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


def test_a_pointer_that_cannot_be_switched_leaves_nothing_of_the_snapshot(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    first = rebuilt(corpus, index).snapshot
    (corpus / "moon.txt").write_text("The Moon\n\nThe Moon is made of rock.\n", encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr("citewell.index.publishing.write_atomically", full)
        with pytest.raises(IndexFaultError, match="current one is unchanged"):
            rebuilt(corpus, index)
    assert [entry.name for entry in index.snapshots.iterdir()] == [first]
    # Once the pointer has moved, nothing may go.
    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "prune", full)
        patched.setattr(
            "citewell.index.publishing.sync_folder", lambda folder: full() if folder == index.path else None
        )
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
    otter = lexical.term_weights(concepts("otter"), ["en"])
    assert len(lexical.best(otter, 2**70)[0]) == len(lexical.best(otter, 1000)[0])

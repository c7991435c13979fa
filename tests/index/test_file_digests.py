"""The digests of the files of a corpus that are kept: they save reading, and never hide a change."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from citewell import IndexFolder, Settings, build
from citewell.corpus.reading import SourceFile, scan
from citewell.errors import UnavailableError
from citewell.index import file_digests
from citewell.index.file_digests import FileDigests
from citewell.index.soundness import KnownDigests
from citewell.index.status import status

_OPENED: list[str] = []


def _note_opened(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        _OPENED.append(str(arguments[0]))


@pytest.fixture(scope="module", autouse=True)
def _watched() -> None:
    sys.addaudithook(_note_opened)


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process asks: this one remembers nothing."""
    monkeypatch.setattr(file_digests, "SEEN", KnownDigests(0))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as old as soon as the next clock tick gives another time (`written` waits for it)."""
    monkeypatch.setattr("citewell.files.SETTLED_SECONDS", 0.0)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "birds").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "birds/c.txt"):
        (folder / name).write_text(f"The text of {name}.\n")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "index" / "files.sqlite"


def written(file: Path, content: str) -> None:
    """Write a file until its time shows it, which takes a few milliseconds."""
    before = file.stat()
    while file.stat().st_ctime_ns == before.st_ctime_ns:
        file.write_text(content)


def asked(corpus: Path, cache: Path, *, verify: bool = False, save: bool = True) -> tuple[dict[str, str], set[str]]:
    """Ask for the digest of every file, as a process of its own; return them, and which files were read."""
    digests = FileDigests(cache, verify=verify)
    _OPENED.clear()
    found = {source.path: digests.of(source) for source in scan(corpus).files}
    opened = {path for path in found if str(corpus / path) in _OPENED}
    if save:
        digests.save()
    return found, opened


def truth(corpus: Path) -> dict[str, str]:
    return {source.path: sha256(source.file.read_bytes()).hexdigest() for source in scan(corpus).files}


@pytest.mark.usefixtures("settled")
def test_a_file_that_has_not_changed_is_read_once(corpus: Path, cache: Path) -> None:
    everything = {"a.txt", "b.txt", "birds/c.txt"}
    assert asked(corpus, cache) == (truth(corpus), everything)
    kept = cache.stat()
    assert asked(corpus, cache) == (truth(corpus), set())
    assert asked(corpus, cache, verify=True) == (truth(corpus), everything)
    # Nothing has changed, so nothing was written.
    assert cache.stat() == kept
    written(corpus / "b.txt", "The text of B.txt.\n")
    assert asked(corpus, cache) == (truth(corpus), {"b.txt"})
    assert asked(corpus, cache) == (truth(corpus), set())


@pytest.mark.usefixtures("settled")
def test_a_corpus_that_is_moved_is_not_read_and_one_that_is_copied_is(corpus: Path, cache: Path) -> None:
    asked(corpus, cache)
    moved = corpus.rename(corpus.with_name("moved"))
    assert asked(moved, cache) == (truth(moved), set())
    copied = Path(shutil.copytree(moved, corpus))
    assert asked(copied, cache, save=False) == (truth(copied), {"a.txt", "b.txt", "birds/c.txt"})


def _same_time(corpus: Path) -> None:
    file = corpus / "a.txt"
    before = file.stat()
    written(file, "The text of A.txt.\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(corpus: Path) -> None:
    file, other = corpus / "a.txt", corpus / "other"
    before = file.stat()
    other.write_text("The text of A.txt.\n")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


def _swapped(corpus: Path) -> None:
    (corpus / "a.txt").rename(corpus / "other")
    (corpus / "b.txt").rename(corpus / "a.txt")
    (corpus / "other").rename(corpus / "b.txt")


def _restored(corpus: Path) -> None:
    backup = Path(shutil.copy2(corpus / "b.txt", corpus.with_name("backup")))
    shutil.copy2(backup, corpus / "a.txt")


def _cut(corpus: Path) -> None:
    os.truncate(corpus / "a.txt", 5)


def _linked(corpus: Path) -> None:
    (corpus / "a.txt").unlink()
    (corpus / "a.txt").symlink_to("b.txt")


CHANGES = [_same_time, _replaced, _swapped, _restored, _cut, _linked]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_no_change_is_hidden(corpus: Path, cache: Path, change: Callable[[Path], None]) -> None:
    before = truth(corpus)
    asked(corpus, cache)
    change(corpus)
    assert truth(corpus) != before
    found, opened = asked(corpus, cache)
    assert found == truth(corpus)
    assert "a.txt" in opened


def test_what_was_written_just_now_or_in_the_future_is_read_again(
    corpus: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citewell.files.SETTLED_SECONDS", 3600.0)
    asked(corpus, cache)
    assert not cache.exists()
    # The clock was ahead when it was written, and was set back.
    monkeypatch.setattr("citewell.files.SETTLED_SECONDS", 0.0)
    ahead = (corpus / "b.txt").stat().st_mtime + 3600
    os.utime(corpus / "b.txt", (ahead, ahead))
    asked(corpus, cache)
    assert asked(corpus, cache) == (truth(corpus), {"b.txt"})


@pytest.mark.usefixtures("settled")
def test_a_file_that_is_written_while_it_is_looked_at_is_read_again(corpus: Path, cache: Path) -> None:
    digests, listed = FileDigests(cache), scan(corpus).files
    written(corpus / "a.txt", "Other text.\n")
    found = {source.path: digests.of(source) for source in listed}
    digests.save()
    assert found == truth(corpus)
    assert asked(corpus, cache) == (truth(corpus), {"a.txt"})


@pytest.mark.usefixtures("settled")
def test_a_file_without_an_inode_is_always_read(corpus: Path, cache: Path) -> None:
    place = corpus / "a.txt"
    found = place.stat()
    for stamp in (None, (found.st_size, found.st_mtime_ns, found.st_ctime_ns, 0)):
        source = SourceFile("a.txt", place, stamp)
        for _ in range(2):
            digests = FileDigests(cache)
            _OPENED.clear()
            assert digests.of(source) == truth(corpus)["a.txt"]
            assert str(place) in _OPENED
            digests.save()


@pytest.mark.usefixtures("settled")
def test_a_file_that_cannot_be_read_is_unavailable(corpus: Path, cache: Path) -> None:
    (source, *_) = scan(corpus).files
    source.file.unlink()
    with pytest.raises(UnavailableError) as raised:
        FileDigests(cache).of(source)
    assert raised.value.gone


@pytest.mark.usefixtures("settled")
def test_a_damaged_cache_is_not_used_and_made_again(corpus: Path, cache: Path) -> None:
    asked(corpus, cache)
    whole, draw = cache.read_bytes(), Random(1)
    for nth in range(40):
        damaged = bytearray(whole)
        start = draw.randrange(len(damaged))
        damaged[start : start + 64] = draw.randbytes(len(damaged[start : start + 64]))
        cache.write_bytes(b"no database" if nth == 0 else bytes(damaged))
        assert asked(corpus, cache)[0] == truth(corpus)
        # A cache that could not be written either is there again after the next build.
        asked(corpus, cache)
        assert asked(corpus, cache) == (truth(corpus), set())


@pytest.mark.usefixtures("settled")
def test_a_row_that_is_not_what_was_written_is_not_used(corpus: Path, cache: Path) -> None:
    asked(corpus, cache)
    for change in ("digest = upper(digest)", "digest = x'00'", "stamp = stamp || '0'", "seal = x'00'"):
        with closing(sqlite3.connect(cache)) as connection, connection:
            connection.execute(f"UPDATE files SET {change} WHERE path = 'b.txt'")  # noqa: S608
        assert asked(corpus, cache) == (truth(corpus), {"b.txt"})
        assert asked(corpus, cache) == (truth(corpus), set())


@pytest.mark.usefixtures("settled")
def test_files_that_are_gone_leave_the_cache(corpus: Path, cache: Path) -> None:
    asked(corpus, cache)
    shutil.rmtree(corpus / "birds")
    asked(corpus, cache)
    with closing(sqlite3.connect(cache)) as connection:
        assert [path for (path,) in connection.execute("SELECT path FROM files")] == ["a.txt", "b.txt"]


@pytest.mark.usefixtures("settled", "encoder", "prepared_once")
def test_builds_and_status_read_no_file_that_has_not_changed_unless_they_verify(corpus: Path, tmp_path: Path) -> None:
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings())
    assert index.digests.exists()
    wrong = FileDigests(index.digests)
    for source in scan(corpus).files:
        # A change that the file system has not noticed: the cache has the digest of what was there before.
        wrong._new[source.path] = file_digests._kept(source.stamp), "0" * 64
    wrong._asked = {*wrong._new}
    wrong.save()
    found = status(index).changes
    assert found
    assert found.changed == ("a.txt", "b.txt", "birds/c.txt")
    assert status(index, verify=True).up_to_date
    assert build(corpus, index, Settings(), verify=True).up_to_date
    assert status(index).up_to_date
    _OPENED.clear()
    assert status(index).up_to_date
    assert build(corpus, index, Settings()).up_to_date
    assert not [name for name in _OPENED if name.startswith(str(corpus)) and name.endswith(".txt")]

"""A build that was stopped is not done again: the next one reads and encodes only what is missing."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from citewell import IndexFolder, Settings, build
from citewell.building import encoding as encoding_module
from citewell.building import resuming
from citewell.building.ahead import FilesAhead
from citewell.building.resuming import Unfinished
from citewell.corpus import reading
from citewell.corpus.reading import ReadingOptions, SourceFile
from citewell.corpus.reading.extract import unheard
from citewell.document import Document
from citewell.index.library import Library
from tests.support.encoders import Remembering
from tests.support.indexes import failed, vectors_of, window_keys

FILES = 30
KEYS = ["a" * 64, "b" * 64]
VECTORS = np.arange(8, dtype=np.float32).reshape(2, 4)


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for nth in range(FILES):
        text = f"Locker {nth}\n\nLocker {nth} is opened with key {nth * 7}. It is near the {nth}th door of the hall.\n"
        (folder / f"{nth:02}.txt").write_text(text, encoding="utf-8")
    (folder / "broken.txt").write_bytes(b"\x00\x01\x02" * 200)
    return folder


class Work:
    """Counts what is read and encoded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[str] = []
        self.encoded: list[str] = []
        read, encode = reading.read, Remembering.encode_documents

        def counted(source: SourceFile, *options: Any) -> Document:
            self.read.append(source.path)
            return read(source, *options)

        def encoding(encoder: Remembering, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Any:
            # Without progress, they are everyday questions.
            if progress:
                self.encoded += texts
            return encode(encoder, texts, progress)

        monkeypatch.setattr(resuming, "read", counted)
        monkeypatch.setattr(Remembering, "encode_documents", encoding)
        # In parts of a few windows.
        monkeypatch.setattr(encoding_module, "_PART", 8)

    def taken(self) -> tuple[list[str], list[str]]:
        """Return what was done since it was last asked for."""
        done, self.read, self.encoded = (self.read, self.encoded), [], []
        return done


def read_once(unfinished: Unfinished, source: SourceFile, digest: str) -> Document:
    """Return a file as a build reads it."""
    with FilesAhead(unfinished, {source.path: digest}, 1, unheard) as files:
        return files.read(source)


def stopping(at: str, step: int) -> Callable[[str, int, int], None]:
    """Return a progress that stops the build, as a person would."""

    def stop(stage: str, done: int, _total: int) -> None:
        if (stage, done >= step) == (at, True):
            raise KeyboardInterrupt

    return stop


@pytest.mark.usefixtures("encoder")
def test_what_was_read_and_encoded_is_not_done_again(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    work = Work(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        build(corpus, index, Settings(model="english"), jobs=1, progress=stopping("Reading", 12))
    assert (len(work.read), work.encoded) == (12, [])
    first, _ = work.taken()
    with pytest.raises(KeyboardInterrupt):
        build(corpus, index, Settings(model="english"), progress=stopping("Encoding", 30))
    second, encoded = work.taken()
    assert len(second) == FILES + 1 - 12
    assert not set(first) & set(second)
    report = build(corpus, index, Settings(model="english"))
    third, rest = work.taken()
    assert third == []
    assert rest
    # Of the part that was broken off, and of what stands above its windows.
    assert len([*encoded, *rest]) - len({*encoded, *rest}) <= 2 * 8
    assert (report.added, [each.path for each in report.skipped]) == (FILES, ["broken.txt"])
    assert not index.unfinished.exists()
    assert failed(index) == []
    whole = IndexFolder(tmp_path / "whole")
    build(corpus, whole, Settings(model="english"))
    assert Library(whole.open()).page().rows == Library(index.open()).page().rows
    ours, theirs = index.open(), whole.open()
    assert window_keys(ours) == window_keys(theirs)
    assert np.allclose(vectors_of(ours), vectors_of(theirs), atol=1e-3)


@pytest.mark.usefixtures("encoder", "prepared_once")
def test_only_what_is_the_same_is_used(corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(monkeypatch)
    settings = Settings(model="english")
    with pytest.raises(KeyboardInterrupt):
        build(corpus, index, settings, progress=stopping("Calibrating", 0))
    work.taken()
    (corpus / "03.txt").write_text("Locker 3\n\nLocker 3 is lost.\n", encoding="utf-8")
    (corpus / "04.txt").rename(corpus / "moved.txt")
    # A row that has changed on the disk is no longer what was read.
    with sqlite3.connect(index.unfinished) as connection:
        changed = "UPDATE documents SET content = replace(content, 'door', 'wall') WHERE key LIKE '% 05.txt %'"
        assert connection.execute(changed).rowcount == 1
    connection.close()
    build(corpus, index, settings)
    assert sorted(work.taken()[0]) == ["03.txt", "05.txt", "moved.txt"]
    assert "door" in index.open().catalogue.document("05.txt").text
    with pytest.raises(KeyboardInterrupt):
        build(corpus, index, settings, force=True, progress=stopping("Calibrating", 0))
    assert len(work.taken()[0]) == FILES + 1
    # From scratch means everything.
    build(corpus, index, settings, force=True)
    assert len(work.taken()[0]) == FILES + 1


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("damage", [b"", b"no database", None], ids=["empty", "other", "a folder"])
def test_a_damaged_file_costs_only_what_was_kept(corpus: Path, index: IndexFolder, damage: bytes | None) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(corpus, index, Settings(model="english"), progress=stopping("Encoding", 1))
    assert index.unfinished.is_file()
    if damage is None:
        index.unfinished.unlink()
        index.unfinished.mkdir()
    else:
        index.unfinished.write_bytes(damage)
    assert build(corpus, index, Settings(model="english")).added == FILES
    assert failed(index) == []
    shutil.rmtree(index.unfinished, ignore_errors=True)


@pytest.fixture
def kept(corpus: Path, index: IndexFolder) -> tuple[Path, dict[str, tuple[SourceFile, Document]]]:
    """A file in which all documents of the corpus and some vectors are kept, and what was read."""
    found = {}
    index.path.mkdir()
    with Unfinished(index.unfinished, ReadingOptions()) as unfinished:
        for source in reading.scan(corpus).files[:FILES]:
            found[source.path] = source, unfinished.read_anew(source)
            unfinished.keep(found[source.path][1])
        unfinished.encode_with("one", 0.3)
        unfinished.keep_vectors(KEYS, VECTORS)
    return index.unfinished, found


def test_what_is_damaged_is_as_if_it_were_not_there(
    kept: tuple[Path, dict[str, tuple[SourceFile, Document]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever bytes of the file change, what comes back of it is what was kept, or nothing."""
    file, found = kept
    content, again = file.read_bytes(), []

    def read(source: SourceFile, *_: Any) -> Document:
        again.append(source.path)
        return found[source.path][1]

    monkeypatch.setattr(resuming, "read", read)
    draw = random.Random(7)
    for changes in [0, *[1] * 30, *[40] * 30]:
        damaged = bytearray(content)
        for _ in range(changes):
            damaged[draw.randrange(len(damaged))] ^= 1 + draw.randrange(255)
        file.write_bytes(damaged)
        with Unfinished(file, ReadingOptions()) as unfinished:
            assert all(read_once(unfinished, source, was.digest) == was for source, was in found.values())
            unfinished.encode_with("one", 0.3)
            for key, vector in unfinished.vectors(KEYS).items():
                assert np.array_equal(vector, VECTORS[KEYS.index(key)])
        assert again or changes < 2
        if not changes:
            assert again == []


def test_what_was_read_otherwise_or_encoded_by_another_is_not_used(
    kept: tuple[Path, dict[str, tuple[SourceFile, Document]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, found = kept
    again: list[str] = []

    def read(source: SourceFile, *_: Any) -> Document:
        again.append(source.path)
        return found[source.path][1]

    monkeypatch.setattr(resuming, "read", read)
    whole = file.read_bytes()
    source, was = found["03.txt"]
    with Unfinished(file, ReadingOptions()) as unfinished:
        assert (read_once(unfinished, source, was.digest), again) == (was, [])
        assert read_once(unfinished, source, "0" * 64).digest == was.digest
        assert again == ["03.txt"]
        unfinished.encode_with("one", 0.3)
        assert sorted(unfinished.vectors(KEYS)) == sorted(KEYS)
    for encoder, weight in (("another", 0.3), ("one", 0.4)):
        file.write_bytes(whole)
        with Unfinished(file, ReadingOptions()) as unfinished:
            unfinished.encode_with(encoder, weight)
            assert unfinished.vectors(KEYS) == {}
    for options in (ReadingOptions(ocr_language="deu"), ReadingOptions(ocr_pages=7)):
        file.write_bytes(whole)
        with Unfinished(file, options) as unfinished:
            read_once(unfinished, source, was.digest)
    assert again == ["03.txt"] * 3


@pytest.mark.skipif(sys.platform == "win32", reason="a signal, as Unix has it")
@pytest.mark.usefixtures("encoder")
def test_a_killed_build_goes_on(corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import os, sys; from pathlib import Path; from citewell import IndexFolder, Settings, build\n"
        "from citewell.building import resuming; resuming._SECONDS_BETWEEN_COMMITS = 0.0\n"
        "resuming._SCHEMA = 'PRAGMA cache_size = 1;' + resuming._SCHEMA\n"
        "def stop(stage, done, total):\n"
        "    if (stage, done) == ('Reading', 12): resuming._SECONDS_BETWEEN_COMMITS = 1e9\n"
        "    if (stage, done) == ('Reading', 20): os.kill(os.getpid(), 9)\n"
        "build(Path(sys.argv[1]), IndexFolder(Path(sys.argv[2])), Settings(model='english'), progress=stop)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(corpus), str(index.path)], check=False)
    assert done.returncode == -signal.SIGKILL
    # It was killed while it wrote: the file has half of what was not committed, and the journal what was there before.
    assert index.unfinished.with_name(f"{index.unfinished.name}-journal").stat().st_size
    work = Work(monkeypatch)
    build(corpus, index, Settings(model="english"))
    assert len(work.read) == FILES + 1 - 12
    assert failed(index) == []
    assert [each.name for each in index.path.iterdir() if each.name.startswith(index.unfinished.name)] == []

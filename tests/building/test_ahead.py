"""Files are read ahead: several at once, and each once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from citewell import IndexFolder, Settings, build
from citewell.building import ahead, renewing, resuming
from citewell.building.ahead import FilesAhead
from citewell.building.resuming import Unfinished
from citewell.corpus import reading
from citewell.corpus.reading import SourceFile
from citewell.corpus.reading.extract import ReadingOptions, unheard
from citewell.document import Document
from citewell.errors import CitewellError, ReadingError
from citewell.index.library import Library
from tests.support.indexes import window_keys

_LONG = 60

Read = Callable[..., Document]


@pytest.fixture
def sources(tmp_path: Path) -> list[SourceFile]:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for nth in range(6):
        (folder / f"{nth}.txt").write_text(f"Shelf {nth} holds {nth * 11} jars of honey.\n", encoding="utf-8")
    return list(reading.scan(folder).files)


@pytest.fixture
def digests(sources: list[SourceFile]) -> dict[str, str]:
    return {source.path: reading.digest_of(source) for source in sources}


@pytest.fixture
def unfinished(tmp_path: Path) -> Iterator[Unfinished]:
    with Unfinished(tmp_path / "unfinished.sqlite", ReadingOptions()) as found:
        yield found


def test_as_many_files_as_wanted_are_read_at_once(
    sources: list[SourceFile], digests: dict[str, str], unfinished: Unfinished, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = threading.Barrier(3)

    def read(source: SourceFile, *rest: Any) -> Document:
        at_once.wait(_LONG)
        return reading.read(source, *rest)

    monkeypatch.setattr(resuming, "read", read)
    with FilesAhead(unfinished, digests, 3, unheard) as files:
        files.expect(sources)
        found = [files.read(source) for source in sources]
    assert [each.path for each in found] == [f"{nth}.txt" for nth in range(6)]
    assert all(each.digest == digests[each.path] for each in found)


def test_what_was_read_ahead_of_a_stop_is_kept(
    sources: list[SourceFile], digests: dict[str, str], unfinished: Unfinished, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = {source.path: threading.Event() for source in sources}

    def read(source: SourceFile, *rest: Any) -> Document:
        try:
            return reading.read(source, *rest)
        finally:
            done[source.path].set()

    monkeypatch.setattr(resuming, "read", read)
    with FilesAhead(unfinished, digests, 4, unheard) as files:
        files.expect(sources)
        files.read(sources[0])
        started = [future for future, _ in files._started.values()]
        assert len(started) == 3
        for future in started:
            future.exception(_LONG)
    known = [unfinished.known(source.path, digests[source.path]) for source in sources]
    assert [each.path for each in known if each] == ["0.txt", "1.txt", "2.txt", "3.txt"]
    assert not done["4.txt"].is_set()


def test_a_file_that_cannot_be_read_fails_when_it_is_wanted(
    sources: list[SourceFile], digests: dict[str, str], unfinished: Unfinished, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = {
        "1.txt": ReadingError("has no text", digest=digests["1.txt"]),
        "2.txt": CitewellError("the reader process could not be started"),
    }

    def read(source: SourceFile, *rest: Any) -> Document:
        if source.path in errors:
            raise errors[source.path]
        return reading.read(source, *rest)

    monkeypatch.setattr(resuming, "read", read)
    with FilesAhead(unfinished, digests, 4, unheard) as files:
        files.expect(sources)
        assert files.read(sources[0]).path == "0.txt"
        with pytest.raises(ReadingError, match="has no text"):
            files.read(sources[1])
        with pytest.raises(CitewellError, match="could not be started"):
            files.read(sources[2])
    with pytest.raises(ReadingError, match="has no text"):
        unfinished.known("1.txt", digests["1.txt"])


@pytest.mark.usefixtures("encoder")
def test_a_build_begins_to_read_while_the_encoder_is_opened(
    sources: list[SourceFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_read = threading.Event()
    opened = renewing.opened

    def read(source: SourceFile, *rest: Any) -> Document:
        found = reading.read(source, *rest)
        is_read.set()
        return found

    def waiting(*given: Any) -> Any:
        assert is_read.wait(_LONG)
        return opened(*given)

    monkeypatch.setattr(resuming, "read", read)
    monkeypatch.setattr(renewing, "opened", waiting)
    corpus, index = sources[0].file.parent, IndexFolder(tmp_path / "index")
    assert build(corpus, index, Settings(), jobs=2).documents == len(sources)


@pytest.mark.usefixtures("encoder")
def test_what_was_read_before_the_encoder_failed_is_kept_and_not_read_again(
    sources: list[SourceFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_read, seen = threading.Event(), []

    def read(source: SourceFile, *rest: Any) -> Document:
        found = reading.read(source, *rest)
        seen.append(source.path)
        is_read.set()
        return found

    def failing(*_: Any) -> Any:
        assert is_read.wait(_LONG)
        for thread in threading.enumerate():
            if thread.name.startswith("reads "):
                thread.join()
        raise CitewellError("no encoder")

    monkeypatch.setattr(resuming, "read", read)
    corpus, index = sources[0].file.parent, IndexFolder(tmp_path / "index")
    with monkeypatch.context() as patched:
        patched.setattr(renewing, "opened", failing)
        with pytest.raises(CitewellError, match="no encoder"):
            build(corpus, index, Settings(), jobs=2)
    build(corpus, index, Settings(), jobs=2)
    assert sorted(seen) == [source.path for source in sources]


def test_large_files_are_not_read_ahead_together(
    sources: list[SourceFile], digests: dict[str, str], unfinished: Unfinished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_BYTES", 10)
    with FilesAhead(unfinished, digests, 5, unheard) as files:
        files.expect(sources)
        files.read(sources[0])
        assert len(files._started) == 1


def test_only_the_wanted_file_reports(
    sources: list[SourceFile], digests: dict[str, str], unfinished: Unfinished, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, int, int]] = []

    def read(source: SourceFile, options: ReadingOptions, progress: Callable[[str, int, int], None]) -> Document:
        document = reading.read(source, options)
        progress(source.path, 1, 2)
        return document

    monkeypatch.setattr(resuming, "read", read)
    with FilesAhead(unfinished, digests, 2, lambda *report: heard.append(report)) as files:
        files.expect(sources)
        files.read(sources[0])
        files._started["1.txt"][0].exception(_LONG)
    assert heard == [("0.txt", 1, 2)]


@pytest.mark.usefixtures("encoder")
def test_an_index_does_not_depend_on_how_many_are_read_at_once(sources: list[SourceFile], tmp_path: Path) -> None:
    corpus = sources[0].file.parent
    found = []
    for jobs in (1, 4):
        index = IndexFolder(tmp_path / str(jobs))
        build(corpus, index, Settings(model="english"), jobs=jobs)
        snapshot = index.open()
        found.append((Library(snapshot).page().rows, window_keys(snapshot), snapshot.manifest.fingerprint))
    assert found[0] == found[1]

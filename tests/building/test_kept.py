"""Documents that cannot be read now stay in the index until they can."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.corpus.reading import SourceFile, digest_of, process
from citewell.corpus.reading.isolation import Readers
from citewell.errors import UnavailableError, UsageError
from citewell.index.changes import compare
from citewell.index.checking import check
from citewell.index.file_digests import FileDigests
from citewell.index.status import status
from citewell.settings import Splitting
from tests.support.indexes import WREN
from tests.support.readers import ending

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")


def test_what_was_read_and_is_no_document_leaves_the_index(corpus: Path, index: IndexFolder) -> None:
    (corpus / "moon.txt").write_bytes(b"")
    done = build(corpus, index, Settings())
    assert (done.removed, done.kept, [each.path for each in done.skipped]) == (1, (), ["moon.txt"])


@pytest.mark.promise("nothing-lost")
def test_what_is_no_more_readable_when_its_turn_comes_is_kept(corpus: Path, index: IndexFolder) -> None:
    (corpus / "moon.txt").write_text("The Moon\n\nThe Moon is made of rock.\n", encoding="utf-8")
    (corpus / "new.txt").write_text(WREN, encoding="utf-8")

    def closed(stage: str, done: int, _total: int) -> None:
        for name in ("moon.txt", "new.txt"):
            if stage == "Reading" and done == 1 and (corpus / name).is_file():
                (corpus / name).unlink()
                # Which the system does not hand out as a file.
                (corpus / name).mkdir()

    done = build(corpus, index, Settings(), jobs=1, progress=closed)
    assert [each.path for each in done.kept] == ["moon.txt"]
    assert {each.path: each.reason for each in done.skipped} == {
        "moon.txt": "cannot be read now: Is a directory; the index keeps the last version",
        "new.txt": "cannot be read: Is a directory",
    }
    assert "twenty-seven" in index.open().catalogue.document("moon.txt").text


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.promise("nothing-lost")
def test_what_is_kept_with_other_settings_is_read_again_when_it_can_be(
    corpus: Path, index: IndexFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, force: bool
) -> None:
    short = Settings(splitting=Splitting(window_sentences=1, window_tokens=16))
    fresh = IndexFolder(tmp_path / "fresh")
    build(corpus, fresh, short)
    kept = ("animals/bees.txt", "moon.txt")
    files = {path: (corpus / path).read_bytes() for path in kept}

    def closed(stage: str, done: int, _total: int) -> None:
        for path in kept:
            if stage == "Reading" and done == 0 and (corpus / path).is_file():
                (corpus / path).unlink()
                (corpus / path).mkdir()

    before = index.open()
    done = build(corpus, index, short, force=force, jobs=1, progress=closed)
    assert tuple(each.path for each in done.kept) == kept
    assert (done.added, done.changed, done.unchanged) == ((1, 0, 0) if force else (0, 0, 3))
    now = index.open()
    for path in kept:
        assert now.catalogue.document(path) == before.catalogue.document(path)
        assert now.catalogue.split_document(path) == before.catalogue.split_document(path)
    assert all(finding.passed for finding in check(index))
    # As long as that lasts, nothing is new; then they are read, whether they have changed or not.
    for path in kept:
        (corpus / path).rmdir()
        (corpus / path).write_bytes(files[path])
    assert compare(corpus, index, index.open()).changed == kept
    withheld(kept, monkeypatch)
    assert (build(corpus, index, short).up_to_date, status(index).up_to_date) == (True, True)
    (corpus / "new.txt").write_text(WREN, encoding="utf-8")
    assert tuple(each.path for each in build(corpus, index, short).kept) == kept
    monkeypatch.undo()
    (corpus / "new.txt").unlink()
    after = build(corpus, index, short)
    assert (after.changed, after.removed, after.unchanged, after.kept) == (2, 1, 1, ())
    for path in kept:
        assert index.open().catalogue.split_document(path) == fresh.open().catalogue.split_document(path)
    assert build(corpus, index, short).up_to_date


def withheld(paths: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the system not hand out some files."""

    def refused(_: FileDigests, source: SourceFile) -> str:
        if source.path in paths:
            raise UnavailableError(PermissionError(13, "Permission denied"))
        return digest_of(source)

    monkeypatch.setattr(FileDigests, "of", refused)


@pytest.mark.promise("no-file-stops-a-build")
def test_a_file_that_goes_while_everything_is_read_again_is_gone(corpus: Path, index: IndexFolder) -> None:
    def gone(stage: str, done: int, _total: int) -> None:
        if stage == "Reading" and done == 1:
            (corpus / "moon.txt").unlink(missing_ok=True)

    done = build(corpus, index, Settings(), force=True, jobs=1, progress=gone)
    assert (done.added, done.skipped, done.kept) == (2, (), ())
    assert index.manifest().documents == 2

    def away(stage: str, done: int, _total: int) -> None:
        if stage == "Reading" and done == 1 and corpus.is_dir():
            corpus.rename(corpus.with_name("away"))

    with pytest.raises(UsageError, match="not a folder"):
        build(corpus, index, Settings(), force=True, jobs=1, progress=away)
    assert index.manifest().documents == 2


def test_a_document_whose_readers_are_ended_stays_until_it_is_read(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings())
    (corpus / "moon.txt").write_text("The Moon\n\nThe Moon is made of rock.\n", encoding="utf-8")
    monkeypatch.setattr("citewell.corpus.reading._POOL", Readers())
    monkeypatch.setattr(process, "_COMMAND", ending(signal.SIGKILL, 2))
    done = build(corpus, index, Settings(), confirmed=())
    assert [each.path for each in done.kept] == ["moon.txt"]
    assert "read now: its reader was killed (SIGKILL); the index keeps" in done.kept[0].reason
    assert "twenty-seven" in index.open().catalogue.document("moon.txt").text
    done = build(corpus, index, Settings(), confirmed=())
    assert (done.changed, done.kept, done.skipped) == (1, (), ())

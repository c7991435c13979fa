"""Folders that are passed over because their entries are as they were: that never hides a change."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from citewell import IndexFolder, Settings, build
from citewell.index import file_digests
from citewell.index.changes import Changes, compare
from citewell.index.file_digests import FileDigests
from citewell.index.soundness import KnownDigests
from citewell.settings import ExcludeRule, Selection

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once", "settled")

NAMES = ("a.txt", "b.txt", "birds/c.txt", "birds/empty.txt", "birds/sea/d.md", "birds/sea/e.txt", "fish/f.txt")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as old at once (`written` waits for another time); this process remembers nothing of them."""
    monkeypatch.setattr("citewell.files.SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(file_digests, "SEEN", KnownDigests(0))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("" if "empty" in name else f"The text of {name}.\n")
    return folder


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> IndexFolder:
    found = IndexFolder(tmp_path / "index")
    build(corpus, found, Settings())
    assert looked_up(corpus, found) == set()
    return found


def compared(corpus: Path, index: IndexFolder, kept: FileDigests, selection: Selection | None = None) -> Changes:
    return compare(corpus, index, index.open(), selection=selection, digests=kept)


def kept_of(index: IndexFolder) -> FileDigests:
    return FileDigests(index.digests)


def looked_up(corpus: Path, index: IndexFolder, selection: Selection | None = None) -> set[str]:
    """Compare a corpus with its index; return the folders whose files were looked up one by one."""
    kept = kept_of(index)
    compared(corpus, index, kept, selection)
    kept.save()
    return kept._listed


def truth(corpus: Path, index: IndexFolder, selection: Selection | None = None) -> Changes:
    return compared(corpus, index, FileDigests(index.digests.with_name("none.sqlite")), selection)


def as_found(changes: Changes) -> tuple[object, ...]:
    """Everything that a comparison says, but for what the file system said of each file; the order does not matter."""
    values = {name: getattr(changes, name) for name in changes.__dataclass_fields__ if name != "files"}
    files = [(path, str(source.file)) for path, source in changes.files.items()]
    return *(
        (name, sorted(map(repr, each)) if isinstance(each, tuple) else each) for name, each in values.items()
    ), files


def written(file: Path, content: str) -> None:
    """Write a file until its time shows it, which takes a few milliseconds."""
    before = file.stat().st_ctime_ns if file.exists() else 0
    file.write_text(content)
    while file.stat().st_ctime_ns == before:
        file.write_text(content)


def test_a_folder_is_looked_at_again_only_if_something_in_it_has_changed(corpus: Path, index: IndexFolder) -> None:
    kept = kept_of(index)
    before = compared(corpus, index, kept)
    assert len(before.unchanged) == len(NAMES) - 1
    assert "_known" not in kept.__dict__
    assert as_found(before) == as_found(truth(corpus, index))
    written(corpus / "birds/c.txt", "The text of B.txt.\n")
    assert looked_up(corpus, index) == {"birds/"}


def _same_size(corpus: Path) -> None:
    file = corpus / "birds/sea/d.md"
    before = file.stat()
    written(file, file.read_text().swapcase())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _added(corpus: Path) -> None:
    (corpus / "birds/g.txt").write_text("A gull.\n")


def _removed(corpus: Path) -> None:
    (corpus / "birds/sea/e.txt").unlink()


def _renamed(corpus: Path) -> None:
    (corpus / "fish/f.txt").rename(corpus / "fish/g.txt")


def _folder_renamed(corpus: Path) -> None:
    (corpus / "birds").rename(corpus / "all birds")


def _folders_swapped(corpus: Path) -> None:
    (corpus / "birds/sea").rename(corpus / "sea")
    (corpus / "fish").rename(corpus / "birds/sea")
    (corpus / "sea").rename(corpus / "fish")


def _folder_gone(corpus: Path) -> None:
    (corpus / "fish/f.txt").unlink()
    (corpus / "fish").rmdir()


def _replaced_by_link(corpus: Path) -> None:
    (corpus / "a.txt").unlink()
    (corpus / "a.txt").symlink_to("b.txt")


def _ignored(corpus: Path) -> None:
    (corpus / ".citewellignore").write_text("sea/\nc.*\n")


def _ignored_inside(corpus: Path) -> None:
    (corpus / "birds/.citewellignore").write_text("d.md\n")


def _marked(corpus: Path) -> None:
    (corpus / "birds/sea/CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")


def _state_folder(corpus: Path) -> None:
    (corpus / "birds/CITEWELL-STATE").write_text("")


def _empty_no_more(corpus: Path) -> None:
    written(corpus / "birds/empty.txt", "No longer empty.\n")


CHANGES = [
    _same_size,
    _added,
    _removed,
    _renamed,
    _folder_renamed,
    _folders_swapped,
    _folder_gone,
    _replaced_by_link,
    _ignored,
    _ignored_inside,
    _marked,
    _state_folder,
    _empty_no_more,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_no_change_is_hidden(corpus: Path, index: IndexFolder, change: Callable[[Path], None]) -> None:
    before = truth(corpus, index)
    change(corpus)
    real = truth(corpus, index)
    assert as_found(real) != as_found(before)
    for _ in range(2):
        kept = kept_of(index)
        assert as_found(compared(corpus, index, kept)) == as_found(real)
        kept.save()
    build(corpus, index, Settings())
    assert not compared(corpus, index, kept_of(index))


def test_what_rules_leave_out_and_bring_back_is_noticed(corpus: Path, index: IndexFolder) -> None:
    for patterns in (("c.txt",), ("c.txt", "!c.txt"), ("*.md",), ()):
        selection = Selection(exclude=tuple(ExcludeRule(pattern=each) for each in patterns))
        assert looked_up(corpus, index, selection) == {"", "birds/", "birds/sea/", "fish/"}
        kept = kept_of(index)
        assert as_found(compared(corpus, index, kept, selection)) == as_found(truth(corpus, index, selection))


def test_a_file_within_a_limit_of_size_is_noticed_when_the_limit_falls(corpus: Path, index: IndexFolder) -> None:
    small = Selection(largest_mb={"other": 0.000001})
    assert as_found(compared(corpus, index, kept_of(index), small)) == as_found(truth(corpus, index, small))


def test_a_link_is_looked_at_each_time(corpus: Path, index: IndexFolder) -> None:
    (corpus / "fish/link.txt").symlink_to("../birds/c.txt")
    build(corpus, index, Settings())
    looked_up(corpus, index)
    assert looked_up(corpus, index) == set()
    written(corpus / "birds/c.txt", "The text of C.txt.\n")
    kept = kept_of(index)
    found = compared(corpus, index, kept)
    assert found.changed == ("birds/c.txt", "fish/link.txt")
    assert kept._listed == {"birds/"}


def test_a_file_written_just_now_keeps_its_folder_from_being_passed_over(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citewell.files.SETTLED_SECONDS", 3600.0)
    written(corpus / "fish/f.txt", "The text of F.txt.\n")
    build(corpus, index, Settings())
    for _ in range(2):
        assert looked_up(corpus, index) == {"fish/"}


def test_another_snapshot_has_other_documents(corpus: Path, index: IndexFolder) -> None:
    old = index.open()
    written(corpus / "fish/f.txt", "The text of F.txt.\n")
    build(corpus, index, Settings())
    assert looked_up(corpus, index) == set()
    found = compare(corpus, index, old, digests=kept_of(index))
    assert found.changed == ("fish/f.txt",)


def test_digests_of_the_earlier_form_are_used(corpus: Path, index: IndexFolder) -> None:
    with closing(sqlite3.connect(index.digests)) as connection, connection:
        connection.execute("DROP TABLE folders")
        before = connection.execute("SELECT * FROM files").fetchall()
    kept = kept_of(index)
    assert not compared(corpus, index, kept)
    assert not kept._new
    kept.save()
    assert looked_up(corpus, index) == set()
    with closing(sqlite3.connect(index.digests)) as connection:
        assert connection.execute("SELECT * FROM files").fetchall() == before


@pytest.mark.parametrize("change", ["content = upper(content)", "stamp = 'x'", "others = x'00'", "seal = x'00'"])
def test_a_damaged_folder_is_looked_at_and_kept_again(corpus: Path, index: IndexFolder, change: str) -> None:
    with closing(sqlite3.connect(index.digests)) as connection, connection:
        connection.execute(f"UPDATE folders SET {change} WHERE path = 'birds/'")  # noqa: S608
    kept = kept_of(index)
    assert not compared(corpus, index, kept)
    kept.save()
    assert kept._listed == {"birds/"}
    assert looked_up(corpus, index) == set()
    with closing(sqlite3.connect(index.digests)) as connection:
        assert connection.execute("SELECT count(*) FROM files").fetchone() == (len(NAMES),)


def test_a_folder_that_is_gone_leaves_with_its_files(corpus: Path, index: IndexFolder) -> None:
    _folder_gone(corpus)
    looked_up(corpus, index)
    with closing(sqlite3.connect(index.digests)) as connection:
        assert ("fish/",) not in connection.execute("SELECT path FROM folders").fetchall()
        assert ("fish/f.txt",) not in connection.execute("SELECT path FROM files").fetchall()


def test_verifying_reads_every_file_and_corrects_what_is_kept_of_its_folder(corpus: Path, index: IndexFolder) -> None:
    with closing(sqlite3.connect(index.digests)) as connection, connection:
        for path, stamp in connection.execute("SELECT path, stamp FROM files").fetchall():
            seal = file_digests._seal(path, stamp, "0" * 64)
            connection.execute("UPDATE files SET digest = ?, seal = ? WHERE path = ?", ("0" * 64, seal, path))
        connection.execute("DELETE FROM folders")
    assert compared(corpus, index, kept_of(index))
    looked_up(corpus, index)
    kept = FileDigests(index.digests, verify=True)
    assert not compared(corpus, index, kept)
    kept.save()
    assert looked_up(corpus, index) == set()


def test_random_changes_are_found(corpus: Path, index: IndexFolder) -> None:
    draw = Random(3)
    files = [*NAMES, "birds/new.txt", "new/new.md", "fish/.hidden.txt", "fish/x.unknown"]
    for nth in range(60):
        path = corpus / draw.choice(files)
        if path.exists() and draw.random() < 0.4:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            written(path, draw.choice(["", "One text.\n", "Two text.\n", f"The text of {path.name}.\n"]))
        kept = kept_of(index)
        assert as_found(compared(corpus, index, kept)) == as_found(truth(corpus, index)), nth
        if draw.random() < 0.7:
            kept.save()
        if nth % 20 == 19:
            build(corpus, index, Settings())
            assert not compared(corpus, index, kept_of(index))


def test_of_other_folders_than_those_that_changed_nothing_is_asked(corpus: Path, index: IndexFolder) -> None:
    written(corpus / "birds/c.txt", "The text of C.txt.\n")
    kept = kept_of(index)
    compared(corpus, index, kept)
    assert {path for path in kept._known if not path.startswith("birds/")} == set()
    (corpus / "birds/c.txt").unlink()
    looked_up(corpus, index)
    with closing(sqlite3.connect(index.digests)) as connection:
        left = {path for (path,) in connection.execute("SELECT path FROM files")}
    assert left == {*NAMES} - {"birds/c.txt"}


def test_a_folder_that_was_never_passed_over_leaves_with_its_files(corpus: Path, index: IndexFolder) -> None:
    (corpus / "new").mkdir()
    (corpus / "new/a.txt").write_text("Old.\n")
    (corpus / "new/b.txt").write_text("New.\n")
    ahead = (corpus / "new/b.txt").stat().st_mtime + 3600
    os.utime(corpus / "new/b.txt", (ahead, ahead))
    assert looked_up(corpus, index) == {"", "new/"}
    assert looked_up(corpus, index) == {"new/"}
    for name in ("a", "b"):
        (corpus / f"new/{name}.txt").unlink()
    (corpus / "new").rmdir()
    looked_up(corpus, index)
    with closing(sqlite3.connect(index.digests)) as connection:
        assert {path for (path,) in connection.execute("SELECT path FROM files")} == {*NAMES}
        assert ("new/",) not in connection.execute("SELECT path FROM folders").fetchall()

"""Folders that are passed over because their entries are as they were: that never hides a change."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage
from importlib import import_module
from mmap import mmap
from pathlib import Path
from random import Random
from typing import Any

import pytest

from citewell import IndexFolder, Settings, build
from citewell.building import renewing
from citewell.corpus.reading import registry
from citewell.index import changes as changes_module
from citewell.index import file_digests, publishing
from citewell.index.changes import Changes, compare
from citewell.index.file_digests import FileDigests
from citewell.index.looking import look
from citewell.index.soundness import KnownDigests
from citewell.settings import ExcludeRule, Selection
from citewell.text.fact_names import TABLE

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


def _written_with_an_older_time(corpus: Path) -> None:
    written(corpus / "fish/f.txt", "A clock that went back.\n")
    os.utime(corpus / "fish/f.txt", (1e9, 1e9))


def _written_through_memory(corpus: Path) -> None:
    with (corpus / "fish/f.txt").open("r+b") as stream, mmap(stream.fileno(), 0) as memory:
        memory[:3] = b"One"
        memory.flush()


def _file_replaced_by_folder(corpus: Path) -> None:
    (corpus / "a.txt").unlink()
    (corpus / "a.txt").mkdir()
    (corpus / "a.txt/a.txt").write_text("The text of a.txt.\n")


def _file_replaced_by_another_kind(corpus: Path) -> None:
    (corpus / "a.txt").unlink()
    os.mkfifo(corpus / "a.txt")


def _folder_replaced_by_a_copy(corpus: Path) -> None:
    shutil.copytree(corpus / "fish", corpus / "copy")
    file = corpus / "copy/f.txt"
    times = file.stat()
    file.write_text(file.read_text().swapcase())
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    shutil.rmtree(corpus / "fish")
    (corpus / "copy").rename(corpus / "fish")


def _folder_replaced_by_a_link(corpus: Path) -> None:
    (corpus / "fish").rename(corpus / "fishes")
    (corpus / "fish").symlink_to("fishes")


def _unmounted(corpus: Path) -> None:
    (corpus / "birds").rename(corpus.parent / "elsewhere")
    (corpus / "birds").mkdir()


def _facts_added(corpus: Path) -> None:
    (corpus / TABLE).write_text("path,year\na.txt,1999\n")


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
    _written_with_an_older_time,
    _written_through_memory,
    _file_replaced_by_folder,
    _file_replaced_by_another_kind,
    _folder_replaced_by_a_copy,
    _folder_replaced_by_a_link,
    _unmounted,
    _facts_added,
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


@pytest.mark.parametrize(("before", "after"), [(" d.md", "d.md"), ("d.md\\ ", "d.md\\"), ("!d.md", "d.md")])
def test_rules_that_differ_in_one_sign_are_different(corpus: Path, index: IndexFolder, before: str, after: str) -> None:
    for pattern in (before, after, before):
        (corpus / ".citewellignore").write_text(f"{pattern}\n")
        real = truth(corpus, index)
        assert as_found(compared(corpus, index, kept_of(index))) == as_found(real)
        looked_up(corpus, index)


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


def test_the_snapshot_before_is_compared_as_it_is(corpus: Path, index: IndexFolder) -> None:
    written(corpus / "fish/f.txt", "The text of F.txt.\n")
    build(corpus, index, Settings())
    assert looked_up(corpus, index) == set()
    publishing.rollback(index)
    for _ in range(2):
        kept = kept_of(index)
        assert compared(corpus, index, kept).changed == ("fish/f.txt",)
        kept.save()


def test_a_build_that_was_stopped_hides_nothing(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    written(corpus / "birds/c.txt", "The text of C.txt.\n")
    (corpus / "fish/g.txt").write_text("Another fish.\n")
    with monkeypatch.context() as patched:
        patched.setattr(renewing, "renew", stopped)
        with pytest.raises(KeyboardInterrupt):
            build(corpus, index, Settings())
    found = compared(corpus, index, kept_of(index))
    assert (found.changed, found.added) == (("birds/c.txt",), ("fish/g.txt",))
    build(corpus, index, Settings())
    assert not compared(corpus, index, kept_of(index))


def test_a_file_written_between_its_listing_and_its_reading_is_looked_at_again(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*given: Any) -> object:
        written(corpus / "birds/c.txt", "Written meanwhile.\n")
        return look(*given)

    (corpus / "birds/new.txt").write_text("A new bird.\n")
    with monkeypatch.context() as patched:
        patched.setattr(changes_module, "look", late)
        assert "birds/" in looked_up(corpus, index)
    for _ in range(2):
        kept = kept_of(index)
        assert compared(corpus, index, kept).changed == ("birds/c.txt",)
        kept.save()


def test_a_new_version_of_a_reader_reads_documents_of_folders_that_are_passed_over(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = registry.versions()
    monkeypatch.setattr(registry, "versions", lambda: {**versions, "markdown": versions["markdown"] + 1})
    assert compared(corpus, index, kept_of(index)).changed == ("birds/sea/d.md",)


def test_a_new_version_of_the_program_lists_each_folder_again(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("citewell.corpus.reading.excluding"), "__version__", "another")
    assert looked_up(corpus, index) == {"", "birds/", "birds/sea/", "fish/"}
    assert looked_up(corpus, index) == set()


def test_other_rights_or_another_owner_are_noticed(corpus: Path, index: IndexFolder) -> None:
    (corpus / "birds/sea/d.md").chmod(0o400)
    assert looked_up(corpus, index) == {"birds/sea/"}


def test_a_folder_that_may_not_be_entered_keeps_its_documents(corpus: Path, index: IndexFolder) -> None:
    (corpus / "birds/sea").chmod(0o000)
    try:
        assert as_found(compared(corpus, index, kept_of(index))) == as_found(truth(corpus, index))
    finally:
        (corpus / "birds/sea").chmod(0o700)


def test_a_file_written_by_its_name_outside_of_the_corpus_is_noticed(corpus: Path, index: IndexFolder) -> None:
    outside = corpus.parent / "outside.txt"
    outside.hardlink_to(corpus / "fish/f.txt")
    looked_up(corpus, index)
    assert looked_up(corpus, index) == set()
    written(outside, "The text of F.txt.\n")
    assert compared(corpus, index, kept_of(index)).changed == ("fish/f.txt",)


def test_parts_that_cannot_be_read_are_reported_of_folders_that_are_passed_over(
    corpus: Path, index: IndexFolder
) -> None:
    message = EmailMessage()
    message["Subject"] = "The box"
    message.set_content("The box is attached.\n")
    message.add_attachment(b"\x00\x01noise", maintype="application", subtype="octet-stream", filename="box.bin")
    (corpus / "fish/box.eml").write_bytes(message.as_bytes())
    build(corpus, index, Settings())
    assert looked_up(corpus, index) == set()
    found = compared(corpus, index, kept_of(index))
    assert any(each.path == "fish/box.eml/box.bin" for each in found.skipped)
    assert as_found(found) == as_found(truth(corpus, index))


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

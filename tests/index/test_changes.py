"""A corpus held against its index: what is gone, what is only not handed out just now, and what is never lost unasked."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from citewell import IndexFolder, Settings, build
from citewell.corpus.curating import Curator
from citewell.corpus.reading import SourceFile, digest_of, scan
from citewell.errors import CitewellError, HeldBackError, UnavailableError, UsageError
from citewell.index.changes import compare, drifted
from citewell.index.checking import check
from citewell.index.status import status
from citewell.settings import Splitting
from citewell.state.folder import StateFolder
from tests.conftest import ROOT, citewell

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")

# Rights bind everyone but root, who is bound by them without these two capabilities.
BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
WREN = "Wren\n\nA wren weighs ten grams.\n"


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> IndexFolder:
    folder = IndexFolder(tmp_path / "index")
    build(corpus, folder, Settings())
    return folder


@pytest.fixture
def rights(corpus: Path) -> Iterator[None]:
    """Where rights bind whom the test runs commands as; afterwards all can be removed."""
    if os.name != "posix":
        pytest.skip("other systems have other rights")
    yield
    subprocess.run(["chmod", "-R", "u+rwX", corpus], check=True)


def bound(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Python as a user whom rights bind."""
    command = [*(BOUND if os.geteuid() == 0 else []), sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)


def as_user(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user whom rights bind."""
    return citewell(*arguments, user="bound") if os.geteuid() == 0 else citewell(*arguments)


def told(*arguments: str | Path) -> Any:
    """Return what the command line says as JSON to a user whom rights bind."""
    done = as_user(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def skipped(report: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {each["path"]: each["reason"] for each in report["skipped"]}


@pytest.mark.usefixtures("rights")
@pytest.mark.promise("nothing-lost")
def test_what_rights_do_not_give_stays_in_the_index_until_it_is_read_again(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert as_user("index", "--corpus", corpus, "--index", index).returncode == 0
    (corpus / "moon.txt").chmod(0)
    (corpus / "animals").chmod(0)
    (corpus / "new.txt").write_text(WREN, encoding="utf-8")
    (corpus / "new.txt").chmod(0)
    (corpus / "wren.txt").write_text(WREN, encoding="utf-8")
    done = told("index", "--corpus", corpus, "--index", index)
    assert done["documents"] == {"added": 1, "changed": 0, "removed": 0, "unchanged": 0}
    assert done["kept"] == ["animals/bees.txt", "animals/otters.md", "moon.txt"]
    assert skipped(done) == {
        "animals/bees.txt": "folder cannot be read just now: Permission denied; the index keeps what it had",
        "animals/otters.md": "folder cannot be read just now: Permission denied; the index keeps what it had",
        "animals": "folder cannot be read: Permission denied",
        "moon.txt": "cannot be read just now: Permission denied; the index keeps what it had",
        "new.txt": "cannot be read: Permission denied",
    }
    found = told("status", "--index", index)
    assert (found["documents"], found["up_to_date"], found["kept"]) == (4, True, done["kept"])
    said = as_user("status", "--index", index).stdout
    assert "3 files not readable just now:\n  animals/bees.txt: folder cannot be read just now" in said
    assert "2 files left out:\n  animals: folder cannot be read" in said
    asked = told("ask", "What do otters eat?", "--index", index)
    assert asked["passages"][0]["document"] == "animals/otters.md"
    settings = tmp_path / "short.toml"
    settings.write_text("[splitting]\nwindow_sentences = 1\nwindow_tokens = 16\n", encoding="utf-8")
    again = told("--settings", settings, "index", "--corpus", corpus, "--index", index)
    assert (again["kept"], again["windows"]) == (done["kept"], done["windows"])
    assert as_user("check", "--index", index).returncode == 0
    (corpus / "animals").chmod(0o755)
    (corpus / "animals" / "bees.txt").unlink()
    again = told("index", "--corpus", corpus, "--index", index)
    assert (again["documents"]["removed"], again["kept"]) == (1, ["moon.txt"])


@pytest.mark.usefixtures("rights")
def test_a_folder_that_may_be_listed_and_not_entered_keeps_its_documents(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert as_user("index", "--corpus", corpus, "--index", index).returncode == 0
    (corpus / "animals").chmod(0o444)
    done = told("index", "--corpus", corpus, "--index", index)
    assert done["kept"] == ["animals/bees.txt", "animals/otters.md"]
    # What is in it is no folder to go down into, either, as far as anybody can see.
    (corpus / "animals").chmod(0o755)
    (corpus / "animals" / "deep").mkdir()
    (corpus / "animals").chmod(0o444)
    assert told("index", "--corpus", corpus, "--index", index)["kept"] == done["kept"]
    corpus.chmod(0)
    assert as_user("index", "--corpus", corpus, "--index", index).returncode == 2
    found = told("status", "--index", index)
    assert found["kept"] == ["animals/bees.txt", "animals/otters.md", "moon.txt"]
    assert (found["removed"], found["up_to_date"]) == ([], True)


@pytest.mark.usefixtures("rights")
def test_what_cannot_be_read_is_not_said_to_be_gone(corpus: Path, tmp_path: Path) -> None:
    index = IndexFolder(tmp_path / "index")
    as_user("index", "--corpus", corpus, "--index", index.path)
    (corpus / "animals").chmod(0)
    (corpus / "moon.txt").unlink()
    program = (
        "import sys; from pathlib import Path; from citewell import IndexFolder; from citewell.index.changes import drifted;"
        "corpus, index = map(Path, sys.argv[1:]); print(drifted(corpus, IndexFolder(index).open().catalogue.documents()))"
    )
    told = bound("-c", program, corpus, index.path).stdout
    assert told.strip() == str(
        {"animals/bees.txt": "unreadable", "animals/otters.md": "unreadable", "moon.txt": "gone"}
    )


def test_what_is_gone_changed_or_under_a_file_is_told_apart(corpus: Path, index: IndexFolder) -> None:
    shutil.rmtree(corpus / "animals")
    (corpus / "animals").write_text("now a file", encoding="utf-8")
    (corpus / "moon.txt").write_text("other", encoding="utf-8")
    documents = index.open().catalogue.documents()
    assert drifted(corpus, documents) == {
        "animals/bees.txt": "gone",
        "animals/otters.md": "gone",
        "moon.txt": "changed",
    }


def test_what_was_read_and_is_no_document_leaves_the_index(corpus: Path, index: IndexFolder) -> None:
    (corpus / "moon.txt").write_bytes(b"")
    done = build(corpus, index, Settings())
    assert (done.removed, done.kept, [each.path for each in done.skipped]) == (1, (), ["moon.txt"])


@pytest.mark.skipif(sys.platform == "win32", reason="a link takes rights there")
def test_links_to_themselves_stop_neither_a_build_nor_a_status(corpus: Path, index: IndexFolder) -> None:
    (corpus / "loop.txt").symlink_to("loop.txt")
    (corpus / "here.md").symlink_to("animals/there.md")
    (corpus / "animals" / "there.md").symlink_to("../here.md")
    (corpus / "round").symlink_to("round")
    (corpus / "wren.txt").write_text(WREN, encoding="utf-8")
    done = build(corpus, index, Settings(), confirmed=())
    loops = dict.fromkeys(("animals/there.md", "here.md", "loop.txt"), "a link that leads nowhere")
    assert done.added == 1
    assert {each.path: each.reason for each in done.skipped if each.path in loops} == loops
    found = status(index)
    assert found.up_to_date
    assert {*loops, "round"} == {each.path for each in found.left_out}
    curator = Curator(corpus, index.path, StateFolder.beside(index.path))
    for path in ("loop.txt", "round/wren.txt"):
        with pytest.raises(CitewellError):
            curator.put(path, BytesIO(WREN.encode()), replace=True)


@pytest.mark.promise("inside-the-corpus")
def test_why_each_thing_that_is_no_document_is_left_out(corpus: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "o.txt").write_text(WREN, encoding="utf-8")
    links = {
        "alias": corpus / "animals",
        "alias.txt": corpus / "animals",
        "shared": outside,
        "loop.txt": corpus / "loop.txt",
        "above": corpus,
        "broken.md": corpus / "nothing",
        "inside.txt": corpus / "moon.txt",
        "outside.txt": outside / "o.txt",
        ".hidden": outside,
    }
    for name, target in links.items():
        (corpus / name).symlink_to(target)
    os.mkfifo(corpus / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(corpus)
        listening.bind("socket.md")
        os.chdir(here)
    (corpus / "table.csv").write_text("a,b", encoding="utf-8")
    Path(os.fsdecode(os.fsencode(corpus / "x") + b"\xff.txt")).write_text(WREN, encoding="utf-8")
    odd = Path(os.fsdecode(os.fsencode(corpus / "y") + b"\xff"))
    odd.mkdir()
    (odd / "wren.txt").write_text(WREN, encoding="utf-8")
    found = scan(corpus)
    assert [each.path for each in found.files] == ["animals/bees.txt", "animals/otters.md", "inside.txt", "moon.txt"]
    assert {each.path: each.reason for each in found.skipped} == {
        "above": "a link to a folder, which is not followed",
        "alias": "a link to a folder, which is not followed",
        "alias.txt": "a link to a folder, which is not followed",
        "broken.md": "a link that leads nowhere",
        "loop.txt": "a link that leads nowhere",
        "outside.txt": "a link that leads outside the corpus",
        "pipe.txt": "not a regular file",
        "shared": "a link to a folder outside the corpus",
        "socket.md": "not a regular file",
        "table.csv": "not a format that Citewell reads (.markdown, .md, .text, .txt)",
        "x\\udcff.txt": "its name is not text",
        "y\\udcff": "its name is not text",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="a file with holes, and a limit of memory")
@pytest.mark.promise("bounded-work")
def test_a_file_longer_than_memory_is_looked_at_in_pieces(corpus: Path, index: IndexFolder) -> None:
    with (corpus / "moon.txt").open("wb") as stream:
        stream.truncate(1 << 30)
    program = (
        "import resource, sys; from pathlib import Path; from citewell import IndexFolder, Settings, build;"
        "from citewell.index.changes import compare, drifted; "
        "corpus, index = Path(sys.argv[1]), IndexFolder(Path(sys.argv[2]));"
        "snapshot = index.open(); taken = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize();"
        "resource.setrlimit(resource.RLIMIT_AS, (taken + (256 << 20),) * 2);"
        "print(compare(corpus, index, snapshot).changed, drifted(corpus, snapshot.catalogue.documents()))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, corpus, index.path], capture_output=True, text=True, check=False
    )
    assert told.stdout.strip() == "('moon.txt',) {'moon.txt': 'changed'}", told.stderr


@pytest.mark.promise("nothing-lost")
def test_what_is_no_more_handed_out_when_its_turn_comes_is_kept(corpus: Path, index: IndexFolder) -> None:
    (corpus / "moon.txt").write_text("The Moon\n\nThe Moon is made of rock.\n", encoding="utf-8")
    (corpus / "new.txt").write_text(WREN, encoding="utf-8")

    def closed(stage: str, done: int, _total: int) -> None:
        for name in ("moon.txt", "new.txt"):
            if stage == "Reading" and done == 1 and (corpus / name).is_file():
                (corpus / name).unlink()
                # Which the system does not hand out as a file.
                (corpus / name).mkdir()

    done = build(corpus, index, Settings(), progress=closed)
    assert [each.path for each in done.kept] == ["moon.txt"]
    assert {each.path: each.reason for each in done.skipped} == {
        "moon.txt": "cannot be read just now: Is a directory; the index keeps what it had",
        "new.txt": "cannot be read: Is a directory",
    }
    assert "twenty-seven" in index.open().catalogue.document("moon.txt").text


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.promise("nothing-lost")
def test_what_is_kept_with_other_settings_is_read_again_when_it_can_be(
    corpus: Path, index: IndexFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, again: bool
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
    done = build(corpus, index, short, again=again, progress=closed)
    assert tuple(each.path for each in done.kept) == kept
    assert (done.added, done.changed, done.unchanged) == ((1, 0, 0) if again else (0, 0, 3))
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

    def refused(source: SourceFile) -> str:
        if source.path in paths:
            raise UnavailableError(PermissionError(13, "Permission denied"))
        return digest_of(source)

    monkeypatch.setattr("citewell.index.changes.digest_of", refused)


@pytest.mark.promise("no-file-stops-a-build")
def test_a_file_that_goes_while_everything_is_read_anew_is_gone(corpus: Path, index: IndexFolder) -> None:
    def gone(stage: str, done: int, _total: int) -> None:
        if stage == "Reading" and done == 1:
            (corpus / "moon.txt").unlink(missing_ok=True)

    done = build(corpus, index, Settings(), again=True, progress=gone)
    assert (done.added, done.skipped, done.kept) == (2, (), ())
    assert index.manifest().documents == 2

    def away(stage: str, done: int, _total: int) -> None:
        if stage == "Reading" and done == 1 and corpus.is_dir():
            corpus.rename(corpus.with_name("away"))

    with pytest.raises(UsageError, match="not a folder"):
        build(corpus, index, Settings(), again=True, progress=away)
    assert index.manifest().documents == 2


def held_back(corpus: Path, index: IndexFolder, *confirmed: str) -> tuple[str, ...]:
    """Return what an unattended build would have lost; nothing if it was done."""
    before = index.current()
    try:
        build(corpus, index, Settings(), confirmed=confirmed)
    except HeldBackError as error:
        assert index.current() == before
        assert index.names() == sorted({before, *index.names()})
        assert not [each for each in index.snapshots.iterdir() if each.name.startswith(".")]
        return error.lost
    return ()


@pytest.mark.promise("unattended")
def test_an_unattended_build_loses_no_folder_that_is_there_and_empty(corpus: Path, index: IndexFolder) -> None:
    for nth in range(6):
        (corpus / f"{nth}.txt").write_text(f"{WREN} It is number {nth}.", encoding="utf-8")
    (corpus / "deep" / "deeper").mkdir(parents=True)
    (corpus / "deep" / "deeper" / "wren.txt").write_text(f"{WREN} It lives deep.", encoding="utf-8")
    build(corpus, index, Settings())
    shutil.move(corpus / "deep" / "deeper" / "wren.txt", corpus.parent / "wren.txt")
    (corpus / "deep" / "deeper" / ".keep").touch()
    assert held_back(corpus, index) == ("deep/deeper/wren.txt",)
    # When it is back, all is as it was.
    shutil.move(corpus.parent / "wren.txt", corpus / "deep" / "deeper" / "wren.txt")
    assert build(corpus, index, Settings(), confirmed=()).up_to_date
    # One that was moved is not lost.
    shutil.move(corpus / "deep" / "deeper" / "wren.txt", corpus / "wren.txt")
    assert held_back(corpus, index) == ()
    # Nor is a folder that is gone altogether held back, nor what somebody has taken out.
    shutil.rmtree(corpus / "deep")
    (corpus / "animals" / "bees.txt").unlink()
    (corpus / "animals" / "otters.md").unlink()
    assert held_back(corpus, index, "animals/bees.txt") == ("animals/otters.md",)
    assert held_back(corpus, index, "animals/bees.txt", "animals/otters.md") == ()
    assert index.manifest().documents == 8


@pytest.mark.promise("unattended")
def test_an_unattended_build_loses_no_more_than_half_and_an_attended_one_what_it_is_told(
    corpus: Path, index: IndexFolder
) -> None:
    (corpus / "wren.txt").write_text(WREN, encoding="utf-8")
    build(corpus, index, Settings())
    shutil.rmtree(corpus / "animals")
    assert held_back(corpus, index) == ()
    (corpus / "moon.txt").write_bytes(b"\0")
    (corpus / "wren.txt").write_bytes(b"\0")
    (corpus / "robin.txt").write_text("A robin weighs twenty grams.\n", encoding="utf-8")
    # That these are no documents any more shows only when they are read.
    assert held_back(corpus, index) == ("moon.txt", "wren.txt")
    assert build(corpus, index, Settings()).removed == 2


def test_an_empty_corpus_and_one_that_is_away_are_said_and_leave_the_index(corpus: Path, index: IndexFolder) -> None:
    before = index.current()
    shutil.move(corpus, corpus.parent / "away")
    with pytest.raises(UsageError, match="is not a folder"):
        build(corpus, index, Settings(), confirmed=())
    corpus.mkdir()
    for confirmed in ((), None):
        with pytest.raises(CitewellError, match=r"nothing in .* could be read"):
            build(corpus, index, Settings(), confirmed=confirmed)
    assert index.current() == before
    assert len(compare(corpus, index, index.open()).removed) == 3

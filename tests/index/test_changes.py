"""A corpus compared with its index: what is gone, what has changed, and what is no document."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.corpus.curating import Curator
from citewell.corpus.reading import registry, scan
from citewell.errors import CitewellError
from citewell.index.changes import compare, drifted
from citewell.index.status import status
from citewell.state.folder import StateFolder
from tests.support.indexes import WREN

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")


def test_what_is_gone_changed_or_under_a_file_is_distinguished(corpus: Path, index: IndexFolder) -> None:
    shutil.rmtree(corpus / "animals")
    (corpus / "animals").write_text("now a file", encoding="utf-8")
    (corpus / "moon.txt").write_text("other", encoding="utf-8")
    documents = index.open().catalogue.documents()
    assert drifted(corpus, documents) == {
        "animals/bees.txt": "gone",
        "animals/otters.md": "gone",
        "moon.txt": "changed",
    }


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
    (corpus / "table.accdb").write_text("a,b", encoding="utf-8")
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
        "table.accdb": "not a supported format (.accdb)",
        "x\\udcff.txt": "its name is not text",
        "y\\udcff": "its name is not text",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="a file with holes, and a limit of memory")
@pytest.mark.promise("bounded-work")
def test_a_file_longer_than_memory_is_looked_at_in_pieces(corpus: Path, index: IndexFolder) -> None:
    with (corpus / "moon.txt").open("wb") as stream:
        stream.truncate(1 << 28)
    program = (
        "import resource, sys; from pathlib import Path; from citewell import IndexFolder, Settings, build;"
        "from citewell.index.changes import compare, drifted; from citewell.settings import Selection;"
        "large = Selection(largest_mb={'plain': 1000});"
        "corpus, index = Path(sys.argv[1]), IndexFolder(Path(sys.argv[2]));"
        "snapshot = index.open(); taken = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize();"
        "resource.setrlimit(resource.RLIMIT_AS, (taken + (96 << 20),) * 2);"
        "print(compare(corpus, index, snapshot, selection=large).changed, drifted(corpus, snapshot.catalogue.documents()))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, corpus, index.path], capture_output=True, text=True, check=False
    )
    assert told.stdout.strip() == "('moon.txt',) {'moon.txt': 'changed'}", told.stderr


def test_a_new_version_of_a_reader_reads_its_documents_again_and_only_those(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not compare(corpus, index, index.open())
    versions = registry.versions()
    monkeypatch.setattr(registry, "versions", lambda: {**versions, "markdown": versions["markdown"] + 1})
    found = compare(corpus, index, index.open())
    marked = {each.path for each in index.open().catalogue.documents() if each.path.endswith(".md")}
    assert marked
    assert set(found.changed) == marked
    assert set(found.unchanged) == {each.path for each in index.open().catalogue.documents()} - marked

"""What is read of an index is verified when it is first read, and all of it in the background: opening reads little."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import sys
import threading
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from citewell import Assistant, IndexFolder, Settings, build
from citewell.building import BuildReport
from citewell.encoder.encoding import Encoder
from citewell.errors import IndexDamagedError, IndexUnreadableError
from citewell.files import file_digest
from citewell.index import blocks, vectors, verifying
from citewell.index.blocks import BLOCKS
from citewell.index.manifest import sealed
from citewell.index.publishing import rollback
from citewell.index.snapshot import LocalSnapshot
from citewell.index.soundness import Soundness, is_fresh, stamp
from citewell.index.term_file import TermFile, TermPlacesWriter
from citewell.index.term_places import TermPlaces
from citewell.index.verifying import BackgroundCheck, FolderChecks
from citewell.text.terms import analyse
from citewell.web.application import create_app
from tests.support.indexes import failed, segment_of
from tests.support.shared import shared
from tests.support.waiting import until

THINGS = ["harbour", "ferry", "lighthouse", "bakery", "bridge", "garden", "lantern", "windmill", "chapel", "orchard"]
QUESTION = "Who looks after the lighthouse of the village 7?"
# Small, so that files of a test have many.
BLOCK = 512


def _text(nth: int) -> str:
    things = [THINGS[(nth * step) % len(THINGS)] for step in (1, 3, 7)]
    lines = [
        f"The {thing} of the village {nth} is looked after by keeper {nth * 7 + at}." for at, thing in enumerate(things)
    ]
    return f"# Village {nth}\n\n" + "\n\n".join(
        f"## The {thing}\n\n{line}" for thing, line in zip(things, lines, strict=True)
    )


def _build(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(blocks, "BLOCK", BLOCK)
        for nth in range(120):
            file = folder / "corpus" / f"{nth:03}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(_text(nth) + "\n", encoding="utf-8")
        build(folder / "corpus", IndexFolder(folder / "index"), Settings(model="english"))


@pytest.fixture(scope="module")
def built(encoder: Encoder) -> Path:
    assert encoder.card.dimension
    return shared("villages", _build)


@pytest.fixture
def index(built: Path, tmp_path: Path) -> IndexFolder:
    """A copy that a test may damage, of files that nobody has verified."""
    shutil.copytree(built / "corpus", tmp_path / "corpus")
    return IndexFolder(Path(shutil.copytree(built / "index", tmp_path / "index")), tmp_path / "corpus")


def flip(file: Path, at: int) -> None:
    """Change one bit of a file, as a disk does that fails before anybody looks."""
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def _bytes_read(work: Callable[[], object]) -> int:
    """Return how many bytes this thread reads from files in some work; what is only mapped into memory does not count."""

    def so_far() -> int:
        lines = Path("/proc/thread-self/io").read_text(encoding="ascii").splitlines()
        return int(lines[0].removeprefix("rchar: "))

    before = so_far()
    work()
    return so_far() - before - len(Path("/proc/thread-self/io").read_bytes())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what is read")
def test_opening_reads_little_and_a_question_what_it_needs(index: IndexFolder) -> None:
    sizes = {file.name: file.stat().st_size for file in index.files()}
    held: list[LocalSnapshot] = []
    opened = _bytes_read(lambda: held.append(index.open()))
    in_full = _bytes_read(lambda: index.open(in_full=True))
    assert in_full > sum(sizes.values())
    # What every question needs of documents, and what the files have to be.
    assert opened < in_full / 4
    (snapshot,) = held
    first, last = snapshot.catalogue.passages([0, snapshot.catalogue.passages_end - 1])
    # The digests of all words are read once.
    assert _bytes_read(lambda: snapshot.words(first.records)) < sizes["terms.bin"]
    words = last.records
    assert 0 < _bytes_read(lambda: snapshot.words(words)) < 4 * BLOCK
    assert _bytes_read(lambda: snapshot.words(words)) < BLOCK
    vector = np.zeros(snapshot.manifest.encoder.dimension, dtype=np.float32)
    assert _bytes_read(lambda: snapshot.cosines(vector, np.arange(2))) < 8 * BLOCK
    assert _bytes_read(lambda: snapshot.nearest_windows(vector, 3)) >= sizes["vectors.faiss"] - 8 * BLOCK
    assert not _bytes_read(lambda: snapshot.nearest_windows(vector, 3))
    lexical = sum(file.stat().st_size for file in (snapshot.folder / "lexical").iterdir())
    assert _bytes_read(lambda: snapshot.weights("the keeper")) >= lexical
    assert not _bytes_read(lambda: snapshot.weights("a lantern"))
    assert _bytes_read(lambda: snapshot.concordance.blocks) >= sizes["concordance.sqlite"]


FILES = [
    *("catalogue.sqlite", "vectors.faiss", "terms.bin", "concordance.sqlite", BLOCKS),
    *(f"lexical/{name}" for name in ("meta.json", "*.fast", "*.fieldnorm", "*.idx", "*.pos", "*.store", "*.term")),
]


def _file(index: IndexFolder, name: str) -> Path:
    folder = index.snapshots / index.current() if name.startswith("lexical") else segment_of(index)
    return next(folder.glob(name))


def _is_refused(index: IndexFolder) -> bool:
    """Ask and search, and return whether that is refused; if it is not, what is quoted has to be right."""
    try:
        assistant = Assistant(index)
        answer, found = assistant.ask(QUESTION), assistant.find("lighthouse")
    except IndexDamagedError as error:
        return (error.command or "").startswith("citewell index")
    for passage in answer.passages:
        text = (index.corpus() / passage.document).read_text(encoding="utf-8")
        assert passage.text == text[passage.span.start : passage.span.end]
    assert found.places
    assert all("lighthouse" in place.text for place in found.places)
    return False


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("at", [0.03, 0.4, 0.97])
@pytest.mark.promise("verified-quotations")
def test_damage_before_it_is_opened_is_found_where_it_is_read_and_otherwise_in_the_background(
    index: IndexFolder, monkeypatch: pytest.MonkeyPatch, name: str, at: float
) -> None:
    # The background is looked at by itself.
    monkeypatch.setattr(verifying, "AFTER_SECONDS", 600.0)
    file = _file(index, name)
    flip(file, int(at * file.stat().st_size))
    found = _is_refused(index)
    # All vectors are compared with a question, and tantivy and SQLite read where they want.
    assert found or name in {"catalogue.sqlite", "terms.bin"}
    if not found:
        snapshot = index.open()
        monkeypatch.setattr(verifying, "AFTER_SECONDS", 0.0)
        BackgroundCheck(index.files_of(snapshot.manifest), snapshot.soundness)
        until(lambda: snapshot.soundness.is_damaged)
    assert [finding.check for finding in failed(index)] == ["checksums"]


def _altered(text: bytes) -> bytes:
    return zlib.compress(zlib.decompress(text).replace(b"keeper", b"beeper"))


@pytest.mark.promise("verified-quotations")
def test_an_altered_text_is_not_quoted_by_a_process_that_begins(index: IndexFolder) -> None:
    with closing(sqlite3.connect(segment_of(index) / "catalogue.sqlite")) as connection:
        connection.create_function("altered", 1, _altered)
        connection.execute("UPDATE documents SET text = altered(text)")
        connection.commit()
    with pytest.raises(IndexDamagedError, match=r"text of document \d+ has changed.*citewell index"):
        Assistant(index).ask(QUESTION)


@pytest.mark.promise("damage-stops-answers")
def test_a_server_finds_by_itself_what_nobody_reads_and_answers_again_when_it_is_repaired(
    index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, wait = threading.Event(), BackgroundCheck._run

    def waiting(self: BackgroundCheck) -> None:
        may_go_on.wait()
        wait(self)

    monkeypatch.setattr(BackgroundCheck, "_run", waiting)
    monkeypatch.setattr(verifying, "AFTER_SECONDS", 0.0)
    file = segment_of(index) / "concordance.sqlite"
    whole = file.read_bytes()
    flip(file, len(whole) // 2)
    with TestClient(create_app(Assistant(index)), base_url="http://127.0.0.1:7860") as client:
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200
        may_go_on.set()
        until(lambda: client.get("/readyz").status_code == 503)
        said = client.post("/api/ask", json={"question": QUESTION})
        assert said.status_code == 503
        assert "concordance.sqlite is damaged" in said.text
        # What was found damaged is verified in full before it answers again, whatever has changed.
        os.utime(index.pointer)
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 503
        file.write_bytes(whole)
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200


def test_the_background_ends_with_the_snapshot(index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[BackgroundCheck] = []
    monkeypatch.setattr(BackgroundCheck, "stop", lambda self: stopped.append(self))
    assistant = Assistant(index)
    assert assistant.snapshot
    assert not stopped
    del assistant
    assert len(stopped) == 1


def test_what_the_background_cannot_read_is_no_damage(index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "AFTER_SECONDS", 0.0)
    soundness, ended = Soundness(), threading.Event()
    running = BackgroundCheck._run

    def run(self: BackgroundCheck) -> None:
        running(self)
        ended.set()

    monkeypatch.setattr(BackgroundCheck, "_run", run)
    for file in (index.path / "gone", index.path):
        ended.clear()
        BackgroundCheck({file: "0" * 64}, soundness)
        assert ended.wait(30)
        soundness.check()


def test_damage_known_in_this_process_is_refused_at_opening(index: IndexFolder) -> None:
    file = segment_of(index) / "terms.bin"
    flip(file, file.stat().st_size - 1)
    index.open()
    until(lambda: not is_fresh((stamp(file),)))
    with pytest.raises(IndexDamagedError, match="checksum"):
        index.open(in_full=True)
    with pytest.raises(IndexDamagedError, match="checksum"):
        index.open()


def test_an_older_snapshot_without_blocks_is_verified_in_full(index: IndexFolder) -> None:
    manifest = index.manifest()
    (segment,) = manifest.segments
    for folder in (index.snapshots / manifest.name, segment_of(index)):
        (folder / BLOCKS).unlink()
    older = manifest.model_copy(
        update={
            "files": {name: digest for name, digest in manifest.files.items() if name != BLOCKS},
            "segments": (
                segment.model_copy(
                    update={"files": {name: digest for name, digest in segment.files.items() if name != BLOCKS}}
                ),
            ),
        }
    )
    (index.snapshots / manifest.name / "manifest.json").write_bytes(sealed(older))
    assert Assistant(index).ask(QUESTION).passages
    file = segment_of(index) / "concordance.sqlite"
    flip(file, file.stat().st_size - 1)
    with pytest.raises(IndexDamagedError, match="concordance"):
        index.open()


def _changed(index: IndexFolder) -> BuildReport:
    (index.corpus() / "000.md").write_text("# Village 0\n\nNobody lives there.\n", encoding="utf-8")
    return build(index.corpus(), index, Settings())


@pytest.mark.parametrize("name", ["terms.bin", "vectors.faiss", "concordance.sqlite"])
def test_no_damage_is_carried_over_or_rolled_back_to(index: IndexFolder, name: str) -> None:
    assert _changed(index).unchanged == 119
    old = index.segments / index.manifest().segments[0].name
    flip(old / name, (old / name).stat().st_size - 1)
    with pytest.raises(IndexDamagedError, match=name):
        rollback(index)
    assert build(index.corpus(), index, Settings()).unchanged == 0
    assert failed(index) == []


def test_only_the_blocks_that_are_read_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", BLOCK)
    file = tmp_path / "terms.bin"
    with TermPlacesWriter(file) as writer:
        writer.add(analyse(" ".join(f"otter{nth}" for nth in range(1000)), None))
    blocks.write_blocks(tmp_path, ["terms.bin"])
    digests = {name: file_digest(tmp_path / name) for name in ("terms.bin", BLOCKS)}
    # Two bytes for the number of a digest, and two for a place.
    flip(file, file.stat().st_size - (writer.count - 600) * 4)
    soundness = Soundness()
    check = FolderChecks(tmp_path, digests, soundness).of_blocks("terms.bin")
    places = TermPlaces(TermFile(file, soundness, check))
    assert len(places.read(range(300))[0]) == 300
    assert len(places.read(range(900, 1000))[0]) == 100
    assert len(places.read(range(0))[0]) == 0
    soundness.check()
    with pytest.raises(IndexDamagedError, match="checksum"):
        places.read(range(550, 650))
    with pytest.raises(IndexDamagedError):
        soundness.check()


def test_a_list_of_blocks_that_has_changed_is_damage(tmp_path: Path) -> None:
    blocks.write_blocks(tmp_path)
    assert json.loads((tmp_path / BLOCKS).read_text())["sizes"] == {}
    with pytest.raises(IndexDamagedError, match="checksum"):
        FolderChecks(tmp_path, {BLOCKS: "0" * 64}, Soundness())
    with pytest.raises(IndexDamagedError, match="missing"):
        FolderChecks(tmp_path / "away", {BLOCKS: "0" * 64}, Soundness())


def test_what_cannot_be_read_when_it_is_needed_is_not_damaged(
    index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_file: object, *_rest: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    snapshot = index.open()
    vector = np.zeros(snapshot.manifest.encoder.dimension, dtype=np.float32)
    with monkeypatch.context() as patched:
        patched.setattr("citewell.index.verifying.next_digest", forbidden)
        patched.setattr("citewell.index.verifying.file_faults", forbidden)
        for work in (lambda: snapshot.nearest_windows(vector, 3), lambda: snapshot.weights("a keeper")):
            with pytest.raises(IndexUnreadableError, match="cannot be read: Permission denied"):
                work()
    snapshot.soundness.check()
    assert len(snapshot.nearest_windows(vector, 3)[0]) == 3
    assert snapshot.weights("a keeper").concepts


def test_vectors_are_read_where_they_cannot_be_mapped(index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    mapped = index.open()
    vector = mapped.vectors_of(np.array([7]))[0]
    monkeypatch.setattr(vectors, "_HOW_TO_READ", 0)
    read = index.open()
    assert [each.tolist() for each in read.nearest_windows(vector, 9)] == [
        each.tolist() for each in mapped.nearest_windows(vector, 9)
    ]

"""Building: what is added, changed, reused and refused."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import filelock
import numpy as np
import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder.models import Card, Precision
from citewell.encoder.preparing import prepare
from citewell.errors import CitewellError, IndexBusyError, IndexMismatchError, UsageError
from citewell.index.drafting import LocalDraft
from citewell.index.manifest import Manifest
from citewell.index.publishing import Publisher
from citewell.settings import Splitting
from citewell.text.concepts import concepts
from tests.support.indexes import failed, rebuilt, vectors_of, window_keys

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


def test_build_counts_what_it_did(corpus: Path, index: IndexFolder) -> None:
    report = rebuilt(corpus, index)
    assert (report.added, report.changed, report.removed, report.unchanged, report.reused) == (3, 0, 0, 0, 0)
    assert report.windows >= report.passages == 4
    assert failed(index) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is open")
def test_a_snapshot_has_no_file_open_when_its_folder_is_renamed(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    publish = Publisher.publish

    def looked_at(publisher: Publisher, draft: LocalDraft, manifest: Manifest) -> None:
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        opened.extend(str(link.readlink()) for link in links)
        publish(publisher, draft, manifest)

    monkeypatch.setattr(Publisher, "publish", looked_at)
    gc.disable()
    try:
        rebuilt(corpus, index)
    finally:
        gc.enable()
    assert opened
    assert not [each for each in opened if each.startswith((str(index.snapshots), str(index.segments)))]


def test_nothing_changed_is_up_to_date_and_reads_no_model(corpus: Path, index: IndexFolder) -> None:
    first = rebuilt(corpus, index)
    code = (
        "import sys; from pathlib import Path; from citewell import *\n"
        f"report = build(Path({str(corpus)!r}), IndexFolder(Path({str(index.path)!r})), Settings())\n"
        "import citewell.encoder.encoding\n"
        "print(report.up_to_date, report.snapshot, 'torch' in sys.modules, 'sentence_transformers' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["True", first.snapshot, "False", "False"]


def test_a_change_reuses_every_other_vector(corpus: Path, index: IndexFolder) -> None:
    first = rebuilt(corpus, index)
    (corpus / "moon.txt").write_text("The Moon\n\nThe Moon is made of rock.\n", encoding="utf-8")
    (corpus / "animals" / "bees.txt").unlink()
    (corpus / "sun.txt").write_text("The Sun is a star. It gives light.", encoding="utf-8")
    report = rebuilt(corpus, index)
    assert (report.added, report.changed, report.removed, report.unchanged) == (1, 1, 1, 1)
    assert report.reused == report.windows - 2
    assert report.snapshot != first.snapshot
    held = index.open()
    assert [each.path for each in held.catalogue.documents()] == ["animals/otters.md", "moon.txt", "sun.txt"]
    assert held.lexical.term_weights(concepts("dancing"), ["en"]).concepts[0].found == 0
    assert "dancing" not in " ".join(p.text for p in held.catalogue.passages(range(held.catalogue.passage_count)))


def test_reused_vectors_are_those_of_their_texts(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    before = index.open()
    (corpus / "animals" / "ants.txt").write_text("Ants carry leaves. They are strong.", encoding="utf-8")
    rebuilt(corpus, index)
    after = index.open()
    one, other = (zip(window_keys(each), vectors_of(each), strict=True) for each in (before, after))
    vectors, pairs = dict(one), other
    kept = [np.array_equal(vectors[key], vector) for key, vector in pairs if key in vectors]
    assert len(kept) == before.vectors.count
    assert all(kept)


def test_same_corpus_gives_the_same_ids(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    rebuilt(corpus, index)
    other = IndexFolder(tmp_path / "other")
    rebuilt(corpus, other)
    one, two = ([p.id for p in each.open().catalogue.passages(range(4))] for each in (index, other))
    assert one == two
    assert index.manifest().fingerprint == other.manifest().fingerprint


def test_unreadable_files_are_listed_and_do_not_stop_the_build(corpus: Path, index: IndexFolder) -> None:
    (corpus / "picture.txt").write_bytes(b"\x89PNG\x00\x01\x02")
    (corpus / "empty.md").write_text("")
    (corpus / "table.accdb").write_text("a,b")
    report = rebuilt(corpus, index)
    assert report.added == 3
    assert {each.path: each.reason.split()[0] for each in report.skipped} == {
        "empty.md": "contains",
        "picture.txt": "is",
        "table.accdb": "not",
    }
    assert rebuilt(corpus, index).up_to_date
    assert len(rebuilt(corpus, index).skipped) == 3


def test_a_document_that_becomes_unreadable_is_gone_and_said(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    (corpus / "moon.txt").write_bytes(b"\x00\x01\x02\x03 not text any more, but a picture")
    report = rebuilt(corpus, index)
    assert (report.changed, report.removed, [each.path for each in report.skipped]) == (0, 1, ["moon.txt"])


def test_an_empty_corpus_leaves_the_index_as_it_was(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    first = rebuilt(corpus, index)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(CitewellError, match="index is unchanged"):
        rebuilt(tmp_path / "nothing", index)
    assert index.current() == first.snapshot
    assert failed(index) == []


def test_a_corpus_that_is_not_a_folder_is_refused(index: IndexFolder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        rebuilt(tmp_path / "nowhere", index)
    assert not index.path.exists()


def test_an_index_inside_its_corpus_is_not_read(corpus: Path) -> None:
    index = IndexFolder(corpus / "index")
    rebuilt(corpus, index)
    (index.path / "note.txt").write_text("Not a source.")
    assert rebuilt(corpus, index).up_to_date


def test_another_splitting_is_refused_by_readers_and_rebuilt_by_a_build(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    other = Settings(splitting=Splitting(passage_tokens=100))
    with pytest.raises(IndexMismatchError, match="other settings"):
        Assistant(index, other)
    report = rebuilt(corpus, index, other)
    assert not report.up_to_date
    assert report.reused == report.windows
    assert Assistant(index, other).ask("What do otters eat?").answered


def test_another_encoder_is_refused(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    import shutil

    from citewell.encoder import naming

    rebuilt(corpus, index)
    shutil.copytree(naming.resolve(None), tmp_path / "model")
    (tmp_path / "model" / "config.json").write_text((tmp_path / "model" / "config.json").read_text() + "\n")
    with pytest.raises(IndexMismatchError, match="built with the encoder english") as caught:
        Assistant(index, Settings(model=str(tmp_path / "model")))
    assert "--model" in str(caught.value)


def test_one_writer_at_a_time(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    with filelock.FileLock(index.path / "LOCK"), pytest.raises(IndexBusyError, match="another process"):
        rebuilt(corpus, index)
    assert rebuilt(corpus, index).up_to_date


def test_rebuild_starts_from_scratch(corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    rebuilt(corpus, index)
    made: list[bool] = []

    def noted(model: str | None, *, precision: Precision = "float", force: bool = False) -> Card:
        # That the model is made again then has a test of its own, and takes long.
        made.append(force)
        return prepare(model, precision=precision)

    monkeypatch.setattr("citewell.building.building.prepare", noted)
    assert rebuilt(corpus, index, force=True).reused == 0
    assert made == [True]


def test_progress_ends_at_the_end(corpus: Path, index: IndexFolder) -> None:
    seen: dict[str, tuple[int, int]] = {}
    build(corpus, index, Settings(), progress=lambda stage, done, total: seen.update({stage: (done, total)}))
    assert seen["Reading"] == (3, 3)
    assert seen["Encoding"][0] == seen["Encoding"][1] > 0

"""Damage is refused, found and repaired."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder
from citewell.errors import EncoderError, IndexDamagedError, IndexUnreadableError
from citewell.index.database import Database
from citewell.index.manifest import sealed
from citewell.index.storage import Snapshot
from tests.support.indexes import catalogue_of, failed, rebuilt, segment_of

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


def test_a_lost_encoder_is_said_with_what_fixes_it(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rebuilt(corpus, index)
    monkeypatch.setenv("CITEWELL_CACHE", str(tmp_path / "empty-cache"))
    with pytest.raises(EncoderError, match=r"not prepared on this machine.*citewell index"):
        Assistant(index)
    assert [finding.check for finding in failed(index)] == ["encoder"]


@pytest.mark.parametrize(
    "name",
    [
        *("vectors.faiss", "terms.bin", "concordance.sqlite", "catalogue.sqlite", "blocks.json"),
        *("manifest.json", "lexical/meta.json"),
    ],
)
@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_damage_is_refused_found_and_repaired(corpus: Path, index: IndexFolder, name: str, damage: str) -> None:
    snapshot = rebuilt(corpus, index).snapshot
    of_snapshot = name.startswith(("manifest", "lexical"))
    file = (index.snapshots / snapshot if of_snapshot else segment_of(index)) / name
    data = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        middle = len(data) // 2
        file.write_bytes(data[:middle] if damage == "truncated" else data[:middle] + b"\xff\x00" + data[middle + 2 :])
    with pytest.raises(IndexDamagedError) as caught:
        index.open(in_full=True)
    assert name.rpartition("/")[2] in caught.value.message
    assert (caught.value.command or "").startswith("citewell index --corpus")
    (finding,) = failed(index)
    assert finding.check == ("manifest" if name == "manifest.json" else "checksums")
    rebuilt(corpus, index)
    assert failed(index) == []


def test_stores_that_disagree_are_found_behind_true_checksums(corpus: Path, index: IndexFolder) -> None:
    snapshot = rebuilt(corpus, index).snapshot
    folder = index.snapshots / snapshot
    with sqlite3.connect(catalogue_of(index)) as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'crabs', 'frogs')")
        connection.execute("DELETE FROM windows WHERE ordinal = 0")
    connection.close()
    from citewell.files import file_digest

    manifest = index.manifest()
    (segment,) = manifest.segments
    digests = segment.files | {"catalogue.sqlite": file_digest(catalogue_of(index))}
    changed = segment.model_copy(update={"files": digests})
    (folder / "manifest.json").write_bytes(sealed(manifest.model_copy(update={"segments": (changed,)})))
    assert [finding.check for finding in failed(index)] == ["stores", "quotations"]


def test_temporary_errors_mark_no_snapshot_as_damaged(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuilt(corpus, index)
    assistant = Assistant(index)
    held = assistant.snapshot

    def full(*_: object, **__: object) -> Snapshot:
        raise IndexUnreadableError("cannot be opened, nor through a temporary folder (No space left on device)")

    def full_meanwhile(*_: object) -> Iterator[str]:
        yield from ()
        full()

    def rights(*_: object) -> Iterator[tuple[Path, str]]:
        raise PermissionError(errno.EACCES, "Permission denied", str(index.path / "vectors.faiss"))

    with monkeypatch.context() as patched:
        patched.setattr("citewell.index.checking.LocalSnapshot", full)
        assert [finding.check for finding in failed(index)] == ["stores"]
    with monkeypatch.context() as patched:
        patched.setattr("citewell.index.checking.count_faults", full_meanwhile)
        assert [finding.check for finding in failed(index)] == ["stores"]
    with monkeypatch.context() as patched:
        patched.setattr("citewell.index.checking.file_faults", rights)
        (finding,) = failed(index)
        assert "chmod -R a+rX" in (finding.command or "")
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
    for name in ("catalogue.sqlite", "concordance.sqlite"):
        database = Database(index.segments / held.manifest.segments[0].name / name, held.soundness)
        assert isinstance(database.fault(error), IndexUnreadableError)
    assert failed(index) == []
    held.soundness.check()

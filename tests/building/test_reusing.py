"""Vectors outlive what they were made for: another splitting, another format, a damaged snapshot."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import faiss
import numpy as np
import pytest

from citewell import IndexFolder, Settings, build
from citewell.building.report import BuildReport
from citewell.files import file_digest
from citewell.index.layout import MANIFEST
from citewell.index.rounding import step_of
from citewell.index.snapshot import VECTORS
from citewell.index.vectors import VectorsOfAnyFormat
from tests.support.damage import overwrite
from tests.support.encoders import Remembering
from tests.support.indexes import catalogue_of, failed, segment_of, vectors_of, window_keys

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of documents that are encoded."""
    texts: list[str] = []
    encode = Remembering.encode_documents

    def counted(self: Remembering, some: list[str], *more: object) -> object:
        texts.extend(some)
        return encode(self, some, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Remembering, "encode_documents", counted)
    return texts


def update(corpus: Path, index: IndexFolder, settings: Settings | None = None) -> BuildReport:
    return build(corpus, index, settings or Settings(model="english"))


def as_older_format(index: IndexFolder) -> None:
    """Make the current snapshot one of a format without segments, with vectors in half precision."""
    folder, segment = index.snapshots / index.current(), segment_of(index)
    fields = json.loads((folder / MANIFEST).read_bytes())
    (written,) = fields.pop("segments")
    for name in written["files"]:
        shutil.copyfile(segment / name, folder / name)
    written["files"][VECTORS] = in_half_precision(folder / VECTORS)
    shutil.rmtree(index.segments)
    fields |= {"format": 10, "files": fields["files"] | written["files"]}
    del fields["encoder"]["above"]
    (folder / MANIFEST).write_text(json.dumps(fields), encoding="utf-8")


def in_half_precision(file: Path) -> str:
    """Write the vectors of a file as older formats had them: not in steps; return its digest."""
    kept = VectorsOfAnyFormat(file)
    count = faiss.read_index(str(file)).ntotal
    vectors = kept.rows(np.arange(count))
    half = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    half.add(vectors + np.float32(0.3 * step_of(vectors.shape[1])))
    faiss.write_index(half, str(file))
    return file_digest(file)


def test_a_new_format_encodes_nothing_again(corpus: Path, index: IndexFolder, encoded: list[str]) -> None:
    update(corpus, index)
    before = dict(zip(window_keys(index.open()), vectors_of(index.open()), strict=True))
    as_older_format(index)
    encoded.clear()
    (corpus / "new.txt").write_text("A heron stands in the pond.\n", encoding="utf-8")
    report = update(corpus, index)
    assert (report.added, report.reused) == (len(index.open().catalogue.documents()), report.windows - 1)
    assert [each for each in encoded if "pond" in each or "Otters" in each] == ["A heron stands in the pond."]
    after = dict(zip(window_keys(index.open()), vectors_of(index.open()), strict=True))
    assert all((after[key] == vector).all() for key, vector in before.items())
    assert failed(index) == []


def test_vectors_come_back_from_the_snapshot_before(corpus: Path, index: IndexFolder, encoded: list[str]) -> None:
    first = update(corpus, index)
    smaller = Settings(model="english").splitting.model_copy(update={"window_tokens": 24})
    update(corpus, index, Settings(model="english", splitting=smaller))
    encoded.clear()
    report = update(corpus, index)
    assert report.reused == report.windows == first.windows
    assert not [each for each in encoded if "Otters" in each]


@pytest.mark.parametrize("name", ["catalogue.sqlite", "vectors.faiss"])
def test_damaged_vectors_are_not_used(corpus: Path, index: IndexFolder, name: str) -> None:
    first = update(corpus, index)
    vectors = vectors_of(index.open()).copy()
    file = catalogue_of(index).with_name(name)
    content = bytearray(file.read_bytes())
    content[-5] ^= 0xFF
    overwrite(file, bytes(content))
    report = update(corpus, index)
    assert (report.reused, report.windows) == (0, first.windows)
    assert (vectors_of(index.open()) == vectors).all()
    assert failed(index) == []


def test_rebuilding_from_scratch_uses_none(corpus: Path, index: IndexFolder) -> None:
    update(corpus, index)
    assert build(corpus, index, Settings(model="english"), force=True).reused == 0

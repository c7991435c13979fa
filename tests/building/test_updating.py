"""An update writes what has changed beside what stays; what is found is what a new index finds."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from random import Random

import numpy as np
import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.answer import Scope
from citewell.building.report import BuildReport
from citewell.index.storage import Snapshot
from tests.support.cases import others_long
from tests.support.indexes import failed, vectors_of, window_keys

SETTINGS = Settings(model="english")
NOUNS = [
    "harbour",
    "ferry",
    "lighthouse",
    "baker",
    "bridge",
    "garden",
    "violin",
    "copper",
    "lantern",
    "orchard",
    "meadow",
    "river",
]
DOCUMENTS = 24

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")


def text_of(draw: Random) -> str:
    sentences = (
        f"The {draw.choice(NOUNS)} near the {draw.choice(NOUNS)} has stood there for {draw.randint(2, 99)} years."
        for _ in range(draw.randint(1, 4))
    )
    return f"# {draw.choice(NOUNS).title()}\n\n" + " ".join(sentences) + "\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder, draw = tmp_path / "corpus", Random(7)
    folder.mkdir()
    for nth in range(DOCUMENTS):
        (folder / f"{nth:02}.md").write_text(text_of(draw), encoding="utf-8")
    return folder


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> IndexFolder:
    folder = IndexFolder(tmp_path / "index")
    update(corpus, folder)
    return folder


def update(corpus: Path, index: IndexFolder, *, compact: bool = False) -> BuildReport:
    return build(corpus, index, SETTINGS, compact=compact)


def found_by_words(snapshot: Snapshot, text: str) -> tuple[list[tuple[str, int]], list[float]]:
    """Return all passages that have words of a text, best first, and their scores."""
    ordinals, scores = snapshot.best_passages(snapshot.weights(text), 10_000)
    return [(each.document, each.span.start) for each in snapshot.catalogue.passages(ordinals)], scores.tolist()


def found_by_vector(snapshot: Snapshot, like: int) -> list[tuple[float, str, int]]:
    """Return all passages by the cosines of their windows to one of them; of equal ones, by their places."""
    vector = vectors_of(snapshot)[like]
    _, owners, cosines = snapshot.nearest_windows(vector, 10_000)
    passages = snapshot.catalogue.passages(owners)
    return sorted(
        (-cosine, each.document, each.span.start) for cosine, each in zip(cosines.tolist(), passages, strict=True)
    )


def compared(one: Snapshot, other: Snapshot) -> None:
    """Assert that two snapshots have the same documents, words, places and vectors, wherever they keep them."""
    assert [each.path for each in one.catalogue.documents()] == [each.path for each in other.catalogue.documents()]
    assert window_keys(one) == window_keys(other)
    assert np.allclose(vectors_of(one), vectors_of(other), atol=2e-3)
    assert one.catalogue.section_count == other.catalogue.section_count
    for path in (each.path for each in one.catalogue.documents()):
        assert one.catalogue.document(path) == other.catalogue.document(path)
        ours, theirs = (each.catalogue.within(Scope(documents=(path,))) for each in (one, other))
        assert [p.text for p in one.catalogue.passages(ours)] == [p.text for p in other.catalogue.passages(theirs)]
    for word in NOUNS:
        assert set(found_by_words(one, word)[0]) == set(found_by_words(other, word)[0])
        counts = [each.weights(word).concepts[0].found for each in (one, other)]
        assert (counts[0] == 0) == (counts[1] == 0)


def places(index: IndexFolder, query: str) -> list[tuple[str, int]]:
    found = Assistant(index).find(query, per_page=1000)
    return [(each.document, each.start) for each in found.places]


@pytest.mark.long
@pytest.mark.first
@pytest.mark.promise("nothing-lost")
@pytest.mark.parametrize("seed", others_long([1, 2, 3]))
def test_after_any_edits_all_is_found_that_a_new_index_finds_and_after_compacting_in_the_same_order(
    seed: int, corpus: Path, index: IndexFolder, tmp_path: Path
) -> None:
    draw = Random(seed)
    for _ in range(4):
        for _ in range(draw.randint(1, 2)):
            file = corpus / f"{draw.randint(0, DOCUMENTS + 6):02}.md"
            if draw.random() < 0.3 and file.exists():
                file.unlink()
            else:
                file.write_text(text_of(draw), encoding="utf-8")
        update(corpus, index)
    new = IndexFolder(tmp_path / "new")
    update(corpus, new)
    compared(index.open(), new.open())
    assert places(index, "near") == places(new, "near")
    assert places(index, '"has stood" ferry') == places(new, '"has stood" ferry')
    assert failed(index) == []
    update(corpus, index, compact=True)
    ours, theirs = index.open(), new.open()
    assert [each.removed for each in ours.manifest.segments] == [()]
    for words in (" ".join(NOUNS[nth : nth + 3]) for nth in range(0, len(NOUNS), 3)):
        assert found_by_words(ours, words) == found_by_words(theirs, words)
    assert [each[1:] for each in found_by_vector(ours, 0)] == [each[1:] for each in found_by_vector(theirs, 0)]


def test_an_update_writes_what_changed_and_shares_the_rest(corpus: Path, index: IndexFolder) -> None:
    before = {file: file.stat().st_ino for file in index.files()}
    (first,) = index.manifest().segments
    (corpus / "03.md").write_text("# Pear\n\nA pear tree stands beside the well.\n", encoding="utf-8")
    report = update(corpus, index)
    assert (report.changed, report.unchanged) == (1, DOCUMENTS - 1)
    old, new = index.manifest().segments
    assert (old.name, old.removed, old.files) == (first.name, (3,), first.files)
    assert (new.documents, new.passages, new.removed) == (1, 1, ())
    after = {file: file.stat().st_ino for file in index.files()}
    assert all(after[file] == inode for file, inode in before.items() if file.parent.parent == index.segments)
    shared = set(before.values()) & set(after.values())
    lexical = [
        file for file in before if file.parent.name == "lexical" and file.suffix in {".idx", ".store", ".term", ".pos"}
    ]
    assert lexical
    assert {before[file] for file in lexical} <= shared
    assistant = Assistant(index)
    assert assistant.ask("Where does the pear tree stand?").passages[0].document == "03.md"
    assert not [each for each in assistant.find("near", per_page=1000).places if each.document == "03.md"]


def test_a_word_that_only_removed_passages_have_is_in_no_document(corpus: Path, index: IndexFolder) -> None:
    (corpus / "05.md").write_text("# Quince\n\nThe code of the quince is KX-4410-B.\n", encoding="utf-8")
    update(corpus, index)
    assert index.open().weights("KX-4410-B").concepts[0].found == 1
    (corpus / "05.md").write_text("# Quince\n\nThe quince is ripe in autumn.\n", encoding="utf-8")
    update(corpus, index)
    assert index.open().weights("KX-4410-B").concepts[0].found == 0
    (corpus / "05.md").unlink()
    update(corpus, index)
    snapshot = index.open()
    assert snapshot.weights("quince").concepts[0].found == 0
    assert Assistant(index).ask("What is the code KX-4410-B?").missing


def test_documents_are_removed_without_a_new_segment(corpus: Path, index: IndexFolder) -> None:
    (corpus / "00.md").unlink()
    report = update(corpus, index)
    (segment,) = index.manifest().segments
    assert (report.removed, segment.removed) == (1, (0,))
    assert [each.name for each in index.segments.iterdir()] == [segment.name]
    assert report.passages == segment.passages - 1 == index.open().lexical.count
    assert failed(index) == []


def test_segments_stay_few_and_mostly_valid(corpus: Path, index: IndexFolder) -> None:
    draw = Random(1)
    for nth in range(12):
        (corpus / f"{nth:02}.md").write_text(text_of(draw), encoding="utf-8")
        update(corpus, index)
        manifest = index.manifest()
        assert len(manifest.segments) <= 4
        everything = sum(each.passages for each in manifest.segments)
        assert everything - manifest.passages <= 0.2 * everything
    assert {each.name for each in index.segments.iterdir()} <= {
        segment.name for name in index.names() for segment in index.manifest(name).segments
    }


def test_a_rollback_returns_to_the_segments_of_before(corpus: Path, index: IndexFolder) -> None:
    from citewell.index.publishing import rollback

    asked = "Where does the pear tree stand?"
    (corpus / "03.md").write_text("# Pear\n\nA pear tree stands beside the well.\n", encoding="utf-8")
    update(corpus, index)
    assert Assistant(index).ask(asked).answered
    rollback(index)
    assert not Assistant(index).find("pear").places
    assert failed(index) == []
    # The next update goes on from there, and has nothing of the other one.
    (corpus / "04.md").write_text("# Plum\n\nA plum tree stands behind the wall.\n", encoding="utf-8")
    update(corpus, index)
    assert Assistant(index).ask(asked).answered
    assert failed(index) == []


def test_where_files_cannot_be_linked_they_are_copied(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    (corpus / "03.md").write_text("# Pear\n\nA pear tree stands beside the well.\n", encoding="utf-8")
    update(corpus, index)
    assert len(index.manifest().segments) == 2
    assert failed(index) == []
    assert Assistant(index).find("pear").total == 2


def test_a_build_that_fails_leaves_no_segment(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {each.name for each in index.segments.iterdir()}

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("citewell.index.publishing.Publisher.publish", fail)
    (corpus / "03.md").write_text("# Pear\n\nA pear tree stands beside the well.\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        update(corpus, index)
    assert {each.name for each in index.segments.iterdir()} == names


def test_a_calibration_is_made_again_when_enough_has_changed(corpus: Path, index: IndexFolder) -> None:
    first = index.manifest().calibration
    draw = Random(5)
    (corpus / "01.md").write_text(text_of(draw), encoding="utf-8")
    update(corpus, index)
    manifest = index.manifest()
    assert manifest.calibration == first
    assert manifest.changed_passages == 2
    for nth in range(2, 6):
        (corpus / f"{nth:02}.md").write_text(text_of(draw), encoding="utf-8")
    update(corpus, index)
    assert index.manifest().changed_passages == 0
    assert index.manifest().calibration != first

"""Unattended builds: what would be lost without anyone having said so is held back."""

from __future__ import annotations

import shutil
from email.message import EmailMessage
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.errors import CitewellError, HeldBackError, UsageError
from citewell.index.changes import compare
from citewell.index.manifest import FORMAT
from tests.support.indexes import WREN, catalogue_of, rebuilt

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")


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
def test_an_unattended_build_loses_no_more_than_half_and_an_attended_one_what_it_is_asked_to(
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
        with pytest.raises(CitewellError, match=r"no file in .* could be read"):
            build(corpus, index, Settings(), confirmed=confirmed)
    assert index.current() == before
    assert len(compare(corpus, index, index.open()).removed) == 3


@pytest.mark.promise("unattended")
def test_an_unattended_build_of_a_damaged_index_loses_no_more_than_of_a_whole_one(
    corpus: Path, index: IndexFolder
) -> None:
    def damage() -> None:
        file = catalogue_of(index)
        data = file.read_bytes()
        file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    first = rebuilt(corpus, index).snapshot
    for bird in ("wren", "robin"):
        (corpus / f"{bird}.txt").write_text(f"{bird}\n\nA {bird} weighs ten grams.\n", encoding="utf-8")
    second = rebuilt(corpus, index).snapshot
    damage()
    shutil.rmtree(corpus / "animals")
    # Two of the three that the snapshot before has.
    with pytest.raises(HeldBackError, match="2 of 3 documents would be removed from the index") as caught:
        build(corpus, index, Settings(), confirmed=())
    assert caught.value.lost == ("animals/bees.txt", "animals/otters.md")
    assert (index.current(), index.names()) == (second, [first, second])
    done = build(corpus, index, Settings(), confirmed=caught.value.lost)
    # What cannot be used goes, and not what could be gone back to.
    assert index.names() == [first, done.snapshot]
    assert index.previous() == first
    # With no other to compare with, only how many there were is known.
    shutil.rmtree(index.snapshots / first)
    damage()
    (corpus / "wren.txt").unlink()
    (corpus / "robin.txt").unlink()
    with pytest.raises(HeldBackError, match="it had 3, and now there are 1"):
        build(corpus, index, Settings(), confirmed=())
    manifest = index.snapshots / index.current() / "manifest.json"
    written = manifest.read_text()
    manifest.write_text(written.replace(f'"format": {FORMAT}', '"format": 1'))
    with pytest.raises(HeldBackError, match="it had 3, and now there are 1"):
        build(corpus, index, Settings(), confirmed=())
    manifest.write_bytes(b"{")
    with pytest.raises(HeldBackError, match="how many it had is unknown"):
        build(corpus, index, Settings(), confirmed=())
    assert build(corpus, index, Settings()).added == 1


@pytest.mark.promise("unattended")
def test_what_is_attached_does_not_count_as_another_file(tmp_path: Path) -> None:
    corpus, index = tmp_path / "letters", IndexFolder(tmp_path / "index of letters")
    (corpus / "in").mkdir(parents=True)
    (corpus / "note.txt").write_text(WREN, encoding="utf-8")
    for name in ("one", "two"):
        message = EmailMessage()
        message["From"], message["Subject"] = "Ada Wren <ada@example.org>", name
        message.set_content(f"See what is attached to number {name}.\n")
        for nth in range(3):
            message.add_attachment(f"{WREN} It is bird {nth} of {name}.", filename=f"{nth}.txt")
        (corpus / "in" / f"{name}.eml").write_bytes(message.as_bytes())
    build(corpus, index, Settings())
    manifest = index.manifest()
    assert (manifest.documents, manifest.inside, index.file_count()) == (9, 6, 3)
    for name in ("one", "two"):
        shutil.move(corpus / "in" / f"{name}.eml", tmp_path)
    assert held_back(corpus, index) == ("in/one.eml", "in/two.eml")
    for name in ("one", "two"):
        shutil.move(tmp_path / f"{name}.eml", corpus / "in")
    # With the index damaged, all files that it had are there.
    (catalogue_of(index)).write_bytes(b"")
    assert build(corpus, index, Settings(), confirmed=()).added == 3

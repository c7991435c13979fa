"""Files that a build cannot read: none of them stops it, and each is listed with its reason."""

from __future__ import annotations

import hashlib
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from citewell import IndexFolder, Settings, build
from citewell.corpus.reading.isolation import Limits, Readers
from citewell.corpus.splitting import split
from citewell.document import Document, Passage
from citewell.index.changes import compare
from citewell.index.status import status
from tests.support.pdfs import Pdf, shown
from tests.support.tesseract import PICTURE, install

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the limits are those of POSIX")


def test_what_memory_did_not_do_for_is_tried_again_and_is_nothing_new(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = IndexFolder(tmp_path / "index")
    (corpus / "line.txt").write_bytes(b"one long line " * 60_000)
    monkeypatch.setattr("citewell.corpus.reading._POOL", Readers(Limits(memory=125_000_000)))
    first = build(corpus, index, Settings())
    assert [(each.path, each.retry) for each in first.skipped] == [("line.txt", True)]
    found = status(index)
    assert (found.up_to_date, [each.path for each in found.left_out]) == (True, ["line.txt"])
    second = build(corpus, index, Settings())
    assert (second.up_to_date, second.snapshot, second.skipped) == (True, first.snapshot, first.skipped)
    monkeypatch.setattr("citewell.corpus.reading._POOL", Readers())

    def some(document: Document, *rest: Any) -> list[Passage]:
        # Splitting and encoding all of it would take long, and says nothing of its being read.
        return [] if document.path == "line.txt" else split(document, *rest)

    monkeypatch.setattr("citewell.building.gathering.split", some)
    third = build(corpus, index, Settings())
    assert (third.added, third.unchanged, third.skipped) == (1, 3, ())


def test_a_refusal_is_of_the_bytes_that_were_read_and_of_this_version(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = IndexFolder(tmp_path / "index")
    moon = corpus / "moon.txt"
    text = moon.read_bytes()

    def filled(stage: str, done: int, _total: int) -> None:
        # Paths are read in order, and this one last; calibrating comes when all are read.
        if stage == "Reading" and done == 2:
            moon.write_bytes(b"")
        if stage == "Encoding" or (stage == "Reading" and done == 3):
            moon.write_bytes(text)

    # With a model, none is chosen by what is read before; with one job, none is read before its turn.
    refused = build(corpus, index, Settings(model="english"), jobs=1, progress=filled).skipped
    assert [(each.path, each.digest) for each in refused] == [("moon.txt", hashlib.sha256(b"").hexdigest())]
    assert build(corpus, index, Settings()).added == 1
    moon.write_bytes(b"")
    build(corpus, index, Settings())
    assert not status(index).changes
    monkeypatch.setattr("citewell.index.known_files.__version__", "another")
    assert compare(corpus, index, index.open()).added == ("moon.txt",)


@pytest.mark.parametrize(
    "front", ["a: " + "[" * 1000, "\n".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]" for n in range(9))]
)
def test_one_file_stops_no_build(corpus: Path, tmp_path: Path, front: str) -> None:
    (corpus / "front.md").write_text(f"---\n{front}\n---\n\nText stands here.\n", encoding="utf-8")
    (corpus / "comments.md").write_text("<!-- a -->" * 40 + "x\n\nText stands here.\n", encoding="utf-8")
    (corpus / "binary.txt").write_bytes(bytes(range(256)) * 9)
    report = build(corpus, IndexFolder(tmp_path / "index"), Settings())
    assert report.added == 5
    assert [each.path for each in report.skipped] == ["binary.txt"]


def test_what_goes_wrong_in_splitting_lists_the_file(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(document: Document, *rest: Any) -> list[Passage]:
        if document.path == "moon.txt":
            raise RecursionError
        return split(document, *rest)

    monkeypatch.setattr("citewell.building.gathering.split", breaks)
    report = build(corpus, IndexFolder(tmp_path / "index"), Settings())
    assert report.added == 2
    assert [(each.path, each.reason) for each in report.skipped] == [
        ("moon.txt", "cannot be split into passages: RecursionError")
    ]


def test_what_a_program_was_lacking_for_is_read_when_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, programs, index = tmp_path / "corpus", tmp_path / "programs", IndexFolder(tmp_path / "index")
    corpus.mkdir()
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr("citewell.corpus.reading._POOL", Readers())
    scan, half = Pdf([PICTURE]).data(), Pdf([PICTURE, shown(60, 200, "The second page is text.")]).data()
    (corpus / "scan.pdf").write_bytes(scan)
    for name, attached in (("one.eml", scan), ("two.eml", half)):
        message = EmailMessage()
        message["From"], message["Subject"] = "Ada Wren <ada@example.org>", "The letter"
        message.set_content("The letter is attached.\n")
        message.add_attachment(attached, maintype="application", subtype="pdf", filename="letter.pdf")
        (corpus / name).write_bytes(message.as_bytes())
    first = build(corpus, index, Settings())
    assert [(each.path, each.lacks) for each in first.skipped] == [("one.eml/letter.pdf", "ocr"), ("scan.pdf", "ocr")]
    assert (status(index).up_to_date, build(corpus, index, Settings()).up_to_date) == (True, True)

    install(programs)
    changes = compare(corpus, index, index.open())
    assert (changes.added, changes.changed) == (("scan.pdf",), ("one.eml", "two.eml"))
    assert build(corpus, index, Settings()).skipped == ()
    catalogue = index.open().catalogue
    read = {each.path for each in catalogue.documents() if "The scanned letter." in catalogue.document(each.path).text}
    assert read == {"one.eml/letter.pdf", "two.eml/letter.pdf", "scan.pdf"}
    assert status(index).up_to_date

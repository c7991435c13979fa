"""Documents with a broken byte are read, and the warning is kept as long as they are."""

from __future__ import annotations

from pathlib import Path

from citewell.building import build
from citewell.index.folder import IndexFolder
from citewell.index.manifest import Warned
from citewell.index.status import status
from citewell.settings import Settings

WARNING = "not UTF-8, shown as \ufffd: 0xFF in line 1 (byte 11)"


def test_a_warning_stays_with_its_document(corpus: Path, index: IndexFolder) -> None:
    tower = corpus / "tower.txt"
    tower.write_bytes("Höhe, Länge".encode()[:-2] + b"\xff" + "ist geprüft. Größe auch.".encode())
    expected = (Warned(path="tower.txt", warnings=(WARNING,)),)
    first = build(corpus, index, Settings())
    assert (first.warned, first.skipped) == (expected, ())
    assert first.to_json()["warned"] == [{"path": "tower.txt", "warnings": [WARNING]}]
    again = build(corpus, index, Settings())
    assert (again.up_to_date, again.warned) == (True, expected)
    (corpus / "new.txt").write_text("A wren weighs ten grams.", encoding="utf-8")
    assert build(corpus, index, Settings()).warned == expected
    assert status(index).to_json()["warned"] == [{"path": "tower.txt", "warnings": [WARNING]}]
    assert [passage.text for passage in index.open().catalogue.split_document("tower.txt")[:1]] == [
        "Höhe, Län\ufffdist geprüft. Größe auch."
    ]
    tower.write_text("Höhe ist geprüft.", encoding="utf-8")
    assert build(corpus, index, Settings()).warned == ()
    assert status(index).warned == ()


def test_an_unavailable_document_keeps_its_warning(corpus: Path, index: IndexFolder) -> None:
    tower = corpus / "tower.txt"
    tower.write_bytes(b"The com\bmmand starts the pump.")
    before = build(corpus, index, Settings()).warned
    tower.chmod(0)
    try:
        (corpus / "new.txt").write_text("A wren weighs ten grams.", encoding="utf-8")
        after = build(corpus, index, Settings())
    finally:
        tower.chmod(0o600)
    assert after.warned == before != ()

"""An index that is damaged while it is served: nothing is quoted from it, and it answers again once it is whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fastapi.testclient import TestClient

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder
from citewell.errors import IndexDamagedError
from citewell.index.catalogue import Catalogue
from citewell.index.catalogue_file import CatalogueFile
from citewell.index.in_use import SnapshotInUse
from citewell.index.lexical import PassageTerms
from citewell.index.lexical_reader import LexicalReader, is_panic
from citewell.index.manifest import sealed
from citewell.index.soundness import Soundness
from citewell.text.concepts import concepts
from citewell.view import View
from citewell.web.api.service import Programs
from citewell.web.application import create_app
from citewell.web.desk import Desk
from citewell.web.documents.maintainer import Maintainer
from tests.support.damage import DOORS, QUESTION, TEXT, overwrite, served, statuses
from tests.support.indexes import catalogue_of


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    assert encoder.card.dimension
    folder = tmp_path_factory.mktemp("pier")
    (folder / "corpus" / "goodwick").mkdir(parents=True)
    (folder / "corpus" / "goodwick" / "pier.md").write_text(TEXT, encoding="utf-8")
    for number in range(30):
        other = f"Notice {number}\n\nThe boat of the year {number} has {number} oars and a sail. It is long and red.\n"
        (folder / "corpus" / f"notice{number}.txt").write_text(other, encoding="utf-8")
    build(folder / "corpus", IndexFolder(folder / "index"), Settings())
    return folder / "index"


@pytest.fixture
def index(built: Path, tmp_path: Path) -> IndexFolder:
    """A copy that a test may damage, of files that were written long ago."""
    folder = IndexFolder(Path(shutil.copytree(built, tmp_path / "index")))
    for file in (*folder.files(), folder.path / "CURRENT"):
        os.utime(file, (1, 1))
    return folder


IN_TEXT = (b"in good order", b"in poor order")
ELSEWHERE = {
    "title": (b"pier of Goodwick", b"pier of Poorwick"),
    "path": (b"goodwick/pier", b"poorwick/pier"),
    "section": (b'["A goodly state"]', b'["A poorly state"]'),
    "headings": (b'["A goodly state"]]]', b'["A poorly state"]]]'),
}


def _with_another_text(catalogue: bytes, file: Path) -> bytes:
    """Return a catalogue with a word of a text altered, which is compressed."""
    file.write_bytes(catalogue)
    with closing(sqlite3.connect(file)) as connection, connection:
        texts = [
            (zlib.decompress(text), number)
            for text, number in connection.execute("SELECT text, ordinal FROM documents")
        ]
        (found,) = [(text.replace(*IN_TEXT), number) for text, number in texts if IN_TEXT[0] in text]
        connection.execute("UPDATE documents SET text = ? WHERE ordinal = ?", (zlib.compress(found[0]), found[1]))
    return file.read_bytes()


def _with_others(catalogue: bytes) -> Iterator[bytes]:
    """Yield a catalogue with a title, a path and headings altered."""
    for before, after in ELSEWHERE.values():
        yield catalogue.replace(before, after)


@pytest.mark.promise("verified-quotations")
def test_an_altered_word_is_never_quoted_and_a_repaired_one_answers_again(index: IndexFolder, tmp_path: Path) -> None:
    file = catalogue_of(index)
    whole = file.read_bytes()
    with served(index) as client:
        # The pages of a source that nobody has asked for were never read.
        assert statuses(client) == dict.fromkeys(DOORS, 200)
        for altered in [_with_another_text(whole, tmp_path / "altered"), *_with_others(whole)]:
            assert altered != whole
            overwrite(file, altered)
            assert statuses(client) == dict.fromkeys(DOORS, 503)
            overwrite(file, whole)
            assert statuses(client) == dict.fromkeys(DOORS, 200)


@pytest.mark.long
@pytest.mark.promise("damage-stops-answers")
def test_every_file_of_a_snapshot_is_missed_and_used_again_while_it_is_served(index: IndexFolder) -> None:
    with served(index) as client:
        for file in index.files():
            whole = file.read_bytes()
            middle = len(whole) // 2
            for damaged in (whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], bytes(len(whole))):
                overwrite(file, damaged)
                assert statuses(client) == dict.fromkeys(DOORS, 503), file.name
                overwrite(file, whole)
                assert DOORS["API, question"](client)[0] == 200, file.name
            moved = file.rename(file.with_name("away"))
            assert statuses(client) == dict.fromkeys(DOORS, 503), file.name
            moved.rename(file)
            assert DOORS["readiness"](client)[0] == 200, file.name


@pytest.mark.promise("damage-stops-answers")
def test_a_snapshot_that_is_taken_away_and_put_back_answers_again(index: IndexFolder) -> None:
    with served(index) as client:
        folder = index.snapshots / index.current()
        folder.rename(index.path / "away")
        assert statuses(client) == dict.fromkeys(DOORS, 503)
        (index.path / "away").rename(folder)
        assert statuses(client) == dict.fromkeys(DOORS, 200)


def test_a_new_snapshot_is_used_while_the_old_one_is_marked_as_damaged(index: IndexFolder) -> None:
    assistant = Assistant(index)
    overwrite(catalogue_of(index), b"x" * 100)
    with pytest.raises(IndexDamagedError, match="citewell index --corpus"):
        assistant.ask(QUESTION)
    build(index.corpus(), index, Settings())
    assert "good order" in assistant.ask(QUESTION).passages[0].text


def test_what_is_known_is_not_read_again_whether_it_is_sound_or_damaged(index: IndexFolder) -> None:
    assistant, file = Assistant(index), catalogue_of(index)
    whole = file.read_bytes()
    programs = Programs(Desk(assistant))
    assert programs.ready().status == "ready"
    overwrite(file, whole[:-1] + b"x")
    with pytest.raises(IndexDamagedError):
        programs.ready()
    read = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal read
        read += event == "open" and str(arguments[0]).startswith(str(index.path))

    sys.addaudithook(watch)
    for _ in range(100):
        with pytest.raises(IndexDamagedError, match="citewell index --corpus"):
            programs.ready()
    assert read == 0
    # What was written just now may have been written again by the same clock, so it is looked at twice.
    in_use = assistant._in_use
    assert isinstance(in_use, SnapshotInUse)
    assert in_use._look
    in_use._look = replace(in_use._look, until=0.0)
    overwrite(file, whole)
    assert programs.ready().status == "ready"
    assert read


@pytest.mark.promise("damage-stops-answers")
def test_a_check_stops_answers_though_no_stamp_has_changed(index: IndexFolder) -> None:
    assistant = Assistant(index)
    maintainer = Maintainer(assistant.index, assistant.settings)
    assert all(finding.passed for finding in maintainer.checks())
    # A page that went bad on the disk has no newer time; here, files as they are and a manifest that knows others.
    file = index.files()[0]
    manifest = index.manifest()
    (segment,) = manifest.segments
    other = segment.model_copy(update={"files": segment.files | {"vectors.faiss": "0" * 64}})
    wrong = manifest.model_copy(update={"segments": (other,)})
    content = file.read_bytes()
    overwrite(file, sealed(wrong))
    findings = maintainer.checks()
    assert [finding.check for finding in findings if not finding.passed] == ["checksums"]
    assert assistant._opened
    snapshot = assistant._opened.snapshot
    with pytest.raises(IndexDamagedError, match=r"vectors\.faiss"):
        snapshot.soundness.check()
    overwrite(file, content)
    assert assistant.ask(QUESTION).passages


ROWS = {
    "text": "UPDATE documents SET text = replace(text, 'good order', 'poor order')",
    "title": "UPDATE listing SET columns = replace(columns, 'Good', 'Poor')",
    "path": "UPDATE listing SET columns = replace(columns, 'good', 'poor')",
    "digest": "UPDATE listing SET digests = zeroblob(length(digests))",
    "digest of a text": "UPDATE listing SET text_seals = zeroblob(length(text_seals))",
    "headings": "UPDATE documents SET headings = replace(headings, 'goodly', 'poorly')",
    "passages of a document": "UPDATE listing SET passages = substr(passages, 9)",
    "windows of a passage": "UPDATE listing SET windows = substr(windows, 9)",
    "no list": "DELETE FROM listing",
    "list of another kind": "UPDATE listing SET columns = 1, digests = 'x'",
    "section": "UPDATE passages SET section = replace(section, 'goodly', 'poorly')",
    "span": "UPDATE passages SET start = start + 1",
    "document": "UPDATE passages SET document = 1 - document WHERE document < 2",
    "windows": "UPDATE passages SET end_window = end_window + 1",
    "sentences": "UPDATE sentences SET spans = x'00000000ff000000' || substr(spans, 9)",
    "no sentences": "DELETE FROM sentences",
    "sentences of windows": "UPDATE sentences SET windows = x'0000000000000000'",
    "swapped": "UPDATE windows SET (key, seal) = (SELECT key, seal FROM windows o WHERE o.ordinal = 1)",
    "words": "UPDATE words SET words = replace(words, 'order', 'odour')",
    "no words": "DELETE FROM words",
    "no text": "UPDATE documents SET text = x'ff00'",
    "no UTF-8": "UPDATE passages SET section = CAST(x'5bff5d' AS TEXT)",
    "huge": "UPDATE passages SET first_window = 9e99",
    "missing document": "DELETE FROM documents WHERE ordinal = 3",
    "missing passage": "DELETE FROM passages WHERE ordinal = 2",
    "missing window": "DELETE FROM windows WHERE ordinal = 2",
}


@pytest.mark.parametrize("change", ROWS.values(), ids=ROWS)
@pytest.mark.promise("verified-quotations")
def test_a_row_that_is_not_what_was_written_is_damage_behind_any_checksum(index: IndexFolder, change: str) -> None:
    with closing(sqlite3.connect(catalogue_of(index))) as connection:
        connection.execute(change)
        connection.commit()
    soundness = Soundness("citewell index")
    with pytest.raises(IndexDamagedError, match="citewell index"):
        read_all(Catalogue([CatalogueFile(catalogue_of(index), soundness)]))
    with pytest.raises(IndexDamagedError):
        soundness.check()


def read_all(catalogue: Catalogue) -> None:
    """Read in every way that there is."""
    catalogue.outlines()
    assert catalogue.vocabulary
    for document in catalogue.documents():
        catalogue.document(document.path)
        catalogue.split_document(document.path)
    catalogue.windows_with(["a"])


@pytest.mark.promise("damage-stops-answers")
def test_bm25_that_is_damaged_while_it_is_mapped_is_damage_and_no_panic(index: IndexFolder) -> None:
    folder = index.snapshots / index.current() / "lexical"
    wholes = {file: file.read_bytes() for file in folder.iterdir() if file.suffix not in {".json", ".lock"}}
    assert len(wholes) >= 5
    draw, refused = Random(1), 0
    for file, whole in wholes.items():
        for damaged in (bytes(len(whole)), b"\xff" * len(whole), draw.randbytes(len(whole))):
            soundness = Soundness()
            terms = PassageTerms(LexicalReader(folder, soundness))
            with file.open("r+b") as stream:
                stream.write(damaged)
            try:
                found, _ = terms.best(terms.term_weights(concepts("order goodly boat"), ["en"]), 50)
                assert all(0 <= ordinal < terms.count for ordinal in found)
            except IndexDamagedError:
                refused += 1
                with pytest.raises(IndexDamagedError):
                    soundness.check()
            finally:
                with file.open("r+b") as stream:
                    stream.write(whole)
    assert refused


def test_a_panic_of_a_library_is_a_mistake_of_the_server_with_headers(index: IndexFolder) -> None:
    file = next((index.snapshots / index.current() / "lexical").glob("*.idx"))
    reader = LexicalReader(index.open().folder / "lexical")
    searcher, size = reader.searcher, file.stat().st_size

    class Panicking(Assistant):
        def view(self) -> View:
            searcher.search(reader.term("forms", "order"), 5)
            return super().view()

    with TestClient(create_app(Panicking(index)), base_url="http://127.0.0.1:7860") as client:
        with file.open("r+b") as stream:
            stream.write(bytes(size))
        with pytest.raises(BaseException, match=r"\w", check=is_panic):
            searcher.search(reader.term("forms", "order"), 5)
        said = client.post("/api/ask", json={"question": QUESTION})
        assert said.status_code == 500
        assert said.headers["x-content-type-options"] == "nosniff"

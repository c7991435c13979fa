"""Documents put into a corpus and taken out of it: nothing is lost, and nothing outside is touched."""

from __future__ import annotations

import io
import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from citewell.corpus.curating import Curator, DocumentExistsError, NoSuchDocumentError
from citewell.errors import ReadingError, UsageError
from citewell.index.soundness import stamp
from citewell.settings import Selection
from citewell.state.folder import StateFolder

WREN = b"Wren\n\nA wren weighs ten grams and sings loudly.\n"


@pytest.fixture
def curator(corpus: Path, tmp_path: Path) -> Curator:
    return Curator(corpus, tmp_path / "index", StateFolder(tmp_path / "index-state"))


def files_in(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_document_is_put_in_as_it_is(curator: Curator, corpus: Path) -> None:
    before = files_in(corpus)
    placed = curator.put("birds/small/wren.txt", io.BytesIO(WREN))
    assert (placed.document.path, placed.document.title, placed.unchanged) == ("birds/small/wren.txt", "Wren", False)
    assert files_in(corpus) == before | {"birds/small/wren.txt": WREN}


@pytest.mark.parametrize("replace", [False, True])
def test_the_same_document_again_changes_nothing(
    curator: Curator, corpus: Path, tmp_path: Path, *, replace: bool
) -> None:
    moon = (corpus / "moon.txt").read_bytes()
    before = stamp(corpus / "moon.txt")
    placed = curator.put("moon.txt", io.BytesIO(moon), replace=replace)
    assert placed.unchanged
    assert placed.document.path == "moon.txt"
    assert stamp(corpus / "moon.txt") == before
    assert not (tmp_path / "index-state" / "removed").exists()


def test_what_is_replaced_or_removed_is_kept(curator: Curator, corpus: Path, tmp_path: Path) -> None:
    moon = (corpus / "moon.txt").read_bytes()
    with pytest.raises(DocumentExistsError, match=r"already has moon\.txt"):
        curator.put("moon.txt", io.BytesIO(WREN))
    assert (corpus / "moon.txt").read_bytes() == moon
    curator.put("moon.txt", io.BytesIO(WREN), replace=True)
    assert (corpus / "moon.txt").read_bytes() == WREN
    kept = curator.remove("moon.txt")
    assert kept.read_bytes() == WREN
    assert not (corpus / "moon.txt").exists()
    assert sorted(files_in(tmp_path / "index-state" / "removed").values()) == sorted([moon, WREN])
    with pytest.raises(NoSuchDocumentError, match=r"has no document moon\.txt"):
        curator.remove("moon.txt")


@pytest.mark.parametrize("content", [b"", b" \n", b"\x00\x01\x02\xff\xfe\x00PK\x03\x04" * 50])
def test_what_is_no_text_is_refused_and_leaves_nothing_behind(curator: Curator, corpus: Path, content: bytes) -> None:
    before = sorted(corpus.rglob("*")), files_in(corpus)
    for path in ("new/wren.txt", "moon.txt"):
        with pytest.raises(ReadingError):
            curator.put(path, io.BytesIO(content), replace=True)
    assert (sorted(corpus.rglob("*")), files_in(corpus)) == before


def test_what_a_rule_leaves_out_is_not_put_there(curator: Curator, corpus: Path, tmp_path: Path) -> None:
    (corpus / ".citewellignore").write_text("drafts/\n", encoding="utf-8")
    before = files_in(corpus)
    with pytest.raises(UsageError, match=r"is left out by the rule drafts/ in \.citewellignore, line 1"):
        curator.put("drafts/wren.txt", io.BytesIO(WREN))
    with pytest.raises(UsageError, match="is left out by the usual rule node_modules/"):
        curator.put("node_modules/wren.txt", io.BytesIO(WREN))
    small = Curator(corpus, tmp_path / "index", StateFolder(tmp_path / "s"), Selection(largest_mb={"plain": 0.000001}))
    with pytest.raises(UsageError, match=r"set largest_mb\.plain in citewell\.toml"):
        small.put("wren.txt", io.BytesIO(WREN))
    assert files_in(corpus) == before


OUTSIDE = [
    "",
    ".",
    "..",
    "../wren.txt",
    "animals/../../wren.txt",
    "animals/../wren.txt",
    "/etc/wren.txt",
    "./wren.txt",
    "a//wren.txt",
    "wren.txt/",
    ".wren.txt",
    ".hidden/wren.txt",
    "wren.accdb",
    "wren.exe",
    "wren\0.txt",
    "wren\n.txt",
    "..\\wren.txt",
    "C:wren.txt",
    "w" * 256 + ".txt",
    "\u202ewren.txt",
    "animals",
]


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.promise("inside-the-corpus")
def test_a_path_that_is_none_of_a_document_is_refused(curator: Curator, tmp_path: Path, path: str) -> None:
    before = files_in(tmp_path)
    with pytest.raises(UsageError):
        curator.put(path, io.BytesIO(WREN))
    with pytest.raises(UsageError):
        curator.remove(path)
    assert files_in(tmp_path) == before


@pytest.mark.promise("inside-the-corpus")
def test_no_link_leads_out_of_the_corpus(curator: Curator, corpus: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.txt").write_text("hush", encoding="utf-8")
    (corpus / "away").symlink_to(elsewhere)
    (corpus / "secret.txt").symlink_to(elsewhere / "secret.txt")
    for path in ("away/new.txt", "away/secret.txt", "secret.txt"):
        with pytest.raises(UsageError, match="leads out of the corpus"):
            curator.put(path, io.BytesIO(WREN), replace=True)
        with pytest.raises(UsageError, match="leads out of the corpus"):
            curator.remove(path)
    assert files_in(elsewhere) == {"secret.txt": b"hush"}


def test_an_index_inside_the_corpus_is_no_place_for_documents(corpus: Path, tmp_path: Path) -> None:
    (corpus / "index").mkdir()
    with pytest.raises(UsageError, match="inside the index"):
        Curator(corpus, corpus / "index", StateFolder(tmp_path / "state")).put("index/wren.txt", io.BytesIO(WREN))


def test_a_folder_that_is_a_file_is_said(curator: Curator) -> None:
    for path in ("moon.txt/wren.txt", "moon.txt/birds/wren.txt"):
        with pytest.raises(UsageError, match=r"inside 'moon\.txt', which is a document, not a folder"):
            curator.put(path, io.BytesIO(WREN))
        with pytest.raises(UsageError, match="a document, not a folder"):
            curator.remove(path)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/".join(["a"] * 2_000) + "/wren.txt", "longer than 1,024 bytes"),
        ("/".join(["a"] * 50) + "/wren.txt", "more than 50 parts"),
        ("ä" * 120 + "/" + "/".join(["ä" * 120] * 4) + ".txt", "longer than 1,024 bytes"),
        ("a" * 1_000_000 + ".txt", "longer than 1,024 bytes"),
        ("ä" * 127 + ".txt", "a name that is too long"),
        ("CON.txt", "a Windows device"),
        ("nul.md", "a Windows device"),
        ("aux/wren.txt", "a Windows device"),
        ("birds/com1.tar.txt", "a Windows device"),
        ("LPT³.txt", "a Windows device"),
        ("nul .txt", "a Windows device"),
        ("birds./wren.txt", "ends with a dot"),
        ("birds /wren.txt", "ends with a space"),
        (" birds/wren.txt", "starts or ends with a space"),
        ("wren\u200b.txt", "characters that are not allowed"),
        ("wren\u00ad.txt", "characters that are not allowed"),
        ("wren\ud800.txt", "characters that are not allowed"),
        ("\u3164.txt", "an invisible name"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_name_that_is_none_everywhere_is_refused(curator: Curator, tmp_path: Path, path: str, said: str) -> None:
    before = files_in(tmp_path)
    with pytest.raises(UsageError, match=said) as refused:
        curator.put(path, io.BytesIO(WREN))
    assert len(str(refused.value)) < 400
    with pytest.raises(UsageError, match=said):
        curator.remove(path)
    assert files_in(tmp_path) == before


@pytest.mark.parametrize(
    "path", ["console.txt", "com10.txt", "nullify/wren.md", "a.b/c.d.txt", "/".join("a" * 49) + "/w.txt"]
)
def test_a_name_that_only_begins_like_a_bad_one_is_taken(curator: Curator, path: str) -> None:
    assert curator.put(path, io.BytesIO(WREN)).document.path == path


@pytest.mark.parametrize(
    ("there", "path"),
    [
        ("café.txt", "cafe\u0301.txt"),
        ("cafe\u0301.txt", "café.txt"),
        ("Wren.txt", "wren.txt"),
        ("STRASSE.txt", "straße.txt"),
        ("Birds/wren.txt", "birds/robin.txt"),
        ("cafe\u0301/wren.txt", "café/robin.txt"),
        ("wren\ufe0f.txt", "wren.txt"),
    ],
    ids=ascii,
)
def test_no_two_names_look_the_same(curator: Curator, corpus: Path, there: str, path: str) -> None:
    curator.put(there, io.BytesIO(WREN))
    before = files_in(corpus)
    for replace in (False, True):
        with pytest.raises(DocumentExistsError, match="looks the same") as refused:
            curator.put(path, io.BytesIO(WREN), replace=replace)
        assert there.split("/")[0] in str(refused.value)
    assert files_in(corpus) == before
    curator.put(there, io.BytesIO(WREN + b"Again.\n"), replace=True)


def test_what_was_taken_out_since_a_time_is_known(curator: Curator) -> None:
    curator.remove("moon.txt")
    since = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    curator.remove("animals/bees.txt")
    assert curator.kept_since(since) == {"animals/bees.txt"}
    assert curator.kept_since("") == {"animals/bees.txt", "moon.txt"}


def test_what_was_coming_in_when_a_process_was_killed_goes_with_the_next(curator: Curator, corpus: Path) -> None:
    left, fresh = corpus / ".citewell-left", corpus / ".citewell-fresh"
    for folder in (left, fresh):
        folder.mkdir()
        (folder / "incoming.md").write_text("Half of a")
    os.utime(left, (0, 0))
    curator.put("wren.txt", io.BytesIO(WREN))
    assert [folder.exists() for folder in (left, fresh)] == [False, True]


def test_a_corpus_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        Curator(tmp_path / "gone", tmp_path / "index", StateFolder(tmp_path / "state")).put(
            "wren.txt", io.BytesIO(WREN)
        )


def test_a_text_without_a_heading_is_called_by_its_name_in_the_corpus(curator: Curator) -> None:
    document = curator.put("birds/grey_heron-2.txt", io.BytesIO(b"it stands still for hours. It eats fish.")).document
    assert (document.title, document.sections) == ("grey heron 2", 1)


@pytest.mark.promise("no-file-stops-a-build")
def test_what_a_reader_cannot_manage_is_refused_and_leaves_nothing_behind(curator: Curator, corpus: Path) -> None:
    before = sorted(corpus.rglob("*"))
    with pytest.raises(ReadingError, match="binary"):
        curator.put("noise.md", io.BytesIO(random.Random(1).randbytes(20_000)))
    assert sorted(corpus.rglob("*")) == before
    assert curator.put("comments.md", io.BytesIO(b"<!-- a -->" * 40 + b"x")).document.title == "comments"
    assert (
        curator.put("front.md", io.BytesIO(b"---\na: " + b"[" * 1000 + b"\n---\n\nText.\n")).document.title == "front"
    )

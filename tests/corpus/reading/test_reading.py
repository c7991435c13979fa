"""Walking a corpus and reading its files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from citewell.corpus.reading import SourceFile, read, scan
from citewell.errors import ReadingError


def test_scan_reads_subfolders_and_leaves_hidden_files(corpus: Path) -> None:
    (corpus / ".hidden.txt").write_text("No.")
    (corpus / ".git").mkdir()
    (corpus / ".git" / "config.txt").write_text("No.")
    found = scan(corpus)
    assert [each.path for each in found.files] == ["animals/bees.txt", "animals/otters.md", "moon.txt"]
    assert found.skipped == ()


def test_scan_names_what_it_leaves_out(corpus: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("Secret.")
    (corpus / "link.txt").symlink_to(outside)
    (corpus / "gone.txt").symlink_to(corpus / "nowhere.txt")
    (corpus / "loop").symlink_to(corpus, target_is_directory=True)
    (corpus / "table.accdb").write_bytes(b"PK")
    reasons = {each.path: each.reason for each in scan(corpus).skipped}
    assert "outside the corpus" in reasons["link.txt"]
    assert "nowhere" in reasons["gone.txt"]
    assert "not a supported format" in reasons["table.accdb"]
    assert len(scan(corpus).files) == 3


def test_names_that_are_not_text_are_left_out(corpus: Path) -> None:
    Path(str(corpus) + "/bad\udcff.txt").write_text("Text.")
    (skipped,) = scan(corpus).skipped
    assert skipped.path.encode()
    assert "name" in skipped.reason


def test_a_document_is_its_file_character_for_character(corpus: Path) -> None:
    data = "\ufeffTitle\r\n\r\nCafé – naïve. \U0001f600\r\n".encode()
    (corpus / "crlf.txt").write_bytes(data)
    document = read(SourceFile("crlf.txt", corpus / "crlf.txt"))
    assert document.text == data.decode("utf-8-sig")
    assert document.digest == hashlib.sha256(data).hexdigest()
    assert document.sections[0].blocks[0].span.of(document.text) == "Café – naïve. \U0001f600"


def test_the_name_is_the_title_where_there_is_no_other(corpus: Path) -> None:
    (corpus / "annual_report-2024.txt").write_text("It was a good year. Sales rose.")
    for path, title in (
        ("annual_report-2024.txt", "annual report 2024"),
        ("old/the-name.in_the_corpus.txt", "the name.in the corpus"),
    ):
        assert read(SourceFile(path, corpus / "annual_report-2024.txt")).title == title


@pytest.mark.parametrize("content", ["", " \n\t\n", "---\n\n---\n", "#\n", "<!-- a remark -->\n"])
def test_a_file_without_text_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "empty.md").write_text(content)
    with pytest.raises(ReadingError, match="no text"):
        read(SourceFile("empty.md", tmp_path / "empty.md"))


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="cannot be read"):
        read(SourceFile("x.txt", tmp_path))


def test_a_file_whose_name_says_nothing_is_read_if_its_content_does(tmp_path: Path) -> None:
    page = "<!DOCTYPE html><html><body><p>An otter eats fish.</p></body></html>"
    (tmp_path / "page.bak").write_text(page, encoding="utf-8")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)))
    (tmp_path / "empty.xyz").write_bytes(b"")
    found = scan(tmp_path)
    assert [each.path for each in found.files] == ["page.bak"]
    assert [(each.path, each.reason) for each in found.skipped] == [
        ("empty.xyz", "not a supported format (.xyz)"),
        ("noise.bin", "not a supported format (.bin)"),
    ]
    document = read(found.files[0])
    assert (document.text, document.warnings) == ("An otter eats fish.", ("is named .bak but is html",))

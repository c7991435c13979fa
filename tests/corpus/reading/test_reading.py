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


_PROSE = (
    "An otter eats fish. It sleeps on its back, and its fur is dense. Otters live in rivers, lakes and the sea.\n" * 3
)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_text_in_sentences_is_read_whatever_its_suffix(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "README.Debian").write_text(f"{_PROSE} Größe: 1 m.", encoding=encoding)
    (found,) = scan(tmp_path).files
    document = read(found)
    assert (document.title, document.warnings, document.reader.split()[0]) == ("README", (), "plain")
    assert document.text.endswith("Größe: 1 m.")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.eps", "%!PS-Adobe-3.0\n/bd {bind def} bind def\n newpath 0 0 moveto 10 20 lineto stroke\n" * 30),
        ("page.map", '{"version":3,"sources":["a.ts","b.ts"],"mappings":"AAAA,SAASA"}' * 9),
        ("server.crt", "-----BEGIN CERTIFICATE-----\n" + "MIIDqDCCAy6gAwIBAgIRAPZlqEoaxZ8Uhvd/kB+mQiC\n" * 9),
        ("style.cls", "\\newcommand{\\name}[1]{\\textbf{#1}}\n\\setlength{\\parindent}{0pt}\n" * 9),
        ("figure.svg", f"<svg><text>{_PROSE}</text></svg>"),
        ("otter.bin", _PROSE + "\0" * 100),
    ],
)
def test_programs_data_and_pictures_of_no_known_format_are_named(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    found = scan(tmp_path)
    assert found.files == ()
    assert [each.path for each in found.skipped] == [name]


def test_what_a_file_is_depends_on_its_beginning_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.old").write_text(_PROSE * 10 + "x=1;\n" * 9_000, encoding="utf-8")
    (found,) = scan(tmp_path).files
    assert read(found).text.startswith("An otter")

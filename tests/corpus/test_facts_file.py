"""The table of facts beside a corpus: what it says of which document, and what is wrong with it, by line and column."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from citewell.corpus.facts_file import read_table, table_digest
from citewell.corpus.reading import scan
from citewell.text.fact_names import TABLE


def said(corpus: Path, document: str) -> list[str]:
    return [f"{each.name}={each.value}" for each in read_table(corpus).facts(document)]


def write(corpus: Path, text: str | bytes) -> Path:
    data = text.encode() if isinstance(text, str) else text
    (corpus / TABLE).write_bytes(data)
    return corpus


@pytest.mark.parametrize(
    ("pattern", "matches", "misses"),
    [
        ("a.md", ["a.md", "x/a.md", "a.md/inside.txt"], ["b.md", "a.mdx"]),
        ("/a.md", ["a.md"], ["x/a.md"]),
        ("x/a.md", ["x/a.md"], ["y/x/a.md", "a.md"]),
        ("x\\a.md", ["x/a.md"], ["a.md"]),
        ("x", ["x/a.md", "y/x/b.md"], ["a.md", "xy/a.md"]),
        ("x/", ["x/a.md", "y/x/b.md"], ["x"]),
        ("*.md", ["a.md", "x/y/a.md"], ["a.txt"]),
        ("x/**/a.md", ["x/a.md", "x/y/z/a.md"], ["a.md"]),
        ("x/*.md", ["x/a.md"], ["x/y/a.md", "a.md"]),
        ("notes [[]1].md", ["notes [1].md"], ["notes 1.md"]),
        # A name with brackets is that name as well.
        ("notes [1].md", ["notes [1].md", "notes 1.md"], ["notes 2.md"]),
    ],
)
def test_a_path_is_a_document_a_folder_or_a_pattern(
    tmp_path: Path, pattern: str, matches: list[str], misses: list[str]
) -> None:
    write(tmp_path, f"path,tag\n{pattern},t\n")
    for path in matches:
        assert said(tmp_path, path) == ["tag=t"], path
    for path in misses:
        assert said(tmp_path, path) == [], path


def test_a_pattern_with_too_many_stars_ends_and_is_named(tmp_path: Path) -> None:
    write(tmp_path, "path,tag\na*a*a*a*a*a*a*b,slow\n*.md,t\n")
    table = read_table(tmp_path)
    for path in ("a" * 3_000 + ".md", "b.md"):
        assert [each.value for each in table.facts(path)] == ["t"]
    assert table.all_faults() == ("line 2, column path: “a*a*a*a*a*a*a*b” takes too long; it has too many stars",)


def test_the_last_row_that_says_something_counts(tmp_path: Path) -> None:
    write(tmp_path, "Path;Author;Tags;Date\n*.md;Ann Lee;a;2023\nx/;Bo|Cy;;\n\nx/a.md;;b;5.4.2024\n")
    assert said(tmp_path, "x/a.md") == ["author=Bo", "author=Cy", "tag=b", "date=2024-04-05"]
    assert said(tmp_path, "a.md") == ["author=Ann Lee", "tag=a", "date=2023"]
    assert not read_table(tmp_path).faults


def test_faults_name_line_and_column_and_all_else_counts(tmp_path: Path) -> None:
    text = 'path,date,x!y,language,title\na.md,4/5/2023,z,Klingon,"A; ""B\nC"""\n,2023,,,\nb.md,2023,,,,more\nc.md,2024,,,\n'
    table = read_table(write(tmp_path, text))
    assert [f"{each.name}={each.value}" for each in table.facts("a.md")] == ['title=A; "B C"']
    assert [f"{each.name}={each.value}" for each in table.facts("b.md")] == ["date=2023"]
    faults = "\n".join(table.all_faults())
    for part in (
        "line 1, column 3: “x!y” cannot be the name of a fact",
        "line 2, column date: “4/5/2023” is no date",
        "line 2, column language: “Klingon” is no language",
        "line 4, column path: it is empty",
        "line 5: it has 6 cells, and the first line names 5 columns",
        "line 6, column path: no document is at “c.md”",
    ):
        assert part in faults
    assert len(table.all_faults()) == 6


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"name,tag\na.md,t\n", "no column is called path"),
        (b"\x00\x01\x02\x03" * 50, "it "),
        (b'path,tag\na.md,"t\n', "line 2: unexpected end of data"),
        (b"path,tag\na.md," + b"t" * 200_000 + b"\n", r"field larger than field limit|is too long"),
    ],
)
def test_a_table_that_cannot_be_read_says_so(tmp_path: Path, data: bytes, fault: str) -> None:
    table = read_table(write(tmp_path, data))
    assert table.facts("a.md") == ()
    assert any(re.search(fault, each) for each in table.all_faults()), table.all_faults()


def test_bytes_of_another_encoding_are_decoded(tmp_path: Path) -> None:
    write(tmp_path, "path;author\na.md;Jürgen Müller, Köln\n".encode("cp1252"))
    assert said(tmp_path, "a.md") == ["author=Jürgen Müller, Köln"]


def test_more_patterns_than_can_be_compared_are_named(tmp_path: Path) -> None:
    rows = "".join(f"*{nth}.md,t\n" for nth in range(502))
    faults = read_table(write(tmp_path, "path,tag\n" + rows + "[z-a],t\n")).faults
    assert [each.partition(",")[0] for each in faults] == ["line 502", "line 503", "line 504"]
    assert "no pattern" in faults[-1]


def test_it_is_no_document_and_only_a_file_of_the_corpus(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "x").mkdir(parents=True)
    (corpus / "a.txt").write_text("A text.")
    assert table_digest(corpus) == ""
    write(corpus, "path,tag\na.txt,t\n")
    found = scan(corpus)
    assert [each.path for each in found.files] == ["a.txt"]
    assert found.skipped == ()
    before = table_digest(corpus)
    write(corpus, "path,tag\na.txt,u\n")
    assert table_digest(corpus) not in (before, "", None)
    (corpus / TABLE).unlink()
    (tmp_path / "outside.csv").write_text("path,tag\na.txt,t\n")
    (corpus / TABLE).symlink_to(tmp_path / "outside.csv")
    assert "outside the corpus" in read_table(corpus).all_faults()[0]
    (corpus / TABLE).unlink()
    os.mkfifo(corpus / TABLE)
    assert "regular file" in read_table(corpus).all_faults()[0]

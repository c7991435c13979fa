"""Facts through a build: from files and from the table, which is followed without reading a document again."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder
from citewell.corpus import reading
from citewell.corpus.reading import ReadingOptions, SourceFile
from citewell.document import Document, Fact
from citewell.index.changes import compare
from citewell.index.status import status
from tests.support.indexes import failed, rebuilt
from tests.support.policies import policies_in


def facts(assistant: Assistant, path: str) -> set[tuple[str, str, str]]:
    return {(each.name, each.value, each.source) for each in assistant.snapshot.catalogue.facts_of(path)}


def test_documents_have_their_facts_and_those_of_the_table(tmp_path: Path) -> None:
    policies = policies_in(tmp_path)
    assert facts(policies, "reports/2024/travel.md") == {
        ("kind", "markdown", "format"),
        ("date", "2024-02", "front matter"),
        ("author", "Bo Kim", "front matter"),
        ("author", "Ann Lee", "front matter"),
        ("tag", "travel", "front matter"),
        ("tag", "draft", "front matter"),
        ("department", "Travel", "table"),
        ("language", "en", "text"),
        ("title", "Travel policy 2024", "text"),
    }
    assert facts(policies, "notes/bern.txt") >= {
        ("kind", "plain", "format"),
        ("author", "Zoe Ng", "table"),
        ("department", "Finance", "table"),
        ("department", "Legal", "table"),
    }


def test_a_change_of_the_table_is_followed_without_reading_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies, index, corpus = policies_in(tmp_path), IndexFolder(tmp_path / "index"), tmp_path / "corpus"
    read: list[str] = []

    def noting(source: SourceFile, options: ReadingOptions) -> Document:
        read.append(source.path)
        return reading.read(source, options)

    monkeypatch.setattr("citewell.building.resuming.read", noting)
    assert rebuilt(corpus, index).up_to_date
    table = corpus / "citewell-facts.csv"
    table.write_text("path,author\nreports/2024/,Cy Young\nnone.md,x\n", encoding="utf-8")
    assert compare(corpus, index, index.open()).table == table.name
    assert not status(index).up_to_date
    report = rebuilt(corpus, index)
    assert (report.up_to_date, report.unchanged, report.reused) == (False, 5, report.windows)
    assert read == []
    [warned] = report.warned
    assert (warned.path, warned.warnings) == (table.name, ("line 3, column path: no document is at “none.md”",))
    assert ("author", "Cy Young", "table") in facts(policies, "reports/2024/travel.md")
    assert not any(name == "department" for name, _, _ in facts(policies, "notes/bern.txt"))
    again = rebuilt(corpus, index)
    assert again.up_to_date
    assert again.warned == report.warned
    table.unlink()
    assert not rebuilt(corpus, index).up_to_date
    assert rebuilt(corpus, index).up_to_date
    assert ("author", "Bo Kim", "front matter") in facts(policies, "reports/2024/travel.md")
    assert read == []


def test_a_table_that_cannot_be_read_now_leaves_the_facts_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies, index, corpus = policies_in(tmp_path), IndexFolder(tmp_path / "index"), tmp_path / "corpus"
    table, plain = corpus / "citewell-facts.csv", Path.read_bytes

    def refusing(self: Path) -> bytes:
        if self.name == table.name:
            raise PermissionError(13, "Permission denied")
        return plain(self)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    assert rebuilt(corpus, index).up_to_date
    (corpus / "notes" / "more.txt").write_text("Another hotel costs a hundred.", encoding="utf-8")
    assert rebuilt(corpus, index).added == 1
    assert ("author", "Zoe Ng", "table") in facts(policies, "notes/bern.txt")
    monkeypatch.undo()
    # What was read meanwhile has no facts of it yet.
    assert not status(index).up_to_date
    assert not rebuilt(corpus, index).up_to_date
    assert ("author", "Zoe Ng", "table") in facts(policies, "notes/more.txt")
    assert rebuilt(corpus, index).up_to_date


def test_the_title_that_the_table_gives_is_that_of_citations_and_is_found(tmp_path: Path) -> None:
    policies, index, corpus = policies_in(tmp_path), IndexFolder(tmp_path / "index"), tmp_path / "corpus"
    table = corpus / "citewell-facts.csv"
    table.write_text("path,title\nnotes/bern.txt,The Zytglogge hotel\n", encoding="utf-8")
    report = rebuilt(corpus, index)
    assert (report.unchanged, report.windows - report.reused) == (5, 1)
    question = "What does the Zytglogge hotel cost a night?"
    answer = policies.ask(question)
    assert [(each.title, each.document) for each in answer.passages[:1]] == [("The Zytglogge hotel", "notes/bern.txt")]
    assert answer.answered
    assert failed(index) == []
    assert rebuilt(corpus, index).up_to_date
    table.unlink()
    rebuilt(corpus, index)
    assert policies.ask("What does the hotel in Bern cost?").passages[0].title == "bern"
    assert not policies.ask(question).answered


def test_front_matter_facts_are_those_of_the_stored_document(tmp_path: Path) -> None:
    stored = policies_in(tmp_path).document("reports/2022/travel.md")
    assert Fact("author", "Ann Lee", "front matter") in stored.facts

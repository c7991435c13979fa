"""A build follows the rules of what is left out, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.index.absence import why_absent
from citewell.index.changes import compare
from citewell.index.status import status
from citewell.settings import ExcludeRule


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "drafts").mkdir(parents=True)
    (folder / "moon.md").write_text("The moon is full.\n")
    (folder / "drafts" / "sun.md").write_text("The sun is hot.\n")
    return folder


def documents(index: IndexFolder) -> list[str]:
    return [each.path for each in index.open().catalogue.documents()]


def test_a_new_rule_removes_its_documents_and_says_so_and_without_it_they_are_back(
    corpus: Path, tmp_path: Path
) -> None:
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings())
    (corpus / ".citewellignore").write_text("drafts/\n")
    changes = compare(corpus, index, index.open())
    assert changes.removed == ("drafts/sun.md",)
    assert changes.lost == ()
    report = build(corpus, index, Settings(), confirmed=())
    assert documents(index) == ["moon.md"]
    assert report.removed == 1
    assert [(path, str(by.rule)) for path, by in report.dropped] == [
        ("drafts/sun.md", "the rule drafts/ in .citewellignore, line 1")
    ]
    assert [each["path"] for each in report.to_json()["excluded"]] == ["drafts/"]
    found = status(index)
    assert found.up_to_date
    assert [each.path for each in found.excluded] == ["drafts/"]
    assert found.left_out == ()
    (corpus / ".citewellignore").unlink()
    build(corpus, index, Settings())
    assert documents(index) == ["drafts/sun.md", "moon.md"]


def test_a_rule_of_the_settings_is_kept_with_the_index_and_a_new_one_is_followed(corpus: Path, tmp_path: Path) -> None:
    index = IndexFolder(tmp_path / "index")
    excluding = Settings(exclude=(ExcludeRule(pattern="drafts/", line=2),))
    build(corpus, index, excluding)
    assert documents(index) == ["moon.md"]
    assert status(index).up_to_date
    absent = why_absent(index.open(), "drafts/sun.md", index)
    assert absent.reason == "left_out"
    assert (
        absent.message == "drafts/sun.md is in drafts/, which is left out by the rule drafts/ in citewell.toml, line 2"
    )
    assert "!/drafts/" in (absent.hint or "")
    assert status(index, selection=Settings().selection).changes.added == ("drafts/sun.md",)  # type: ignore[union-attr]
    build(corpus, index, Settings())
    assert documents(index) == ["drafts/sun.md", "moon.md"]


def test_the_index_inside_the_corpus_is_not_listed_as_left_out(corpus: Path) -> None:
    index = IndexFolder(corpus / ".index")
    build(corpus, index, Settings())
    assert status(index).excluded == ()

"""The head of a table: kept with its rows in the catalogue, searched by words and meaning, carried over."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Answer, Assistant, Settings
from citewell.building.building import build
from citewell.index.folder import IndexFolder
from citewell.text.concepts import concepts
from citewell.web.chat.cards import render_card
from tests.support.commands import citewell
from tests.support.indexes import window_keys

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")

_ROWS = "".join(f"| Z{nth} | {nth}.00 | {nth}5.00 |\n" for nth in range(60))


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "tariff.md").write_text(
        f"# Tariff\n\n| Zone | Daily | Weekly |\n|---|---|---|\n{_ROWS}", encoding="utf-8"
    )
    (corpus / "rules.md").write_text("# Rules\n\nDogs need a muzzle in the bus.\n", encoding="utf-8")
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings())
    return index


def test_a_stored_passage_has_its_head(index: IndexFolder) -> None:
    catalogue = index.open().catalogue
    text = catalogue.document("tariff.md").text
    found = [each for each in catalogue.passages(range(catalogue.passage_count)) if each.document == "tariff.md"]
    assert len(found) > 1
    assert {each.head.of(text) if each.head else None for each in found} == {"| Zone | Daily | Weekly |\n|---|---|---|"}


def test_a_row_is_found_by_the_words_of_its_head(index: IndexFolder) -> None:
    snapshot = index.open()
    rows = [each for each in snapshot.catalogue.passages(range(snapshot.catalogue.passage_count)) if each.head]
    (weekly,) = snapshot.lexical.term_weights(concepts("weekly"), snapshot.languages).concepts
    assert weekly.found == len(rows)


def test_heads_are_carried_over(index: IndexFolder, tmp_path: Path) -> None:
    before = window_keys(index.open())
    (tmp_path / "corpus" / "more.md").write_text("Bicycles travel outside rush hours.", encoding="utf-8")
    report = build(tmp_path / "corpus", index, Settings())
    assert report.reused == len(set(before)) or report.reused == len(before)
    assert set(before) <= set(window_keys(index.open()))
    passages = index.open().catalogue.split_document("tariff.md")
    assert all(window.measured.startswith("| Zone |") for passage in passages for window in passage.windows)


def test_an_answer_shows_the_head_above_its_rows(index: IndexFolder) -> None:
    answer = Assistant(index).ask("What does a weekly ticket for zone Z40 cost?")
    passage = answer.passages[0]
    assert "| Z40 | 40.00 | 405.00 |" in passage.text
    head = passage.head
    assert head is not None
    assert head.text == "| Zone | Daily | Weekly |\n|---|---|---|"
    assert index.open().catalogue.document("tariff.md").text[head.start : head.end] == head.text
    assert Answer.model_validate(answer.to_json()) == answer
    assert '<p class="cw-table-head"' in render_card(passage, ["weekly"], None)
    shown = citewell("ask", "What does a weekly ticket for zone Z40 cost?", "--index", index.path).stdout
    assert shown.index("| Zone | Daily | Weekly |") < shown.index("| Z40 |")

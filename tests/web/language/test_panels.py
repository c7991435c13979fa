"""The panels "Documents" and "Quality" in German, used in a real Chromium: rebuilt, run, compared, reviewed, mapped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder
from citewell.evaluation.questions.feedback import FeedbackStore, about
from citewell.state.folder import StateFolder
from tests.support.judging import BEES, SET
from tests.support.languages import english_left
from tests.support.pages import Look
from tests.support.servers import hosted

pytestmark = pytest.mark.browser

# A question that the corpus does not answer among its first passages.
MISSED = """
- question: How do honey bees tell others of flowers?
  answers: [{document: hidden.md, quote: The needle lies here}]
"""


@pytest.fixture
def served(corpus: Path, tmp_path: Path, encoder: Encoder) -> Iterator[str]:
    assert encoder.card.dimension
    for nth, text in enumerate(BEES):
        (corpus / f"bees{nth}.txt").write_text(f"Bees {nth}\n\n{text}\n", encoding="utf-8")
    (corpus / "hidden.md").write_text("# Hay\n\nThe needle lies here, under old hay.\n", encoding="utf-8")
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings())
    asked = tmp_path / "small.questions.yaml"
    asked.write_text(SET + MISSED, encoding="utf-8")
    answer = Assistant(index).ask("Where do otters hunt at night?")
    store = FeedbackStore(StateFolder.beside(index.path).path)
    store.add(about(answer, (), "right passage", 1))
    store.add(about(answer, (), "unhelpful"))
    gone = tmp_path / "gone.yaml"
    gone.write_text(SET, encoding="utf-8")
    with hosted(index.path, questions=[asked, gone]) as url:
        gone.unlink()
        yield url


def is_german(page: Page, sound: Look) -> None:
    assert english_left(page) == []
    sound(page)


@pytest.mark.long
def test_the_documents_are_managed_in_german(german: Page, served: str, corpus: Path, sound: Look) -> None:
    german.goto(served)
    german.get_by_role("button", name="Dokumente", exact=True).click()
    panel = german.get_by_role("region", name="Verwaltung der Dokumente")
    expect(panel).to_contain_text("Der Index ist aktuell.")
    expect(panel.locator(".cw-facts").first).to_contain_text("Englisch 10")
    expect(panel.locator(".cw-library-table")).to_be_visible()
    is_german(german, sound)
    panel.locator("[data-table-seen]").first.click()
    expect(panel.get_by_role("button", name="Öffnen")).to_be_visible()
    is_german(german, sound)
    (corpus / "wren.txt").write_text("Wren\n\nA wren weighs ten grams and sings loudly.\n", encoding="utf-8")
    german.get_by_role("button", name="Dokumente schließen").click()
    german.get_by_role("button", name="Dokumente", exact=True).click()
    expect(panel.locator(".cw-changes").first).to_contain_text("Neu: wren.txt")
    panel.get_by_role("button", name="Index aktualisieren").click()
    expect(panel.locator(".cw-rebuild")).to_contain_text("1 hinzugefügt")
    panel.get_by_role("button", name="Prüfungen ausführen").click()
    expect(panel.locator(".cw-findings")).to_contain_text("jede Textstelle")
    is_german(german, sound)


@pytest.mark.long
def test_a_set_is_run_compared_reviewed_and_mapped_in_german(german: Page, served: str, sound: Look) -> None:
    german.goto(served)
    german.get_by_role("button", name="Qualität", exact=True).click()
    panel = german.get_by_role("region", name="Qualität der Antworten")
    tabs = german.get_by_role("navigation", name="Qualität")
    expect(panel).to_contain_text("4 Fragen")
    expect(panel).to_contain_text("Es gibt keine Fragensammlung")
    is_german(german, sound)
    for _ in range(2):
        tabs.get_by_role("button", name="Lauf", exact=True).click()
        panel.get_by_role("button", name="Starten").click()
        expect(panel).to_contain_text("3 beantwortbare Fragen, 1 nicht beantwortbare.")
    expect(panel.locator("[data-chart=rank]")).to_contain_text("Rang")
    expect(panel.locator("[data-chart=measures]")).to_contain_text("0,5")
    expect(panel.get_by_role("region", name="Maße, Tabelle")).to_contain_text("hit@1 der Dokumente")
    expect(panel.locator(".cw-miss").first).to_contain_text("Konfidenz 1,00")
    is_german(german, sound)
    tabs.get_by_role("button", name="Vergleichen").click()
    expect(panel.locator(".cw-verdict")).to_contain_text(
        "Kein signifikanter Unterschied bei 3 Fragen (recall@5 von 0,667"
    )
    expect(panel.locator("[data-chart=comparison]")).to_have_class("js-plotly-plot")
    is_german(german, sound)
    tabs.get_by_role("button", name="Karte").click()
    expect(panel).to_contain_text("Erwartet, aber verfehlt")
    is_german(german, sound)
    tabs.get_by_role("button", name="Rückmeldungen").click()
    expect(panel.locator("article").first).to_contain_text("Bewertung: das ist die richtige Textstelle")
    is_german(german, sound)
    panel.get_by_role("button", name="Annehmen", exact=True).click()
    expect(panel.get_by_role("status")).to_contain_text("hinzugefügt.")

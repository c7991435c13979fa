"""Document management from the page, in a real Chromium."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import FilePayload, Page, Route, expect

from citewell import Assistant, IndexFolder
from citewell.building import build
from citewell.index.status import status
from citewell.settings import Settings
from citewell.state.folder import StateFolder
from citewell.web.application import create_app
from citewell.web.documents.panel import render_panel
from tests.support.encoders import Remembering
from tests.support.meadows import meadow
from tests.support.pages import Look
from tests.support.servers import hosted
from tests.support.waiting import until


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.5, "less than an hour"), (1.2, "1 hour"), (1.6, "2 hours"), (47, "47 hours"), (49, "2 days")],
)
def test_the_age_of_an_index_is_said_in_words(index: IndexFolder, hours: float, said: str) -> None:
    found = status(index)
    manifest = found.manifest.model_copy(update={"built": datetime.now(UTC) - timedelta(hours=hours)})
    assert f"UTC, {said} ago" in render_panel(replace(found, manifest=manifest), [], None)


@pytest.mark.browser
@pytest.mark.every_size
def test_what_changed_is_shown_updated_and_rolled_back(
    page: Page, corpus: Path, index: IndexFolder, sound: Look
) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        panel = page.get_by_role("region", name="Document management")
        expect(panel).to_contain_text("The index is up to date.")
        expect(panel.locator(".cw-facts")).to_contain_text("documents3")
        expect(panel).to_contain_text("table.accdb not a supported format")
        sound(page)
        (corpus / "wren.txt").write_text("Wren\n\nA wren weighs ten grams and sings loudly.\n", encoding="utf-8")
        (corpus / "moon.txt").unlink()
        page.get_by_role("button", name="Close the documents").click()
        page.get_by_role("button", name="Documents", exact=True).click()
        expect(panel.locator(".cw-changes").first).to_contain_text("New: wren.txt")
        expect(panel.locator(".cw-changes").first).to_contain_text("Removed: moon.txt")
        panel.get_by_role("button", name="Update the index").click()
        expect(panel.locator(".cw-rebuild")).to_contain_text("1 added, 1 removed.")
        expect(panel).to_contain_text("The index is up to date.")
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Your question").fill("How much does a wren weigh?")
        page.keyboard.press("Enter")
        expect(page.locator("article").first).to_contain_text("ten grams")
        page.get_by_role("button", name="Documents", exact=True).click()
        panel.get_by_role("button", name="Roll back to it").click()
        # A double click is no answer.
        page.wait_for_timeout(600)
        panel.get_by_role("button", name="Really roll back?").click()
        expect(panel.locator(".cw-changes").first).to_contain_text("New: wren.txt")
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Your question").fill("How much does a wren weigh?")
        page.keyboard.press("Enter")
        expect(page.locator(".cw-notice")).to_be_visible()
        expect(page.locator(".cw-turn").last.locator("article", has_text="ten grams")).to_have_count(0)


def test_warnings_are_shown(corpus: Path, index: IndexFolder) -> None:
    assert "Read with a warning" not in render_panel(status(index), [], None)
    (corpus / "torn.txt").write_bytes(b"The <b>com\bmmand starts the pump.")
    build(corpus, index, Settings())
    panel = render_panel(status(index), [], None)
    assert "<h3>Read with a warning</h3>" in panel
    assert "<code>torn.txt</code> control character, shown as \ufffd: U+0008 in line 1 (byte 10)" in panel


def slowly(page: Page) -> Callable[[Route], None]:
    """Have requests take their time on the way."""

    def go_on(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    return go_on


@pytest.mark.long
@pytest.mark.browser
def test_a_rebuild_is_watched_and_cancelled_by_keyboard(
    page: Page, corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch, sound: Look
) -> None:
    def endless(_: Remembering, texts: Sequence[str], progress: Callable[[int], None]) -> None:
        # A text a fifth of a second, and none any more before the last: what follows ends it.
        for nth in range(1_000):
            progress(1 if nth < len(texts) - 1 else 0)
            threading.Event().wait(0.2)

    before = index.current()
    meadow(corpus, 40)
    monkeypatch.setattr(Remembering, "encode_documents", endless)
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        panel = page.get_by_role("region", name="Document management")
        begin = panel.get_by_role("button", name="Update the index")
        begin.focus()
        page.keyboard.press("Enter")
        bar = panel.get_by_role("progressbar").last
        expect(bar).to_be_visible()
        cancel = panel.get_by_role("button", name="Cancel")
        expect(cancel).to_be_focused()
        expect(panel.get_by_role("progressbar", name="Encoding")).to_be_visible(timeout=30_000)
        figures = panel.locator(".cw-stages").inner_text()
        expect(panel.locator(".cw-stages")).not_to_have_text(figures, use_inner_text=True)
        # The figures have been new several times since.
        expect(cancel).to_be_focused()
        sound(page)
        page.keyboard.press("Enter")
        expect(panel.locator(".cw-rebuild")).to_contain_text("Cancelled. The index is unchanged.")
        expect(begin).to_be_focused()
        assert index.current() == before


@pytest.mark.long
@pytest.mark.browser
def test_what_is_sent_arrives_and_is_indexed_though_the_panel_is_closed(
    page: Page, corpus: Path, index: IndexFolder
) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        page.route("**/api/documents/**", slowly(page))
        page.get_by_label("Choose files").set_input_files(
            [file_of("wren.txt", "A wren weighs ten grams.\n"), file_of("robin.txt", "A robin weighs twenty grams.\n")]
        )
        page.get_by_role("button", name="Add 2 files").click()
        page.get_by_role("button", name="Close the documents").click()
        box = page.get_by_role("textbox", name="Your question")
        box.fill("How much does a robin")
        until(lambda: index.manifest().documents == 5, page=page)
        assert {"wren.txt", "robin.txt"} <= {file.name for file in corpus.iterdir()}
        expect(page.locator(".cw-reader")).to_be_hidden()
        # Nor is who types taken away from it.
        expect(box).to_be_focused()
        page.keyboard.type(" weigh?")
        page.keyboard.press("Enter")
        expect(page.locator("article").first).to_contain_text("twenty grams")
        page.get_by_role("button", name="Documents", exact=True).click()
        expect(page.locator(".cw-uploads li")).to_have_text(["robin.txt added", "wren.txt added"])


def file_of(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


@pytest.mark.browser
def test_documents_are_put_in_and_taken_out_and_asked_about(
    page: Page, corpus: Path, index: IndexFolder, sound: Look
) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        panel = page.get_by_role("region", name="Document management")
        expect(panel.locator(".cw-facts")).to_contain_text("sections")
        expect(panel.locator(".cw-facts")).to_contain_text("evidence needed to answer: strict")
        panel.get_by_label("Into the folder").fill("animals")
        panel.get_by_label("Choose files").set_input_files(
            [
                file_of("wren.txt", "Wren\n\nA wren weighs ten grams and sings loudly.\n"),
                file_of("otters.md", "# Otters\n\nOtters have thick fur.\n"),
                file_of("empty.txt", " "),
                file_of("<img src=x onerror=alert(1)>.txt", "Text."),
            ]
        )
        expect(panel.locator(".cw-tray")).to_contain_text("4 files to add")
        expect(panel.locator(".cw-tray .cw-seen").last).to_contain_text("sings loudly")
        expect(panel.locator(".cw-tray > ul > li").nth(1)).to_contain_text("cannot be read")
        assert not (corpus / "animals" / "wren.txt").exists()
        sound(page)
        panel.get_by_role("button", name="Add 4 files").click()
        done = panel.locator(".cw-uploads li")
        expect(done).to_have_count(4)
        expect(done.nth(0)).to_contain_text("has characters that are not allowed in file names")
        expect(done.nth(1)).to_contain_text("contains no text")
        expect(done.nth(2)).to_contain_text("the corpus already has animals/otters.md")
        expect(done.nth(3)).to_have_text("animals/wren.txt added")
        expect(panel.locator(".cw-rebuild")).to_contain_text("1 added.")
        done.nth(2).get_by_role("button", name="Replace it").click()
        expect(done.nth(2)).to_have_text("animals/otters.md replaced")
        expect(panel.locator(".cw-rebuild")).to_contain_text("1 changed.")
        assert "thick fur" in (corpus / "animals" / "otters.md").read_text(encoding="utf-8")
        panel.get_by_label("Remove", exact=True).fill("moon.txt")
        panel.get_by_role("button", name="Remove", exact=True).click()
        assert (corpus / "moon.txt").exists()
        panel.get_by_role("button", name="Really remove it?").click()
        expect(done.last).to_contain_text("moon.txt removed; a copy is kept as")
        expect(panel.locator(".cw-rebuild")).to_contain_text("1 removed.")
        assert not (corpus / "moon.txt").exists()
        assert len([*StateFolder.beside(index.path).removed.glob("*/moon.txt")]) == 1
        sound(page)
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Your question").fill("How much does a wren weigh?")
        page.keyboard.press("Enter")
        expect(page.locator("article").first).to_contain_text("ten grams")


@pytest.mark.long
@pytest.mark.browser
def test_files_are_dropped_and_a_watched_corpus_is_followed(page: Page, corpus: Path, index: IndexFolder) -> None:
    (corpus / "robin.txt").write_text("Robin\n\nA robin weighs twenty grams.\n", encoding="utf-8")
    with hosted(index.path, watch=True) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        expect(page.locator(".cw-drop")).to_be_visible()
        page.evaluate(
            "() => { const files = new DataTransfer();"
            " files.items.add(new File(['Wren\\n\\nA wren weighs ten grams.\\n'], 'wren.txt'));"
            " const drop = new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true });"
            " document.querySelector('.cw-drop').dispatchEvent(drop); }"
        )
        expect(page.locator(".cw-tray .cw-seen")).to_contain_text("A wren weighs ten grams.")
        page.get_by_role("button", name="Add 1 file").click()
        expect(page.locator(".cw-uploads li")).to_have_text("wren.txt added")
        expect(page.locator(".cw-facts").first).to_contain_text("documents5")
        (corpus / "moon.txt").unlink()
        until(lambda: index.manifest().documents == 4, page=page)


def test_a_full_disk_is_said_to_who_puts_a_document(
    index: IndexFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TestClient(create_app(Assistant(index)), base_url="http://127.0.0.1") as client:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
        refused = client.put("/api/documents/long.txt", content=b"word " * 1_000_000)
    assert refused.status_code == 500
    assert "cannot be stored temporarily: No such file" in refused.json()["message"]
    assert "TMPDIR" in refused.json()["mend"]


@pytest.mark.long
@pytest.mark.browser
def test_what_is_held_back_is_said_and_done_on_the_page(
    page: Page, corpus: Path, index: IndexFolder, sound: Look
) -> None:
    with hosted(index.path, watch=True) as url:
        shutil.rmtree(corpus / "animals")
        (corpus / "animals").mkdir()
        page.goto(url)
        button = page.get_by_role("button", name="Documents", exact=True)
        panel = page.get_by_role("region", name="Document management")

        def told() -> bool:
            button.click()
            expect(panel).to_contain_text("Contents of the index")
            if panel.locator(".cw-held-back").count():
                return True
            page.get_by_role("button", name="Close the documents").click()
            return False

        until(told, page=page)
        held = panel.locator(".cw-held-back")
        expect(held).to_contain_text("2 of 3 documents would be removed from the index")
        expect(held).to_contain_text("animals/bees.txt, animals/otters.md")
        sound(page)
        assert index.manifest().documents == 3
        held.get_by_role("button", name="anyway, without these 2 documents").click()
        # The corpus that is watched may begin another after it.
        expect(panel.locator(".cw-facts")).to_contain_text("documents1")
        expect(held).to_have_count(0)
        assert index.manifest().documents == 1

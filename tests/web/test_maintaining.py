"""Looking after the documents from the page, over a corpus that changes meanwhile."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import FilePayload, Page, Route, expect

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoding import Encoder
from citewell.state import StateFolder
from citewell.web.maintaining import Maintainer
from citewell.web.serving import create_app
from tests.conftest import CORPUS, hosted
from tests.web.conftest import sound


@pytest.fixture
def index(corpus: Path, tmp_path: Path, encoder: Encoder) -> IndexFolder:
    """An index of the small corpus, with a file that is left out."""
    assert encoder.card.dimension
    (corpus / "table.csv").write_text("a,b", encoding="utf-8")
    folder = IndexFolder(tmp_path / "index")
    build(corpus, folder, Settings())
    return folder


@pytest.mark.browser
def test_what_changed_is_shown_taken_up_and_taken_back(page: Page, corpus: Path, index: IndexFolder) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        panel = page.get_by_role("region", name="Looking after the documents")
        expect(panel).to_contain_text("The index says what the documents say.")
        expect(panel.locator(".cw-facts")).to_contain_text("documents3")
        expect(panel).to_contain_text("table.csv not a format that Citewell reads")
        sound(page)
        (corpus / "wren.txt").write_text("Wren\n\nA wren weighs ten grams and sings loudly.\n", encoding="utf-8")
        (corpus / "moon.txt").unlink()
        page.get_by_role("button", name="Close the documents").click()
        page.get_by_role("button", name="Documents", exact=True).click()
        expect(panel.locator(".cw-changes").first).to_contain_text("New: wren.txt")
        expect(panel.locator(".cw-changes").first).to_contain_text("Gone: moon.txt")
        panel.get_by_role("button", name="Bring the index up to date").click()
        expect(panel.locator(".cw-rebuild")).to_contain_text("1 added, 1 removed.", timeout=30_000)
        expect(panel).to_contain_text("The index says what the documents say.")
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Your question").fill("How much does a wren weigh?")
        page.keyboard.press("Enter")
        expect(page.locator("article").first).to_contain_text("ten grams")
        page.get_by_role("button", name="Documents", exact=True).click()
        panel.get_by_role("button", name="Return to it").click()
        # A double click is no answer.
        page.wait_for_timeout(600)
        panel.get_by_role("button", name="Really return to it?").click()
        expect(panel.locator(".cw-changes").first).to_contain_text("New: wren.txt")
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Your question").fill("How much does a wren weigh?")
        page.keyboard.press("Enter")
        expect(page.locator(".cw-notice")).to_be_visible()
        expect(page.locator(".cw-turn").last.locator("article", has_text="ten grams")).to_have_count(0)


def slowly(page: Page) -> Callable[[Route], None]:
    """Have requests take their time on the way."""

    def go_on(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    return go_on


def meadow(corpus: Path, number: int) -> None:
    """Many documents, each with words of its own, so that a rebuild takes a while."""
    for nth in range(number):
        text = " ".join(f"In meadow {nth} grows herb {herb} beside stone {nth * herb}." for herb in range(40))
        (corpus / f"meadow{nth}.txt").write_text(f"Meadow {nth}\n\n{text}\n", encoding="utf-8")


@pytest.mark.browser
def test_a_rebuild_is_watched_and_cancelled_by_keyboard(page: Page, corpus: Path, index: IndexFolder) -> None:
    before = index.current()
    meadow(corpus, 150)
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        panel = page.get_by_role("region", name="Looking after the documents")
        begin = panel.get_by_role("button", name="Bring the index up to date")
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
        expect(panel.locator(".cw-rebuild")).to_contain_text("Cancelled; the index is as it was.")
        expect(begin).to_be_focused()
        assert index.current() == before


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
        page.get_by_role("button", name="Close the documents").click()
        box = page.get_by_role("textbox", name="Your question")
        box.fill("How much does a robin")
        deadline = time.monotonic() + 30
        while index.manifest().documents < 5 and time.monotonic() < deadline:
            page.wait_for_timeout(100)
        assert {"wren.txt", "robin.txt"} <= {file.name for file in corpus.iterdir()}
        expect(page.locator(".cw-reader")).to_be_hidden()
        # Nor is who types taken away from it.
        expect(box).to_be_focused()
        page.keyboard.type(" weigh?")
        page.keyboard.press("Enter")
        expect(page.locator("article").first).to_contain_text("twenty grams")
        page.get_by_role("button", name="Documents", exact=True).click()
        expect(page.locator(".cw-uploads li")).to_have_text(["wren.txt added", "robin.txt added"])


def file_of(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


@pytest.mark.browser
def test_documents_are_put_in_and_taken_out_and_asked_about(page: Page, corpus: Path, index: IndexFolder) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        panel = page.get_by_role("region", name="Looking after the documents")
        expect(panel.locator(".cw-facts")).to_contain_text("sections")
        expect(panel.locator(".cw-facts")).to_contain_text("answers from evidence: strict")
        panel.get_by_label("Into the folder").fill("animals")
        panel.get_by_label("Choose files").set_input_files(
            [
                file_of("wren.txt", "Wren\n\nA wren weighs ten grams and sings loudly.\n"),
                file_of("otters.md", "# Otters\n\nOtters have thick fur.\n"),
                file_of("empty.txt", " "),
                file_of("<img src=x onerror=alert(1)>.txt", "Text."),
            ]
        )
        done = panel.locator(".cw-uploads li")
        expect(done).to_have_count(4)
        expect(done.nth(0)).to_have_text("animals/wren.txt added")
        expect(done.nth(1)).to_contain_text("the corpus holds animals/otters.md already")
        expect(done.nth(2)).to_contain_text("holds no text")
        expect(done.nth(3)).to_contain_text("has characters that no file name should have")
        expect(panel.locator(".cw-rebuild")).to_contain_text("1 added.", timeout=30_000)
        done.nth(1).get_by_role("button", name="Replace it").click()
        expect(done.nth(1)).to_have_text("animals/otters.md replaced")
        expect(panel.locator(".cw-rebuild")).to_contain_text("1 changed.", timeout=30_000)
        assert "thick fur" in (corpus / "animals" / "otters.md").read_text(encoding="utf-8")
        panel.get_by_label("Remove", exact=True).fill("moon.txt")
        panel.get_by_role("button", name="Remove", exact=True).click()
        assert (corpus / "moon.txt").exists()
        panel.get_by_role("button", name="Really remove it?").click()
        expect(done.last).to_contain_text("moon.txt removed; it is kept as")
        expect(panel.locator(".cw-rebuild")).to_contain_text("1 removed.", timeout=30_000)
        assert not (corpus / "moon.txt").exists()
        assert len([*StateFolder.beside(index.path).removed.glob("*/moon.txt")]) == 1
        sound(page)
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Your question").fill("How much does a wren weigh?")
        page.keyboard.press("Enter")
        expect(page.locator("article").first).to_contain_text("ten grams")


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
        expect(page.locator(".cw-uploads li")).to_have_text("wren.txt added")
        expect(page.locator(".cw-facts")).to_contain_text("documents5", timeout=30_000)
        (corpus / "moon.txt").unlink()
        for _ in range(60):
            if index.manifest().documents == 4:
                break
            page.wait_for_timeout(250)
        assert index.manifest().documents == 4


def test_only_who_may_looks_after_the_documents(corpus: Path, index: IndexFolder) -> None:
    assistant = Assistant(index)
    wren = b"Wren\n\nA wren weighs ten grams.\n"
    with TestClient(create_app(assistant, public=True), base_url="http://127.0.0.1") as client:
        assert client.put("/api/documents/wren.txt", content=wren).status_code == 403
        assert client.delete("/api/documents/moon.txt").status_code == 403
        assert "put" not in client.get("/openapi.json").json()["paths"]["/api/documents/{path}"]
    with TestClient(create_app(assistant), base_url="http://127.0.0.1") as client:
        done = client.put("/api/documents/birds/wren.txt", content=wren)
        assert done.json()["title"] == "Wren"
        assert done.json()["sections"] == 1
        assert (corpus / "birds" / "wren.txt").read_bytes() == wren
        assert client.put("/api/documents/birds/wren.txt", content=wren).status_code == 409
        assert client.put("/api/documents/birds/wren.txt?replace=true", content=wren).status_code == 200
        for path in ("../out.txt", "%2e%2e/out.txt", "..%2fout.txt", ".hidden.txt", "a.csv"):
            assert client.put(f"/api/documents/{path}", content=wren).status_code in {404, 422}
        assert client.put("/api/documents/empty.txt", content=b"").status_code == 422
        too_long = client.put("/api/documents/long.txt", content=(b"word " * 200_000 for _ in range(70)))
        assert too_long.status_code == 413
        assert client.delete("/api/documents/nothing.txt").status_code == 404
        kept = client.delete("/api/documents/birds/wren.txt").json()["kept"]
        assert Path(kept).read_bytes() == wren
    assert sorted(each.name for each in corpus.parent.iterdir()) == ["corpus", "index", "index-state"]
    assert not [each for each in corpus.rglob("*") if each.name.startswith((".", "long", "out"))]


@pytest.mark.browser
def test_the_checks_say_what_is_sound_and_what_mends_what_is_not(page: Page, index: IndexFolder) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        page.get_by_role("button", name="Run the checks").click()
        expect(page.locator(".cw-sound")).to_have_count(6)
        expect(page.locator(".cw-fault")).to_have_count(0)
        vectors = index.snapshots / index.current() / "vectors.faiss"
        vectors.write_bytes(vectors.read_bytes()[:-1])
        page.get_by_role("button", name="Run the checks").click()
        expect(page.locator(".cw-fault")).to_contain_text("vectors.faiss")
        expect(page.locator(".cw-fault code")).to_contain_text("citewell index --corpus")


@pytest.mark.browser
def test_a_page_for_everyone_lets_nobody_look_after_the_documents(page: Page, index: IndexFolder) -> None:
    with hosted(index.path, public=True) as url:
        page.goto(url)
        expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
        expect(page.get_by_role("button", name="Documents", exact=True)).to_have_count(0)
        # Not even by a button that somebody makes.
        page.evaluate(
            "() => { const button = document.querySelector('[data-maintain]');"
            " button.hidden = false; button.dataset.maintain = 'rebuild'; button.click(); }"
        )
        page.wait_for_timeout(1000)
        assert index.names() == [index.current()]


def test_a_rebuild_can_be_cancelled_and_leaves_the_index_as_it_was(corpus: Path, index: IndexFolder) -> None:
    before = index.current()
    for nth in range(60):
        shutil.copy(CORPUS / "international-education.txt", corpus / f"{nth}.txt")
    maintainer = Maintainer(index, Settings())
    maintainer.rebuild()
    maintainer.cancel()
    maintainer.wait()
    ended = maintainer.rebuilding
    assert ended is not None
    assert (ended.running, ended.cancelled, ended.report, ended.error) == (False, True, None, None)
    assert index.current() == before
    maintainer.rebuild()
    maintainer.rebuild()
    maintainer.wait()
    done = maintainer.rebuilding
    assert done is not None
    assert done.report is not None
    assert done.report.added == 60
    assert next(iter(done.stages)) == "Reading"
    assert len(index.names()) == 2


def test_what_goes_wrong_with_a_rebuild_is_said(corpus: Path, index: IndexFolder) -> None:
    shutil.rmtree(corpus)
    maintainer = Maintainer(index, Settings())
    maintainer.rebuild()
    maintainer.wait()
    ended = maintainer.rebuilding
    assert ended is not None
    assert ended.error is not None
    assert "is not a folder" in ended.error
    assert not ended.running

"""Looking after the documents from the page, over a corpus that changes meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from citewell import IndexFolder, Settings, build
from citewell.encoding import Encoder
from citewell.web.maintaining import Maintainer
from tests.conftest import CORPUS, Served


@pytest.fixture
def index(corpus: Path, tmp_path: Path, encoder: Encoder) -> IndexFolder:
    """An index of the small corpus, with a file that is left out."""
    assert encoder.card.dimension
    (corpus / "table.csv").write_text("a,b", encoding="utf-8")
    folder = IndexFolder(tmp_path / "index")
    build(corpus, folder, Settings())
    return folder


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


@pytest.mark.browser
def test_what_changed_is_shown_taken_up_and_taken_back(page: Page, corpus: Path, index: IndexFolder) -> None:
    with Served(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        panel = page.get_by_role("region", name="Looking after the documents")
        expect(panel).to_contain_text("The index says what the documents say.")
        expect(panel.locator(".cw-facts")).to_contain_text("documents3")
        expect(panel).to_contain_text("table.csv not a format that Citewell reads")
        assert [each["id"] for each in Axe().run(page).response["violations"]] == []
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
        expect(panel.locator(".cw-changes").first).to_contain_text("New: wren.txt")
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Your question").fill("How much does a wren weigh?")
        page.keyboard.press("Enter")
        expect(page.locator(".cw-notice")).to_be_visible()
        expect(page.locator(".cw-turn").last.locator("article", has_text="ten grams")).to_have_count(0)


@pytest.mark.browser
def test_the_checks_say_what_is_sound_and_what_mends_what_is_not(page: Page, index: IndexFolder) -> None:
    with Served(index.path) as url:
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
    with Served(index.path, "--public") as url:
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

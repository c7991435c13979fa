"""What a reader says of an answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from citewell import IndexFolder, Settings, build
from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.state.folder import StateFolder
from tests.support.pages import ask, opened
from tests.support.servers import hosted

pytestmark = pytest.mark.browser


def test_what_a_reader_says_is_kept_and_can_be_withdrawn(page: Page, bundled_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(bundled_index, index)
    store = FeedbackStore(StateFolder.beside(index).path)
    with hosted(index) as url:
        ask(opened(page, url), "What is joint curriculum development?")
        expect(page.locator("article").first).to_be_visible()
        ask(page, "And what does it help students with?")
        answer = page.locator(".cw-turn").nth(1)
        expect(answer.locator("article").first).to_be_visible()
        right = answer.locator("article").first.get_by_role("button", name="This is the right passage")
        right.click()
        expect(answer.locator("article").first.get_by_role("status")).to_have_text("Feedback saved. Thank you.")
        expect(right).to_have_attribute("aria-pressed", "true")
        (kept,) = store.pending()
        assert (kept.verdict, kept.question) == ("right passage", "And what does it help students with?")
        assert [turn.role for turn in kept.history] == ["user", "assistant"]
        assert kept.quote == answer.locator("article").first.locator("mark").first.text_content()
        answer.get_by_role("button", name="This helps").click()
        expect(answer.locator(".cw-feedback").get_by_role("status")).to_have_text("Feedback saved. Thank you.")
        answer.get_by_role("button", name="Nothing here answers it").click()
        expect(answer.get_by_role("button", name="This helps")).to_have_attribute("aria-pressed", "false")
        expect(answer.get_by_role("button", name="Nothing here answers it")).to_have_attribute("aria-pressed", "true")
        assert [each.verdict for each in store.pending()] == ["right passage", "nothing here"]
        answer.get_by_role("button", name="Nothing here answers it").click()
        expect(answer.locator(".cw-feedback").get_by_role("status")).to_have_text("Feedback withdrawn.")
        assert [each.verdict for each in store.pending()] == ["right passage"]


@pytest.mark.long
def test_what_is_said_of_an_answer_from_an_older_snapshot_is_not_stored_wrongly(
    page: Page, corpus: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    build(corpus, IndexFolder(index), Settings())
    with hosted(index) as url:
        ask(opened(page, url), "What do otters eat?")
        expect(page.locator("article").first).to_contain_text("Otters eat fish")
        (corpus / "new.txt").write_text("New\n\nSomething else was written since.\n", encoding="utf-8")
        build(corpus, IndexFolder(index), Settings())
        page.get_by_role("button", name="This helps").click()
        expect(page.get_by_role("alert")).to_contain_text("The index or its settings have changed")
        assert FeedbackStore(StateFolder.beside(index).path).pending() == []

"""The source beside the conversation: where a quotation stands, its outline, and files that have changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from citewell import IndexFolder, Settings, build
from tests.support.pages import QUESTION, Look, ask, opened
from tests.support.servers import hosted

pytestmark = pytest.mark.browser


@pytest.mark.every_size
def test_show_in_source_opens_at_the_mark_and_closes(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    button = page.get_by_role("button", name="Show in source").first
    button.click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader).to_contain_text("Leave a Reply")
    expect(reader.locator("mark.cw-current")).to_be_in_viewport()
    expect(reader.locator(".cw-place")).to_contain_text("crossing boundaries of understanding")
    inside = page.evaluate(
        "() => { const box = document.querySelector('.cw-reader-text').getBoundingClientRect();"
        " const mark = document.querySelector('.cw-reader mark.cw-current').getBoundingClientRect();"
        " return mark.top >= box.top && mark.top <= box.bottom && document.querySelector('.cw-reader-text').scrollTop > 0 }"
    )
    assert inside
    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    expect(button).to_be_focused()


@pytest.mark.long
@pytest.mark.every_size
def test_the_marks_of_an_answer_are_stepped_through_in_the_source(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    page.get_by_role("button", name="Show in source").first.click()
    reader = page.get_by_role("complementary", name="Source")
    place, current = reader.locator(".cw-at"), reader.locator("mark.cw-current")
    expect(place).to_have_text("6 of 8")
    expect(current).to_contain_text("they also present challenges")
    reader.get_by_role("button", name="Next mark").click()
    expect(place).to_have_text("7 of 8")
    expect(current).to_be_in_viewport()
    for _ in range(7):
        reader.get_by_role("button", name="Previous mark").click()
    expect(place).to_have_text("8 of 8")
    expect(current).to_be_in_viewport()


@pytest.mark.long
@pytest.mark.every_size
def test_the_outline_leads_to_its_headings(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    page.get_by_role("button", name="Show in source").first.click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader.locator(".cw-place")).to_be_visible()
    if not reader.locator(".cw-outline[open]").count():
        reader.get_by_text("Outline", exact=True).click()
    outline = reader.get_by_role("navigation", name="Outline").get_by_role("button")
    expect(outline).to_have_count(7)
    outline.filter(has_text="Embark on Your Journey").click()
    heading = reader.locator(".cw-heading", has_text="Embark on Your Journey")
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()


def test_a_quotation_from_a_file_that_changed_since_is_marked_so(
    page: Page, corpus: Path, tmp_path: Path, sound: Look
) -> None:
    index = tmp_path / "index"
    build(corpus, IndexFolder(index), Settings())
    with hosted(index) as url:
        ask(opened(page, url), "What do otters eat?")
        first = page.locator(".cw-turn").nth(0).locator("article").first
        expect(first).to_contain_text("Otters eat fish")
        expect(page.locator(".cw-drifted")).to_have_count(0)
        otters = corpus / "animals" / "otters.md"
        otters.write_text(otters.read_text(encoding="utf-8").replace("fish", "eels"), encoding="utf-8")
        ask(page, "What do otters eat?")
        changed = page.locator(".cw-turn").nth(1).locator("article").first
        expect(changed).to_contain_text("Otters eat fish")
        expect(changed.locator(".cw-drifted")).to_contain_text("has changed since it was indexed")
        sound(page)
        changed.get_by_text("Copy", exact=True).click()
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        changed.get_by_role("button", name="Plain text").click()
        expect(changed.get_by_role("status")).to_have_text("Copied.")
        assert "the file has changed since" in page.evaluate("navigator.clipboard.readText()")
        changed.get_by_role("button", name="Show in source").click()
        expect(page.locator(".cw-reader .cw-drifted")).to_contain_text("has changed since it was indexed")
        sound(page)
        page.keyboard.press("Escape")
        otters.unlink()
        ask(page, "What do otters eat?")
        gone = page.locator(".cw-turn").nth(2).locator("article").first
        expect(gone.locator(".cw-drifted")).to_contain_text("no longer in the corpus")
        expect(page.locator(".cw-turn").nth(2).locator("article", has_text="honey bee")).not_to_contain_text(
            "no longer"
        )
        build(corpus, IndexFolder(index), Settings())
        ask(page, "How does a honey bee tell others?")
        expect(page.locator(".cw-notice")).to_contain_text("index has changed since your last question")
        expect(page.locator(".cw-turn").nth(3).locator(".cw-drifted")).to_have_count(0)
        ask(page, "What does the dance give?")
        expect(page.locator(".cw-turn").nth(4).locator(".cw-feedback")).to_be_visible()
        expect(page.locator(".cw-notice")).to_have_count(1)


@pytest.mark.long
@pytest.mark.every_size
def test_on_a_phone_the_reader_covers_the_conversation_whole(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    page.get_by_role("button", name="Show in source").first.click()
    expect(page.locator(".cw-reader mark").first).to_be_visible()
    covers = page.viewport_size is not None and page.viewport_size["width"] < 800
    assert page.locator(".cw-chat").evaluate("(chat) => chat.inert") is covers
    page.keyboard.press("Control+k")
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    expect(page.locator(".cw-reader")).to_be_visible(visible=not covers)


@pytest.mark.long
@pytest.mark.usefixtures("encoder")
def test_a_quotation_that_no_longer_is_there_is_not_opened_in_the_wrong_place(
    page: Page, corpus: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    build(corpus, IndexFolder(index), Settings())
    with hosted(index) as url:
        ask(opened(page, url), "How long does the Moon take round the Earth?")
        expect(page.locator("article").first).to_contain_text("twenty-seven days")
        moon = corpus / "moon.txt"
        moon.write_text("A new beginning. " + moon.read_text(encoding="utf-8"), encoding="utf-8")
        build(corpus, IndexFolder(index), Settings())
        ask(page, "What do otters eat?")
        expect(page.locator(".cw-turn").nth(1).locator("article").first).to_contain_text("fish and crabs")
        page.locator(".cw-turn").first.get_by_role("button", name="Show in source").first.click()
        expect(page.get_by_role("alert")).to_contain_text("The document has changed since this was quoted")
        page.get_by_role("button", name="Close").click()
        ask(page, "How long does the Moon take round the Earth?")
        page.locator(".cw-turn").nth(2).get_by_role("button", name="Show in source").first.click()
        expect(page.locator(".cw-reader mark").first).to_contain_text("twenty-seven days")

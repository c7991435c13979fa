"""Asking in a real Chromium: quotations, refusals, follow-ups, corrections and places."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from citewell import IndexFolder, Settings, build
from tests.support.environment import CORPUS
from tests.support.pages import QUESTION, Look, ask, opened
from tests.support.servers import hosted

pytestmark = pytest.mark.browser


def test_asking_shows_the_quotation_marked_and_cited(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    first = page.locator("article").first
    expect(first.locator("blockquote")).to_contain_text("visa regulations and language barriers")
    expect(first.locator("mark")).to_contain_text("they also present challenges")
    expect(first.locator("header")).to_contain_text("International Education Explained › Challenges and Opportunities")
    meter = first.get_by_role("meter", name="Relevance")
    assert int(meter.get_attribute("aria-valuenow") or 0) > 30
    text = (CORPUS / "international-education.txt").read_text(encoding="utf-8")
    for quotation in page.locator("article blockquote").all():
        assert (quotation.text_content() or "") in text


@pytest.mark.long
def test_a_question_that_is_sent_before_the_scripts_are_there_stays_in_its_box(page: Page, chat_url: str) -> None:
    held: list[Route] = []
    page.route("**/main.js", lambda route: held.append(route))
    page.goto(chat_url)
    page.wait_for_function("window.citewell")
    box = page.get_by_role("textbox", name="Your question")
    box.fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    assert "?" not in page.url
    expect(box).to_have_value(QUESTION)
    held[0].continue_()
    # When they have started, the box has the focus.
    expect(box).to_be_focused()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("article").first).to_be_visible()


@pytest.mark.long
def test_further_passages_fold_and_unfold(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    expect(page.locator("article:visible")).to_have_count(5)
    page.get_by_text("further passages").click()
    assert page.locator("article:visible").count() > 5


@pytest.mark.every_size
def test_an_answer_begins_with_its_sentence_whose_number_leads_to_its_passage(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    lead = page.get_by_role("group", name="Answer", exact=True)
    expect(lead).to_contain_text("they also present challenges")
    expect(lead).to_be_in_viewport()
    address = page.url
    lead.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    card = page.locator("article").first
    expect(card).to_be_focused()
    assert page.url == address
    size = page.viewport_size
    assert size
    first, last = card.bounding_box(), page.locator("article").nth(4 if size["width"] > 800 else 1).bounding_box()
    assert first
    assert last
    assert last["y"] + last["height"] - first["y"] < size["height"]


@pytest.mark.long
def test_a_passage_unfolds(page: Page, chat_url: str, sound: Look) -> None:
    ask(opened(page, chat_url), QUESTION)
    card = page.locator("article").nth(1)
    button, quote = card.get_by_role("button", name="Whole passage"), card.locator("blockquote")
    expect(button).to_have_attribute("aria-expanded", "false")
    short = quote.inner_text()
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    assert len(quote.inner_text()) > 2 * len(short)
    assert quote.inner_text() == quote.text_content()
    sound(page)
    button.press("Enter")
    assert quote.inner_text() == short


def test_what_is_not_covered_is_reported_with_the_nearest_folded(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "How do I bake sourdough bread?")
    expect(page.get_by_text("The corpus does not seem to cover this.")).to_be_visible()
    expect(page.locator("article:visible")).to_have_count(0)
    page.get_by_text("nearest passages").click()
    assert page.locator("article:visible").count() == 8


@pytest.mark.long
def test_a_refusal_says_what_the_documents_cover_instead(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "How do I bake sourdough bread?")
    group = page.get_by_role("group", name="The documents cover:")
    expect(group).to_contain_text("The documents cover:")
    nearest = group.get_by_role("button")
    expect(nearest).to_have_count(3)
    nearest.first.click()
    answer = page.locator(".cw-turn").nth(1)
    expect(answer.locator("article:visible")).to_have_count(5)
    expect(answer.locator(".cw-refusal")).to_have_count(0)


def test_a_follow_up_is_understood_with_what_was_said_and_says_so(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "What is joint curriculum development?")
    expect(page.locator("article").first).to_be_visible()
    ask(page, "And what does it help students with?")
    followed = page.locator(".cw-turn").nth(1)
    expect(followed.locator(".cw-understood")).to_contain_text("“What is joint curriculum development?”")
    expect(followed.locator("article").first).to_contain_text("joint curriculum development")
    followed.get_by_role("button", name="Ask without context").click()
    alone = page.locator(".cw-turn").nth(2)
    expect(alone.locator("article").first).to_be_visible()
    expect(alone.locator(".cw-understood")).to_have_count(0)
    ask(page, "What is the boiling point of water?")
    other = page.locator(".cw-turn").nth(3)
    expect(other.locator(".cw-refusal")).to_be_visible()
    expect(other.locator(".cw-understood")).to_have_count(0)


@pytest.mark.long
def test_a_new_conversation_forgets_what_was_said(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "What is joint curriculum development?")
    expect(page.locator("article").first).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    ask(page, "And what does it help students with?")
    expect(page.locator("article").first).to_be_visible()
    expect(page.locator(".cw-understood")).to_have_count(0)


@pytest.mark.long
def test_a_typo_is_corrected_and_shown(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "What are the challenges of international cooperatoin?")
    expect(page.locator(".cw-understood")).to_contain_text("Corrected “cooperatoin” to “cooperation”.")


@pytest.mark.long
def test_a_courtesy_gets_a_reply_and_no_passage(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "Hello!")
    expect(page.locator(".cw-reply")).to_contain_text("Hello!")
    expect(page.locator("article")).to_have_count(0)
    page.locator(".cw-turn .cw-example").first.click()
    expect(page.locator(".cw-turn").nth(1).locator("article").first).to_be_visible()
    expect(page.locator(".cw-understood")).to_have_count(0)


@pytest.mark.long
def test_a_card_says_why_it_was_chosen_and_how_relevant_it_is(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    first = page.locator("article").first
    expect(first.locator(".cw-percent")).to_have_text("very likely relevant")
    first.get_by_text("Why this?").click()
    expect(first.locator(".cw-why")).to_contain_text("your words “challenges”, “international”, “cooperation”")
    expect(first.locator(".cw-why")).to_contain_text("the question is 59 % (cosine)")


@pytest.mark.long
def test_related_questions_follow_an_answer(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    related = page.get_by_role("group", name="Related:").get_by_role("button")
    expect(related).to_have_count(3)
    expect(related.filter(has_text="Challenges and Opportunities")).to_have_count(0)
    related.first.click()
    expect(page.locator(".cw-turn").nth(1).locator("article").first).to_be_visible()


def test_examples_come_from_the_corpus_and_ask(page: Page, chat_url: str) -> None:
    opened(page, chat_url)
    example = page.get_by_role("group", name="Example questions").get_by_role("button").first
    asked = example.inner_text()
    example.click()
    expect(page.locator(".cw-question")).to_have_text(asked)
    expect(page.locator(".cw-lead")).to_be_visible()
    expect(page.get_by_role("group", name="Example questions")).to_be_hidden()
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("group", name="Example questions")).to_be_visible()
    expect(page.locator("article")).to_have_count(0)


@pytest.mark.long
def test_questions_in_quick_succession_get_their_own_answers(page: Page, chat_url: str) -> None:
    opened(page, chat_url)
    questions = [QUESTION, "How do I bake sourdough bread?", "What does IPGCE offer teachers?"]
    for question in questions:
        ask(page, question)
    turns = page.locator(".cw-turn")
    expect(turns).to_have_count(3)
    expect(turns.nth(0).locator("article").first).to_contain_text("visa regulations")
    expect(turns.nth(1)).to_contain_text("does not seem to cover this")
    expect(turns.nth(2).locator("article").first).to_contain_text("IPGCE offers")
    assert [turn.locator("h2").text_content() for turn in turns.all()] == questions
    # What was asked last is what is waited for, whichever answer comes last.
    expect(turns.last.locator("h2")).to_be_in_viewport()


@pytest.mark.long
def test_a_bad_question_gets_the_reason(page: Page, chat_url: str) -> None:
    box = page.get_by_role("textbox", name="Your question")
    ask(opened(page, chat_url), "x" * 2001)
    expect(page.get_by_role("alert")).to_contain_text("2,001 characters; the maximum is 2,000")
    # It is not lost.
    expect(box).to_have_value("x" * 2001)
    expect(page.locator(".cw-turn")).to_have_count(0)
    box.press("Backspace")
    expect(page.get_by_role("alert")).to_be_hidden()
    page.goto(f"{chat_url}?q={'x' * 2001}")
    expect(page.locator(".cw-turn").get_by_role("alert")).to_contain_text("2,001 characters")


@pytest.mark.long
def test_a_place_keeps_the_answers_to_it(page: Page, hostile_url: str) -> None:
    opened(page, hostile_url)
    page.get_by_text("Search only part of the documents").click()
    page.get_by_role("combobox").fill("plain.txt")
    ask(page, "What stands here?")
    expect(page.locator("article").first).to_contain_text("Harmless words")
    expect(page.locator("article")).to_have_count(1)
    page.get_by_role("combobox").fill("nowhere.txt")
    ask(page, "What stands here?")
    expect(page.get_by_role("alert")).to_contain_text("no document at 'nowhere.txt'")


@pytest.mark.long
@pytest.mark.usefixtures("encoder")
def test_where_was_looked_is_said_and_can_be_left(page: Page, corpus: Path, tmp_path: Path, sound: Look) -> None:
    build(corpus, IndexFolder(tmp_path / "index"), Settings())
    with hosted(tmp_path / "index") as url:
        opened(page, f"{url}?q=What+is+told+of+the+Moon&in=animals/")
        first = page.locator(".cw-turn").first
        expect(first.locator(".cw-understood")).to_contain_text("Searched only in animals/")
        expect(first).not_to_contain_text("twenty-seven")
        expect(page.locator(".cw-scope summary")).to_have_text("Searching only animals/")
        page.get_by_text("Searching only animals/").click()
        expect(page.get_by_role("combobox")).to_have_value("animals/")
        sound(page)
        first.get_by_role("button", name="Search everywhere").click()
        everywhere = page.locator(".cw-turn").nth(1)
        expect(everywhere.locator("article").first).to_contain_text("twenty-seven days")
        expect(everywhere.locator(".cw-understood")).to_have_count(0)
        expect(page.locator(".cw-scope summary")).to_have_text("Search only part of the documents")
        page.get_by_role("combobox").fill("moon.txt")
        expect(page.locator(".cw-scope summary")).to_have_text("Searching only moon.txt")
        page.get_by_role("button", name="New conversation").click()
        expect(page.get_by_role("combobox")).to_have_value("")
        expect(page).to_have_title("Citewell")

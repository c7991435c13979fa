"""Every place, on the page: from an answer or a field, in a list and in the document."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from citewell import Assistant, IndexFolder
from tests.support.applications import HOME, call, made
from tests.support.pages import QUESTION, Look, ask, opened

ARTICLE = "international-education.txt"


def listed(client: TestClient, query: str, **more: Any) -> str:
    return str(call(client, "find", {"query": query, **more}).json())


def within(client: TestClient, query: str, **more: Any) -> str:
    return str(call(client, "within", {"path": ARTICLE, "query": query, **more}).json())


def test_the_list_says_how_many_places_there_are(open_client: TestClient, assistant: Assistant) -> None:
    found = assistant.view().finder().page("of", sort="relevance", page=2, per_page=20)
    html = listed(open_client, "of", sort="relevance", page=2)
    assert f"<strong>{found.total} places</strong> in {found.paragraphs} paragraphs of 1 document" in html
    assert html.count("<blockquote") == len(found.places)
    assert f"Page 2 of {found.pages}" in html
    assert 'href="/api/find.csv?query=of"' in html
    assert "document=international-education.txt" in listed(open_client, "of", place=ARTICLE)


def test_what_cannot_be_found_is_said_beside_the_field(open_client: TestClient) -> None:
    html = listed(open_client, '"of')
    assert "is not closed. Close it, or leave it out." in html
    assert 'value="&#34;of"' in html
    assert "“xylophonist”: 0 places" in listed(open_client, "of xylophonist")
    assert "The index has no document at" in listed(open_client, "of", place="none.txt")
    assert "finds every ending" in listed(open_client, " ")


def test_all_places_of_a_document_are_marked_in_it(open_client: TestClient, assistant: Assistant) -> None:
    places = list(assistant.view().finder().all("of"))
    html = within(open_client, "of", start=places[3].start)
    assert html.count('class="cw-stop') == len(places)
    assert html.count("cw-here") == 1
    assert "is not closed" in within(open_client, '"of')
    assert "No places in this document." in within(open_client, "xylophonist")


def test_a_document_with_too_many_places_has_the_first_ones_marked(
    open_client: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citewell.web.chat.finding._MOST_MARKED", 3)
    html = within(open_client, "of")
    assert html.count('class="cw-stop') == 3
    assert f"The first 3 of {assistant.view().finder().count('of')} places are marked" in html


def test_each_document_can_be_searched_alone_and_those_that_are_too_many_are_in_the_table(
    index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citewell.web.chat.finding._MOST_DOCUMENTS", 2)
    html = listed(TestClient(made(Assistant(index)), HOME), "a*")
    assert "of 3 documents" in html
    assert html.count('data-find="{&#34;query&#34;: &#34;a*&#34;, &#34;place&#34;: &#34;animals/') == 2
    assert "and 1 more; all are in the CSV" in html


def test_what_is_typed_is_shown_as_text(open_client: TestClient) -> None:
    for html in (listed(open_client, "<img src=x> of"), within(open_client, "<img src=x> of")):
        assert "<img" not in html
        assert "&lt;img" in html


@pytest.mark.browser
@pytest.mark.every_size
def test_from_an_answer_to_all_places_and_into_the_document(
    page: Page, chat_url: str, assistant: Assistant, sound: Look
) -> None:
    ask(opened(page, chat_url), QUESTION)
    page.locator(".cw-everywhere button").click()
    reader = page.get_by_role("complementary", name="Source")
    field = reader.get_by_label("Words to find")
    expect(reader.locator(".cw-find-total")).to_be_visible()
    expect(field).not_to_have_value("")
    field.fill("of")
    field.press("Enter")
    total = reader.locator(".cw-find-total strong")
    count = assistant.view().finder().count("of")
    expect(total).to_have_text(f"{count} places")
    sound(page)
    reader.get_by_role("button", name="By relevance").click()
    expect(reader.get_by_role("button", name="By relevance")).to_have_attribute("aria-pressed", "true")
    reader.get_by_role("button", name="By place").click()
    expect(reader.get_by_role("button", name="By place")).to_have_attribute("aria-pressed", "true")
    reader.locator("[data-within]").nth(2).click()
    expect(reader.locator(".cw-at")).to_have_text(f"3 of {count}")
    expect(reader.locator("mark.cw-current")).to_be_in_viewport()
    sound(page)
    inside = reader.get_by_label("Find in this document")
    inside.press("Enter")
    expect(reader.locator(".cw-at")).to_have_text(f"4 of {count}")
    inside.press("Shift+Enter")
    expect(reader.locator(".cw-at")).to_have_text(f"3 of {count}")
    inside.fill("visa")
    inside.press("Enter")
    expect(reader.locator(".cw-at")).to_contain_text("1 of ")
    expect(inside).to_be_focused()
    reader.get_by_role("button", name="All places").click()
    expect(total).to_have_text(f"{count} places")
    # A source of the answer leads to no list that it does not come from.
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show in source").first.click()
    inside.fill("visa")
    inside.press("Enter")
    expect(reader.locator(".cw-at")).to_contain_text("1 of ")
    expect(reader.get_by_role("button", name="All places")).to_have_count(0)


@pytest.mark.long
@pytest.mark.browser
def test_words_are_found_without_a_question_and_leave_as_a_table(page: Page, chat_url: str, sound: Look) -> None:
    opened(page, chat_url)
    page.get_by_role("button", name="Find every place").click()
    reader = page.get_by_role("complementary", name="Source")
    field = reader.get_by_label("Words to find")
    expect(field).to_be_focused()
    sound(page)
    field.fill("visa")
    field.press("Enter")
    with page.expect_download() as coming:
        reader.get_by_role("link", name="Download as CSV").click()
    assert coming.value.suggested_filename == "places.csv"
    assert b"document,title,section,start,end,found,text" in coming.value.path().read_bytes()

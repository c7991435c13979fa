"""Passages like one, as cards in place of the answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.web.chat.cards import text_key
from tests.support.applications import call
from tests.support.pages import QUESTION, Look, ask, opened

DOCUMENT = "international-education.txt"


def like(client: TestClient, start: int, end: int, key: str) -> str:
    return str(call(client, "like", {"path": DOCUMENT, "start": start, "end": end, "key": key}).json())


def test_they_are_cards_without_what_only_an_answer_has(open_client: TestClient, assistant: Assistant) -> None:
    (passage,) = assistant.ask(QUESTION, top=1).passages
    shown = like(open_client, passage.start, passage.end, text_key(passage.text))
    expected = assistant.similar(f"{DOCUMENT}:{passage.start}-{passage.end}", top=8).passages
    assert shown.count('<article class="cw-card"') == len(expected)
    assert 'aria-label="Similarity"' in shown
    assert "data-verdict" not in shown
    assert "Why this?" not in shown
    changed = like(open_client, passage.start, passage.end, "x")
    assert "has changed since this was quoted" in changed
    assert "cw-card" not in changed


@pytest.mark.browser
@pytest.mark.every_size
def test_one_click_leads_there_and_one_click_back(page: Page, chat_url: str, sound: Look) -> None:
    ask(opened(page, chat_url), QUESTION)
    answer, cards = page.locator(".cw-answer"), page.locator(".cw-alike .cw-card")
    first = answer.locator("> .cw-card").first
    expect(first).to_be_visible()
    if first.get_by_role("button", name="More").is_visible():
        first.get_by_role("button", name="More").click()
    button = first.get_by_role("button", name="Like this")
    button.click()
    expect(cards.first).to_be_visible()
    expect(answer).to_be_hidden()
    sound(page)
    # A passage like one of these is one click from the answer, too.
    further = cards.first.get_by_role("button", name="More")
    if further.is_visible():
        further.click()
    cards.first.get_by_role("button", name="Like this").click()
    expect(cards.first).to_be_visible()
    page.get_by_role("button", name="Back to the answer").click()
    expect(answer).to_be_visible()
    expect(cards).to_have_count(0)
    expect(button).to_be_focused()

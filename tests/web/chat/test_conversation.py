"""A conversation in a real Chromium: what is sent of it, what starts again, and feedback, kept on a real disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.state.folder import FEEDBACK, StateFolder
from tests.support.servers import hosted

pytestmark = pytest.mark.browser

TOPIC = "What is joint curriculum development?"
FOLLOW_UP = "And what does it help students with?"
FOREIGN = "How do I bake sourdough bread?"


@pytest.fixture
def index(bundled_index: Path, tmp_path: Path) -> Path:
    """An index of the bundled corpus that readers may say something about."""
    return Path(shutil.copytree(bundled_index, tmp_path / "index"))


def ask(page: Page, question: str) -> Locator:
    """Ask, and return the turn with its answer."""
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")
    return answered(page)


def answered(page: Page) -> Locator:
    """Return the last turn, when its answer is there."""
    expect(page.locator("[aria-busy]")).to_have_count(0)
    return page.locator(".cw-turn").last


def sent_by(page: Page) -> list[dict[str, Any]]:
    """Collect what the page sends to the function that answers."""
    sent: list[dict[str, Any]] = []

    def note(data: Any) -> None:
        if isinstance(data, dict) and data.get("fn_name") == "ask":
            sent.append(data["data"])

    page.on("request", lambda request: note(request.post_data_json) if request.method == "POST" else None)
    return sent


def test_each_question_comes_with_what_was_answered_before_and_no_more(page: Page, chat_url: str) -> None:
    sent = sent_by(page)
    page.goto(chat_url)
    first = ask(page, TOPIC).locator("article mark").first.text_content()
    ask(page, FOREIGN)
    ask(page, "Thank you!")
    # One that is refused as a question, which the box would not let through.
    page.evaluate(
        "() => { const button = document.createElement('button'); button.dataset.ask = 'x'.repeat(2001);"
        " document.querySelector('.cw').append(button); button.click(); button.remove(); }"
    )
    expect(page.locator(".cw-turn").last.get_by_role("alert")).to_be_visible()
    ask(page, FOLLOW_UP)
    assert sent[0]["history"] == []
    assert sent[4]["history"] == [
        {"role": "user", "content": TOPIC},
        {"role": "assistant", "content": first},
        {"role": "user", "content": FOREIGN},
    ]
    for _ in range(6):
        ask(page, TOPIC)
    ask(page, FOLLOW_UP)
    assert [said["role"] for said in sent[-1]["history"]] == ["user", "assistant"] * 6


@pytest.mark.long
def test_a_suggestion_is_not_drawn_back_to_what_was_asked_before(page: Page, chat_url: str) -> None:
    page.goto(chat_url)
    ask(page, TOPIC).get_by_role("group", name="Related").get_by_role("button", name="Importance of").click()
    suggested = answered(page)
    expect(suggested.locator(".cw-understood")).to_have_count(0)
    expect(suggested.locator("article").first.locator(".cw-source")).to_contain_text("› Importance of International")
    followed = ask(page, "And what does it foster?")
    expect(followed.locator(".cw-understood")).to_contain_text("“Importance of")
    expect(followed.locator(".cw-understood")).not_to_contain_text(TOPIC)


@pytest.mark.long
def test_what_was_asked_alone_starts_again(page: Page, chat_url: str) -> None:
    page.goto(chat_url)
    ask(page, TOPIC)
    ask(page, FOLLOW_UP).get_by_role("button", name="Ask without context").click()
    answered(page)
    assert ask(page, "Why?").locator(".cw-understood span").text_content() == f"Context: “{FOLLOW_UP}”"


@pytest.mark.long
def test_a_refusal_of_a_follow_up_says_what_it_was_understood_with(page: Page, chat_url: str) -> None:
    page.goto(chat_url)
    ask(page, FOREIGN)
    refused = ask(page, "And how long does it take?")
    expect(refused.locator(".cw-refusal")).to_contain_text("does not seem to cover this")
    expect(refused.locator(".cw-understood")).to_contain_text(f"“{FOREIGN}”")


@pytest.mark.long
def test_a_link_tells_only_what_the_answer_used_and_goes_on_from_it(page: Page, chat_url: str) -> None:
    page.goto(chat_url)
    ask(page, "How tall is Mount Everest?")
    assert ask(page, TOPIC).locator(".cw-understood").count() == 0
    assert page.url.partition("?")[2] == "q=What+is+joint+curriculum+development%3F"
    ask(page, FOLLOW_UP)
    link = page.url
    assert "Everest" not in link
    page.goto("about:blank")
    page.goto(link)
    expect(answered(page).locator(".cw-understood")).to_contain_text(TOPIC)
    assert page.url == link
    expect(ask(page, "And why is that so?").locator(".cw-understood")).to_contain_text(TOPIC)


@pytest.mark.long
def test_feedback_takes_a_key_press_and_a_double_click_and_counts_once(page: Page, index: Path) -> None:
    store = FeedbackStore(StateFolder.beside(index).path)
    with hosted(index) as url:
        page.goto(url)
        turn = ask(page, TOPIC)
        helps, nothing = (turn.get_by_role("button", name=name) for name in ("This helps", "Nothing here answers it"))
        told = turn.locator(".cw-feedback").get_by_role("status")
        helps.focus()
        page.keyboard.press("Enter")
        expect(told).to_have_text("Feedback saved. Thank you.")
        expect(helps).to_be_focused()
        expect(helps).to_have_attribute("aria-pressed", "true")
        helps.evaluate("(button, other) => { other.click(); other.click() }", nothing.element_handle())
        expect(nothing).to_have_attribute("aria-pressed", "true")
        expect(helps).to_have_attribute("aria-pressed", "false")
        expect(turn.locator("article:visible")).to_have_count(5)
        assert [each.verdict for each in store.pending()] == ["nothing here"]


@pytest.mark.long
def test_what_somebody_has_decided_on_is_not_said_to_be_withdrawn(page: Page, index: Path) -> None:
    store = FeedbackStore(StateFolder.beside(index).path)
    with hosted(index) as url:
        page.goto(url)
        turn = ask(page, TOPIC)
        helps = turn.get_by_role("button", name="This helps")
        helps.click()
        expect(helps).to_have_attribute("aria-pressed", "true")
        store.decide(store.pending()[0], "accepted")
        helps.click()
        expect(turn.get_by_role("alert")).to_contain_text("already reviewed")
        expect(helps).to_have_attribute("aria-pressed", "true")


@pytest.mark.long
def test_what_cannot_be_kept_is_reported_and_the_conversation_goes_on(page: Page, index: Path) -> None:
    StateFolder.beside(index).feedback.mkdir(parents=True)
    with hosted(index) as url:
        page.goto(url)
        turn = ask(page, TOPIC)
        right = turn.get_by_role("button", name="This is the right passage").first
        right.click()
        expect(turn.locator("article").first.get_by_role("alert")).to_contain_text(f"{FEEDBACK} cannot be used")
        expect(right).to_have_attribute("aria-pressed", "false")
        expect(ask(page, FOLLOW_UP).locator(".cw-understood")).to_contain_text(TOPIC)


@pytest.mark.every_size
def test_everything_can_be_reached_and_on_a_phone_with_a_finger(page: Page, chat_url: str) -> None:
    assert page.viewport_size
    width = page.viewport_size["width"]
    least = 44 if width < 800 else 20
    page.goto(chat_url)
    ask(page, TOPIC)
    ask(page, FOLLOW_UP)
    ask(page, "Hello!")
    ask(page, FOREIGN).get_by_text("nearest passages").click()
    targets = page.locator(".cw-chat :is(button, summary):visible").all()
    assert len(targets) > 50
    for target in targets:
        box = target.bounding_box()
        assert box
        assert box["height"] >= least, target.text_content()
        assert 0 <= box["x"] < box["x"] + box["width"] <= width, target.text_content()

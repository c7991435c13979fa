"""The page for everyone: by keyboard, with any sight, without jumps, and with markup that stays text."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.pages import QUESTION, Look, ask, opened

pytestmark = pytest.mark.browser


@pytest.mark.every_size
def test_the_keyboard_goes_all_the_way(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    cards = page.locator("article")
    expect(cards.first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(cards.nth(1)).to_be_focused()
    expect(cards.nth(1)).to_be_in_viewport()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("Tab")
    expect(cards.nth(0).get_by_role("button", name="Show in source")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Source")).to_be_visible()
    page.keyboard.press("Escape")
    expect(cards.nth(0).get_by_role("button", name="Show in source")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()


@pytest.mark.long
def test_axe_finds_nothing_wrong_on_any_view(page: Page, chat_url: str, sound: Look) -> None:
    sound(opened(page, chat_url))
    ask(page, QUESTION)
    expect(page.locator("article").first).to_be_visible()
    page.get_by_text("Copy", exact=True).first.click()
    page.get_by_text("Why this?").first.click()
    page.get_by_role("button", name="This helps").click()
    expect(page.get_by_role("button", name="This helps")).to_have_attribute("aria-pressed", "true")
    sound(page)
    ask(page, "How do I bake sourdough bread?")
    expect(page.locator(".cw-refusal")).to_be_visible()
    page.get_by_text("nearest passages").click()
    sound(page)
    ask(page, "And what do they offer?")
    ask(page, "Thank you!")
    expect(page.locator(".cw-reply")).to_be_visible()
    sound(page)
    page.locator(".cw-turn").first.get_by_role("button", name="Show in source").first.click()
    expect(page.get_by_role("complementary", name="Source").locator(".cw-place")).to_be_visible()
    sound(page)


@pytest.mark.every_size
def test_markup_in_documents_titles_and_questions_is_shown_and_not_run(page: Page, hostile_url: str) -> None:
    opened(page, hostile_url)
    expect(page.locator(".cw-welcome")).to_contain_text("<img src=x onerror=window.hacked=1> ${window.hacked=2}")
    ask(page, "Where do badgers dig <img src=x onerror=window.hacked=7> burrows ${window.hacked=8}?")
    expect(page.locator("h2.cw-question")).to_contain_text("<img src=x onerror=window.hacked=7>")
    first = page.locator("article").first
    expect(first).to_contain_text("</mark></blockquote><img src=x onerror=window.hacked=4>")
    expect(first).to_contain_text("{{7*7}} is <b>not bold</b> & has")
    first.get_by_role("button", name="Show in source").click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader).to_contain_text("<a href='javascript:window.hacked=6'>tunnels</a>")
    expect(reader.locator(".cw-reader-path")).to_have_text("${alert(1)}<img src=x onerror=alert(2)>.txt")
    # What would run late has run by then.
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".cw img, .cw script, .cw b, .cw a:not(.cw-number)").count() == 0


@pytest.mark.long
@pytest.mark.every_size
def test_nothing_jumps_while_an_answer_arrives_and_who_reads_elsewhere_stays_there(page: Page, chat_url: str) -> None:
    opened(page, chat_url)
    page.evaluate(
        "() => { window.shifts = []; new PerformanceObserver((list) => list.getEntries().forEach((each) => {"
        " if (!each.hadRecentInput) window.shifts.push([each.value, each.sources.map((s) => s.node?.className)]); }))"
        ".observe({ type: 'layout-shift', buffered: true }); }"
    )
    ask(page, QUESTION)
    expect(page.locator("article").first).to_be_visible()
    # Once the answer is there it stays where it is; what comes before counts as the reader's own doing for half a second.
    page.wait_for_timeout(600)
    ask(page, "joint curriculum development")
    expect(page.locator(".cw-turn").nth(1).locator("article").first).to_be_visible()
    page.wait_for_timeout(600)
    assert sum(shift[0] for shift in page.evaluate("window.shifts")) < 0.02
    log = page.locator(".cw-log")
    held: list[Route] = []
    page.route("**/component_server/", lambda route: held.append(route))
    ask(page, "visa regulations")
    expect(page.locator(".cw-turn")).to_have_count(3)
    log.hover()
    page.mouse.wheel(0, -9000)
    page.wait_for_function("document.querySelector('.cw-log').scrollTop === 0")
    held.pop().continue_()
    expect(page.locator(".cw-turn").nth(2).locator("article").first).to_be_attached()
    # It stays there, which shows only after some time.
    page.wait_for_timeout(300)
    assert log.evaluate("(log) => log.scrollTop") == 0


@pytest.mark.every_size
def test_nothing_comes_from_elsewhere_and_nothing_overflows(page: Page, chat_url: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    ask(opened(page, chat_url), QUESTION)
    expect(page.locator("article").first).to_be_visible()
    home = urlsplit(chat_url).netloc
    assert requests
    assert [url for url in requests if urlsplit(url).netloc not in {home, ""}] == []
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]

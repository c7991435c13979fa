"""Access in a real Chromium: signing in and out, what a reader sees, and what a user who has to wait reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from citewell.web.auth.accounts import AccountStore
from tests.support.accounts import OTHER, PHRASE, QUICK
from tests.support.commands import Served

pytestmark = pytest.mark.browser

QUESTION = "joint curriculum development"
RATE = 8


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> AccountStore:
    """A maintainer, a reader, and who will be shown the door; by their own names for each size of the window."""
    store = AccountStore(tmp_path_factory.mktemp("access") / "accounts.json", QUICK)
    for size in ("desktop", "phone"):
        store.add(f"ada-{size}", "maintainer", PHRASE)
        store.add(f"bob-{size}", "reader", PHRASE)
        store.add(f"eve-{size}", "reader", PHRASE)
    return store


@pytest.fixture(scope="module")
def url(bundled_index: Path, store: AccountStore) -> Iterator[str]:
    """The chat with accounts, started as a user starts it."""
    with Served(bundled_index, "--accounts", store.place, "--rate", str(RATE)) as url:
        yield url


def sign_in(page: Page, name: str, password: str = PHRASE) -> None:
    size = page.viewport_size
    assert size
    page.get_by_label("Name").fill(f"{name}-{'desktop' if size['width'] > 800 else 'phone'}")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")


def widths(page: Page) -> tuple[int, int]:
    inner, outer = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return inner, outer


def test_a_maintainer_signs_in_manages_the_documents_and_signs_out(page: Page, url: str) -> None:
    page.goto(f"{url}?q=joint+curriculum+development")
    expect(page).to_have_title("Sign in – Citewell")
    expect(page.get_by_label("Name")).to_be_focused()
    sign_in(page, "ada", OTHER)
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("")
    page.get_by_label("Password").fill(PHRASE)
    page.get_by_role("button", name="Sign in").click()
    # What was asked for before is answered after.
    expect(page.locator("article").first).to_contain_text("Another form of cooperation")
    expect(page.locator(".cw-user")).to_contain_text("ada-")
    page.get_by_role("button", name="Documents", exact=True).click()
    expect(page.get_by_role("region", name="Document management")).to_be_visible()
    page.get_by_role("button", name="Close the documents").click()
    expect(page.get_by_role("button", name="Quality", exact=True)).to_be_visible()
    within = widths(page)
    assert within[0] <= within[1]
    for button in page.locator(".cw-bar button:visible").all():
        box = button.bounding_box()
        assert box
        assert box["x"] + box["width"] <= within[1]
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in – Citewell")
    page.go_back()
    expect(page).to_have_title("Sign in – Citewell")
    expect(page.get_by_text("Another form of cooperation")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "panel", "refused"),
    [
        ("Documents", "maintain", "Only maintainers can manage the documents"),
        ("Quality", "judge", "Only maintainers can use the Quality panel"),
    ],
    ids=["documents", "quality"],
)
def test_a_reader_sees_no_button_of_a_maintainer_and_cannot_make_one(
    page: Page, url: str, name: str, panel: str, refused: str
) -> None:
    page.goto(url)
    sign_in(page, "bob")
    expect(page.locator(".cw-user")).to_contain_text("bob-")
    expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    page.evaluate(
        "(panel) => { const button = document.querySelector(`.cw-bar [data-${panel}]`);"
        " button.hidden = false; button.click(); }",
        panel,
    )
    expect(page.get_by_role("alert")).to_contain_text(refused)
    expect(page.locator(".cw-panel")).to_have_count(0)


@pytest.mark.long
def test_who_asks_too_much_sees_how_long_to_wait(page: Page, url: str) -> None:
    page.goto(url)
    sign_in(page, "bob")
    expect(page.locator(".cw-user")).to_be_visible()
    for _ in range(RATE + 1):
        ask(page, QUESTION)
    told = page.get_by_role("alert").first
    expect(told).to_contain_text("Too many questions; try again in")
    expect(page.locator(".cw-turn .cw-answer[aria-busy]")).to_have_count(0)
    assert page.get_by_role("alert").count() == 1


@pytest.mark.long
def test_a_session_ends_with_its_account(page: Page, url: str, store: AccountStore) -> None:
    page.goto(url)
    sign_in(page, "eve")
    ask(page, QUESTION)
    expect(page.locator("article").first).to_be_visible()
    name = page.locator(".cw-user").inner_text()
    store.remove(name)
    ask(page, "And what does it help students with?")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Your session has expired.")
    told.get_by_role("link", name="Sign in").click()
    expect(page).to_have_title("Sign in – Citewell")
    sign_in(page, "eve")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")


@pytest.mark.long
def test_a_link_from_another_site_leads_in_and_its_form_does_nothing(page: Page, url: str) -> None:
    page.goto(url)
    sign_in(page, "ada")
    expect(page.locator(".cw-user")).to_be_visible()
    elsewhere = "http://elsewhere.example/"
    form = (
        f'<a href="{url}?q=curriculum">link</a><form method=post action="{url}sign-out"><button>forged</button></form>'
    )
    page.route(elsewhere, lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto(elsewhere)
    page.get_by_role("button", name="forged").click()
    page.wait_for_load_state()
    expect(page.locator("body")).to_contain_text("Cross-site request refused")
    page.goto(elsewhere)
    page.get_by_role("link").click()
    expect(page.locator(".cw-user")).to_contain_text("ada-")
    expect(page.locator("article").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.every_size
def test_axe_finds_nothing_wrong_with_the_sign_in_page_which_needs_no_script(
    browser: Browser, page: Page, url: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(url)
    assert Axe().run(page).response["violations"] == []
    sign_in(page, "ada", OTHER)
    expect(page.get_by_role("alert")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    within = widths(page)
    assert within[0] <= within[1]
    context = browser.new_context(java_script_enabled=False, viewport=page.viewport_size, color_scheme=scheme)
    plain = context.new_page()
    plain.goto(url)
    sign_in(plain, "bob")
    expect(plain).to_have_url(url)
    context.close()

"""The states of the page that screenshots show: each function leads a page there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

QUESTION = "What are the challenges of international cooperation?"
PHRASE = "a phrase that nobody else knows"
State = Callable[[Page], None]


def empty(page: Page) -> None:
    """Nothing asked yet."""
    page.wait_for_selector(".cw-example")


def ask(page: Page, question: str) -> None:
    """Ask a question."""
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")


def answered(page: Page) -> None:
    """A question with its quotations."""
    ask(page, QUESTION)
    page.wait_for_selector("article")


def why(page: Page) -> None:
    """Open why a passage was chosen; on a phone, there is no room for all that can be done with it."""
    more = page.get_by_role("button", name="More").first
    if more.is_visible():
        more.click()
    page.get_by_text("Why this?").first.click()


def explained(page: Page) -> None:
    """Why a passage was chosen, and how it can be copied."""
    answered(page)
    why(page)
    page.get_by_text("Copy", exact=True).first.click()


def source(page: Page) -> None:
    """The source, open at the quotation."""
    answered(page)
    page.get_by_role("button", name="Show in source").first.click()
    page.wait_for_selector(".cw-place")


def followed(page: Page) -> None:
    """A follow-up, with what it was understood with."""
    answered(page)
    ask(page, "And what opportunities do they present?")
    page.wait_for_selector(".cw-understood")


def refused(page: Page) -> None:
    """A question that the corpus does not cover."""
    ask(page, "How do I bake sourdough bread?")
    page.wait_for_selector(".cw-refusal")


def slipped(page: Page) -> None:
    """A slip of the hand, read as a word of the corpus."""
    ask(page, "What are the challenges of international cooperatoin?")
    page.wait_for_selector(".cw-understood")


def greeted(page: Page) -> None:
    """A courtesy."""
    ask(page, "Hello!")
    page.wait_for_selector(".cw-reply")


def limited(page: Page) -> None:
    """A question asked of a part of the documents."""
    page.get_by_text("Search only part of the documents").click()
    page.get_by_role("combobox").fill("visas.md")
    ask(page, "Who needs a visa?")
    page.wait_for_selector("article")


def widened(page: Page) -> None:
    """A question that was searched for other names, too, and how a passage was found by one."""
    ask(page, "Who needs an entry permit?")
    page.wait_for_selector(".cw-understood")
    why(page)


def changed(page: Page) -> None:
    """What has changed since the index was built."""
    page.get_by_role("button", name="Documents", exact=True).click()
    page.wait_for_selector(".cw-changes")


def rebuilding(page: Page) -> None:
    """A rebuild, as far as it is."""
    changed(page)
    if page.get_by_role("button", name="Update the index").count():
        page.get_by_role("button", name="Update the index").click()
    page.wait_for_selector(".cw-stages")


def held_back(page: Page) -> None:
    """A rebuild that nobody asked for and that would lose documents."""
    changed(page)
    page.wait_for_selector(".cw-held-back")


def asking(page: Page) -> None:
    """A question set that is being asked."""
    page.get_by_role("button", name="Quality", exact=True).click()
    page.wait_for_selector("[data-view=runs]")
    if page.get_by_role("button", name="Run it").count():
        page.get_by_role("button", name="Run it").click()
    page.wait_for_selector(".cw-stages")


def documents(page: Page) -> None:
    """Contents of the index, and the health checks."""
    page.get_by_role("button", name="Documents", exact=True).click()
    page.wait_for_selector(".cw-panel")
    page.get_by_role("button", name="Run the checks").click()
    page.wait_for_selector(".cw-findings")
    page.locator(".cw-panel").evaluate("(panel) => panel.scrollTo(0, panel.scrollHeight)")


def quality(name: str) -> State:
    """Return how a view of the quality is reached."""

    def reach(page: Page) -> None:
        page.get_by_role("button", name="Quality", exact=True).click()
        page.get_by_role("navigation", name="Quality").get_by_role("button", name=name).click()
        page.wait_for_selector(f".cw-tabs [aria-current=page]:text-is('{name}')")
        page.wait_for_function("[...document.querySelectorAll('[data-figure]')].every((each) => each._fullLayout)")

    return reach


def wrong(page: Page) -> None:
    """Something that is wrong, said to who asks."""
    ask(page, QUESTION)
    page.wait_for_selector(".cw-turn .cw-state")


def signing_in(page: Page) -> None:
    """Who is asked to sign in."""
    page.wait_for_selector("[name=password]")


def signed_in(page: Page) -> None:
    """Who is signed in, and asks more than they may."""
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PHRASE)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector(".cw-account:not([hidden])")
    for _ in range(2):
        ask(page, QUESTION)
    page.wait_for_selector(".cw-state")

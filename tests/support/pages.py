"""The page in a real browser: windows, asking, and what makes a view sound."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

# What looks whether a page is sound.
Look = Callable[[Page], None]
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


def sound(page: Page) -> None:
    """Nothing is hard to use, at every size and in the dark, and nothing makes the page wider than the window."""
    page.wait_for_function("[...document.querySelectorAll('[data-figure]')].every((each) => each._fullLayout)")
    size = page.viewport_size
    assert size
    _in_scheme(page, "light")
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        sound_here(page)
    page.set_viewport_size(size)
    _in_scheme(page, "dark")
    # Of what axe looks for, only the contrast is another in the dark.
    no_violations(page, runOnly=["color-contrast"])


def sound_here(page: Page) -> None:
    """Nothing is hard to use as the page is now, and nothing makes it wider than the window."""
    no_violations(page)
    inner, outer = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert inner <= outer


def _in_scheme(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"document.body.classList.contains('dark') === {str(scheme == 'dark').lower()}")


def no_violations(page: Page, **options: Any) -> None:
    """Check what a page shows now with axe."""
    # Colours that fade into others are measured once they are there.
    page.wait_for_function("document.getAnimations().every((each) => each.playState !== 'running')")
    # Reading it again would take a page as long as half of what it looks for.
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    wanted = {"resultTypes": ["violations"], **options}
    found = page.evaluate("async (wanted) => (await axe.run(document, wanted)).violations", wanted)
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []


QUESTION = "What are the challenges of international cooperation?"


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
    return page


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")


def chromium() -> dict[str, Any]:
    """Return how Playwright starts Chromium; the one without windows takes less than half of the time for a page."""
    program = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if program is None:
        pytest.fail("the browser tests need Chromium: apt-get install chromium-headless-shell")
    return {"executable_path": program, "args": _CHROMIUM_FLAGS}


_CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    # Two processes fewer for each page.
    "--in-process-gpu",
    "--renderer-process-limit=1",
]
HOSTILE = (
    "<img src=x onerror=window.hacked=1> ${window.hacked=2} {{hacked}}\n\n"
    "Payload <script>window.hacked=3</script> ${7*7}\n\n"
    "Badgers dig burrows </mark></blockquote><img src=x onerror=window.hacked=4> and `${window.hacked=5}` sleep by day. "
    "A badger sett {{7*7}} is <b>not bold</b> & has <a href='javascript:window.hacked=6'>tunnels</a>.\n"
)

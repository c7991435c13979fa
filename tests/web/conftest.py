"""What the tests of the page share: a window of each size, in which nothing may go wrong unnoticed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from citewell import Answer, Assistant, IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


class HeldAssistant(Assistant):
    """An assistant whose answers wait for a sign, or that fails as nobody expected."""

    def __init__(self, index: IndexFolder, *, fails: bool = False) -> None:
        super().__init__(index)
        self.go_on = threading.Event()
        self.fails = fails

    def ask(self, *arguments: Any, **named: Any) -> Answer:
        if self.fails:
            raise RuntimeError("nobody expected this")
        assert self.go_on.wait(60)
        return super().ask(*arguments, **named)


@pytest.fixture
def index(corpus: Path, tmp_path: Path, encoder: Encoder) -> IndexFolder:
    """An index of the small corpus."""
    assert encoder.card.dimension
    folder = IndexFolder(tmp_path / "index")
    build(corpus, folder, Settings())
    return folder


def sound(page: Page) -> None:
    """Nothing is hard to use, in light and in dark, and nothing makes the page wider than the window."""
    page.wait_for_function("[...document.querySelectorAll('[data-figure]')].every((each) => each._fullLayout)")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"document.body.classList.contains('dark') === {str(scheme == 'dark').lower()}")
        page.wait_for_timeout(150)
        # Of what axe looks for, only the contrast is another in the dark.
        only = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
        found = Axe().run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
        assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []
    inner, outer = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert inner <= outer


@pytest.fixture(scope="session", params=list(SIZES.values()), ids=list(SIZES))
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A window of each size, which keeps what it has once loaded."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """A page in a window. No script of it fails, nothing breaks its policy, and nothing is asked of another machine."""
    page = window.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    # Where a test goes itself is its own affair.
    page.on("request", lambda request: None if request.is_navigation_request() else asked.append(request.url))
    yield page
    hacked = page.evaluate("window.hacked ?? null")
    page.close()
    window.clear_cookies()
    window.clear_permissions()
    assert errors == []
    assert hacked is None
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:", "about:"))}
    assert hosts <= {"127.0.0.1"}

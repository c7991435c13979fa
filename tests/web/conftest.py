"""What the tests of the page share: a window of each size, in which nothing may go wrong unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
ONLY_DESKTOP = pytest.mark.parametrize("page", [SIZES["desktop"]], ids=["desktop"], indirect=True)


@pytest.fixture(params=list(SIZES.values()), ids=list(SIZES))
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window. No script of it fails, nothing breaks its policy, and nothing is asked of another machine."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda request: asked.append(request.url))
    yield page
    hacked = page.evaluate("window.hacked ?? null")
    context.close()
    assert errors == []
    assert hacked is None
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:", "about:"))}
    assert hosts <= {"127.0.0.1", "elsewhere.example"}

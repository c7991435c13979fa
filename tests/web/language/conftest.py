"""A browser whose reader prefers German."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.pages import SIZES


@pytest.fixture
def german(browser: Browser) -> Iterator[Page]:
    width, height = SIZES["desktop"]
    context = browser.new_context(locale="de-DE", reduced_motion="reduce", viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()

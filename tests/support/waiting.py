"""Waiting for what is meant, and for no longer."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page

_PAUSE_SECONDS = 0.05


def holds_within(holds: Callable[[], bool], seconds: float = 30.0, page: Page | None = None) -> bool:
    """Wait until something holds, and say whether it does within some seconds.

    Args:
        holds: What is waited for.
        seconds: How long.
        page: A page that goes on meanwhile: what its tests have routed is handled only while Playwright waits.
    """
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        if page:
            page.wait_for_timeout(1000 * _PAUSE_SECONDS)
        else:
            time.sleep(_PAUSE_SECONDS)
    return held


def until(holds: Callable[[], bool], seconds: float = 30.0, page: Page | None = None) -> None:
    """Wait until something holds; fail if it does not, like `holds_within`."""
    assert holds_within(holds, seconds, page), f"this did not hold within {seconds:g} seconds"

"""Takes pictures of states of the page, at each size, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page
from screenshot_states import State

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
VIEWS = tuple(f"{size}-{scheme}" for size in SIZES for scheme in ("light", "dark"))


class Pictures:
    """Takes pictures of states, at each size, in light and dark.

    Args:
        browser: The browser.
        folder: Where the pictures go.
        wanted: Which are taken, such as ``answered-phone-dark``; None for all.
    """

    def __init__(self, browser: Browser, folder: Path, wanted: frozenset[str] | None = None) -> None:
        self._browser = browser
        self._folder = folder
        self._wanted = wanted
        self.taken: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, url: str, **states: State) -> None:
        """Take those of some states that one address can show."""
        for name, reach in states.items():
            views = [view for view in VIEWS if self._wanted is None or f"{name}-{view}" in self._wanted]
            with self.opened(url, views) as pages:
                for view, page in pages.items():
                    reach(page)
                    page.wait_for_timeout(400)
                    self.shoot(page, name, view)

    def shoot(self, page: Page, name: str, view: str) -> None:
        """Take the picture of what a window shows."""
        page.screenshot(path=self._folder / f"{name}-{view}.png")
        self.taken.add(f"{name}-{view}")

    @contextmanager
    def opened(self, url: str, views: Sequence[str] = VIEWS) -> Iterator[dict[str, Page]]:
        """Open an address in a window of each view."""
        pages = {}
        for view in views:
            size, _, scheme = view.partition("-")
            width, height = SIZES[size]
            page = self._browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            page.goto(url)
            page.wait_for_selector(".cw-input, [name=password]")
            pages[view] = page
        yield pages
        for page in pages.values():
            page.close()

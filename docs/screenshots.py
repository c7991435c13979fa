"""Takes the screenshots of the documentation: ``make screenshots``, with the bundled corpus indexed and Chromium installed."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from citewell import Assistant, IndexFolder
from citewell.web import Server

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
QUESTION = "What are the challenges of international cooperation?"


def empty(page: Page) -> None:
    """Nothing asked yet."""
    page.wait_for_selector(".cw-example")


def answered(page: Page) -> None:
    """A question with its quotations."""
    page.get_by_role("textbox", name="Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("article")


def source(page: Page) -> None:
    """The source, open at the quotation."""
    answered(page)
    page.get_by_role("button", name="Show in source").first.click()
    page.wait_for_selector(".cw-place")


def followed(page: Page) -> None:
    """A follow-up, with what it was understood with."""
    answered(page)
    page.get_by_role("textbox", name="Your question").fill("And what opportunities do they present?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-understood")


def refused(page: Page) -> None:
    """A question that the corpus does not cover."""
    page.get_by_role("textbox", name="Your question").fill("How do I bake sourdough bread?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cw-refusal")


def documents(page: Page) -> None:
    """What the index holds."""
    page.get_by_role("button", name="Documents", exact=True).click()
    page.wait_for_selector(".cw-panel")
    page.get_by_role("button", name="Run the checks").click()
    page.wait_for_selector(".cw-findings")


STATES: dict[str, Callable[[Page], None]] = {
    "empty": empty,
    "answered": answered,
    "source": source,
    "followed": followed,
    "refused": refused,
    "documents": documents,
}


def main() -> None:
    """Write a picture of every state, at each size, in light and dark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--port", type=int, default=7899)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    server = Server(Assistant(IndexFolder(arguments.index)), host="127.0.0.1", port=arguments.port)
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                for name, reach in STATES.items():
                    view = {"width": width, "height": height}
                    page = browser.new_page(viewport=view, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                    page.goto(server.url)
                    reach(page)
                    page.wait_for_timeout(400)
                    page.screenshot(path=arguments.folder / f"{name}-{size}-{scheme}.png")
                    page.close()
        browser.close()
    server.close()


if __name__ == "__main__":
    main()

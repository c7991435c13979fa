"""Takes the moving picture of README.md and the pictures of the tutorial: ``make tour``, with Chromium installed.

Nothing is staged: the documents are those of ``citewell example``, the index is built here, and the page is that of
``citewell chat``.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from citewell import Assistant, IndexFolder, Settings, build
from citewell.example import QUESTIONS, write_documents, write_questions
from citewell.web import Server

TO = Path(__file__).parent / "screenshots"
SIZE = {"width": 1120, "height": 700}
QUESTION = "What does a visa for the United States cost?"
# Milliseconds that a frame is shown.
_LETTER, _PAUSE, _LONG = 60, 900, 2600


class Film:
    """The frames of a moving picture.

    Args:
        page: The page that is filmed.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[Image.Image] = []
        self._durations: list[int] = []

    def shoot(self, milliseconds: int) -> None:
        """Take what the page shows now as a frame that stays for some time."""
        self._frames.append(Image.open(BytesIO(self._page.screenshot())).convert("RGB"))
        self._durations.append(milliseconds)

    def save(self, file: Path) -> None:
        """Write the moving picture, as animated WebP."""
        first, *others = self._frames
        first.save(file, save_all=True, append_images=others, duration=self._durations, loop=0, quality=70, method=6)


def tour(page: Page, file: Path) -> None:
    """Film a question, its answer, and the source that its citation opens."""
    film = Film(page)
    page.wait_for_selector(".cw-example")
    film.shoot(_PAUSE)
    box = page.get_by_role("textbox", name="Your question")
    box.click()
    for end in range(4, len(QUESTION) + 4, 4):
        box.fill(QUESTION[:end])
        film.shoot(_LETTER)
    film.shoot(_PAUSE)
    page.keyboard.press("Enter")
    page.wait_for_selector("article")
    page.wait_for_timeout(600)
    film.shoot(_LONG)
    open_source(page)
    film.shoot(_LONG + _PAUSE)
    film.save(file)


def open_source(page: Page) -> None:
    """Open the source of the first passage, and wait for the picture of its page."""
    page.get_by_role("button", name="Show in source").first.click()
    page.wait_for_selector(".cw-place")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)


def documents(page: Page) -> None:
    """Open the tab "Documents"."""
    page.get_by_role("button", name="Documents", exact=True).click()
    page.wait_for_selector(".cw-panel")
    page.wait_for_timeout(400)


def quality(page: Page) -> None:
    """Run the question set under "Quality"."""
    page.get_by_role("button", name="Quality", exact=True).click()
    page.wait_for_selector("[data-view=runs]")
    page.get_by_role("button", name="Run it").click()
    page.wait_for_selector(".cw-stages", state="detached", timeout=120_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)


def take(folder: Path) -> None:
    """Take all pictures into a folder."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        home = Path(temporary)
        write_documents(home / "corpus")
        write_questions(home / QUESTIONS)
        index = IndexFolder(home / "index")
        build(home / "corpus", index, Settings())
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        sets = (home / QUESTIONS,)
        with Server(Assistant(index), host="127.0.0.1", port=0, questions=sets) as server:
            page = browser.new_page(viewport=SIZE, reduced_motion="reduce", color_scheme="light")  # type: ignore[arg-type]
            page.goto(server.url)
            tour(page, folder / "tour.webp")
            page.screenshot(path=folder / "tutorial-source.png")
            for name, reach in (("documents", documents), ("quality", quality)):
                page.goto(server.url)
                page.wait_for_selector(".cw-input")
                reach(page)
                page.screenshot(path=folder / f"tutorial-{name}.png")
        browser.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=TO, help="the folder for the pictures")
    folder = parser.parse_args().to
    folder.mkdir(parents=True, exist_ok=True)
    take(folder)


if __name__ == "__main__":
    main()

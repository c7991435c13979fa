"""Takes the screenshots of the documentation: ``make screenshots``, with the bundled corpus indexed and Chromium installed.

Those that README.md and docs/ show go to docs/screenshots. ``python docs/screenshots.py --all FOLDER`` takes every state, at
each size, in light and dark.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from screenshot_pictures import Pictures
from screenshot_scenes import accounts, changes, chats, faults, judging, losses

DOCS = Path(__file__).parent


def used() -> frozenset[str]:
    """Return the names of the pictures that the documentation shows, without those of `tour.py`."""
    pages = [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    shown = (re.findall(r"screenshots/((?!tutorial-)[\w-]+)\.png", page.read_text(encoding="utf-8")) for page in pages)
    return frozenset(name for names in shown for name in names)


# What is shown in the documentation comes from the first two.
SCENES = (chats, judging, changes, losses, faults, accounts)


def main() -> None:
    """Take the pictures that the documentation shows, or those of every state."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="take every state, into this folder")
    parser.add_argument("--index", type=Path, default=Path("index"))
    arguments = parser.parse_args()
    wanted = None if arguments.all else used()
    program = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        pictures = Pictures(browser, arguments.all or DOCS / "screenshots", wanted)
        for scene in SCENES[:2] if wanted else SCENES:
            index = Path(shutil.copytree(arguments.index, Path(folder, scene.__name__, "index")))
            scene(pictures, index)
        browser.close()
    if wanted and (missing := wanted - pictures.taken):
        parser.error(f"the documentation shows what no scene takes: {', '.join(sorted(missing))}")


if __name__ == "__main__":
    main()

"""From pressing Enter to the first quotation painted, in a real Chromium, beside the time of the answer alone.

    python benchmarks/page.py index

The page is driven by Playwright with the system's Chromium. The reference is what the server itself takes to find the same
answers, in the same process.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from citewell import Assistant, IndexFolder
from citewell.web import Server

_ROUNDS = 40
# Told by the browser itself: when the key went down, and the first frame after a quotation is there.
_WATCH = """() => new Promise((done) => {
  const log = document.querySelector(".cw-log");
  let pressed = 0;
  document.addEventListener("keydown", () => { pressed = performance.now(); }, { once: true, capture: true });
  const before = log.querySelectorAll("blockquote").length;
  new MutationObserver((_, watcher) => {
    if (log.querySelectorAll("blockquote").length === before) return;
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.took = performance.now() - pressed; }));
  }).observe(log, { childList: true, subtree: true });
  window.took = null;
  done();
})"""


def time_page(page: Page, question: str) -> float:
    """Return the milliseconds from Enter to the first quotation painted."""
    page.get_by_role("textbox", name="Your question").fill(question)
    page.evaluate(_WATCH)
    page.keyboard.press("Enter")
    page.wait_for_function("window.took !== null")
    return float(page.evaluate("window.took"))


def main() -> None:
    """Ask about the headings of an index, on the page and without it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--port", type=int, default=7897)
    arguments = parser.parse_args()
    assistant = Assistant(IndexFolder(arguments.index))
    outlines = assistant.snapshot.catalogue.outlines()
    headings = [heading.path[-1] for outline in outlines for heading in outline.headings] or [outlines[0].title]
    questions = [f"What about {headings[nth % len(headings)]}?" for nth in range(_ROUNDS)]
    with Server(assistant, host="127.0.0.1", port=arguments.port) as server, sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        page.goto(server.url)
        time_page(page, questions[0])
        painted = [time_page(page, question) for question in questions]
        # One that does not remember what the page has asked.
        alone = Assistant(IndexFolder(arguments.index))
        alone.warm_up()
        answered = [1000 * alone.ask(question, top=8).seconds for question in questions]
        browser.close()
    table = Table("", "p50, ms", "p90, ms")
    for name, times in (("Enter to the first quotation painted", painted), ("the answer alone", answered)):
        tenths = statistics.quantiles(times, n=10)
        table.add_row(name, f"{statistics.median(times):.1f}", f"{tenths[8]:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()

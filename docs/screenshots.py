"""Takes the screenshots of the documentation: ``make screenshots``, with the bundled corpus indexed and Chromium installed.

Those that README.md and docs/ show go to docs/screenshots. ``python docs/screenshots.py --all FOLDER`` takes every state, at
each size, in light and dark.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from citewell import Answer, Assistant, IndexFolder, Settings, build
from citewell.evaluation.questions.feedback import FeedbackStore, about
from citewell.state.folder import StateFolder
from citewell.text import own_words
from citewell.view import View
from citewell.web import Server
from citewell.web.auth.accounts import AccountStore

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
VIEWS = tuple(f"{size}-{scheme}" for size in SIZES for scheme in ("light", "dark"))
QUESTION = "What are the challenges of international cooperation?"
PHRASE = "a phrase that nobody else knows"
DOCS = Path(__file__).parent
QUESTIONS = Path("tests/questions/international-education.questions.yaml")
# More questions than can wait for an answer.
_TOO_MANY = 150
State = Callable[[Page], None]


def empty(page: Page) -> None:
    """Nothing asked yet."""
    page.wait_for_selector(".cw-example")


def ask(page: Page, question: str) -> None:
    """Ask a question."""
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")


def answered(page: Page) -> None:
    """A question with its quotations."""
    ask(page, QUESTION)
    page.wait_for_selector("article")


def why(page: Page) -> None:
    """Open why a passage was chosen; on a phone, there is no room for all that can be done with it."""
    more = page.get_by_role("button", name="More").first
    if more.is_visible():
        more.click()
    page.get_by_text("Why this?").first.click()


def explained(page: Page) -> None:
    """Why a passage was chosen, and how it can be copied."""
    answered(page)
    why(page)
    page.get_by_text("Copy", exact=True).first.click()


def source(page: Page) -> None:
    """The source, open at the quotation."""
    answered(page)
    page.get_by_role("button", name="Show in source").first.click()
    page.wait_for_selector(".cw-place")


def followed(page: Page) -> None:
    """A follow-up, with what it was understood with."""
    answered(page)
    ask(page, "And what opportunities do they present?")
    page.wait_for_selector(".cw-understood")


def refused(page: Page) -> None:
    """A question that the corpus does not cover."""
    ask(page, "How do I bake sourdough bread?")
    page.wait_for_selector(".cw-refusal")


def slipped(page: Page) -> None:
    """A slip of the hand, read as a word of the corpus."""
    ask(page, "What are the challenges of international cooperatoin?")
    page.wait_for_selector(".cw-understood")


def greeted(page: Page) -> None:
    """A courtesy."""
    ask(page, "Hello!")
    page.wait_for_selector(".cw-reply")


def limited(page: Page) -> None:
    """A question asked of a part of the documents."""
    page.get_by_text("Search only part of the documents").click()
    page.get_by_role("combobox").fill("visas.md")
    ask(page, "Who needs a visa?")
    page.wait_for_selector("article")


def widened(page: Page) -> None:
    """A question that was searched for other names, too, and how a passage was found by one."""
    ask(page, "Who needs an entry permit?")
    page.wait_for_selector(".cw-understood")
    why(page)


def changed(page: Page) -> None:
    """What has changed since the index was built."""
    page.get_by_role("button", name="Documents", exact=True).click()
    page.wait_for_selector(".cw-changes")


def rebuilding(page: Page) -> None:
    """A rebuild, as far as it is."""
    changed(page)
    if page.get_by_role("button", name="Update the index").count():
        page.get_by_role("button", name="Update the index").click()
    page.wait_for_selector(".cw-stages")


def held_back(page: Page) -> None:
    """A rebuild that nobody asked for and that would lose documents."""
    changed(page)
    page.wait_for_selector(".cw-held-back")


def asking(page: Page) -> None:
    """A question set that is being asked."""
    page.get_by_role("button", name="Quality", exact=True).click()
    page.wait_for_selector("[data-view=runs]")
    if page.get_by_role("button", name="Run it").count():
        page.get_by_role("button", name="Run it").click()
    page.wait_for_selector(".cw-stages")


def documents(page: Page) -> None:
    """Contents of the index, and the health checks."""
    page.get_by_role("button", name="Documents", exact=True).click()
    page.wait_for_selector(".cw-panel")
    page.get_by_role("button", name="Run the checks").click()
    page.wait_for_selector(".cw-findings")
    page.locator(".cw-panel").evaluate("(panel) => panel.scrollTo(0, panel.scrollHeight)")


def quality(name: str) -> State:
    """Return how a view of the quality is reached."""

    def reach(page: Page) -> None:
        page.get_by_role("button", name="Quality", exact=True).click()
        page.get_by_role("navigation", name="Quality").get_by_role("button", name=name).click()
        page.wait_for_selector(f".cw-tabs [aria-current=page]:text-is('{name}')")
        page.wait_for_function("[...document.querySelectorAll('[data-figure]')].every((each) => each._fullLayout)")

    return reach


def wrong(page: Page) -> None:
    """Something that is wrong, said to who asks."""
    ask(page, QUESTION)
    page.wait_for_selector(".cw-turn .cw-state")


def signing_in(page: Page) -> None:
    """Who is asked to sign in."""
    page.wait_for_selector("[name=password]")


def signed_in(page: Page) -> None:
    """Who is signed in, and asks more than they may."""
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PHRASE)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector(".cw-account:not([hidden])")
    for _ in range(2):
        ask(page, QUESTION)
    page.wait_for_selector(".cw-state")


def used() -> frozenset[str]:
    """Return the names of the pictures that the documentation shows."""
    pages = [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    shown = (re.findall(r"screenshots/([\w-]+)\.png", page.read_text(encoding="utf-8")) for page in pages)
    return frozenset(name for names in shown for name in names)


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


def serve(index: Path, assistant: Assistant | None = None, **options: Any) -> Server:  # noqa: ANN401 - those of `Server`
    """Serve an index of its own, for as long as the block lasts."""
    return Server(assistant or Assistant(IndexFolder(index)), host="127.0.0.1", port=0, **options)


class HeldAssistant(Assistant):
    """An assistant whose answers wait for a sign."""

    def __init__(self, index: IndexFolder) -> None:
        super().__init__(index)
        self.go_on = threading.Event()

    def view(self) -> View:
        """Return a view that waits."""
        return HeldView(super().view(), self.go_on)


class HeldView(View):
    """A view whose answers wait for a sign."""

    def __init__(self, view: View, go_on: threading.Event) -> None:
        self.__dict__.update(vars(view))
        self._go_on = go_on

    def ask(self, *arguments: Any, **named: Any) -> Answer:  # noqa: ANN401 - those of `View.ask`
        """Answer once there is a sign."""
        self._go_on.wait()
        return super().ask(*arguments, **named)


def chats(pictures: Pictures, index: Path) -> None:
    """Asking, and looking after the documents."""
    with serve(index) as server:
        pictures.take(
            server.url,
            empty=empty,
            answered=answered,
            explained=explained,
            source=source,
            followed=followed,
            refused=refused,
            slipped=slipped,
            greeted=greeted,
            documents=documents,
        )


def changes(pictures: Pictures, index: Path) -> None:
    """Documents that change: a part of them asked, what has changed since, and a rebuild."""
    corpus = Path(shutil.copytree(IndexFolder(index).corpus(), index.parent / "corpus"))
    visas = corpus / "visas.md"
    visas.write_text("# Visas\n\nWho studies abroad for more than three months needs a visa.\n", encoding="utf-8")
    folder = IndexFolder(index.parent / "another")
    build(corpus, folder, Settings())
    with serve(folder.path) as server:
        (corpus / own_words.FILE).write_text("entry permit = visa\n", encoding="utf-8")
        pictures.take(server.url, limited=limited, widened=widened)
        visas.write_text(visas.read_text(encoding="utf-8").replace("three", "six"), encoding="utf-8")
        (corpus / "table.csv").write_text("country,visa\n", encoding="utf-8")
        (corpus / "alias").symlink_to(".", target_is_directory=True)
        for nth in range(400):
            herbs = " ".join(f"In meadow {nth} grows herb {herb} by stone {nth * herb}." for herb in range(60))
            (corpus / f"meadow {nth}.txt").write_text(f"Meadow {nth}\n\n{herbs}\n", encoding="utf-8")
        pictures.take(server.url, drifted=limited, **{"documents-changed": changed, "documents-rebuild": rebuilding})


def losses(pictures: Pictures, index: Path) -> None:
    """A folder that is empty all at once, as one whose drive is away, while the index follows the corpus."""
    corpus = Path(shutil.copytree(IndexFolder(index).corpus(), index.parent / "corpus"))
    (corpus / "meadows").mkdir()
    for nth in range(3):
        (corpus / "meadows" / f"meadow {nth}.txt").write_text(f"Meadow {nth}\n\nHerbs grow in it.\n", encoding="utf-8")
    folder = IndexFolder(index.parent / "another")
    build(corpus, folder, Settings())
    with serve(folder.path, watch=True) as server:
        for file in (corpus / "meadows").iterdir():
            file.unlink()
        pictures.take(server.url, **{"documents-held-back": held_back})


def judging(pictures: Pictures, index: Path) -> None:
    """Judging, with two runs and something that readers said."""
    assistant = Assistant(IndexFolder(index))
    answer = assistant.ask(QUESTION)
    FeedbackStore(StateFolder.beside(index).path).add(about(answer, (), "right passage", 1))
    with serve(index, assistant, questions=[QUESTIONS]) as server:
        with pictures.opened(server.url) as pages:
            for page in list(pages.values())[:2]:
                page.get_by_role("button", name="Quality", exact=True).click()
                page.get_by_role("button", name="Run it").click()
                page.wait_for_selector("[data-view=result]")
        lines = [json.dumps({"question": f"Is {nth} a number?", "answerable": False}) for nth in range(5000)]
        views = {f"quality-{name.lower()}": quality(name) for name in ("Run", "Result", "Compare", "Feedback", "Map")}
        pictures.take(server.url, **views)
    long = index.parent / "long.jsonl"
    long.write_text("\n".join(lines), encoding="utf-8")
    with serve(index, assistant, questions=[long]) as server:
        pictures.take(server.url, **{"quality-asking": asking})


def faults(pictures: Pictures, index: Path) -> None:
    """What is wrong: no index, to a maintainer and to a reader; a damaged one; a full queue; the server away."""
    pointer = index / "CURRENT"
    name = pointer.read_text(encoding="utf-8")
    with serve(index) as server, serve(index, public=True) as public:
        pointer.unlink()
        pictures.take(server.url, **{"fault-missing": wrong})
        pictures.take(public.url, **{"fault-missing-reader": wrong})
        pointer.write_text("..", encoding="utf-8")
        pictures.take(server.url, **{"fault-damaged": wrong})
    pointer.write_text(name, encoding="utf-8")
    with serve(index) as server, pictures.opened(server.url) as pages:
        server.close()
        for view, page in pages.items():
            wrong(page)
            pictures.shoot(page, "fault-away", view)
    held = HeldAssistant(IndexFolder(index))
    with serve(index, held) as server, ThreadPoolExecutor(_TOO_MANY) as pool:
        for _ in range(_TOO_MANY):
            pool.submit(httpx.post, f"{server.url}api/ask", json={"question": "Who asks?"}, timeout=60)
        try:
            pictures.take(server.url, **{"fault-busy": wrong})
        finally:
            held.go_on.set()


def accounts(pictures: Pictures, index: Path) -> None:
    """Signing in."""
    store = AccountStore(StateFolder.beside(index).accounts)
    store.add("ada", "maintainer", PHRASE)
    with serve(index, accounts=store, rate=1) as server:
        pictures.take(server.url, **{"sign-in": signing_in, "fault-too-much": signed_in})


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

"""The scenes of the screenshots: servers with what their states need, such as changed documents or two runs."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import screenshot_states as states
from screenshot_pictures import Pictures

from citewell import Answer, Assistant, IndexFolder, Settings, build
from citewell.evaluation.questions.feedback import FeedbackStore, about
from citewell.state.folder import StateFolder
from citewell.text import own_words
from citewell.view import View
from citewell.web import Server
from citewell.web.auth.accounts import AccountStore

QUESTIONS = Path("tests/questions/international-education.questions.yaml")
# More questions than can wait for an answer.
_TOO_MANY = 150


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
            empty=states.empty,
            answered=states.answered,
            explained=states.explained,
            source=states.source,
            followed=states.followed,
            refused=states.refused,
            slipped=states.slipped,
            greeted=states.greeted,
            documents=states.documents,
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
        pictures.take(server.url, limited=states.limited, widened=states.widened)
        visas.write_text(visas.read_text(encoding="utf-8").replace("three", "six"), encoding="utf-8")
        (corpus / "table.csv").write_text("country,visa\n", encoding="utf-8")
        (corpus / "alias").symlink_to(".", target_is_directory=True)
        for nth in range(400):
            herbs = " ".join(f"In meadow {nth} grows herb {herb} by stone {nth * herb}." for herb in range(60))
            (corpus / f"meadow {nth}.txt").write_text(f"Meadow {nth}\n\n{herbs}\n", encoding="utf-8")
        pictures.take(
            server.url,
            drifted=states.limited,
            **{"documents-changed": states.changed, "documents-rebuild": states.rebuilding},
        )


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
        pictures.take(server.url, **{"documents-held-back": states.held_back})


def judging(pictures: Pictures, index: Path) -> None:
    """Judging, with two runs and something that readers said."""
    assistant = Assistant(IndexFolder(index))
    answer = assistant.ask(states.QUESTION)
    FeedbackStore(StateFolder.beside(index).path).add(about(answer, (), "right passage", 1))
    with serve(index, assistant, questions=[QUESTIONS]) as server:
        with pictures.opened(server.url) as pages:
            for page in list(pages.values())[:2]:
                page.get_by_role("button", name="Quality", exact=True).click()
                page.get_by_role("button", name="Run it").click()
                page.wait_for_selector("[data-view=result]")
        lines = [json.dumps({"question": f"Is {nth} a number?", "answerable": False}) for nth in range(5000)]
        views = {
            f"quality-{name.lower()}": states.quality(name) for name in ("Run", "Result", "Compare", "Feedback", "Map")
        }
        pictures.take(server.url, **views)
    long = index.parent / "long.jsonl"
    long.write_text("\n".join(lines), encoding="utf-8")
    with serve(index, assistant, questions=[long]) as server:
        pictures.take(server.url, **{"quality-asking": states.asking})


def faults(pictures: Pictures, index: Path) -> None:
    """What is wrong: no index, to a maintainer and to a reader; a damaged one; a full queue; the server away."""
    pointer = index / "CURRENT"
    name = pointer.read_text(encoding="utf-8")
    with serve(index) as server, serve(index, public=True) as public:
        pointer.unlink()
        pictures.take(server.url, **{"fault-missing": states.wrong})
        pictures.take(public.url, **{"fault-missing-reader": states.wrong})
        pointer.write_text("..", encoding="utf-8")
        pictures.take(server.url, **{"fault-damaged": states.wrong})
    pointer.write_text(name, encoding="utf-8")
    with serve(index) as server, pictures.opened(server.url) as pages:
        server.close()
        for view, page in pages.items():
            states.wrong(page)
            pictures.shoot(page, "fault-away", view)
    held = HeldAssistant(IndexFolder(index))
    with serve(index, held) as server, ThreadPoolExecutor(_TOO_MANY) as pool:
        for _ in range(_TOO_MANY):
            pool.submit(httpx.post, f"{server.url}api/ask", json={"question": "Who asks?"}, timeout=60)
        try:
            pictures.take(server.url, **{"fault-busy": states.wrong})
        finally:
            held.go_on.set()


def accounts(pictures: Pictures, index: Path) -> None:
    """Signing in."""
    store = AccountStore(StateFolder.beside(index).accounts)
    store.add("ada", "maintainer", states.PHRASE)
    with serve(index, accounts=store, rate=1) as server:
        pictures.take(server.url, **{"sign-in": states.signing_in, "fault-too-much": states.signed_in})

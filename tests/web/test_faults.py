"""What is said when something is wrong: the index missing or damaged, the server away, busy or failing; to whom how much."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Locator, Page, expect

from citewell import Assistant, IndexFolder, Settings, build
from citewell.errors import (
    BusyError,
    CitewellError,
    FeedbackError,
    IndexDamagedError,
    IndexMissingError,
    QuestionError,
    TooManyError,
)
from citewell.index.catalogue_file import CatalogueFile
from citewell.web import Server, ServerOptions
from citewell.web.application import create_app
from citewell.web.auth.visitors import Visitor, visiting
from citewell.web.desk import AT_ONCE, MOST_WAITING
from citewell.web.faults import public_error, render_fault
from tests.support.commands import Served
from tests.support.indexes import catalogue_of, segment_of
from tests.support.pages import Look
from tests.support.ports import free_port
from tests.support.servers import HeldAssistant, hosted
from tests.support.waiting import until

QUESTION = "What do otters eat?"


@contextmanager
def visited_by(visitor: Visitor) -> Iterator[None]:
    before = visiting.set(visitor)
    try:
        yield
    finally:
        visiting.reset(before)


def ask(page: Page, question: str = QUESTION) -> Locator:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")
    return page.locator(".cw-turn").last


def damage(index: IndexFolder) -> None:
    """Cut a file of the snapshot, and touch the pointer, as whoever copies an index by hand would."""
    vectors = segment_of(index) / "vectors.faiss"
    vectors.write_bytes(vectors.read_bytes()[:-9])
    (index.path / "CURRENT").write_text(index.current() + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "public"),
    [
        (IndexDamagedError("/srv/index/x is cut", command="citewell index"), "the index is damaged"),
        (FeedbackError("the feedback in /srv/x cannot be used"), "the feedback was not saved"),
    ],
)
def test_only_maintainers_see_server_details(error: CitewellError, public: str) -> None:
    for visitor in (Visitor(), Visitor("bob", "reader")):
        with visited_by(visitor):
            shown = public_error(error)
            assert shown.message == public
            assert shown.command is None
            assert "/srv" not in render_fault(error)
            assert "citewell index" not in render_fault(error)
    with visited_by(Visitor(None, "maintainer")):
        assert public_error(error) is error
        assert "/srv" in render_fault(error)


@pytest.mark.parametrize(
    ("is_first", "buttons"),
    [(True, ["Try again", "Add documents", "Try it with the example"]), (False, ["Try again", "Manage the documents"])],
)
def test_a_missing_index_is_said_with_the_buttons_of_the_page(*, is_first: bool, buttons: list[str]) -> None:
    error = IndexMissingError("there is no index in x", command="citewell index", is_first=is_first)
    with visited_by(Visitor(None, "maintainer")):
        shown = render_fault(error)
    assert re.findall(r"<button[^>]*>([^<]*)</button>", shown) == buttons
    assert "citewell index" not in shown


def test_what_a_reader_can_fix_is_said_to_everyone_without_commands() -> None:
    error = QuestionError("the question is empty", command="citewell ask")
    assert "The question is empty" in render_fault(error)
    assert "citewell ask" not in render_fault(error)


def test_what_passes_says_when_to_ask_again() -> None:
    assert 'data-again="2"' in render_fault(BusyError("full"))
    assert 'data-again="17"' in render_fault(TooManyError("too many; ask again in 17 seconds", seconds=17))


def test_programs_of_readers_see_no_paths(index: IndexFolder) -> None:
    with TestClient(create_app(Assistant(index), ServerOptions(public=True)), "http://docs.example") as client:
        damage(index)
        for answer in (client.get("/readyz"), client.post("/api/ask", json={"question": QUESTION})):
            assert answer.status_code == 503
            assert answer.json() == {
                "message": "the index is damaged",
                "command": None,
                "hint": "an administrator has to fix this",
                "mend": "an administrator has to fix this",
            }


def test_a_catalogue_whose_pages_are_none_is_said_to_be_damaged(index: IndexFolder) -> None:
    file = catalogue_of(index)
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"x" * (len(whole) - 4096))
    with pytest.raises(IndexDamagedError, match="is damaged: "):
        CatalogueFile(file)


@pytest.mark.browser
def test_an_index_that_is_gone_is_reported_and_rebuilt_from_the_page(
    page: Page, index: IndexFolder, sound: Look
) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        (index.path / "CURRENT").unlink()
        turn = ask(page)
        expect(turn.get_by_role("alert")).to_contain_text("There is no index")
        # The buttons of the page do what the command does.
        expect(turn.get_by_role("alert")).to_contain_text("Build it again under “Manage the documents”.")
        expect(turn.locator("code")).to_have_count(0)
        sound(page)
        turn.get_by_role("button", name="Manage the documents").click()
        panel = page.get_by_role("region", name="Document management")
        expect(panel.get_by_role("alert")).to_contain_text("There is no index")
        panel.get_by_role("button", name="Run the checks").click()
        expect(panel.locator(".cw-findings")).to_contain_text("there is no index")
        sound(page)
        panel.get_by_role("button", name="Update the index").click()
        expect(panel).to_contain_text("The index is up to date.")
        page.get_by_role("button", name="Close the documents").click()
        turn.get_by_role("button", name="Try again").click()
        expect(turn.locator("article").first).to_contain_text("Otters eat fish")
        expect(page.locator(".cw-turn")).to_have_count(1)


@pytest.mark.long
@pytest.mark.browser
def test_a_damaged_index_is_not_searched_and_a_reader_sees_no_more(page: Page, index: IndexFolder, sound: Look) -> None:
    with hosted(index.path, public=True) as url:
        page.goto(url)
        damage(index)
        turn = ask(page)
        expect(turn.get_by_role("alert")).to_contain_text("The index is damaged")
        expect(turn.get_by_role("alert")).to_contain_text("An administrator has to fix this.")
        expect(turn.locator("article, code")).to_have_count(0)
        assert str(index.path) not in page.content()
        sound(page)
        # Who comes now is told before they ask.
        page.goto(url)
        expect(page.locator(".cw-empty").get_by_role("alert")).to_contain_text("The index is damaged")
        sound(page)


@pytest.mark.long
@pytest.mark.browser
def test_the_page_reconnects_automatically_when_the_server_is_back(page: Page, index: IndexFolder, sound: Look) -> None:
    port = free_port()
    with Served(index.path, port=port) as url:
        page.goto(url)
        expect(ask(page).locator("article").first).to_be_visible()
    turn = ask(page, "How do bees tell others of flowers?")
    expect(turn.get_by_role("alert")).to_contain_text("The server does not respond")
    sound(page)
    page.locator(".cw-turn").first.get_by_role("button", name="Show in source").first.click()
    expect(page.locator(".cw-reader").get_by_role("alert")).to_contain_text("The server does not respond")
    with Served(index.path, port=port):
        expect(turn.locator("article").first).to_contain_text("by dancing")
        expect(page.locator(".cw-reader mark").first).to_contain_text("Otters eat fish")
        expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.long
@pytest.mark.browser
def test_a_full_queue_is_reported_and_the_question_asked_again(page: Page, index: IndexFolder, sound: Look) -> None:
    held = HeldAssistant(index)
    most = AT_ONCE + MOST_WAITING
    # Whatever fails, those that wait are let go.
    with (
        Server(held, host="127.0.0.1", port=0) as server,
        ThreadPoolExecutor(most) as pool,
        closing(held),
    ):
        page.goto(server.url)
        body = b'{"question": "What do otters eat?"}'
        asked = urllib.request.Request(server.url + "api/ask", body, {"Content-Type": "application/json"})
        waiting = [pool.submit(answered, asked) for _ in range(most)]
        until(lambda: f"citewell_questions_waiting {MOST_WAITING}.0" in metrics(server.url), page=page)
        turn = ask(page)
        expect(turn.get_by_role("alert")).to_contain_text("The server is busy")
        expect(turn.locator(".cw-countdown")).to_contain_text("Retrying in")
        sound(page)
        held.go_on.set()
        expect(turn.locator("article").first).to_contain_text("Otters eat fish")
        assert {each.result() for each in waiting} == {200}


def answered(asked: urllib.request.Request) -> int:
    with urllib.request.urlopen(asked) as response:
        return int(response.status)


def metrics(url: str) -> str:
    with urllib.request.urlopen(url + "metrics") as response:
        return str(response.read().decode())


@pytest.mark.long
@pytest.mark.browser
def test_what_nobody_expected_is_reported_and_not_asked_again_and_again(page: Page, index: IndexFolder) -> None:
    held = HeldAssistant(index, fails=True)
    with Server(held, host="127.0.0.1", port=0) as server:
        page.goto(server.url)
        turn = ask(page)
        expect(turn.get_by_role("alert")).to_contain_text("The request failed")
        expect(turn.get_by_role("alert")).not_to_contain_text("nobody expected")
        held.fails = False
        held.go_on.set()
        # It is not asked again, however long one waits.
        page.wait_for_timeout(2500)
        expect(turn.locator("article")).to_have_count(0)
        turn.get_by_role("button", name="Try again").click()
        expect(turn.locator("article").first).to_contain_text("Otters eat fish")


@pytest.mark.long
@pytest.mark.browser
def test_what_can_be_asked_follows_the_documents(page: Page, corpus: Path, index: IndexFolder) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        hint = page.get_by_text("Ask a question in the language of the documents")
        expect(hint).to_be_visible()
        asked = "What do aardvarks eat?"
        (corpus / "animals" / "aardvarks.md").write_text(f"# Aardvarks\n\n## {asked}\n\nAardvarks eat ants at night.\n")
        build(corpus, index, Settings())
        page.reload()
        examples = page.get_by_role("group", name="Example questions")
        expect(examples).to_have_text(asked)
        expect(hint).to_be_hidden()
        expect(page.locator("#cw-places option[value='animals/aardvarks.md']")).to_have_count(1)
        (corpus / "animals" / "aardvarks.md").unlink()
        build(corpus, index, Settings())
        expect(ask(page).locator("article").first).to_be_visible()
        page.get_by_role("button", name="New conversation").click()
        expect(hint).to_be_visible()
        expect(examples).to_have_count(0)
        for path in (corpus / "moon.txt", corpus / "animals" / "bees.txt"):
            path.unlink()
        build(corpus, index, Settings())
        expect(page.get_by_text("Search only part of the documents")).to_be_visible()
        page.reload()
        expect(hint).to_be_visible()
        expect(page.get_by_text("Search only part of the documents")).to_be_hidden()

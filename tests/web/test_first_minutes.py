"""The first minutes: a server without an index, the example documents, the first answer, and the keyboard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from citewell import Assistant, IndexFolder
from citewell.web import Server
from citewell.web.auth.accounts import AccountStore
from tests.support.accounts import PHRASE
from tests.support.commands import citewell
from tests.support.pages import Look, ask


@pytest.fixture
def awaited(tmp_path: Path) -> Assistant:
    """An assistant whose index is not built yet."""
    return Assistant(IndexFolder(tmp_path / "index", tmp_path / "corpus"), waits=True)


@pytest.fixture
def url(awaited: Assistant) -> Iterator[str]:
    """The address of a server without an index."""
    with Server(awaited, host="127.0.0.1", port=0) as server:
        yield server.url


@pytest.mark.long
def test_a_newcomer_tries_the_example_and_is_told_once_how_an_answer_is_read(page: Page, url: str, sound: Look) -> None:
    page.goto(url)
    expect(page.locator(".cw-empty")).to_contain_text("There are no documents yet")
    sound(page)
    page.get_by_role("button", name="Add documents").click()
    panel = page.locator(".cw-panel")
    expect(panel).to_contain_text("The index is built when documents are added")
    expect(panel.get_by_role("button", name="Build the index")).to_be_visible()
    sound(page)
    panel.get_by_role("button", name="use the example documents").click()
    # What can be asked is there as soon as the index is.
    expect(page.locator(".cw-empty")).to_contain_text("Exchange handbook", timeout=60_000)
    page.get_by_role("button", name="Close the documents").click()
    ask(page, "How much does the programme cost?")
    expect(page.locator(".cw-lead")).to_contain_text("The programme fee is 450 euros a term.")
    expect(page.get_by_role("note")).to_contain_text("quoted word for word")
    sound(page)
    page.get_by_role("button", name="Got it").click()
    expect(page.get_by_role("note")).to_have_count(0)
    ask(page, "How did Yusuf learn Danish?")
    expect(page.locator(".cw-lead")).to_have_count(2)
    expect(page.get_by_role("note")).to_have_count(0)


def test_a_document_can_be_added_before_there_is_an_index(url: str, awaited: Assistant, tmp_path: Path) -> None:
    with httpx.Client(base_url=url) as client:
        assert client.get("/readyz").status_code == 503
        assert "citewell_documents 0.0" in client.get("/metrics").text
        placed = client.put("/api/documents/otters.txt", content="Otters eat fish and crabs.\n")
        assert placed.status_code in {200, 201}
        assert client.post("/api/rebuild").status_code in {200, 202}
        while client.get("/api/rebuild").json()["status"] == "running":
            time.sleep(0.05)
        assert client.get("/readyz").status_code == 200
    assert (tmp_path / "corpus" / "otters.txt").is_file()
    assert awaited.ask("What do otters eat?").passages[0].text == "Otters eat fish and crabs."


def test_a_corpus_with_files_gets_no_example(url: str, tmp_path: Path, page: Page) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "mine.txt").write_text("My own words.\n", encoding="utf-8")
    page.goto(url)
    page.get_by_role("button", name="Try it with the example").click()
    expect(page.locator(".cw-reader")).to_contain_text("is there already and not empty")
    assert [each.name for each in (tmp_path / "corpus").iterdir()] == ["mine.txt"]


def test_readers_are_not_offered_to_add_documents(
    awaited: Assistant, store: AccountStore, window: BrowserContext
) -> None:
    with Server(awaited, host="127.0.0.1", port=0, accounts=store) as server:
        for name, offers in (("bob", 0), ("ada", 2)):
            page = window.new_page()
            page.goto(server.url)
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(PHRASE)
            page.get_by_role("button", name="Sign in").click()
            expect(page.locator(".cw-empty")).to_contain_text("There are no documents yet")
            expect(page.locator(".cw-first button")).to_have_count(offers)
            page.close()
            window.clear_cookies()


def test_a_public_page_needs_an_index(tmp_path: Path) -> None:
    done = citewell("chat", "--public", "--port", "7997", cwd=tmp_path)
    assert done.returncode == 1
    assert "there is no index in index; fix: citewell index --corpus corpus --index index" in done.stderr


@pytest.mark.long
def test_a_question_mark_shows_the_keys_except_where_it_is_typed(page: Page, chat_url: str, sound: Look) -> None:
    page.goto(chat_url)
    box = page.get_by_role("textbox", name="Your question")
    box.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(box).to_have_value("?")
    expect(keys).to_be_hidden()
    page.locator(".cw-log").press("?")
    expect(keys).to_be_visible()
    sound(page)
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(keys).to_contain_text("Write a question")

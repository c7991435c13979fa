"""The database does not respond: that is said, and what was asked is asked again by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from citewell import Settings, build
from citewell.errors import CitewellError, IndexUnreadableError, StateError
from citewell.index.opening import open_index
from citewell.web.auth.visitors import Visitor, visiting
from citewell.web.faults import public_error, render_fault
from tests.support.accounts import PHRASE
from tests.support.cases import others_long
from tests.support.commands import Served, citewell
from tests.support.indexes import write_small_corpus
from tests.support.pages import Look
from tests.support.postgres import Server, alone, needed

QUESTION = "What do otters eat?"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Path]]:
    """A server of PostgreSQL with an index, and the folder from which it is served."""
    needed()
    monkeypatch.chdir(tmp_path)
    with alone() as server:
        index = open_index(server.address)
        try:
            build(write_small_corpus(tmp_path / "corpus"), index, Settings(model="english"))
        finally:
            index.close()
        yield server, tmp_path


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.usefixtures("encoder", "calibrated_by_few")
@pytest.mark.parametrize(
    "accounts", others_long([pytest.param(False, id="for everyone"), pytest.param(True, id="with accounts")])
)
def test_a_question_is_asked_again_until_the_database_is_back(
    page: Page, database: tuple[Server, Path], sound: Look, *, accounts: bool
) -> None:
    server, folder = database
    if accounts:
        added = ("user", "add", "bob", "--role", "reader", "--password-stdin", "--index", server.address)
        assert citewell(*added, cwd=folder, typed=PHRASE).returncode == 0
    with Served(server.address, cwd=folder) as url:
        page.goto(url)
        if accounts:
            page.get_by_label("Name").fill("bob")
            page.get_by_label("Password", exact=True).fill(PHRASE)
            page.keyboard.press("Enter")
        question = page.get_by_role("textbox", name="Your question")
        expect(question).to_be_visible()
        server.kill()
        question.fill(QUESTION)
        page.keyboard.press("Enter")
        told = page.locator(".cw-turn").last.get_by_role("alert")
        expect(told).to_contain_text("The database does not respond")
        expect(told).to_contain_text(re.compile(r"Retrying in \d+ s"))
        sound(page)
        assert httpx.get(f"{url}healthz", headers={"Authorization": "Bearer x"}).status_code == 200
        if not accounts:
            refused = httpx.post(f"{url}api/ask", json={"question": QUESTION}, timeout=60)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "3")
        server.start()
        expect(page.locator(".cw-turn article").first).to_contain_text("Otters eat fish")
        expect(page.locator(".cw-turn")).to_have_count(1)
        expect(told).to_have_count(0)


@pytest.mark.parametrize("kind", [IndexUnreadableError, StateError])
def test_only_maintainers_read_which_database(kind: type[CitewellError]) -> None:
    error = kind("the database db.example cannot be reached: no route", hint="start the primary", seconds=3)
    before = visiting.set(Visitor("bob", "reader"))
    try:
        shown, said = public_error(error), render_fault(error)
        assert (shown.message, shown.hint) == ("the database does not respond", "try again in 3 seconds")
        assert 'data-again="3"' in said
        assert "db.example" not in said
    finally:
        visiting.reset(before)
    before = visiting.set(Visitor(None, "maintainer"))
    try:
        assert public_error(error) is error
        assert "db.example" in render_fault(error)
        assert "Start the primary" in render_fault(error)
    finally:
        visiting.reset(before)

"""Other names in a real Chromium and over HTTP: shown, explained, taken back by one click, and kept in links and feedback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from citewell import IndexFolder, Settings, build
from citewell.text.own_words import FILE
from citewell.web import logs
from tests.support.pages import Look, ask, opened
from tests.support.servers import hosted

pytestmark = pytest.mark.browser

ASKED = "How many PTO days do I get?"
SHOWN = "For “PTO”, also searched “annual leave”."
TEXT = """# Staff handbook

## Annual leave

Every employee is entitled to 25 days of annual leave in a calendar year. Unused days lapse at the end of March.

## Working hours

The week has 38 hours. Days before public holidays end at noon.
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("names")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "handbook.md").write_text(TEXT, encoding="utf-8")
    index = IndexFolder(folder / "index")
    build(folder / "corpus", index, Settings(model="english"))
    (folder / "corpus" / FILE).write_text("PTO = annual leave\n", encoding="utf-8")
    with hosted(folder / "index") as address:
        yield address


def test_other_names_are_shown_explained_and_taken_back_by_one_click(page: Page, url: str, sound: Look) -> None:
    ask(opened(page, url), ASKED)
    first = page.locator(".cw-turn").nth(0)
    expect(first.locator(".cw-understood")).to_contain_text(SHOWN)
    expect(first.locator("mark").first).to_contain_text("25 days of annual leave")
    first.get_by_text("Why this?").first.click()
    expect(first.locator(".cw-why").first).to_contain_text("It contains “annual leave” for “PTO”.")
    sound(page)
    first.get_by_role("button", name="Ask without other names").click()
    alone = page.locator(".cw-turn").nth(1)
    expect(alone.locator(".cw-refusal").first).to_contain_text("“PTO” is not in the documents")
    expect(alone.locator(".cw-understood")).to_have_count(0)
    assert "own=1" in page.url
    # The link asks in the same way, and feedback is about what was shown.
    opened(page, page.url)
    linked = page.locator(".cw-turn").nth(0)
    expect(linked.locator(".cw-refusal").first).to_contain_text("“PTO” is not in the documents")
    linked.get_by_role("button", name="Nothing here answers it").click()
    expect(linked.get_by_text("Feedback saved.")).to_be_visible()


@pytest.mark.long
def test_a_line_that_is_not_used_is_shown_to_the_maintainer_and_logged_once(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "handbook.md").write_text(TEXT, encoding="utf-8")
    build(tmp_path / "corpus", IndexFolder(tmp_path / "index"), Settings(model="english"))
    (tmp_path / "corpus" / FILE).write_text("PTO\n", encoding="utf-8")
    logged: list[str] = []
    monkeypatch.setattr(logs, "warned", lambda name, **facts: logged.append(f"{name}: {facts.get('fault')}"))
    with hosted(tmp_path / "index") as address:
        page.goto(address)
        page.get_by_role("button", name="Documents", exact=True).click()
        panel = page.get_by_role("region", name="Document management")
        expect(panel).to_contain_text("line 1: it has one name only")
        expect(panel).to_contain_text("The index is up to date.")
        for _ in range(2):
            assert httpx.post(f"{address}api/ask", json={"question": "How many hours has the week?"}).is_success
    (line,) = [each for each in logged if each.startswith("other names not used")]
    assert "line 1: it has one name only" in line


def test_programs_see_other_names_and_can_do_without(url: str) -> None:
    asked = {"question": ASKED}
    answer = httpx.post(f"{url}api/ask", json=asked).json()
    assert answer["answered"]
    assert answer["widened"] == [{"word": "PTO", "name": "annual leave", "folder": ""}]
    alone = httpx.post(f"{url}api/ask", json={**asked, "words": False}).json()
    assert not alone["answered"]
    assert alone["widened"] == []

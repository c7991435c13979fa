"""Markup, script and links in file names, headings, texts, questions and feedback: shown as they are, and never run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from citewell import IndexFolder, Settings, build
from citewell.encoding import Encoder
from citewell.feedback import FeedbackStore
from tests.conftest import hosted
from tests.web.payloads import PAYLOADS

pytestmark = pytest.mark.browser


def name(nth: int) -> str:
    """A file name with as much of a payload as file systems take."""
    payload = PAYLOADS[nth].replace("/", "∕").replace("\t", " ").strip()
    return f"{nth:02d} {payload}.md"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[tuple[str, FeedbackStore]]:
    """A chat over a corpus in which every payload is a file name, a heading and part of a text."""
    assert encoder.card.dimension
    folder = tmp_path_factory.mktemp("payloads")
    (folder / "corpus").mkdir()
    for nth, payload in enumerate(PAYLOADS):
        text = f"# Specimen {nth} {payload}\n\nThe specimen called zz{nth}zz says {payload} and is kept in a jar of glass.\n"
        (folder / "corpus" / name(nth)).write_text(text, encoding="utf-8")
    index = IndexFolder(folder / "index")
    assert build(folder / "corpus", index, Settings()).added == len(PAYLOADS)
    with hosted(folder / "index") as url:
        yield url, FeedbackStore(folder / "index")


@pytest.fixture(scope="module")
def page(browser: Browser, hostile: tuple[str, FeedbackStore]) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    opened: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: opened.append(dialog.message))
    page.goto(hostile[0])
    expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
    yield page
    page.close()
    assert opened == []
    assert [url for url in asked if not url.startswith(hostile[0])] == []


@pytest.mark.parametrize("nth", range(len(PAYLOADS)), ids=lambda nth: f"{nth:02d}")
def test_a_payload_is_shown_and_not_run(page: Page, hostile: tuple[str, FeedbackStore], nth: int) -> None:
    payload = PAYLOADS[nth]
    question = f"What does zz{nth}zz say, {payload}?"
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".cw-turn").last
    card = turn.locator("article").first
    expect(card.locator("blockquote")).to_contain_text(f"zz{nth}zz", use_inner_text=True)
    assert turn.locator("h2.cw-question").text_content() == question.strip()
    assert payload.strip() in (card.locator("blockquote").text_content() or "")
    source = card.locator(".cw-source").text_content() or ""
    assert f"Specimen {nth}" in source
    # Of a heading in Markdown the reader sees what it says, without its entities, code and links.
    if not set("&`[]\\*_#") & set(payload):
        assert payload.split() == source.partition(f"Specimen {nth} ")[2].partition(" ›")[0].split()
    card.get_by_role("button", name="This is the right passage").click()
    expect(card.get_by_role("status")).to_have_text("Noted, thank you.")
    card.get_by_role("button", name="Show in source").click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader.locator(".cw-reader-path")).to_have_text(name(nth))
    assert payload.strip() in (reader.locator(".cw-reader-text").text_content() or "")
    page.keyboard.press("Escape")
    assert page.evaluate("window.hacked") is None
    ran = page.locator(
        ".cw :is(script, img, iframe, object, embed, video, audio, style, link, meta, base, marquee, math)"
    )
    assert ran.count() == 0
    assert page.locator(".cw a").count() == 0
    kept = hostile[1].pending()[-1]
    assert (kept.question, kept.place.document if kept.place else None) == (question.strip(), name(nth))
    page.get_by_role("button", name="New conversation").click()

"""Markup, script and links in file names, headings, texts, questions and feedback: shown as they are, and never run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder
from citewell.evaluation.questions.feedback import FeedbackStore, about
from citewell.evaluation.questions.sets import Question, Quotation, write_questions
from citewell.state.folder import StateFolder
from tests.support.cases import others_long
from tests.support.pages import SIZES
from tests.support.servers import hosted
from tests.web.payloads import PAYLOADS

pytestmark = pytest.mark.browser


def name(nth: int) -> str:
    """A file name with as much of a payload as file systems take."""
    payload = PAYLOADS[nth].replace("/", "∕").replace("\t", " ").strip()
    return f"{nth:02d} {payload}.md"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[tuple[str, Path]]:
    """A chat over a corpus in which every payload is a file name, a heading and part of a text."""
    assert encoder.card.dimension
    folder = tmp_path_factory.mktemp("payloads")
    (folder / "corpus").mkdir()
    for nth, payload in enumerate(PAYLOADS):
        text = f"# Specimen {nth} {payload}\n\nThe specimen called zz{nth}zz says {payload} and is kept in a jar of glass.\n"
        (folder / "corpus" / name(nth)).write_text(text, encoding="utf-8")
    index = IndexFolder(folder / "index")
    assert build(folder / "corpus", index, Settings()).added == len(PAYLOADS)
    asked = folder / "hostile.questions.jsonl"
    write_questions([wanting(nth) for nth in range(len(PAYLOADS))], asked)
    with hosted(folder / "index", questions=[asked]) as url:
        yield url, folder / "index"


def wanting(nth: int) -> Question:
    """A question about a specimen that wants another, so that it is missed."""
    answer = Quotation(document=name((nth + 9) % len(PAYLOADS)), quote="is kept in a jar of glass")
    question = f"What does zz{nth}zz say, {PAYLOADS[nth]}?"
    return Question(question=question, kind=PAYLOADS[nth].strip() or None, answers=(answer,))


@pytest.fixture(scope="module", params=others_long(pytest.param(size, id=name) for name, size in SIZES.items()))
def page(browser: Browser, hostile: tuple[str, Path], request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.on("pageerror", lambda error: opened.append(str(error)))
    page.on("console", lambda said: opened.append(said.text) if "Content Security" in said.text else None)
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


def nothing_ran(page: Page) -> None:
    assert page.evaluate("window.hacked") is None
    ran = page.locator(
        ".cw :is(script, img, iframe, object, embed, video, audio, style, link, meta, base, marquee, math)"
    )
    assert ran.count() == 0


# A script runs at any size; the windows differ in what stands beside what.
@pytest.mark.parametrize("page", [SIZES["desktop"]], ids=["desktop"], indirect=True)
@pytest.mark.parametrize("nth", others_long(range(len(PAYLOADS)), first=6), ids=lambda nth: f"{nth:02d}")
@pytest.mark.promise("text-stays-text")
def test_a_payload_is_shown_and_not_run(page: Page, hostile: tuple[str, Path], nth: int) -> None:
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
    expect(card.get_by_role("status")).to_have_text("Feedback saved. Thank you.")
    card.get_by_role("button", name="Show in source").click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader.locator(".cw-reader-path")).to_have_text(name(nth))
    assert payload.strip() in (reader.locator(".cw-reader-text").text_content() or "")
    page.keyboard.press("Escape")
    nothing_ran(page)
    assert page.locator('.cw a:not([href^="#passage-"])').count() == 0
    kept = FeedbackStore(StateFolder.beside(hostile[1]).path).pending()[-1]
    assert (kept.question, kept.place.document if kept.place else None) == (question.strip(), name(nth))
    page.get_by_role("button", name="New conversation").click()


@pytest.mark.long
@pytest.mark.promise("text-stays-text")
def test_no_payload_runs_in_what_maintainers_see(page: Page, hostile: tuple[str, Path]) -> None:
    answer = Assistant(IndexFolder(hostile[1])).ask(f"What does zz3zz say, {PAYLOADS[3]}?")
    FeedbackStore(StateFolder.beside(hostile[1]).path).add(about(answer, (), "right passage", 1))
    page.get_by_role("button", name="Documents", exact=True).click()
    expect(page.locator("#cw-held option")).to_have_count(len(PAYLOADS))
    held = page.locator("#cw-held option").evaluate_all("(all) => all.map((each) => each.value)")
    assert sorted(held) == sorted(name(nth) for nth in range(len(PAYLOADS)))
    nothing_ran(page)
    page.get_by_role("button", name="Close the documents").click()
    page.get_by_role("button", name="Quality", exact=True).click()
    panel = page.get_by_role("region", name="Quality of the answers")
    panel.get_by_role("button", name="Run it").click()
    expect(panel.locator(".cw-miss").nth(40)).to_be_attached()
    drawn = "[...document.querySelectorAll('[data-figure]')].every((each) => each._fullLayout)"
    page.wait_for_function(drawn)
    shown = panel.locator(".cw-miss h4").all_text_contents()
    assert len([payload for payload in PAYLOADS if any(payload.strip() in each for each in shown)]) > 40
    nothing_ran(page)
    for view in ("Compare", "Feedback", "Map"):
        page.get_by_role("navigation", name="Quality").get_by_role("button", name=view).click()
        expect(page.locator(".cw-tabs [aria-current=page]")).to_have_text(view)
        page.wait_for_function(drawn)
        nothing_ran(page)
        assert panel.locator("a").count() == 0
    page.get_by_role("button", name="Close the quality").click()

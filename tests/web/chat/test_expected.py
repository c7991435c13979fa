"""A place that a reader expected: why it is not in the answer, beside the answer and in the source."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from citewell import Assistant, IndexFolder, Settings, build
from tests.support.applications import HOME, call, made
from tests.support.pages import Look, ask, opened
from tests.support.servers import hosted

QUESTION = "How is education seen as a process?"
DOCUMENT = "international-education.txt"


def told(client: TestClient, text: str, document: str = "") -> str:
    return str(call(client, "why", {"asked": {"question": QUESTION}, "text": text, "document": document}).json())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (DOCUMENT, "shown"),
        ("International Cooperation: International Education Explained", "shown"),
        ("Leave a\nReply", "meaning"),
        (f"{DOCUMENT}:5000", "shown"),
        (" Challenges and Opportunities ", "no_text"),
    ],
)
def test_a_passage_a_title_and_a_name_are_understood(open_client: TestClient, text: str, reason: str) -> None:
    assert f'data-reason="{reason}"' in told(open_client, text)


def test_what_is_typed_is_shown_as_text_and_errors_say_what_to_do(assistant: Assistant) -> None:
    client = TestClient(made(assistant, public=True, rate=1000), HOME)
    assert "The index has no document at &#39;&lt;b&gt;.pdf&#39;" in told(client, "<b>.pdf")
    near = told(client, "reduces prejudice and fosters <i>mutual</i> respect")
    assert "The quotation is not in the indexed documents. The most similar text is" in near
    assert "Name a place" in told(client, " ")
    # Who may not maintain gets no commands, and no file that is not indexed is looked at.
    assert "citewell status" not in told(client, "x.pdf")
    assert "no document at" in told(client, "../pyproject.toml")


@pytest.mark.browser
@pytest.mark.every_size
def test_why_a_place_is_not_there_is_said_beside_the_answer_and_in_the_source(
    page: Page, chat_url: str, sound: Look
) -> None:
    ask(opened(page, chat_url), QUESTION)
    page.get_by_role("button", name="I expected another place").click()
    field = page.get_by_label("The passage you expected")
    expect(field).to_be_focused()
    field.fill("Leave a Reply Scroll to Top")
    field.press("Enter")
    answer = page.locator(".cw-expect .cw-explained")
    expect(answer).to_contain_text("It lacks “process”")
    expect(answer.get_by_role("button", name="Search only this document")).to_have_count(0)
    sound(page)
    answer.get_by_role("button", name="Show in source").click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader.locator("mark.cw-current")).to_have_text("Leave a Reply\n\nScroll to Top")
    page.evaluate("() => getSelection().selectAllChildren(document.querySelector('.cw-reader mark.cw-current'))")
    reader.get_by_role("button", name="Why not this?").click()
    expect(reader.locator(".cw-explained")).to_contain_text("It lacks “process”")
    sound(page)
    reader.get_by_role("button", name="Hide").click()
    expect(reader.locator(".cw-explained")).to_have_count(0)
    expect(reader.get_by_role("button", name="Why not this?")).to_be_focused()


# Holds the reply to the first request for an explanation until the page is told to let it go.
HOLD_THE_FIRST = """async () => {
  const loaded = performance.getEntriesByType("resource").find((each) => each.name.includes("shared/frame.js"));
  const { functions } = await import(loaded.name);
  const why = functions.why;
  let held;
  window.letGo = new Promise((resolve) => (window.release = resolve));
  functions.why = async (request) => {
    const html = await why(request);
    if (!held) await (held = window.letGo);
    return html;
  };
}"""


@pytest.mark.long
@pytest.mark.browser
def test_the_reply_to_an_older_request_comes_too_late(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    page.evaluate(HOLD_THE_FIRST)
    page.get_by_role("button", name="I expected another place").click()
    field = page.get_by_label("The passage you expected")
    for text in ("Leave a Reply Scroll to Top", "nothing-of-this-name.txt"):
        field.fill(text)
        field.press("Enter")
    told = page.locator(".cw-expect .cw-explanation")
    expect(told).to_contain_text("nothing-of-this-name.txt")
    page.evaluate("async () => { window.release(); await window.letGo; await new Promise(requestAnimationFrame); }")
    expect(told).not_to_contain_text("It lacks")
    expect(told).to_contain_text("nothing-of-this-name.txt")


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.usefixtures("encoder")
def test_a_document_keeps_its_question_when_what_opened_it_is_gone(page: Page, corpus: Path, tmp_path: Path) -> None:
    build(corpus, IndexFolder(tmp_path / "index"), Settings())
    with hosted(tmp_path / "index") as url:
        opened(page, f"{url}?q=What+do+otters+eat&in=animals/&exact=1")
        page.get_by_role("button", name="I expected another place").click()
        field = page.get_by_label("The passage you expected")
        field.fill("moon.txt")
        field.press("Enter")
        beside = page.locator(".cw-expect .cw-explained")
        beside.get_by_role("button", name="Show in source").click()
        reader = page.get_by_role("complementary", name="Source")
        expect(reader.locator(".cw-reader-path")).to_have_text("moon.txt")
        beside.get_by_role("button", name="Hide").click()
        expect(field).to_be_focused()
        reader.get_by_role("button", name="Why not this?").click()
        reader.get_by_role("button", name="Search everywhere").click()
        # All else is as it was asked.
        everywhere = page.locator(".cw-turn").nth(1)
        expect(everywhere.locator("article").first).to_be_attached()
        expect(everywhere.locator(".cw-understood")).to_have_count(0)
        expect(reader).to_be_hidden()
        assert "exact=1" in page.url

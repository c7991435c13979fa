"""The chat in a real Chromium: asking, showing in source, not covered, and markup that stays text."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from markdown_it import MarkdownIt
from playwright.sync_api import Page, Route, expect

from citewell import IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder
from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.state.folder import StateFolder
from citewell.web.assets import asset
from tests.conftest import CORPUS, hosted
from tests.web.conftest import sound

pytestmark = pytest.mark.browser

QUESTION = "What are the challenges of international cooperation?"


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
    return page


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")


def test_asking_shows_the_quotation_marked_and_cited(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    first = page.locator("article").first
    expect(first.locator("blockquote")).to_contain_text("visa regulations and language barriers")
    expect(first.locator("mark")).to_contain_text("they also present challenges")
    expect(first.locator("footer")).to_contain_text("International Education Explained › Challenges and Opportunities")
    meter = first.get_by_role("meter", name="Relevance")
    assert int(meter.get_attribute("aria-valuenow") or 0) > 30
    text = (CORPUS / "international-education.txt").read_text(encoding="utf-8")
    for quotation in page.locator("article blockquote").all():
        assert (quotation.text_content() or "") in text


def test_further_passages_fold_and_unfold(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    expect(page.locator("article:visible")).to_have_count(3)
    page.get_by_text("further passages").click()
    assert page.locator("article:visible").count() > 3


def test_show_in_source_opens_at_the_mark_and_closes(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    button = page.get_by_role("button", name="Show in source").first
    button.click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader).to_contain_text("Leave a Reply")
    expect(reader.locator("mark.cw-current")).to_be_in_viewport()
    expect(reader.locator(".cw-place")).to_contain_text("crossing boundaries of understanding")
    inside = page.evaluate(
        "() => { const box = document.querySelector('.cw-reader-text').getBoundingClientRect();"
        " const mark = document.querySelector('.cw-reader mark.cw-current').getBoundingClientRect();"
        " return mark.top >= box.top && mark.top <= box.bottom && document.querySelector('.cw-reader-text').scrollTop > 0 }"
    )
    assert inside
    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    expect(button).to_be_focused()


def test_what_is_not_covered_is_told_with_the_nearest_folded(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "How do I bake sourdough bread?")
    expect(page.get_by_text("The corpus does not seem to cover this.")).to_be_visible()
    expect(page.locator("article:visible")).to_have_count(0)
    page.get_by_text("nearest passages").click()
    assert page.locator("article:visible").count() == 8


def test_a_refusal_suggests_how_to_ask(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "How do I bake sourdough bread?")
    nearest = page.get_by_role("group", name="Questions that come nearest").get_by_role("button")
    expect(nearest).to_have_count(3)
    nearest.first.click()
    answer = page.locator(".cw-turn").nth(1)
    expect(answer.locator("article:visible")).to_have_count(3)
    expect(answer.locator(".cw-refusal")).to_have_count(0)


def test_a_follow_up_is_understood_with_what_was_said_and_says_so(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "What is joint curriculum development?")
    expect(page.locator("article").first).to_be_visible()
    ask(page, "And what does it help students with?")
    followed = page.locator(".cw-turn").nth(1)
    expect(followed.locator(".cw-understood")).to_contain_text("“What is joint curriculum development?”")
    expect(followed.locator("article").first).to_contain_text("joint curriculum development")
    followed.get_by_role("button", name="Ask it alone").click()
    alone = page.locator(".cw-turn").nth(2)
    expect(alone.locator("article").first).to_be_visible()
    expect(alone.locator(".cw-understood")).to_have_count(0)
    ask(page, "What is the boiling point of water?")
    other = page.locator(".cw-turn").nth(3)
    expect(other.locator(".cw-refusal")).to_be_visible()
    expect(other.locator(".cw-understood")).to_have_count(0)


def test_a_new_conversation_forgets_what_was_said(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "What is joint curriculum development?")
    expect(page.locator("article").first).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    ask(page, "And what does it help students with?")
    expect(page.locator("article").first).to_be_visible()
    expect(page.locator(".cw-understood")).to_have_count(0)


def test_a_slip_of_the_hand_is_told(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "What are the challenges of international cooperatoin?")
    expect(page.locator(".cw-understood")).to_have_text("Read “cooperatoin” as “cooperation”.")


def test_a_courtesy_gets_a_reply_and_no_passage(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "Hello!")
    expect(page.locator(".cw-reply")).to_contain_text("Hello!")
    expect(page.locator("article")).to_have_count(0)
    page.locator(".cw-turn .cw-example").first.click()
    expect(page.locator(".cw-turn").nth(1).locator("article").first).to_be_visible()
    expect(page.locator(".cw-understood")).to_have_count(0)


def test_what_a_reader_says_is_kept_and_can_be_taken_back(page: Page, bundled_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(bundled_index, index)
    store = FeedbackStore(StateFolder.beside(index).path)
    with hosted(index) as url:
        ask(opened(page, url), "What is joint curriculum development?")
        expect(page.locator("article").first).to_be_visible()
        ask(page, "And what does it help students with?")
        answer = page.locator(".cw-turn").nth(1)
        expect(answer.locator("article").first).to_be_visible()
        right = answer.locator("article").first.get_by_role("button", name="This is the right passage")
        right.click()
        expect(answer.locator("article").first.get_by_role("status")).to_have_text("Noted, thank you.")
        expect(right).to_have_attribute("aria-pressed", "true")
        (kept,) = store.pending()
        assert (kept.verdict, kept.question) == ("right passage", "And what does it help students with?")
        assert [turn.role for turn in kept.history] == ["user", "assistant"]
        assert kept.quote == answer.locator("article").first.locator("mark").first.text_content()
        answer.get_by_role("button", name="This helps").click()
        expect(answer.locator(".cw-opinions").get_by_role("status")).to_have_text("Noted, thank you.")
        answer.get_by_role("button", name="Nothing here answers it").click()
        expect(answer.get_by_role("button", name="This helps")).to_have_attribute("aria-pressed", "false")
        expect(answer.get_by_role("button", name="Nothing here answers it")).to_have_attribute("aria-pressed", "true")
        assert [each.verdict for each in store.pending()] == ["right passage", "nothing here"]
        answer.get_by_role("button", name="Nothing here answers it").click()
        expect(answer.locator(".cw-opinions").get_by_role("status")).to_have_text("Taken back.")
        assert [each.verdict for each in store.pending()] == ["right passage"]


def test_what_is_said_of_an_answer_from_an_older_snapshot_is_not_stored_wrongly(
    page: Page, corpus: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    build(corpus, IndexFolder(index), Settings())
    with hosted(index) as url:
        ask(opened(page, url), "What do otters eat?")
        expect(page.locator("article").first).to_contain_text("Otters eat fish")
        (corpus / "new.txt").write_text("New\n\nSomething else was written since.\n", encoding="utf-8")
        build(corpus, IndexFolder(index), Settings())
        page.get_by_role("button", name="This helps").click()
        expect(page.get_by_role("alert")).to_contain_text(
            "the documents were indexed anew or the settings have changed"
        )
        assert FeedbackStore(StateFolder.beside(index).path).pending() == []


def test_the_marks_of_an_answer_are_stepped_through_in_the_source(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    page.get_by_role("button", name="Show in source").first.click()
    reader = page.get_by_role("complementary", name="Source")
    place, current = reader.locator(".cw-at"), reader.locator("mark.cw-current")
    expect(place).to_have_text("6 of 8")
    expect(current).to_contain_text("they also present challenges")
    reader.get_by_role("button", name="Next mark").click()
    expect(place).to_have_text("7 of 8")
    expect(current).to_be_in_viewport()
    for _ in range(7):
        reader.get_by_role("button", name="Previous mark").click()
    expect(place).to_have_text("8 of 8")
    expect(current).to_be_in_viewport()


def test_the_outline_leads_to_its_headings(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    page.get_by_role("button", name="Show in source").first.click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader.locator(".cw-place")).to_be_visible()
    if not reader.locator(".cw-outline[open]").count():
        reader.get_by_text("Outline", exact=True).click()
    outline = reader.get_by_role("navigation", name="Outline").get_by_role("button")
    expect(outline).to_have_count(7)
    outline.filter(has_text="Embark on Your Journey").click()
    heading = reader.locator(".cw-heading", has_text="Embark on Your Journey")
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        (
            "Plain text",
            "“Another form of cooperation is joint curriculum development.” — International Cooperation: International "
            "Education Explained › Forms of International Cooperation in Education "
            "(international-education.txt, characters 3487–3547)",
        ),
        (
            "Markdown",
            "> Another form of cooperation is joint curriculum development.\n>\n> — International Cooperation: International "
            "Education Explained › Forms of International Cooperation in Education "
            "(international-education.txt, characters 3487–3547)\n",
        ),
        (
            "BibTeX",
            "@misc{international-education-txt-3487,\n  title = {International Cooperation: International Education "
            "Explained},\n  howpublished = {international-education.txt},\n  note = {International Cooperation: "
            "International Education Explained › Forms of International Cooperation in Education, characters 3487--3547},"
            "\n  abstract = {Another form of cooperation is joint curriculum development.}\n}\n",
        ),
    ],
)
def test_a_quotation_is_copied_with_its_citation(page: Page, chat_url: str, form: str, wanted: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(opened(page, chat_url), "joint curriculum development")
    first = page.locator("article").first
    first.get_by_text("Copy", exact=True).click()
    first.get_by_role("button", name=form).click()
    expect(first.get_by_role("status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == wanted
    text = (CORPUS / "international-education.txt").read_text(encoding="utf-8")
    assert text[3487:3547] == "Another form of cooperation is joint curriculum development."


def test_a_link_opens_the_same_answer(page: Page, chat_url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(opened(page, chat_url), "What is joint curriculum development?")
    expect(page.locator("article").first).to_be_visible()
    ask(page, "And what does it help students with?")
    followed = page.locator(".cw-turn").nth(1)
    expect(followed.locator("article").first).to_be_visible()
    followed.get_by_role("button", name="Copy link").click()
    expect(followed.locator(".cw-opinions").get_by_role("status")).to_have_text("Copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    shown = followed.locator("article blockquote").all_text_contents()
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("h2.cw-question")).to_have_text("And what does it help students with?")
    expect(page.locator(".cw-understood")).to_contain_text("What is joint curriculum development?")
    expect(page.locator("article").first).to_be_visible()
    assert page.locator("article blockquote").all_text_contents()[0] == shown[0]


def test_a_conversation_is_saved_as_markdown(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), "joint curriculum development")
    expect(page.locator("article").first).to_be_visible()
    ask(page, "How do I bake sourdough bread?")
    expect(page.locator(".cw-refusal")).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save").click()
    assert saving.value.suggested_filename == "citewell-conversation.md"
    saved = Path(saving.value.path()).read_text(encoding="utf-8")
    assert saved.startswith("# Citewell, 20")
    assert "\n## joint curriculum development\n\n> Another form of cooperation" in saved
    assert saved.count("> — International Cooperation") == 3
    assert "## How do I bake sourdough bread?\n\nThe corpus does not seem to cover this." in saved


def test_a_card_says_why_it_was_chosen_and_how_relevant_it_is(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    first = page.locator("article").first
    expect(first.locator(".cw-percent")).to_have_text("very likely relevant")
    first.get_by_text("Why this?").click()
    expect(first.locator(".cw-why")).to_contain_text("your words “challenges”, “international”, “cooperation”")
    expect(first.locator(".cw-why")).to_contain_text("58 % like the question")


def test_related_questions_follow_an_answer(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    related = page.get_by_role("group", name="Related questions").get_by_role("button")
    expect(related).to_have_count(3)
    expect(related.filter(has_text="Challenges and Opportunities")).to_have_count(0)
    related.first.click()
    expect(page.locator(".cw-turn").nth(1).locator("article").first).to_be_visible()


def test_the_keyboard_goes_all_the_way(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    cards = page.locator("article")
    expect(cards.first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(cards.nth(1)).to_be_focused()
    expect(cards.nth(1)).to_be_in_viewport()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("Tab")
    expect(cards.nth(0).get_by_role("button", name="Show in source")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Source")).to_be_visible()
    page.keyboard.press("Escape")
    expect(cards.nth(0).get_by_role("button", name="Show in source")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()


def test_a_quotation_from_a_file_that_changed_since_is_marked_so(page: Page, corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build(corpus, IndexFolder(index), Settings())
    with hosted(index) as url:
        ask(opened(page, url), "What do otters eat?")
        first = page.locator(".cw-turn").nth(0).locator("article").first
        expect(first).to_contain_text("Otters eat fish")
        expect(page.locator(".cw-drifted")).to_have_count(0)
        otters = corpus / "animals" / "otters.md"
        otters.write_text(otters.read_text(encoding="utf-8").replace("fish", "eels"), encoding="utf-8")
        ask(page, "What do otters eat?")
        changed = page.locator(".cw-turn").nth(1).locator("article").first
        expect(changed).to_contain_text("Otters eat fish")
        expect(changed.locator(".cw-drifted")).to_contain_text("has changed since it was indexed")
        sound(page)
        changed.get_by_text("Copy", exact=True).click()
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        changed.get_by_role("button", name="Plain text").click()
        expect(changed.get_by_role("status")).to_have_text("Copied.")
        assert "the file has changed since" in page.evaluate("navigator.clipboard.readText()")
        changed.get_by_role("button", name="Show in source").click()
        expect(page.locator(".cw-reader .cw-drifted")).to_contain_text("has changed since it was indexed")
        sound(page)
        page.keyboard.press("Escape")
        otters.unlink()
        ask(page, "What do otters eat?")
        gone = page.locator(".cw-turn").nth(2).locator("article").first
        expect(gone.locator(".cw-drifted")).to_contain_text("no longer in the corpus")
        expect(page.locator(".cw-turn").nth(2).locator("article", has_text="honey bee")).not_to_contain_text(
            "no longer"
        )
        build(corpus, IndexFolder(index), Settings())
        ask(page, "How does a honey bee tell others?")
        expect(page.locator(".cw-notice")).to_contain_text("index has changed since your last question")
        expect(page.locator(".cw-turn").nth(3).locator(".cw-drifted")).to_have_count(0)
        ask(page, "What does the dance give?")
        expect(page.locator(".cw-turn").nth(4).locator(".cw-opinions")).to_be_visible()
        expect(page.locator(".cw-notice")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_on_any_view(page: Page, chat_url: str, scheme: Literal["light", "dark"]) -> None:
    def found() -> list[str]:
        return [f"{each['id']}: {each['nodes'][0]['html']}" for each in Axe().run(page).response["violations"]]

    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    opened(page, chat_url)
    assert found() == []
    ask(page, QUESTION)
    expect(page.locator("article").first).to_be_visible()
    page.get_by_text("Copy", exact=True).first.click()
    page.get_by_text("Why this?").first.click()
    page.get_by_role("button", name="This helps").click()
    expect(page.get_by_role("button", name="This helps")).to_have_attribute("aria-pressed", "true")
    assert found() == []
    ask(page, "How do I bake sourdough bread?")
    expect(page.locator(".cw-refusal")).to_be_visible()
    page.get_by_text("nearest passages").click()
    assert found() == []
    ask(page, "And what do they offer?")
    ask(page, "Thank you!")
    expect(page.locator(".cw-reply")).to_be_visible()
    assert found() == []
    page.locator(".cw-turn").first.get_by_role("button", name="Show in source").first.click()
    expect(page.get_by_role("complementary", name="Source").locator(".cw-place")).to_be_visible()
    assert found() == []


def test_examples_come_from_the_headings_and_ask(page: Page, chat_url: str) -> None:
    opened(page, chat_url).get_by_role("button", name="Concept of International Education").click()
    expect(page.locator("article").first.locator("footer")).to_contain_text("Concept of International Education")
    expect(page.get_by_role("group", name="Example questions")).to_be_hidden()
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("group", name="Example questions")).to_be_visible()
    expect(page.locator("article")).to_have_count(0)


def test_questions_in_quick_succession_get_their_own_answers(page: Page, chat_url: str) -> None:
    opened(page, chat_url)
    questions = [QUESTION, "How do I bake sourdough bread?", "What does IPGCE offer teachers?"]
    for question in questions:
        ask(page, question)
    turns = page.locator(".cw-turn")
    expect(turns).to_have_count(3)
    expect(turns.nth(0).locator("article").first).to_contain_text("visa regulations")
    expect(turns.nth(1)).to_contain_text("does not seem to cover this")
    expect(turns.nth(2).locator("article").first).to_contain_text("IPGCE offers")
    assert [turn.locator("h2").text_content() for turn in turns.all()] == questions
    # What was asked last is what is waited for, whichever answer comes last.
    expect(turns.last.locator("h2")).to_be_in_viewport()


def test_a_bad_question_gets_the_reason(page: Page, chat_url: str) -> None:
    box = page.get_by_role("textbox", name="Your question")
    ask(opened(page, chat_url), "x" * 2001)
    expect(page.get_by_role("alert")).to_contain_text("2,001 characters; at most 2,000 are taken")
    # It is not lost.
    expect(box).to_have_value("x" * 2001)
    expect(page.locator(".cw-turn")).to_have_count(0)
    box.press("Backspace")
    expect(page.get_by_role("alert")).to_be_hidden()
    page.goto(f"{chat_url}?q={'x' * 2001}")
    expect(page.locator(".cw-turn").get_by_role("alert")).to_contain_text("2,001 characters")


def test_markup_in_documents_titles_and_questions_is_shown_and_not_run(page: Page, hostile_url: str) -> None:
    opened(page, hostile_url)
    page.wait_for_timeout(300)
    expect(page.get_by_role("group", name="Example questions")).to_contain_text(
        "<script>window.hacked=3</script> ${7*7}"
    )
    ask(page, "Where do badgers dig <img src=x onerror=window.hacked=7> burrows ${window.hacked=8}?")
    expect(page.locator("h2.cw-question")).to_contain_text("<img src=x onerror=window.hacked=7>")
    first = page.locator("article").first
    expect(first).to_contain_text("</mark></blockquote><img src=x onerror=window.hacked=4>")
    expect(first).to_contain_text("{{7*7}} is <b>not bold</b> & has")
    first.get_by_role("button", name="Show in source").click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader).to_contain_text("<a href='javascript:window.hacked=6'>tunnels</a>")
    expect(reader.locator(".cw-reader-path")).to_have_text("${alert(1)}<img src=x onerror=alert(2)>.txt")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".cw img, .cw script, .cw b, .cw a").count() == 0


def test_a_place_keeps_the_answers_to_it(page: Page, hostile_url: str) -> None:
    opened(page, hostile_url)
    page.get_by_text("Ask only part of the documents").click()
    page.get_by_role("combobox").fill("plain.txt")
    ask(page, "What stands here?")
    expect(page.locator("article").first).to_contain_text("Harmless words")
    expect(page.locator("article")).to_have_count(1)
    page.get_by_role("combobox").fill("nowhere.txt")
    ask(page, "What stands here?")
    expect(page.get_by_role("alert")).to_contain_text("no document at 'nowhere.txt'")


@pytest.mark.usefixtures("encoder")
def test_where_was_looked_is_said_and_can_be_left(page: Page, corpus: Path, tmp_path: Path) -> None:
    build(corpus, IndexFolder(tmp_path / "index"), Settings())
    with hosted(tmp_path / "index") as url:
        opened(page, f"{url}?q=What+is+told+of+the+Moon&in=animals/")
        first = page.locator(".cw-turn").first
        expect(first.locator(".cw-understood")).to_contain_text("Looked only in animals/")
        expect(first).not_to_contain_text("twenty-seven")
        expect(page.locator(".cw-scope summary")).to_have_text("Asking only animals/")
        page.get_by_text("Asking only animals/").click()
        expect(page.get_by_role("combobox")).to_have_value("animals/")
        sound(page)
        first.get_by_role("button", name="Look everywhere").click()
        everywhere = page.locator(".cw-turn").nth(1)
        expect(everywhere.locator("article").first).to_contain_text("twenty-seven days")
        expect(everywhere.locator(".cw-understood")).to_have_count(0)
        expect(page.locator(".cw-scope summary")).to_have_text("Ask only part of the documents")
        page.get_by_role("combobox").fill("moon.txt")
        expect(page.locator(".cw-scope summary")).to_have_text("Asking only moon.txt")
        page.get_by_role("button", name="New conversation").click()
        expect(page.get_by_role("combobox")).to_have_value("")
        expect(page).to_have_title("Citewell")


def test_nothing_jumps_while_an_answer_arrives_and_who_reads_elsewhere_stays_there(page: Page, chat_url: str) -> None:
    opened(page, chat_url)
    page.evaluate(
        "() => { window.shifts = []; new PerformanceObserver((list) => list.getEntries().forEach((each) => {"
        " if (!each.hadRecentInput) window.shifts.push([each.value, each.sources.map((s) => s.node?.className)]); }))"
        ".observe({ type: 'layout-shift', buffered: true }); }"
    )
    ask(page, QUESTION)
    expect(page.locator("article").first).to_be_visible()
    page.wait_for_timeout(600)
    # Once the answer is there it stays where it is; what comes before counts as the reader's own doing for half a second.
    ask(page, "joint curriculum development")
    expect(page.locator(".cw-turn").nth(1).locator("article").first).to_be_visible()
    page.wait_for_timeout(600)
    assert sum(shift[0] for shift in page.evaluate("window.shifts")) < 0.02
    log = page.locator(".cw-log")
    held: list[Route] = []
    page.route("**/component_server/", lambda route: held.append(route))
    ask(page, "visa regulations")
    expect(page.locator(".cw-turn")).to_have_count(3)
    log.hover()
    page.mouse.wheel(0, -9000)
    page.wait_for_function("document.querySelector('.cw-log').scrollTop === 0")
    held.pop().continue_()
    expect(page.locator(".cw-turn").nth(2).locator("article").first).to_be_attached()
    page.wait_for_timeout(300)
    assert log.evaluate("(log) => log.scrollTop") == 0


def test_on_a_phone_the_reader_covers_the_conversation_whole(page: Page, chat_url: str) -> None:
    ask(opened(page, chat_url), QUESTION)
    page.get_by_role("button", name="Show in source").first.click()
    expect(page.locator(".cw-reader mark").first).to_be_visible()
    covers = page.viewport_size is not None and page.viewport_size["width"] < 800
    assert page.locator(".cw-chat").evaluate("(chat) => chat.inert") is covers
    page.keyboard.press("Control+k")
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    expect(page.locator(".cw-reader")).to_be_visible(visible=not covers)


def test_nothing_comes_from_elsewhere_and_nothing_overflows(page: Page, chat_url: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    ask(opened(page, chat_url), QUESTION)
    expect(page.locator("article").first).to_be_visible()
    home = urlsplit(chat_url).netloc
    assert requests
    assert [url for url in requests if urlsplit(url).netloc not in {home, ""}] == []
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]


@pytest.mark.usefixtures("encoder")
def test_a_quotation_that_no_longer_stands_there_is_not_opened_in_the_wrong_place(
    page: Page, corpus: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    build(corpus, IndexFolder(index), Settings())
    with hosted(index) as url:
        ask(opened(page, url), "How long does the Moon take round the Earth?")
        expect(page.locator("article").first).to_contain_text("twenty-seven days")
        moon = corpus / "moon.txt"
        moon.write_text("A new beginning. " + moon.read_text(encoding="utf-8"), encoding="utf-8")
        build(corpus, IndexFolder(index), Settings())
        ask(page, "What do otters eat?")
        expect(page.locator(".cw-turn").nth(1).locator("article").first).to_contain_text("fish and crabs")
        page.locator(".cw-turn").first.get_by_role("button", name="Show in source").first.click()
        expect(page.get_by_role("alert")).to_contain_text("The document has changed since this was quoted")
        page.get_by_role("button", name="Close").click()
        ask(page, "How long does the Moon take round the Earth?")
        page.locator(".cw-turn").nth(2).get_by_role("button", name="Show in source").first.click()
        expect(page.locator(".cw-reader mark").first).to_contain_text("twenty-seven days")


HOSTILE_CITED = (
    "# Badger {one brace\n\n1. Badgers dig http://evil.example/ setts <img src=x onerror=alert(1)> [a](javascript:alert(2)) "
    "\\ ^ ~ } & &lt; $x$ www.evil.example and ![i](x) `code` **bold** at night\n- in woods\n+ on hills\n    in fields\n===\n.\n"
)
HOSTILE_ASKED = (
    "What do badgers dig <img src=x onerror=alert(1)> [click](javascript:alert(2)) `x` http://e.example/ &lt;?"
)
HOSTILE_TEXTS = (
    "- list\n\n\tcode\n+ x\n1) y\n2. z\ntitle\n===\ntitle\n---\n***\n___\n~~~\n> q\n| a | b |\n|---|---|\n| c | d |\n<!-- x",
    "<b>a@evil.example</b> [x]: http://x 'y' \x00\x1b[31m \r\nx  \ny\\\nz &amp; ![i](j) <http://evil.example> ``c`` *d* __e__",
    "    code\n# heading #\n\u2028- item\n[x]: http://evil.example\n\n[x]\n\n- - -\n* * *\n<div>\n\n```\nx\n```\n",
)


@pytest.mark.promise("text-stays-text")
def test_what_is_saved_or_copied_is_nothing_but_text(page: Page, tmp_path: Path, encoder: Encoder) -> None:
    assert encoder.card.dimension
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "1. bad_{ger} [a](b).txt").write_text(HOSTILE_CITED, encoding="utf-8")
    build(tmp_path / "corpus", IndexFolder(tmp_path / "index"), Settings())
    with hosted(tmp_path / "index") as url:
        page.goto(f"{url}?q={quote(HOSTILE_ASKED)}")
        expect(page.locator(".cw-card").first).to_be_visible()
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save").click()
        saved = Path(saving.value.path()).read_text(encoding="utf-8")
        program = "([script, name, text]) => new Function(`${script}; return ${name}`)()(text)"
        for text in HOSTILE_TEXTS:
            made = page.evaluate(program, [asset("cite.js"), "inMarkdown", text])
            tokens = markdown.parse(made)
            kinds = {token.type for token in tokens} | {
                child.type for token in tokens for child in token.children or ()
            }
            assert kinds <= {"paragraph_open", "inline", "paragraph_close", "text", "softbreak"}, made
        bibtex = page.evaluate(program, [asset("cite.js"), "inBibtex", HOSTILE_CITED + "}} \\{ \\} {"])
    tokens = markdown.parse(saved)
    # What some readers make a link of without any sign has one before it.
    assert "http://" not in saved
    assert "www.evil" not in saved
    inner = [child.type for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} <= {
        f"{name}_{way}" for name in ("heading", "paragraph", "blockquote") for way in ("open", "close")
    } | {"inline"}
    assert set(inner) <= {"text", "softbreak"}
    headings = [token.content for at, token in enumerate(tokens) if at and tokens[at - 1].type == "heading_open"]
    assert len(headings) == 2
    shown = "".join(child.content for token in tokens for child in token.children or ())
    assert HOSTILE_ASKED in shown
    assert bibtex.startswith(r"\# Badger \textbraceleft{}one brace 1. Badgers")
    assert r"\textbackslash{} \textasciicircum{} \textasciitilde{} \textbraceright{} \& \&lt;" in bibtex
    depth = 0
    for character in bibtex:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth in {0, 1}
    assert depth == 0

"""Judging in a real Chromium: a set run and watched, its misses and charts, two runs, feedback, and the map."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder
from citewell.evaluation.questions.feedback import FeedbackStore, about
from citewell.evaluation.questions.sets import read_questions
from citewell.state.folder import StateFolder
from tests.support.judging import BEES
from tests.support.pages import Look
from tests.support.servers import hosted

pytestmark = pytest.mark.browser

RUN = "window.hacked=1"
PAYLOAD = f"<img src=x onerror={RUN}> </textarea></select><script>{RUN}</script> ${{{RUN}}} {{{{{RUN}}}}} <b>bold</b>"
SET = f"""
- question: How long does the Moon take to go round the Earth?
  kind: literal
  answers: [{{document: moon.txt, quote: about twenty-seven days}}]
- question: 'What do otters eat? {PAYLOAD}'
  kind: '{PAYLOAD}'
  answers: [{{document: animals/otters.md, quote: fish and crabs}}]
- question: How do honey bees tell others of flowers?
  answers: [{{document: hidden.md, quote: The needle lies here}}]
- question: Who won the cup in 1987?
  answerable: false
"""


@pytest.fixture
def served(corpus: Path, tmp_path: Path, encoder: Encoder) -> Iterator[tuple[str, Path, IndexFolder]]:
    assert encoder.card.dimension
    for nth, text in enumerate(BEES):
        (corpus / f"bees{nth}.txt").write_text(f"Bees {nth}\n\n{text}\n", encoding="utf-8")
    (corpus / "hidden.md").write_text(
        f"# Hay {PAYLOAD}\n\n## Needle\n\nThe needle lies here, under old hay.\n\n## Hay\n\nHay is dry grass.\n",
        encoding="utf-8",
    )
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings())
    asked = tmp_path / "small.questions.yaml"
    asked.write_text(SET, encoding="utf-8")
    answer = Assistant(index).ask(f"Where do otters hunt at night? {PAYLOAD}")
    store = FeedbackStore(StateFolder.beside(index.path).path)
    store.add(about(answer, (), "right passage", 1))
    store.add(about(answer, (), "unhelpful"))
    with hosted(index.path, questions=[asked]) as url:
        yield url, asked, index


def fits(page: Page, sound: Look) -> None:
    sound(page)
    assert page.locator(".cw-view").evaluate("(view) => view.scrollWidth - view.clientWidth") <= 0


def hovered(page: Page, chart: Locator, mark: str) -> Locator:
    """Point at a mark of a chart and return its label."""
    expect(chart).to_have_class("js-plotly-plot")
    chart.scroll_into_view_if_needed()
    box = chart.locator(mark).first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    label = chart.locator(".hoverlayer .hovertext")
    expect(label).to_be_visible()
    return label


@pytest.mark.long
def test_a_set_is_run_watched_read_compared_and_mapped(
    page: Page, served: tuple[str, Path, IndexFolder], sound: Look
) -> None:
    url, _, index = served
    asking: list[str] = []
    page.on("request", lambda request: asking.append(request.url))
    page.goto(url)
    page.get_by_role("button", name="Quality", exact=True).click()
    panel = page.get_by_role("region", name="Quality of the answers")
    expect(panel).to_contain_text("4 questions")
    assert not [each for each in asking if "plotly" in each]
    fits(page, sound)
    panel.get_by_role("button", name="Run it").click()
    expect(panel).to_contain_text("3 answerable questions, 1 unanswerable")
    tabs = page.get_by_role("navigation", name="Quality")
    expect(tabs.locator("[aria-current='page']")).to_have_text("Result")
    assert len([*StateFolder.beside(index.path).runs.glob("*-small.jsonl")]) == 1
    row = (
        panel.get_by_role("region", name="Measures, table").get_by_role("row").filter(has_text=re.compile(r"^\s*hit@5"))
    )
    expect(row).to_contain_text("0.667")
    missed = panel.locator(".cw-miss")
    expect(missed.filter(has_text="How do honey bees")).to_contain_text("The needle lies here")
    expect(panel.get_by_role("rowheader", name=PAYLOAD)).to_be_visible()
    expect(hovered(page, panel.locator("[data-chart=rank]"), ".bars .point")).to_contain_text("rank 1: 2 questions")
    kinds = panel.locator("[data-chart=kinds]")
    expect(hovered(page, kinds, ".bars .point >> nth=1")).to_contain_text("<img src=x onerror=")
    fits(page, sound)
    lost = missed.filter(has_text="How do honey bees").get_by_role("button", name="Show in source").first
    lost.scroll_into_view_if_needed()
    at = panel.evaluate("(view) => view.scrollTop")
    lost.click()
    expect(page.locator(".cw-reader-text mark")).to_have_text("The needle lies here")
    page.get_by_role("button", name="Back to quality").click()
    expect(page.get_by_role("button", name="Show in source").first).to_be_attached()
    assert panel.evaluate("(view) => view.scrollTop") == at > 0
    tabs.get_by_role("button", name="Run").click()
    panel.get_by_role("button", name="Run it").click()
    expect(panel).to_contain_text("3 answerable questions, 1 unanswerable")
    tabs.get_by_role("button", name="Compare").click()
    expect(panel.locator(".cw-verdict")).to_contain_text("No significant difference with 3 questions")
    expect(hovered(page, panel.locator("[data-chart=comparison]"), ".points path")).to_contain_text("+0.000")
    fits(page, sound)
    tabs.get_by_role("button", name="Map").click()
    expect(panel).to_contain_text("Expected but missed")
    tree = panel.locator("[data-chart=map]")
    expect(tree.locator(".slice")).not_to_have_count(0)
    assert "rgb(200, 80, 47)" in tree.locator("path.surface").evaluate_all("all => all.map((each) => each.style.fill)")
    fits(page, sound)
    expect(hovered(page, tree, ".slice:has-text('Needle') path.surface")).to_contain_text("expected by 1, missed by 1")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".cw-reader-path")).to_have_text("hidden.md")
    expect(page.locator(".cw-place")).to_contain_text("The needle lies here")
    page.get_by_role("button", name="Back to quality").click()
    panel.get_by_role("button", name="Needle").first.click()
    expect(page.locator(".cw-place")).to_contain_text("The needle lies here")
    page.keyboard.press("Escape")
    expect(page.locator(".cw-reader")).to_be_hidden()
    assert [each for each in asking if not each.startswith(url)] == []
    assert page.locator(".cw :is(img, script, iframe)").count() == 0


@pytest.mark.long
def test_feedback_is_accepted_into_a_set(page: Page, served: tuple[str, Path, IndexFolder], sound: Look) -> None:
    url, asked, _ = served
    page.goto(url)
    page.get_by_role("button", name="Quality", exact=True).click()
    page.get_by_role("navigation", name="Quality").get_by_role("button", name="Feedback").click()
    panel = page.get_by_role("region", name="Quality of the answers")
    expect(panel.locator("article")).to_have_count(2)
    expect(panel.locator("article h4").first).to_contain_text(PAYLOAD)
    fits(page, sound)
    panel.get_by_role("button", name="Accept", exact=True).click()
    expect(panel.get_by_role("status")).to_have_text(f"Added to {asked}.")
    added = read_questions(asked).questions[-1]
    assert (added.kind, added.answers[0].document) == ("feedback", "animals/otters.md")
    panel.get_by_role("button", name="Reject").click()
    expect(panel).to_contain_text("No feedback to review.")
    assert len(read_questions(asked).questions) == 5


@pytest.mark.long
def test_what_is_wrong_with_a_set_is_said_and_a_run_can_be_cancelled(
    page: Page, served: tuple[str, Path, IndexFolder], sound: Look
) -> None:
    url, asked, index = served
    page.goto(url)
    asked.write_text(SET.replace("twenty-seven days", "thirty days"), encoding="utf-8")
    page.get_by_role("button", name="Quality", exact=True).click()
    panel = page.get_by_role("region", name="Quality of the answers")
    panel.get_by_role("button", name="Run it").click()
    expect(panel.get_by_role("alert")).to_contain_text("citewell questions repair")
    asked.write_text(
        "\n".join(f"- {{question: Is {nth} a number?, answerable: false}}" for nth in range(3000)), encoding="utf-8"
    )
    panel.get_by_role("button", name="Run it").click()
    expect(panel.get_by_role("progressbar")).to_be_visible()
    expect(panel).to_contain_text("of 3,000")
    panel.get_by_role("button", name="Cancel").click()
    expect(panel.get_by_role("status")).to_contain_text("Cancelled. The run of")
    assert not [*StateFolder.beside(index.path).runs.glob("*")]
    asked.unlink()
    page.get_by_role("navigation", name="Quality").get_by_role("button", name="Run").click()
    expect(panel).to_contain_text("There is no question set")
    fits(page, sound)


def test_a_page_for_everyone_has_no_quality(page: Page, bundled_index: Path) -> None:
    with hosted(bundled_index, public=True) as url:
        page.goto(url)
        expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
        expect(page.get_by_role("button", name="Quality", exact=True)).to_have_count(0)
        # Not even by a button that somebody makes.
        page.evaluate(
            "() => { const button = document.querySelector('[data-judge]'); button.hidden = false; button.click(); }"
        )
        expect(page.locator(".cw-reader")).to_contain_text("The request failed")


@pytest.mark.long
@pytest.mark.every_size
def test_two_sets_can_be_compared_where_they_share_questions_and_a_damaged_run_leaves_a_way_on(
    page: Page, served: tuple[str, Path, IndexFolder], sound: Look
) -> None:
    url, asked, index = served
    page.goto(url)
    page.get_by_role("button", name="Quality", exact=True).click()
    panel = page.get_by_role("region", name="Quality of the answers")
    tabs = page.get_by_role("navigation", name="Quality")
    panel.get_by_role("button", name="Run it").click()
    expect(panel).to_contain_text("3 answerable questions, 1 unanswerable")
    (kept,) = StateFolder.beside(index.path).runs.glob("*.jsonl")
    lines = kept.read_text(encoding="utf-8").replace("small", "other").splitlines()
    asked_otherwise = json.loads(lines[1])
    asked_otherwise["question"] |= {"id": "otherwise", "question": "How many days does the Moon take?"}
    other = [lines[0], json.dumps(asked_otherwise)]
    (kept.parent / "20990101T000000.0Z-other.jsonl").write_text("\n".join(other) + "\n", encoding="utf-8")
    (kept.parent / "20000101T000000.0Z-broken.jsonl").write_text("nothing\n", encoding="utf-8")
    tabs.get_by_role("button", name="Compare").click()
    # The newest run has no other of its own set.
    expect(panel).to_contain_text("Choose two runs.")
    panel.get_by_label("A, before").select_option(label=lines[0].split('"')[3].replace("other", "small"))
    panel.get_by_role("button", name="Compare").click()
    expect(panel.get_by_role("alert")).to_contain_text("no question in common")
    expect(panel.get_by_label("A, before")).to_be_visible()
    tabs.get_by_role("button", name="Result").click()
    expect(tabs.locator("[aria-current='page']")).to_have_text("Result")
    panel.get_by_role("combobox").select_option(label="20000101T000000.0Z-broken (cannot be read)")
    expect(panel.get_by_role("alert")).to_contain_text("not a saved run")
    expect(panel.get_by_role("combobox")).to_be_focused()
    fits(page, sound)
    assert asked.exists()

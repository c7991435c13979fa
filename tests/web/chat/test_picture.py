"""The picture of a page beside its text: turned, zoomed, marked, by mouse and keys; and the text alone where it must be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from citewell import IndexFolder, Settings, build
from tests.support.pages import Look, ask, opened
from tests.support.pdfs import Pdf, paragraph, shown
from tests.support.pictures import picture
from tests.support.servers import hosted

pytestmark = pytest.mark.browser

# The second page has two columns; the sentence about the moss goes on from the foot of the first in the head of the second.
LEFT = [
    "The wren weighs ten grams and lives in hedges",
    "and woods. It sings loudly in winter months, and",
    "it is hard to see, because it is small and brown",
    "and stays near to the ground, in old leaves and",
    "under roots. Its tail stands up when it sits on a",
    "stone or on a wall. In spring, the wren builds its",
]
RIGHT = [
    "nest of moss and leaves, in a hole or in ivy.",
    "It eats spiders and beetles, which it finds in the",
    "gaps between the stones of walls. In a cold night",
    "many wrens sleep in one hole, close to each other,",
    "so that they stay warm. In a hard winter most of",
    "them die, and their number grows again later.",
]
PAPER = Pdf(
    [
        paragraph(72, 84, ["A paper about birds", "Birds are animals with feathers and wings."], 12),
        paragraph(50, 90, LEFT) + paragraph(310, 90, RIGHT),
        shown(72, 84, "Owls hunt at night and sleep by day in old trees.", 12),
    ],
    catalog="/PageLabels << /Nums [0 << /S /r >> 1 << /S /D >>] >>",
)
HALL = "# The hall\n\n| Zone | Daily |\n|---|---|\n| North wing | 12.00 |\n| South wing | 15.00 |\n\n![The plan](plan.png)\n\n"
HALL += "The plan shows two doors. ![A map](https://example.org/map.png)\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with a PDF and a text with a table and pictures, and its index."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "birds.pdf").write_bytes(PAPER.data())
    (folder / "corpus" / "hall.md").write_text(HALL, encoding="utf-8")
    (folder / "corpus" / "plan.png").write_bytes(picture(300, 200))
    build(folder / "corpus", IndexFolder(folder / "index"), Settings())
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with hosted(folder / "index") as url:
        yield url


def source(page: Page, url: str, question: str) -> Locator:
    """Ask, and open the source of the best passage."""
    ask(opened(page, url), question)
    page.get_by_role("button", name="Show in source").first.click()
    reader = page.get_by_role("complementary", name="Source")
    expect(reader.locator(".cw-place")).to_be_visible()
    return reader


def is_wide(page: Page) -> bool:
    return bool(page.viewport_size and page.viewport_size["width"] >= 1100)


@pytest.mark.every_size
def test_the_page_is_shown_with_its_marks_and_turned_and_zoomed_by_keys(page: Page, url: str, sound: Look) -> None:
    reader = source(page, url, "What does the wren build its nest of?")
    area, text = reader.get_by_role("region", name="Picture of the page"), reader.locator(".cw-reader-text")
    # The text has the focus, wherever the picture is.
    expect(reader.locator(".cw-place")).to_be_focused()
    if is_wide(page):
        expect(text).to_be_visible()
    else:
        expect(area).to_be_hidden()
        page.keyboard.press("p")
        expect(text).to_be_hidden()
    drawn = area.get_by_role("img")
    expect(drawn).to_have_attribute("alt", re.compile(r"Picture of page 1 \(2 of 3\)\. .*press T"))
    field = area.get_by_label("Page", exact=True).and_(page.locator("input"))
    expect(field).to_have_value("1")
    # The sentence is marked at the foot of the first column and at the head of the second.
    marks = area.locator(".cw-mark-on-page.cw-current")
    expect(marks).to_have_count(2)
    boxes = [mark.bounding_box() for mark in marks.all()]
    sheet = drawn.bounding_box()
    assert sheet
    scale = sheet["width"] / 595
    for box, (left, top) in zip(boxes, [(134, 140), (310, 80)], strict=True):
        assert box
        assert abs(box["x"] - sheet["x"] - scale * left) < 3
        assert abs(box["y"] - sheet["y"] - scale * top) < 6
    sound(page)
    area.locator(".cw-sheet").focus()
    page.keyboard.press("PageDown")
    expect(drawn).to_have_attribute("alt", re.compile("Picture of page 2 "))
    expect(area.get_by_role("button", name="Next page")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(field).to_have_value("i")
    width = drawn.bounding_box()
    page.keyboard.press("+")
    page.wait_for_function(
        "(wide) => document.querySelector('.cw-paper img')?.width > 1.2 * wide", arg=width["width"] if width else 0
    )
    page.keyboard.press("0")
    field.fill("2")
    page.keyboard.press("Enter")
    expect(drawn).to_have_attribute("alt", re.compile("Picture of page 2 "))
    field.fill("x")
    page.keyboard.press("Enter")
    expect(area.get_by_role("status")).to_have_text("There is no page “x”.")
    area.get_by_role("button", name="Previous page").focus()
    page.keyboard.press("t")
    expect(reader.locator(".cw-place")).to_be_focused()
    expect(text).to_be_visible()


@pytest.mark.long
def test_the_marks_of_the_text_turn_the_page(page: Page, url: str) -> None:
    reader = source(page, url, "When do owls hunt?")
    drawn = reader.get_by_role("region", name="Picture of the page").get_by_role("img")
    expect(drawn).to_have_attribute("alt", re.compile("Picture of page 2 "))
    reader.get_by_role("searchbox").fill("feathers")
    page.keyboard.press("Enter")
    expect(drawn).to_have_attribute("alt", re.compile("Picture of page i "))
    reader.get_by_role("button", name="Page", exact=True).click()
    expect(drawn).to_be_hidden()
    # Whoever wants no picture has none in the next document, either.
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show in source").first.click()
    expect(reader.locator(".cw-place")).to_be_focused()
    expect(drawn).to_have_count(0)


@pytest.mark.long
def test_tables_and_figures_are_beside_the_text(page: Page, url: str, sound: Look) -> None:
    reader = source(page, url, "How much is the south wing a day?")
    row = reader.get_by_role("row", name="South wing 15.00")
    expect(row).to_have_class(re.compile("cw-placed"))
    expect(reader.get_by_role("columnheader")).to_have_text(["Zone", "Daily"])
    plan = reader.get_by_role("img", name="The plan")
    plan.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.cw-figure img').naturalWidth === 300")
    expect(reader).to_contain_text("Picture not shown: it is at another place, from which nothing is loaded.")
    sound(page)


@pytest.mark.long
def test_of_a_file_that_has_changed_the_text_alone_is_shown(page: Page, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    paper = tmp_path / "corpus" / "birds.pdf"
    paper.write_bytes(PAPER.data())
    build(tmp_path / "corpus", IndexFolder(tmp_path / "index"), Settings())
    with hosted(tmp_path / "index", originals=True) as url:
        reader = source(page, url, "When do owls hunt?")
        expect(reader.get_by_role("link", name="Download")).to_have_attribute(
            "href", "/api/original?document=birds.pdf"
        )
        drawn = reader.get_by_role("region", name="Picture of the page").get_by_role("img")
        expect(drawn).to_be_visible()
        paper.write_bytes(PAPER.data() + b"\n")
        reader.get_by_role("button", name="Previous page").click()
        expect(reader.locator(".cw-picture-says")).to_have_text(
            "The page is not shown: birds.pdf has changed since it was indexed."
        )
        expect(drawn).to_have_count(0)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Show in source").first.click()
        expect(reader.locator(".cw-drifted")).to_contain_text("Its pages and pictures are not shown")
        expect(reader.locator(".cw-picture")).to_have_count(0)
        expect(reader.get_by_role("link", name="Download")).to_have_count(0)
        expect(reader.locator("mark").first).to_contain_text("Owls hunt at night")

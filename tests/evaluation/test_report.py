"""The report, in a real Chromium: whole, alone, and harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from citewell.evaluation.report import write_report
from citewell.evaluation.running import Run
from tests.support.runs import outcome, run

HOSTILE = "<img src=x onerror=window.hacked=1>{{ 7*7 }}</script>"
TEXT = "Before it. " + "x" * 30 + " after it. " + HOSTILE + " and so on." * 40


@pytest.fixture
def made() -> Run:
    """A run with something of everything: found, found late, missed, silent, refused, and answered though unanswerable."""
    late = [("a.txt", 200 + 10 * nth, 205 + 10 * nth) for nth in range(7)]
    return run(
        HOSTILE,
        outcome("found", [("a.txt", 11, 41), ("a.txt", 20, 41)], [("a.txt", 11, 41)], kind=HOSTILE),
        outcome("late", [("a.txt", 11, 41)], [*late, ("a.txt", 11, 41)]),
        outcome("missed", [("a.txt", 11, 41)], late),
        outcome("silent", [("a.txt", 11, 41)], None),
        outcome("refused", [("a.txt", 11, 41)], [("a.txt", 11, 41)], confidence=0.2),
        outcome("unanswerable", [], late, confidence=0.9),
        outcome("rightly refused", [], late, confidence=0.1),
    )


@pytest.fixture
def report(made: Run, tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(TEXT, encoding="utf-8")
    return write_report(made, tmp_path / "deep" / "report", {"a.txt": TEXT}, tmp_path / "corpus")


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    page = browser.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(report.as_uri())
    yield page
    page.close()
    assert errors == []
    assert asked == [report.as_uri()]


def test_it_is_one_file_that_loads_nothing_else(report: Path) -> None:
    assert [file.name for file in report.parent.iterdir()] == ["index.html"]
    page = report.read_text(encoding="utf-8")
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", page) == []


@pytest.mark.browser
def test_it_shows_the_measures_the_plots_and_every_miss(page: Page) -> None:
    expect(page.locator(".js-plotly-plot")).to_have_count(4)
    for chart in page.locator(".js-plotly-plot").all():
        box = chart.bounding_box()
        assert box is not None
        assert box["width"] > 200
        expect(chart.locator(".trace path").first).to_be_attached()
    for measure in ("hit@1", "highlight F1"):
        expect(page.get_by_role("row", name=re.compile(rf"^{measure} 0\.400 "))).to_be_visible()
    misses = page.locator("article")
    assert [each.locator("h3").text_content() for each in misses.all()] == [
        f"Question {name}?" for name in ("late", "missed", "silent", "refused", "unanswerable")
    ]
    expect(misses.nth(0)).to_contain_text("the right passage is only at rank 8")
    expect(misses.nth(1)).to_contain_text("no right passage among 7")
    expect(misses.nth(2)).to_contain_text("missing from the run")
    expect(misses.nth(3)).to_contain_text("refused, but the right passage is at rank 1")
    expect(misses.nth(4)).to_contain_text("answered, but the corpus does not cover it")
    wanted = misses.nth(1).locator("blockquote").first
    expect(wanted.locator("mark")).to_have_text("x" * 30)
    expect(wanted).to_contain_text("Before it.")


@pytest.mark.browser
def test_a_place_is_linked_in_the_source(page: Page, tmp_path: Path) -> None:
    link = page.locator("article").first.locator("a").first.get_attribute("href") or ""
    address, _, fragment = link.partition("#:~:text=")
    assert address == (tmp_path / "corpus" / "a.txt").as_uri()
    assert unquote(fragment) == "x" * 30


@pytest.mark.browser
def test_a_link_opens_the_source_at_the_words(browser: Browser, tmp_path: Path) -> None:
    quote = "- It takes twenty-seven days, -and more, or 100 % & so on"
    text = "Line.\n" * 500 + f"Before.\n{quote}.\n" + "Line.\n" * 500
    start = text.index(quote)
    (tmp_path / "a b.txt").write_text(text, encoding="utf-8")
    made = run("made", outcome("missed", [("a b.txt", start, start + len(quote))], []))
    page = browser.new_page()
    page.goto(write_report(made, tmp_path / "report", {"a b.txt": text}, tmp_path).as_uri())
    page.get_by_role("link", name="a b.txt").click()
    page.wait_for_function("scrollY > 1000")
    page.close()


@pytest.mark.browser
def test_the_plots_show_what_was_measured(page: Page, made: Run) -> None:
    def data(chart: str) -> list[dict[str, list[float]]]:
        read = "name => document.getElementById(name)._fullData.map(each => ({x: [...each.x], y: [...(each.y ?? [])]}))"
        found: list[dict[str, list[float]]] = page.evaluate(read, f"chart-{chart}")
        return found

    # Of five, rank 1 twice, rank 8 once, and twice not at all.
    assert data("rank")[0]["y"] == [2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2]
    # What two right answers share counts once.
    assert data("recall")[0]["y"] == pytest.approx([0.4] * 7 + [0.6] * 3)
    refused, answered = data("refusal")
    at = refused["x"].index(0.5)
    # Below 0.5 are the one refused and the silent one of five; not below it is one of two unanswerable ones.
    assert (refused["y"][at], answered["y"][at]) == pytest.approx((0.4, 0.5))
    assert len(data("latency")[0]["x"]) == sum(each.answer is not None for each in made.outcomes)


@pytest.mark.browser
def test_what_comes_from_a_corpus_or_a_set_is_shown_and_not_run(page: Page) -> None:
    expect(page.locator("h1")).to_have_text(HOSTILE)
    expect(page.get_by_role("cell", name=HOSTILE)).to_be_visible()
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_run_without_covered_or_without_foreign_questions_has_a_report_too(made: Run, tmp_path: Path) -> None:
    for nth, outcomes in enumerate((made.outcomes[:1], made.outcomes[5:], made.outcomes[3:4])):
        part = Run("part", made.about, outcomes)
        page = write_report(part, tmp_path / str(nth), {"a.txt": TEXT}, tmp_path)
        assert "</html>" in page.read_text(encoding="utf-8")

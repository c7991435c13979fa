"""Text is shown once: what an answer has is known before its candidates are read."""

from __future__ import annotations

import pytest

from citewell import Assistant
from citewell.answer import Scope
from citewell.search.page import Page
from citewell.search.searching import Query, Ranking, ranking
from citewell.settings import Searching
from tests.support.indexes import assistant_for

_TEXT = " ".join(
    f"The {colour} ferry number {number} crosses the {water} at {number} o'clock and carries {number * 7} cars."
    for number, (colour, water) in enumerate(
        [
            (colour, water)
            for colour in ("red", "blue", "green", "white", "black")
            for water in ("fjord", "sound", "lake")
        ]
        * 4,
        start=1,
    )
)
FILES = {
    "ferries.txt": f"Ferries\n\n{_TEXT}\n",
    "copy.txt": f"A copy\n\n{_TEXT}\n",
    "bees.txt": "Bees\n\nA honey bee tells others of flowers by dancing.\n",
}


@pytest.fixture(scope="module")
def ferries(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("ferries"))


def ranked(assistant: Assistant, question: str) -> Ranking:
    view = assistant.view()
    query = Query(view.encoder.encode_query(question), question, view.snapshot.weights(question), Scope())
    return ranking(view.snapshot, query, top=5, searching=Searching())


def test_a_candidate_is_used_if_placing_it_adds_nothing(ferries: Assistant) -> None:
    catalogue = ferries.snapshot.catalogue
    unread, page, used = Page(catalogue), Page(catalogue), []
    for read in ranked(ferries, "Which ferry crosses the sound at 11 o'clock?").in_order(unread):
        before = len(page.shown), sum(len(each.repeated) for each in page.shown)
        used.append(page.uses(read.candidate))
        page.place(read)
        assert used[-1] == (before == (len(page.shown), sum(len(each.repeated) for each in page.shown)))
    assert 0 < sum(used) < len(used)


def test_candidates_that_are_used_by_then_are_not_read(ferries: Assistant) -> None:
    found, page, read = (
        ranked(ferries, "Which ferry crosses the sound at 11 o'clock?"),
        Page(ferries.snapshot.catalogue),
        0,
    )
    for each in found.in_order(page):
        # Those after the first ones are read a few at a time.
        if read >= found.looked_at and read % 5 == 0:
            assert not page.uses(each.candidate)
        page.place(each)
        read += 1
    assert found.looked_at < read < len(found.candidates) / 2
    assert all(page.uses(each) for each in found.candidates)


_NOTICE = "We store small text files on your computer for sixty days. You can refuse them under Privacy at any time."
PAGES = {
    f"{name}.txt": f"{_NOTICE}\n\n{text}\n"
    for name, text in (
        ("mill", "The mill grinds rye and wheat with two stones from Cornwall."),
        ("forge", "Seven people work in the forge. They make hinges, hooks and gates."),
        ("bakery", "Bread is sold from six in the morning, except on Mondays."),
        ("library", "Readers may borrow ten books; maps stay in the reading room."),
    )
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(PAGES, tmp_path_factory.mktemp("pages"))


def test_what_stands_on_many_pages_is_shown_once_and_named_for_the_others(pages: Assistant) -> None:
    first, *others = pages.ask("For how many days do you store small text files on my computer?").passages
    assert "sixty days" in first.text
    assert not any("sixty days" in pages.document(each.document).text[each.start : each.end] for each in others)
    texts = {each.document: each.span.of(pages.document(each.document).text) for each in first.repeated}
    assert texts.keys() == PAGES.keys() - {first.document}
    assert all("sixty days" in text for text in texts.values())


def test_what_only_one_page_says_is_its_own(pages: Assistant) -> None:
    first = pages.ask("How many people work in the forge?").passages[0]
    assert (first.document, first.repeated) == ("forge.txt", ())

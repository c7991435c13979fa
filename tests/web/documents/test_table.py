"""The table of all documents on the page: sorted, searched, turned, and what Citewell sees of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from citewell import Assistant, IndexFolder
from citewell.building import build
from citewell.building.seeing import Seen, SeenFact, SeenPart
from citewell.errors import CitewellError
from citewell.settings import Settings
from citewell.web.auth.visitors import Visitor, visiting
from citewell.web.documents.preview import render_seen
from citewell.web.documents.table import DocumentTable, TableRequest
from tests.support.pages import Look
from tests.support.servers import hosted

HOSTILE = "<img src=x onerror=window.hacked=1>"


@pytest.mark.promise("roles")
def test_only_a_maintainer_sees_the_table(index: IndexFolder) -> None:
    table = DocumentTable(Assistant(index))
    before = visiting.set(Visitor("ann", "reader", "127.0.0.1"))
    try:
        with pytest.raises(CitewellError, match="only maintainers"):
            table.show(TableRequest())
    finally:
        visiting.reset(before)


def test_nothing_of_a_file_is_markup() -> None:
    seen = Seen(
        path=HOSTILE,
        title=HOSTILE,
        reader=HOSTILE,
        digest="",
        words=1,
        characters=1,
        facts=(SeenFact(name=HOSTILE, value=HOSTILE, source=HOSTILE),),
        warnings=(HOSTILE,),
        unread=(SeenPart(name=HOSTILE, reason=HOSTILE),),
        text=HOSTILE,
    )
    html = render_seen(seen)
    assert "<img" not in html
    assert html.count("&lt;img") >= 8


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.every_size
def test_the_table_is_searched_sorted_and_turned_by_keyboard(
    page: Page, corpus: Path, index: IndexFolder, sound: Look
) -> None:
    for nth in range(60):
        (corpus / f"{nth:02}.txt").write_text(
            f"Locker {nth}\n\nIt is opened with key {'pin ' * nth}.\n", encoding="utf-8"
        )
    (corpus / "torn.txt").write_bytes(b"Torn\n\nThe <b>com\bmmand starts the pump.")
    build(corpus, index, Settings())
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        table = page.get_by_role("region", name="All documents")
        rows = table.locator("tbody tr")
        status = page.locator(".cw-library-rows [role=status]")
        expect(status).to_have_text("1 to 50 of 64 documents")
        following = page.get_by_role("button", name="Next")
        following.focus()
        page.keyboard.press("Enter")
        expect(status).to_have_text("51 to 64 of 64 documents")
        # "Next" can be pressed no more.
        expect(page.get_by_role("button", name="Previous")).to_be_focused()
        field = page.get_by_role("searchbox", name="Search")
        field.fill("locker 5")
        expect(status).to_have_text("1 to 15 of 15 documents")
        expect(field).to_be_focused()
        field.fill("")
        if page.viewport_size and page.viewport_size["width"] > 1100:
            words = table.get_by_role("button", name="Words")
            words.focus()
            page.keyboard.press("Enter")
            expect(table.get_by_role("columnheader", name="Words")).to_have_attribute("aria-sort", "descending")
            expect(words).to_be_focused()
            expect(rows.first).to_contain_text("59.txt")
            table.get_by_role("button", name="Warnings").click()
        else:
            page.get_by_label("Sort by").select_option("Warnings")
        expect(rows.first).to_contain_text("torn.txt")
        expect(rows.first).to_contain_text("control character, shown as")
        name = rows.first.get_by_role("button", name="Torn")
        name.click()
        seen = table.locator(".cw-seen")
        expect(seen).to_contain_text("The <b>com")
        expect(name).to_have_attribute("aria-expanded", "true")
        sound(page)
        name.click()
        expect(seen).to_have_count(0)
        name.click()
        seen.get_by_role("button", name="Remove…").click()
        expect(page.get_by_label("Remove", exact=True)).to_have_value("torn.txt")
        seen.get_by_role("button", name="Open").click()
        expect(page.locator(".cw-reader-text")).to_contain_text("The <b>com")
        page.get_by_role("button", name="All documents").click()
        expect(rows.first).to_contain_text("torn.txt")

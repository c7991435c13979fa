"""Filters on the page: chips with counts, those of an answer, the order by date, and newer editions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from citewell import Assistant, IndexFolder, Settings, build
from tests.support.applications import HOME, call, made
from tests.support.pages import Look, ask, opened
from tests.support.policies import policies_in
from tests.support.servers import hosted

QUESTION = "How much may a hotel cost a night?"


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return policies_in(tmp_path_factory.mktemp("policies"))


@pytest.fixture
def client(policies: Assistant) -> TestClient:
    return TestClient(made(policies), HOME)


@pytest.fixture(scope="module")
def url(policies: Assistant) -> Iterator[str]:
    with hosted(policies.index.path) as served:
        yield served


def offered(client: TestClient, **more: Any) -> str:
    return str(call(client, "filters", more).json())


def asked(client: TestClient, question: str, **more: Any) -> str:
    return str(call(client, "ask", {"question": question, **more}).json())


def chip(written: str, documents: int, words: str, *, pressed: bool = False) -> str:
    return (
        f'data-filter="{escape(written)}" aria-pressed="{str(pressed).lower()}" title="{escape(written)}">'
        f'<span dir="auto">{words}</span> <span class="cw-chip-count">{documents}</span>'
    )


def test_what_tells_documents_apart_is_offered_with_counts(client: TestClient) -> None:
    html = offered(client)
    assert "5 documents are searched" in html
    for written, documents, words in (
        ("kind:markdown", 4, "markdown"),
        ("date:2023", 2, "2023"),
        ('author:"Ann Lee"', 3, "Ann Lee"),
        ("tag:travel", 3, "travel"),
        ("in:reports", 3, "reports"),
        ("language:de", 1, "German"),
        ("department:Travel", 3, "Travel"),
    ):
        assert chip(written, documents, words) in html
    assert "title:" not in html


def test_counts_are_those_of_the_documents_that_pass_all_other_filters(client: TestClient) -> None:
    html = offered(client, filters=['author:"Bo Kim"', "-tag:final"])
    assert "1 document is searched" in html
    assert chip('author:"Bo Kim"', 1, "Bo Kim", pressed=True) in html
    assert chip("language:de", 1, "German", pressed=True) in offered(client, filters=["lang:german"])
    # Some words of a name are enough for a filter.
    assert chip("author:lee", 3, "lee", pressed=True) in offered(client, filters=["Author:lee"])
    # Another author can be added, so the count is that without this one.
    assert chip('author:"Ann Lee"', 1, "Ann Lee") in html
    # The one document that is left has it, so it tells nothing apart.
    assert 'data-filter="department:Travel"' not in html
    assert "3 documents are searched" in offered(client, place="reports/")


def test_the_rest_is_found_by_typing_a_part(client: TestClient) -> None:
    html = offered(client, look="zoe")
    assert chip('author:"Zoe Ng"', 1, "Zoe Ng") in html
    assert "tag:" not in html
    assert "No filter says this." in offered(client, look="xyzzy")


def test_only_a_few_of_many_are_shown(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", IndexFolder(tmp_path / "index")
    corpus.mkdir()
    rows = ["path,tag"]
    for nth in range(9):
        (corpus / f"{nth}.txt").write_text(f"Text number {nth} says something about otters.", encoding="utf-8")
        rows.append(f"{nth}.txt,t{nth};all;{'a' if nth < 5 else 'b'};<b>{nth}")
    (corpus / "citewell-facts.csv").write_text("\n".join(rows), encoding="utf-8")
    build(corpus, index, Settings(model="english"))
    client = TestClient(made(Assistant(index)), HOME)
    html = offered(client)
    assert html.count('class="cw-chip"') == 6
    assert "15 more" in html
    assert offered(client, opened="tag").count('class="cw-chip"') == 21
    assert chip("tag:a", 5, "a") in html
    assert "cw-filter-name" in html
    assert ">Author<" not in html
    assert html.count('class="cw-chip"') < offered(client, look="t").count('class="cw-chip"')
    hostile = offered(client, look="<b>")
    assert "&lt;b&gt;0" in hostile
    assert "<b>" not in hostile


def test_an_answer_has_a_button_for_each_of_its_filters(client: TestClient) -> None:
    html = asked(client, f'{QUESTION} author:"Ann Lee" -tag:draft', filters=["kind:markdown"])
    others = json.dumps(["kind:markdown", "-tag:draft"])
    assert f'data-ask="{QUESTION}" data-filters="{escape(others)}"' in html
    assert 'aria-label="Ask without author:&#34;Ann Lee&#34;"' in html
    assert "Ask without filters" in html
    assert "Travel policy 2023" in html
    assert "bern" not in html
    assert "cw-used" not in asked(client, QUESTION)


def test_what_no_document_has_can_be_left_out(client: TestClient) -> None:
    html = asked(client, f"{QUESTION} author:Zed", filters=["kind:markdown"])
    assert "No document has author:Zed. There are: Ann Lee" in html
    assert f'data-filters="{escape(json.dumps(["kind:markdown"]))}"' in html
    refused = asked(client, QUESTION, filters=["tag:<img src=x>"])
    assert "<img" not in refused
    assert "&lt;img" in refused
    assert "is no filter" in asked(client, QUESTION, filters=["nonsense"])


def test_a_card_has_the_facts_of_its_document_and_its_newer_edition(client: TestClient) -> None:
    html = asked(client, f"{QUESTION} date:2023 tag:final")
    assert '<time class="cw-date" datetime="2023-05-01">2023-05-01</time>' in html
    assert "Ann Lee <span" in html
    assert "(front matter)" in html
    assert "(table)" in html
    assert "A newer edition says otherwise:" in html
    assert 'data-path="reports/2024/travel.md"' in html
    assert "Travel policy 2024 (2024-02)" in html
    assert "A newer edition" not in asked(client, f"{QUESTION} after:2023")
    assert "no date" in asked(client, f"{QUESTION} in:notes")


def test_finding_keeps_the_filters(client: TestClient) -> None:
    html = str(call(client, "find", {"query": "hotel lang:en", "filters": ["tag:final"], "place": "reports/"}).json())
    assert "<strong>2 places</strong>" in html
    assert 'aria-label="Find without tag:final"' in html
    assert '<strong dir="auto">language:en</strong>' in html
    assert "filter=tag%3Afinal" in html
    assert "folder=reports%2F" in html
    wrong = str(call(client, "find", {"query": "hotel", "filters": ["tag:none"]}).json())
    assert "No document has tag:none" in wrong
    assert 'aria-label="Find without tag:none"' in wrong


@pytest.mark.browser
@pytest.mark.every_size
def test_filters_are_chosen_asked_with_and_removed(page: Page, url: str, sound: Look) -> None:
    opened(page, url)
    page.get_by_text("Search only part of the documents").click()
    author = page.get_by_role("button", name="Ann Lee 3")
    # With the keyboard, and the focus stays although the chips are new.
    author.focus()
    page.keyboard.press("Enter")
    expect(author).to_have_attribute("aria-pressed", "true")
    expect(author).to_be_focused()
    expect(page.get_by_text("3 documents are searched")).to_be_visible()
    page.get_by_label("Filter", exact=True).fill("draf")
    page.get_by_role("button", name="draft 1").click()
    expect(page.get_by_text("1 document is searched")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Remove tag:draft").click()
    expect(page.get_by_role("button", name="Remove tag:draft")).to_have_count(0)
    page.get_by_text("Search only part of the documents").click()
    ask(page, f"{QUESTION} -tag:draft")
    answer = page.locator(".cw-answer").last
    expect(answer.get_by_text("Travel policy 2023").first).to_be_visible()
    assert "filter=author" in page.url
    sound(page)
    answer.get_by_role("button", name='Ask without author:"Ann Lee"').click()
    last = page.locator(".cw-turn").last
    expect(last.locator(".cw-question")).to_have_text(QUESTION)
    expect(last.get_by_role("button", name="Ask without -tag:draft")).to_be_visible()
    expect(page.get_by_role("button", name='Remove author:"Ann Lee"')).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Ask without -tag:draft")).to_be_visible()


@pytest.mark.long
@pytest.mark.browser
def test_the_newest_come_first_and_a_newer_edition_is_opened(page: Page, url: str, sound: Look) -> None:
    opened(page, url)
    ask(page, QUESTION)
    newest = page.get_by_role("button", name="Newest first")
    newest.click()
    expect(newest).to_have_attribute("aria-pressed", "true")
    dates = page.evaluate("[...document.querySelectorAll('.cw-card')].map((each) => each.dataset.date)")
    assert dates == sorted(filter(None, dates), reverse=True) + [""] * dates.count("")
    assert dates.count("") == 1
    expect(page.get_by_text("no date")).to_be_visible()
    sound(page)
    newest.click()
    ranks = page.evaluate("[...document.querySelectorAll('.cw-card')].map((each) => Number(each.dataset.rank))")
    assert ranks == sorted(ranks)
    page.locator(".cw-newer").first.get_by_role("button").click()
    expect(page.locator(".cw-place mark").first).to_have_text("A hotel may cost 150 euros a night.")

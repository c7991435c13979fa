"""Dates of passages, and newer editions that say otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Assistant
from citewell.answer import FoundPassage
from tests.support.indexes import assistant_for

QUESTION = "How much may a hotel cost a night?"


def dated(date: str, text: str, title: str, heading: str = "Hotels") -> str:
    return f"---\ntitle: {title}\ndate: {date}\n---\n# {title}\n\n## {heading}\n\n{text}\n"


FILES = {
    # Three editions, by their titles.
    "a.md": dated("2022", "A hotel may cost 110 euros a night. Ask your manager first.", "Travel policy 2022"),
    "b.md": dated("2023-04", "A hotel may cost 120 euros a night. Ask your manager first.", "Travel policy, version 2"),
    "c.md": dated("2024", "A hotel may cost 150 euros a night. Ask your manager first.", "Travel Policy (2024)"),
    # Two by their paths, which say the same.
    "guide/2021/cars.md": dated("2021", "A rented car may cost 60 dollars a day.", "Cars"),
    "guide/2023/cars.md": dated("2023", "A rented car may cost 60 dollars a day.", "Driving"),
    # The same heading in another document, and another heading in the same.
    "other.md": dated("2025", "A hotel may cost 190 euros a night. Ask your manager first.", "Rules of the club"),
    "trains-2020.md": dated("2020", "A train ticket may cost 90 pounds each way.", "Trains 2020", "Tickets"),
    "trains-2021.md": dated("2021", "A train ticket may cost 95 pounds each way.", "Trains 2021", "Visitors"),
    "undated-3.md": "# Travel policy 3\n\n## Hotels\n\nA hotel may cost 170 euros a night. Ask your manager first.\n",
}


@pytest.fixture(scope="module")
def passages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FoundPassage]:
    assistant = assistant_for(FILES, tmp_path_factory.mktemp("editions"))
    found: dict[str, FoundPassage] = {}
    for question in (QUESTION, "How much may a rented car cost a day?", "How much may a train ticket cost?"):
        for each in assistant.ask(question, top=12).passages:
            if each.section:
                found.setdefault(each.document, each)
    return found


def test_a_quotation_names_the_newest_edition_that_says_otherwise(passages: dict[str, FoundPassage]) -> None:
    for path in ("a.md", "b.md"):
        newer = passages[path].newer
        assert newer
        assert (newer.document, newer.date, newer.title) == ("c.md", "2024", "Travel Policy (2024)")
        assert newer.text == FILES["c.md"][newer.start : newer.end] == "A hotel may cost 150 euros a night."
    assert passages["c.md"].newer is None


@pytest.mark.parametrize("path", ["other.md", "trains-2020.md", "undated-3.md"])
def test_another_document_and_another_heading_are_no_newer_edition(
    passages: dict[str, FoundPassage], path: str
) -> None:
    assert passages[path].newer is None


def test_an_edition_that_says_the_same_is_not_named(passages: dict[str, FoundPassage]) -> None:
    # It is shown once, and the other edition is where it stands again.
    shown = passages.get("guide/2021/cars.md") or passages["guide/2023/cars.md"]
    assert shown.newer is None


def test_passages_have_the_dates_of_their_documents(passages: dict[str, FoundPassage], tmp_path: Path) -> None:
    assert {path: passages[path].date for path in ("a.md", "b.md", "undated-3.md")} == {
        "a.md": "2022",
        "b.md": "2023-04",
        "undated-3.md": None,
    }
    assistant: Assistant = assistant_for({"plain.txt": "A hotel may cost 80 euros a night.\n"}, tmp_path)
    assert [each.date for each in assistant.ask(QUESTION).passages] == [None]

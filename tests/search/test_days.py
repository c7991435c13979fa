"""A day, its month and its year are one date, in a text and in the headings that date it."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.indexes import assistant_for

FILES = {
    "log-2023.md": "# Log\n\n## 13 March 2023\n\nThe fence was mended.\n\n## 30 June 2023\n\nThe fair was held.\n",
    "log-2024.md": "# Log\n\n## 3 March 2024\n\nA shredder was bought.\n\n## Wednesday 13 March 2024\n\nThe pump broke.\n",
    "2022-05-04.txt": "Diary\n\nThe bees were moved to the far end.\n",
    "buch.md": "# Betriebsbuch\n\n## 3. Mai 2021\n\nDie Heizung wurde gewartet.\n",
    "visits.txt": "Visits\n\nOn 7 August 2020 the painter came. On 9 August 2019 the glazier came.\n",
    "terms.md": "# Terms\n\n## Rents from 1 April 2024\n\nThe rent of a plot is 48 pounds.\n",
    "cafe.txt": "Cafe\n\nThe cafe opens at ten. A pot of tea costs four crowns.\n",
}

FAIRS = {
    "fairs.txt": "Fairs\n\nThe book fair runs from 28 May to 2 June 2023.\n\nThe toy fair is on 10 and 17 September 2023.\n\n"
    "The wine fair is on 10-14 October 2023.\n\nThe ski fair lasts from 22 December 2023 until 3 January 2024.\n",
    "schau.txt": "Blumenschau\n\nDie Blumenschau dauert vom 28. Juli bis zum 2. August 2023.\n",
    "2024-11-12.md": "# Meeting of 12 November 2024\n\n3. The chair thanked the volunteers of the kitchen.\n",
    "cafe.txt": FILES["cafe.txt"],
}


@pytest.fixture(scope="module")
def fairs(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FAIRS, tmp_path_factory.mktemp("fairs"))


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("days"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("what happened on march 13th, 2024", "The pump broke."),
        ("What happened on 13 March 2023?", "The fence was mended."),
        ("What happened on 4 May 2022?", "The bees were moved to the far end."),
        ("Was geschah am 3. Mai 2021?", "Die Heizung wurde gewartet."),
        ("Who came on 7 August 2020?", "On 7 August 2020 the painter came."),
        ("What is the rent of a plot on 15 April 2024?", "The rent of a plot is 48 pounds."),
    ],
)
def test_the_place_of_the_asked_day_comes_first(logs: Assistant, question: str, marked: str) -> None:
    answer = logs.ask(question)
    first = answer.passages[0]
    assert answer.missing == ()
    assert [mark.of(first.text) for mark in first.marks] == [marked]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What happened on 30 June 2024?", "30"),
        ("What happened on 14 March 2024?", "14"),
        ("Was geschah am 4. Mai 2021?", "4"),
        ("Who came on 7 August 2019?", "7"),
    ],
)
def test_a_day_that_no_place_is_of_is_missing(logs: Assistant, question: str, word: str) -> None:
    answer = logs.ask(question)
    assert not answer.answered
    assert word in [missing.word for missing in answer.missing]


@pytest.mark.parametrize(
    "question",
    [
        "Is the book fair open on 1 June 2023?",
        "Is the book fair open on 30 May?",
        "Is the toy fair on 10 September 2023?",
        "Is the wine fair on 12 October 2023?",
        "Is the ski fair open on 27 December?",
        "Is the ski fair open on 1 January 2024?",
        "Ist die Blumenschau am 1. August 2023 offen?",
    ],
)
def test_a_day_within_a_range_is_there_even_of_two_months_or_years(fairs: Assistant, question: str) -> None:
    assert fairs.ask(question).missing == ()


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Is the toy fair on 12 September 2023?", "12"),
        ("Is the book fair open on 3 June 2023?", "3"),
        ("Is the ski fair open on 3 January 2023?", "3"),
        ("Ist die Blumenschau am 3. August 2023 offen?", "3"),
    ],
)
def test_a_day_outside_a_range_or_between_days_of_a_list_is_missing(fairs: Assistant, question: str, word: str) -> None:
    assert word in [missing.word for missing in fairs.ask(question).missing]


@pytest.mark.parametrize(
    "question",
    ["What is item 3 of the November meeting?", "Who was thanked in item 3 in November?"],
)
def test_a_number_that_is_of_something_else_is_no_day_of_a_month(fairs: Assistant, question: str) -> None:
    answer = fairs.ask(question)
    assert answer.missing == ()
    assert answer.passages[0].document == "2024-11-12.md"

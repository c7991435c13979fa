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

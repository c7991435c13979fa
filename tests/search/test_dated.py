"""A month is found however it is written: abbreviated, in figures, in the name of a file."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.indexes import assistant_for

FILES = {
    "report-jan.txt": "Report\n\nThe mill ground ninety tons.\n",
    "report-feb.txt": "Report\n\nThe mill ground seventy tons.\n",
    "minutes-2023-01.txt": "Minutes\n\nThe board chose Olav as chair.\n",
    "minutes-2023-02.txt": "Minutes\n\nThe board chose Rita as chair.\n",
    "visits.txt": (
        "Visits\n\nOn 03.04.2024 the inspector came. On 2024-05-12 the painter came. On June 7, 2024 the plumber came. "
        "On 9 July 2024 the sweep came. On 2024/08/11 the baker came.\n"
    ),
    "besuche.txt": "Besuche\n\nAm 3. Mai 2025 kam der Gärtner. Am 11.06.2025 kam die Malerin.\n",
    "works.txt": "Works\n\nThe lock is drained in Sept. The mast is raised in Apr. The quay is swept in Oct.\n",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("dated"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("What does the report of January say?", "The mill ground ninety tons."),
        ("How many tons did the mill grind in February?", "The mill ground seventy tons."),
        ("Who was chosen as chair in January 2023?", "The board chose Olav as chair."),
        ("Who was chosen as chair in February 2023?", "The board chose Rita as chair."),
        ("Who came on 3 April 2024?", "On 03.04.2024 the inspector came."),
        ("Who came on 12 May 2024?", "On 2024-05-12 the painter came."),
        ("Who came on 07.06.2024?", "On June 7, 2024 the plumber came."),
        ("Who came on 2024-07-09?", "On 9 July 2024 the sweep came."),
        ("Who came on the 3rd of April 2024?", "On 03.04.2024 the inspector came."),
        ("Who came on July 9th, 2024?", "On 9 July 2024 the sweep came."),
        ("Who came on 11 August 2024?", "On 2024/08/11 the baker came."),
        ("Wer kam am 03.05.2025?", "Am 3. Mai 2025 kam der Gärtner."),
        ("Wer kam am 11. Juni 2025?", "Am 11.06.2025 kam die Malerin."),
        ("What is raised in April?", "The mast is raised in Apr."),
        ("What happens in September?", "The lock is drained in Sept."),
    ],
)
def test_a_month_is_found_as_it_is_written(asked: Assistant, question: str, marked: str) -> None:
    answer = asked.ask(question)
    first = answer.passages[0]
    assert answer.answered
    assert [mark.of(first.text) for mark in first.marks] == [marked]


def test_a_month_that_no_document_has_is_missing(asked: Assistant) -> None:
    answer = asked.ask("How many tons did the mill grind in November?")
    assert not answer.answered
    assert [each.word for each in answer.missing] == ["November"]

"""A full name that is put together from two is nobody's."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.indexes import assistant_for

FILES = {
    "staff.md": (
        "# Staff\n\n- May Chen, payroll, extension 4120\n- Will Turner, purchasing, extension 4133\n"
        "- Anna Baker, sales, extension 4158\n"
    ),
    "board.txt": (
        "Board\n\nAt the meeting, Peter Lindqvist spoke about the roof and Maria Sorensen about the boiler. "
        "Next spring Ruth A. Hill will paint the fence.\n"
    ),
    "members.txt": "Members\n\nLindqvist, Astrid; Sorensen, Tove.\n",
    "verein.txt": "Verein\n\nDen Vorsitz hat Petra Neumann, die Kasse führt Jonas Krüger.\n",
    "practice.txt": "Practice\n\nMs Kovacs sees patients on Monday. Anna Baxter sees patients on Tuesday.\n",
    "people/greta-holm.txt": "Kitchen\n\nGreta Lund cooks on Fridays, and Ole Holm washes up. She came in 2019.\n",
    "travel.txt": "Travel\n\nIt may take a while, and will cost nothing.\n",
}


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("full_names"))


@pytest.mark.parametrize(
    ("question", "word", "nearest"),
    [
        ("extension of Will Baker", "Will Baker", "Anna Baker"),
        ("What did Peter Sorensen speak about?", "Peter Sorensen", "Peter Lindqvist"),
        ("what did maria lindqvist speak about", "maria lindqvist", "Maria Sorensen"),
        ("Was macht Petra Krüger?", "Petra Krüger", "Jonas Krüger"),
    ],
)
def test_a_name_put_together_from_two_is_missing(staff: Assistant, question: str, word: str, nearest: str) -> None:
    answer = staff.ask(question)
    assert not answer.answered
    said = {missing.word: missing.nearest for missing in answer.missing}
    assert nearest in said[word]


@pytest.mark.parametrize(
    "question",
    [
        "extension of Will Turner",
        "What is Anna Baker's extension?",
        "What will Ruth Hill paint?",
        "Is Astrid Lindqvist a member?",
        "When does Ms Baxter see patients?",
        "Was macht Jonas Krüger?",
        "When did Greta Holm come?",
    ],
)
def test_somebody_who_is_there_is_not_missing(staff: Assistant, question: str) -> None:
    answer = staff.ask(question)
    assert answer.answered
    assert answer.missing == ()

"""Codes and numbers are found however they are written."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.indexes import assistant_for

FILES = {
    "depots.txt": (
        "Depots\n\nDepot North is at Leeds LS10 1JW. Depot South is at Hull HU3 4GG. Depot West is at Manchester M11AE.\n\n"
        "The van has the plate AB12 CDE. We have gaskets KX4410 12 pieces.\n"
    ),
    "bills.txt": (
        "Bills\n\nThe roof cost 12,500.00 crowns. The lift cost 9,400 crowns. The paint cost £318.40. The seal cost EUR 12.5.\n"
    ),
    "phones.txt": (
        "Telephone list\n\nThe nurse has +44 7700 900456. The caretaker has +447700900465. The workshop has 0171 555 0190.\n\n"
        "The porter has +44 (0)20 7946 0777. The office in Boston has (617) 555-0143. The press has +49 171 555 0191.\n"
    ),
    "Notes_v3.2.md": "# Notes\n\nThe server needs Java 11.\n",
    "Notes_v3.10.md": "# Notes\n\nThe server needs Java 21.\n\n## v4.1.2\n\nThe client needs Qt.\n",
    "jobs.txt": "Jobs\n\nThe report runs on python3.11, and the backup with version 2.7 of its tool.\n",
    "cafe.txt": "Cafe\n\nThe cafe opens at ten. A pot of tea costs four crowns.\n",
}


@pytest.fixture(scope="module")
def spelled(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("spelled"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("Which depot is at LS101JW?", "Depot North is at Leeds LS10 1JW."),
        ("hu34gg", "Depot South is at Hull HU3 4GG."),
        ("Which depot is at M1 1AE?", "Depot West is at Manchester M11AE."),
        ("Which van has plate AB12CDE?", "The van has the plate AB12 CDE."),
        ("What cost 12500 crowns?", "The roof cost 12,500.00 crowns."),
        ("What cost 9400.00?", "The lift cost 9,400 crowns."),
        ("What cost £318.4?", "The paint cost £318.40."),
        ("What cost 12.50 EUR?", "The seal cost EUR 12.5."),
        ("Who has 07700 900456?", "The nurse has +44 7700 900456."),
        ("Who has 07700900465?", "The caretaker has +447700900465."),
        ("Who has 0044 7700 900465?", "The caretaker has +447700900465."),
        ("Who has +44 171 555 0190?", "The workshop has 0171 555 0190."),
        ("Who has +442079460777?", "The porter has +44 (0)20 7946 0777."),
        ("Who has 020 7946 0777?", "The porter has +44 (0)20 7946 0777."),
        ("Who has +1 617 555 0143?", "The office in Boston has (617) 555-0143."),
        ("Which Java does version 3.10 need?", "The server needs Java 21."),
        ("Which Java does v3.2 need?", "The server needs Java 11."),
        ("What does the client of version 4.1.2 need?", "The client needs Qt."),
        ("What runs on Python 3.11?", "The report runs on python3.11, and the backup with version 2.7 of its tool."),
        ("What runs with v2.7?", "The report runs on python3.11, and the backup with version 2.7 of its tool."),
    ],
)
def test_what_is_written_otherwise_is_found(spelled: Assistant, question: str, marked: str) -> None:
    answer = spelled.ask(question)
    first = answer.passages[0]
    assert answer.answered
    assert [mark.of(first.text) for mark in first.marks] == [marked]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Which depot is at LS101JX?", "LS101JX"),
        ("Which depot is at HU33GG?", "HU33GG"),
        ("Where is KX441012?", "KX441012"),
        ("What cost 12501 crowns?", "12501"),
        ("What cost £318.41?", "318.41"),
        ("Who has 07700 900457?", "07700 900457"),
        ("Who has +44 171 555 0191?", "+44 171 555 0191"),
        ("Which Java does version 3.12 need?", "3.12"),
        ("Which Java does version 3.4 need?", "3.4"),
        ("What does the client of version 4.3 need?", "4.3"),
    ],
)
def test_another_one_is_missing(spelled: Assistant, question: str, word: str) -> None:
    answer = spelled.ask(question)
    assert not answer.answered
    assert [each.word for each in answer.missing] == [word]


def test_a_number_with_points_is_no_version_where_the_text_itself_speaks_of_its_like(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    files = {
        "Rules_v2.1.md": "# Admission\n\nA grade of 3.0 or better is needed for the admission.\n",
        "rel.md": "# Java\n\nRelease v3.2 needs Java 11. Release v3.3 needs Java 17.\n",
        "cafe.txt": FILES["cafe.txt"],
    }
    assistant = assistant_for(files, tmp_path_factory.mktemp("rules"))
    assert assistant.ask("Is grade 3.5 enough for the admission?").answered
    assert not assistant.ask("Which Java does release 3.4 need?").answered

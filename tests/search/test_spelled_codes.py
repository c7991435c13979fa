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
    ],
)
def test_another_one_is_missing(spelled: Assistant, question: str, word: str) -> None:
    answer = spelled.ask(question)
    assert not answer.answered
    assert [each.word for each in answer.missing] == [word]

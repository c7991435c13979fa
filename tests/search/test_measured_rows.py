"""The row of the amount that is asked for answers, and no sentence about another amount, whatever else it has in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Assistant
from tests.support.indexes import assistant_for

ROWS = "\n".join(f"| {kg} kg | {kg * 0.35 + 4.5:.2f} | {kg * 0.6 + 7.2:.2f} |" for kg in range(1, 61))
FILES = {
    "postage.md": (
        f"# Parcels\n\n| weight | Europe | overseas |\n| --- | --- | --- |\n{ROWS}\n\nA parcel over 60 kg goes as freight.\n"
    ),
    "harbour.txt": "The harbour\n\nFishing boats land here in the morning. The ice house is beside the pier.\n",
}


@pytest.fixture(scope="module")
def postage(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("postage"))


@pytest.mark.parametrize("kg", [3, 21, 43, 44, 57])
def test_the_row_of_an_amount_is_marked_alone(postage: Assistant, kg: int) -> None:
    answer = postage.ask(f"What does a parcel of {kg} kg to Europe cost?")
    assert answer.answered
    first = answer.passages[0]
    assert [mark.of(first.text) for mark in first.marks] == [
        f"| {kg} kg | {kg * 0.35 + 4.5:.2f} | {kg * 0.6 + 7.2:.2f} |"
    ]


def test_what_is_said_of_the_amount_itself_is_marked(postage: Assistant) -> None:
    assert "goes as freight" in postage.ask("How does a parcel over 60 kg go?").lead[0].text


def test_where_nothing_has_the_amount_the_best_sentence_is_marked(tmp_path: Path) -> None:
    files = {
        "water.txt": "Water\n\nThe tank holds 40 litres. It is filled in May.\n",
        "harbour.txt": FILES["harbour.txt"],
    }
    first = assistant_for(files, tmp_path).ask("Does the tank hold 60 litres?").passages[0]
    assert "The tank holds 40 litres." in first.marks[0].of(first.text)

"""What stands above a passage speaks for it, and spellings do not matter: found through the real index."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.indexes import assistant_for

FILES = {
    "minutes-2019.txt": "Minutes\n\nThe board chose Ines Karlsen as chair. The budget was passed.\n",
    "minutes-2020.txt": "Minutes\n\nThe board chose Olav Brekke as chair. The budget was put off.\n",
    "people/Bente Holm.md": "Telephone 4417-20. Works on Tuesdays and Fridays.\n",
    "people/Dag Moen.md": "Telephone 4417-31. Works on Mondays.\n",
    "codes.md": "# Alarm codes\n\n## E-101\n\nClose the door.\n\n## E-102\n\nFill the water tank.\n\n## E-103\n\nCall us.\n",
    "history.txt": "Bridge\n\nThe bridge was re-opened two years later. The web site shows a picture.\n",
    "plan.txt": "Plan\n\nDas Ge\u00adsamt\u00adkon\u00adzept lobt der Rat. Die Mu\u0308llabfuhr kommt am Dienstag.\n",
    "scan.txt": "Scan\n\nThe committee discussed the sew-\nerage of the old town.\n",
    "rooms.txt": "Rooms\n\nIT is in room 12. Payroll is in room 14.\n",
    "weights.txt": "Freight\n\nThe crate weighs 450 kg and costs 1,234.50 crowns.\n",
    "tingche.txt": "停车场在北门，开到晚上十点。第一个小时免费。",
    "yiyuan.txt": "医院的急诊室全天开放。挂号费是十块钱。",
}


@pytest.fixture(scope="module")
def spelled(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("above"))


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Who was chosen as chair in 2020?", "minutes-2020.txt"),
        ("minutes 2019 chair", "minutes-2019.txt"),
        ("What is the telephone number of Bente Holm?", "people/Bente Holm.md"),
        ("When does Dag Moen work?", "people/Dag Moen.md"),
        ("What does E-102 mean?", "codes.md"),
        ("E102", "codes.md"),
        ("reopened", "history.txt"),
        ("website", "history.txt"),
        ("Gesamtkonzept", "plan.txt"),
        ("Müllabfuhr", "plan.txt"),
        ("sewerage", "scan.txt"),
        ("Where is IT?", "rooms.txt"),
        ("450kg", "weights.txt"),
        ("1234.50", "weights.txt"),
        ("停车场", "tingche.txt"),
        ("急诊室", "yiyuan.txt"),
    ],
)
def test_it_is_found_and_answered(spelled: Assistant, question: str, document: str) -> None:
    answer = spelled.ask(question)
    assert answer.passages[0].document == document
    assert answer.answered
    assert answer.read_as == {}


def test_the_second_code_is_not_the_first(spelled: Assistant) -> None:
    first = spelled.ask("What does E-102 mean?").passages[0]
    assert first.text == "Fill the water tank."


def test_corrections_can_be_switched_off(spelled: Assistant) -> None:
    assert spelled.ask("comittee").read_as == {"comittee": "committee"}
    assert spelled.ask("comittee", correct=False).read_as == {}

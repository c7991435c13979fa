"""`citewell words` in a process of its own: what is listed, what is proposed, and that nothing is added unasked."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.answer import Place
from citewell.evaluation.questions.feedback import Feedback, FeedbackStore
from citewell.state.folder import StateFolder
from citewell.text.own_words import FILE, read_rules
from tests.support.commands import citewell

pytestmark = pytest.mark.usefixtures("encoder")

FILES = {
    "hr/handbook.md": "# Handbook\n\nEmployees have paid time off (PTO) of 25 days. Ask the Human Resources Committee (HRC)."
    "\n\nOf paid time off (PTO) ten days can be kept.\n",
    "boats/rescue.md": "# Boats\n\nThe Harbour Rescue Crew (HRC) swims every morning.\n",
    "cars.md": "# Fleet\n\nVehicles are parked behind the building.\n",
}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "corpus" / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text, encoding="utf-8")
    build(tmp_path / "corpus", IndexFolder(tmp_path / "index"), Settings(model="english"))
    return tmp_path / "index"


def test_definitions_and_feedback_are_proposed_and_nothing_is_added(index: Path) -> None:
    quote = "Vehicles are parked behind the building."
    start = FILES["cars.md"].index(quote)
    place = Place(document="cars.md", start=start, end=start + len(quote))
    store = FeedbackStore(StateFolder.beside(index).path)
    for question in ("Where can I leave my automobile?", "Where are vehicles parked?"):
        store.add(
            Feedback(
                question=question,
                history=(),
                snapshot="s",
                verdict="right passage",
                passages=(place,),
                rank=1,
                place=place,
                quote=quote,
            )
        )
    found = json.loads(citewell("words", "--index", index, "--json").stdout)
    lines = [(each["line"], each["folder"], each["source"], each["count"]) for each in found["proposals"]]
    assert lines == [
        ("PTO = paid time off", "", "definition", 2),
        ("HRC = Harbour Rescue Crew", "boats", "definition", 1),
        ("HRC = Human Resources Committee", "hr", "definition", 1),
        ("automobile -> vehicles", "", "feedback", 1),
    ]
    first = found["proposals"][0]
    assert first["text"] == "paid time off (PTO)"
    shown = Place.model_validate(first["place"])
    assert shown.span.of(FILES[shown.document]) == "paid time off (PTO)"
    assert found["rules"] == found["faults"] == []
    # The list for people is a file that could be used as it is.
    listed = citewell("words", "--index", index).stdout
    words = read_rules(listed)
    assert words.faults == ()
    assert [(rule.names, rule.folder) for rule in words.rules][:2] == [
        (("PTO", "paid time off"), ""),
        (("HRC", "Harbour Rescue Crew"), "boats"),
    ]
    assert not (index.parent / "corpus" / FILE).exists()


def test_what_is_chosen_is_added_and_counts_at_once(index: Path) -> None:
    file = index.parent / "corpus" / FILE
    file.write_bytes(b"# Ours\r\n[cars]\r\ncar = vehicle")
    file.chmod(0o640)
    added = citewell("words", "--index", index, "--add", "1", "--add", "3", "--add", "motor -> vehicle, engine")
    assert added.returncode == 0
    assert "Adding: PTO = paid time off" in added.stdout
    assert file.read_bytes() == (
        b"# Ours\r\n[cars]\r\ncar = vehicle\r\n[]\r\nmotor -> vehicle, engine\r\nPTO = paid time off\r\n"
        b"[hr]\r\nHRC = Human Resources Committee\r\n"
    )
    assert file.stat().st_mode & 0o777 == 0o640
    assert Assistant(IndexFolder(index)).ask("Where is the motor?").widened[0].name == "vehicle"
    # What is there is neither added again nor proposed.
    again = json.loads(citewell("words", "--index", index, "--add", "motor -> vehicle, engine", "--json").stdout)
    assert again["added"] == []
    listed = json.loads(citewell("words", "--index", index, "--json").stdout)
    assert [each["line"] for each in listed["proposals"]] == ["HRC = Harbour Rescue Crew"]
    assert listed["faults"] == ["the index has no documents in the folder [cars]"]


def test_a_rule_of_a_folder_can_be_added_to_the_file_of_the_settings(index: Path, tmp_path: Path) -> None:
    (tmp_path / "citewell.toml").write_text('words = "ours.txt"\n', encoding="utf-8")
    command = ("words", "--index", index, "--add", "PTO = leave", "--folder", "hr")
    assert citewell("--settings", tmp_path / "citewell.toml", *command).returncode == 0
    assert (tmp_path / "ours.txt").read_text(encoding="utf-8") == "[hr]\nPTO = leave\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--add", "9"], "there is no proposal 9"),
        (["--add", "PTO"], "one name only"),
        (["--add", "a = b\nc = d"], "not one rule"),
        (["--add", "a = b", "--folder", "../x"], "not a folder"),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_fix(index: Path, arguments: list[str], said: str) -> None:
    done = citewell("words", "--index", index, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (index.parent / "corpus" / FILE).exists()


@pytest.mark.skipif(os.name != "posix", reason="links as on POSIX")
def test_nothing_is_written_through_a_link_out_of_the_corpus(index: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text("x = y\n", encoding="utf-8")
    (index.parent / "corpus" / FILE).symlink_to(tmp_path / "elsewhere.txt")
    done = citewell("words", "--index", index, "--add", "PTO = leave")
    assert done.returncode == 1
    assert "leads outside the corpus" in done.stderr
    assert (tmp_path / "elsewhere.txt").read_text(encoding="utf-8") == "x = y\n"


def test_a_fault_is_shown_by_status_and_words_and_asking_goes_on(index: Path) -> None:
    (index.parent / "corpus" / FILE).write_text("PTO\ncar = vehicle\nwho = doctors\n", encoding="utf-8")
    assert "line 1: it has one name only" in citewell("status", "--index", index).stdout
    assert (
        "line 1: it has one name only"
        in json.loads(citewell("status", "--index", index, "--json").stdout)["words_faults"][0]
    )
    listed = citewell("words", "--index", index).stdout
    assert "# fault: " in listed
    assert "“who” is a function word" in listed
    asked = citewell("ask", "Where is my car?", "--index", index)
    assert asked.returncode == 0
    assert "For “car”, also searched “vehicle”." in asked.stdout
    assert "also searched" not in citewell("ask", "Where is my car?", "--index", index, "--no-words").stdout

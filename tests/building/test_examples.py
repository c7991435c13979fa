"""Example questions of a new index: what it answers well, in the words of its documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder
from citewell.building.examples import example_questions
from citewell.cli.indexed import show_status
from citewell.index.status import status
from citewell.view import View
from tests.support.indexes import assistant_for
from tests.support.programs import client_of

FILES = {
    "hr.md": (
        "# Handbook\n\n## Who approves my travel expenses?\n\nYour line manager approves travel expenses up to 500 euros.\n\n"
        "## Who pays?\n\nNothing is said here.\n\n"
        "## Annual leave\n\nFull-time employees receive 28 days of annual leave. Unused leave expires on 31 March.\n\n"
        "## See also\n\nThe intranet has more on everything.\n\n## Version 2.1\n\nVersion 2.1 is the last.\n"
    ),
    "pump.txt": (
        "Pump manual\n\nA centrifugal pump is a machine that moves fluid by turning an impeller. It is loud.\n\n"
        "The mechanical seal must be replaced every 4,000 hours. The company was founded in 1912.\n"
    ),
    "pumpe.txt": "Handbuch\n\nDie jährliche Wartung kostet 240 Euro. Die Pumpe ist laut und steht in der Halle.\n",
    "app.log.txt": "".join(
        f"2024-05-01 12:00:{at:02} INFO worker job {at} finished in {at * 7} ms\n" for at in range(60)
    ),
}

SOLD = (
    "brass kettle", "oak ladder", "velvet curtain", "concert piano", "storm lantern", "wicker basket", "leather saddle",
    "copper anchor",
)  # fmt: skip
COLOURS = ("Red", "Blue", "Green", "Brown", "Grey", "Black", "White")
THINGS = ("kettles", "ladders", "curtains", "pianos", "lanterns", "baskets", "saddles")


@pytest.fixture(scope="module", autouse=True)
def few_questions() -> None:
    """Examples are what is answered, so that the curve matters here."""


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(FILES, tmp_path_factory.mktemp("examples"))


def test_examples_are_answered_by_the_place_that_they_are_made_from(answering: Assistant) -> None:
    view = answering.view()
    answers = {question: view.ask(question) for question in view.manifest.examples}
    found = {
        question: answer.lead[0].span.of(view.document(answer.passages[0].document).text)
        for question, answer in answers.items()
    }
    assert found == {
        "Who approves my travel expenses?": "Your line manager approves travel expenses up to 500 euros.",
        "What is a centrifugal pump?": "A centrifugal pump is a machine that moves fluid by turning an impeller.",
        "Wie viel kostet die jährliche Wartung?": "Die jährliche Wartung kostet 240 Euro.",
        "How often must the mechanical seal be replaced?": "The mechanical seal must be replaced every 4,000 hours.",
    }
    assert all(answer.answered and answer.confidence >= 0.85 for answer in answers.values())


def test_the_same_index_has_the_same_examples_and_none_that_is_too_long(answering: Assistant) -> None:
    view = answering.view()
    assert example_questions(view, 1000) == view.manifest.examples
    # A heading that asks nothing is one only where questions are few.
    assert example_questions(view, 20) == ("Annual leave",)


@pytest.mark.parametrize(("documents", "kept"), [(3, 3), (8, 6)])
def test_no_two_are_about_the_same_and_six_are_enough(documents: int, kept: int, tmp_path: Path) -> None:
    files = {
        f"{nth}.txt": f"The {thing} costs {nth}8 euros. The {thing} weighs {nth}1 kilograms.\n"
        for nth, thing in enumerate(SOLD[:documents], 1)
    }
    examples = assistant_for(files, tmp_path).view().manifest.examples
    assert len(examples) == kept
    assert set(examples) <= {f"How much does the {thing} cost?" for thing in SOLD}


def test_few_are_asked_however_many_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # None of these headings is spoken of below it, so none is kept, and the next one is asked.
    headings = [f"{colour} {thing}" for colour in COLOURS for thing in THINGS]
    sections = [f"## {each}\n\nThe intranet says more on page {nth}.\n" for nth, each in enumerate(headings)]
    files = {f"{nth}.md": "\n".join(sections[nth::12]) for nth in range(12)}
    many, asked = assistant_for(files, tmp_path), list[str]()
    ask = View.ask

    def counted(view: View, question: str, *, words: bool = True) -> object:
        asked.append(question)
        return ask(view, question, words=words)

    monkeypatch.setattr(View, "ask", counted)
    assert example_questions(many.view(), 1000) == ()
    assert len(asked) == 40 < len(headings)


def test_a_corpus_of_which_nothing_can_be_asked_has_none(index: IndexFolder, tmp_path: Path) -> None:
    assert index.manifest().examples == ()
    logs = {"a.txt": FILES["app.log.txt"], "b.md": "| city | mayor |\n|---|---|\n| Tarnby | Allan Steen |\n"}
    assert assistant_for(logs, tmp_path / "logs").view().manifest.examples == ()


def test_status_and_programs_have_the_examples(answering: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    found = status(answering.index)
    show_status(found, "")
    lines = capsys.readouterr().out.splitlines()
    first = lines.index("Questions that it answers:") + 1
    examples = list(answering.view().manifest.examples)
    assert [line.strip() for line in lines[first : first + len(examples)]] == examples == found.to_json()["examples"]
    with client_of(answering.index.path) as api:
        assert api.get("/api/documents").json()["examples"] == examples

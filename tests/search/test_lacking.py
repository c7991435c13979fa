"""Words that no document has count against an answer, unless the place says them in other words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from citewell import Assistant, Turn
from citewell.confidence import Calibration
from citewell.encoder.batching import MicroBatches
from citewell.encoder.encoding import Vectors
from citewell.encoder.tokens import Tokens
from citewell.search.lacking import Lacking, told_by_absence
from citewell.search.page import Candidate
from tests.support.indexes import assistant_for

HARBOUR = """The harbour office

The keeper of the harbour is paid by the town. She opens the lock at six in the morning and closes it at ten at night. Boats
that stay longer than a week pay eight crowns a day.

Cars may be left behind the boat house for one night. Whoever loses a key gets a new one at the desk.

The ferry Alma carries 120 cars and needs 45 minutes to the island. Tickets are sold on board.
"""
HELP = """Who helps

The coordinator in Valencia is Maria Sanz, and the coordinator in Brest is Yann Le Goff. They help with rooms, lost keys and
visits to the doctor.
"""


@pytest.fixture(scope="module", autouse=True)
def few_questions() -> None:
    """How confident an answer is matters here: builds calibrate with all questions."""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for({"harbour.txt": HARBOUR, "help.txt": HELP}, tmp_path_factory.mktemp("harbour"))


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the evidence of each place that is judged loses."""
    found: list[float] = []
    against = Lacking.against

    def noted(lacking: Lacking, candidate: Candidate) -> float:
        found.append(against(lacking, candidate))
        return found[-1]

    monkeypatch.setattr(Lacking, "against", noted)
    return found


def test_what_a_place_says_in_other_words_costs_less_than_what_it_does_not_say(
    harbour: Assistant, lost: list[float]
) -> None:
    def first(question: str) -> float:
        lost.clear()
        harbour.ask(question)
        return lost[0]

    assert first("How many cars does the ferry carry?") == 0
    paraphrased = first("How many automobiles does the ferry carry?")
    assert first("How many dentists does the ferry carry?") > paraphrased + 0.05
    assert first("What is the price for vessels that remain over a week?") == 0


def test_a_question_is_encoded_with_and_without_its_lacking_words_at_once(
    harbour: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[int] = []
    run_all = MicroBatches.run_all

    def counted(self: MicroBatches[Tokens, Vectors], key: int, items: Sequence[Tokens]) -> list[Vectors]:
        texts.append(len(items))
        return run_all(self, key, items)

    monkeypatch.setattr(MicroBatches, "run_all", counted)
    harbour.ask("How many astronauts does the ferry to the island carry each week?")
    assert texts == [2]


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("How many automobiles does the ferry carry?", True),
        ("When does the keeper unlock the gate?", True),
        ("What is the price for vessels that remain over a week?", True),
        ("What is the religion of the keeper?", False),
        ("Which vaccines does the ferry require?", False),
    ],
)
def test_paraphrases_are_answered_and_what_is_not_there_is_refused(
    harbour: Assistant, question: str, *, answered: bool
) -> None:
    assert harbour.ask(question).answered is answered


def test_they_are_what_makes_it_improbable(harbour: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    question = "What is the religion of the keeper?"
    confidence = harbour.ask(question).confidence
    monkeypatch.setattr(Lacking, "against", lambda *_: 0.0)
    assert harbour.ask(question).confidence > 5 * confidence


def test_the_words_of_earlier_turns_are_not_lacking(harbour: Assistant, lost: list[float]) -> None:
    history = (Turn("user", "Which helicopters does the keeper fly?"), Turn("assistant", "The keeper opens the lock."))
    harbour.ask("And when does she close it?", history=history)
    assert lost
    assert max(lost) == 0


def test_a_word_for_somebody_is_no_missing_name(harbour: Assistant) -> None:
    answer = harbour.ask("Who is the contact person in Valencia?")
    assert answer.missing == ()
    assert answer.passages[0].document == "help.txt"
    assert [each.word for each in harbour.ask("Who is the coordinator in Lisbon?").missing] == ["Lisbon"]


def test_a_missing_word_tells_more_the_more_words_a_corpus_has(harbour: Assistant) -> None:
    assert told_by_absence(None) == told_by_absence(0.6) == 0
    assert 0 < told_by_absence(0.2) < told_by_absence(0.02)
    calibration = harbour.manifest.calibration
    assert calibration.unseen is not None
    assert 0.4 < calibration.unseen < 1
    # An index of an older version does not know.
    older = Calibration.model_validate(calibration.model_dump(exclude={"unseen"}))
    assert older.unseen is None


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("May automobiles be left behind the boat house?", ("automobiles",)),
        ("May cars be left behind the boat house?", ()),
        ("What does the keeper earn as a salary, and what does she pay?", ("earn", "salary")),
        # A typo is corrected, and a word in another form is there.
        ("When does the keepr close the locks?", ()),
        # What is missing is not said twice.
        ("How many cars does the ferry Berta carry?", ()),
        # In another language, all words are others.
        ("Wie viele Autos trägt die Fähre zur Insel?", ()),
    ],
)
def test_words_that_no_document_has_are_said(harbour: Assistant, question: str, unknown: tuple[str, ...]) -> None:
    assert harbour.ask(question).unknown == unknown


def test_what_is_said_is_of_the_question_itself(harbour: Assistant) -> None:
    before = [
        Turn("user", "May automobiles be left behind the boat house?"),
        Turn("assistant", "Cars may be left behind."),
    ]
    assert harbour.ask("And for how many nights?", history=before).unknown == ()


def test_the_words_of_a_part_that_is_not_covered_are_said_once(harbour: Assistant) -> None:
    answer = harbour.ask("Who opens the lock, and who is the captain of the Berta?")
    assert "Berta" not in answer.unknown or not any(
        word.word == "Berta" for part in answer.parts for word in part.missing
    )

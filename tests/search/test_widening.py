"""The house's own words, through the real index and model: without a rebuild, at a lower weight, shown, and taken back."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citewell import Answer, Assistant, IndexFolder, Scope, Settings, Turn, build
from citewell.asked import Widened
from citewell.index.changes import compare
from citewell.index.status import status
from citewell.search.widening import Names
from citewell.text.own_words import FILE, MOST_RULES, Rule

FILES = {
    "handbook.md": """# Staff handbook

## Annual leave

Every employee is entitled to 25 days of annual leave in a calendar year. Unused days lapse at the end of March.

## Sick leave

Whoever is ill calls the office before nine. A doctor's note is needed from the third day.

## Working hours

The week has 38 hours. Days before public holidays end at noon.
""",
    "travel.md": """# Travel

## Booking

Flights are booked by the travel desk at least ten days before.

## Allowance

For each day abroad there is an allowance of 40 euros.
""",
    "computers.md": """# Computers

## Invoice portal

The invoice portal is closed every first Sunday of the month for maintenance. Passwords for it expire after 90 days.

## Ticket system

Faults are reported through the ticket system, which answers within two hours.
""",
    "hr/contracts/agreement.md": """# Contracts

## Overtime

The collective bargaining agreement allows ten hours of overtime a week.

## Notice

The notice period is six weeks to the end of a quarter.
""",
    "finance/loans.md": """# Loans

## Banks

The collective bargaining agreement with our banks limits overtime interest to two percent.
""",
    "north.md": "The plant in the north has a works council. Gym membership is paid for by the plant.\n",
    "south.md": "The plant in the south has a works council. Fitness allowance is paid for by the plant.\n",
    "wagen.md": """# Dienstwagen

Der Fuhrpark vergibt Dienstwagen nur an Mitarbeiter mit gültigem Führerschein. Die Schlüssel liegen beim Pförtner.
""",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("widening")
    for name, text in FILES.items():
        file = folder / "corpus" / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text, encoding="utf-8")
    build(folder / "corpus", IndexFolder(folder / "index"), Settings(model="english"))
    return folder


@pytest.fixture
def house(built: Path) -> Iterator[Path]:
    file = built / "corpus" / FILE
    yield file
    if file.is_dir():
        file.rmdir()
    else:
        file.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def assistant(built: Path) -> Assistant:
    return Assistant(IndexFolder(built / "index"))


def untimed(answer: Answer) -> str:
    return answer.model_copy(update={"seconds": 0.0}).model_dump_json()


RULES = """annual leave = PTO = holiday entitlement
Phoenix = invoice portal
helpline -> ticket system
per diem -> allowance
Firmenwagen = Dienstwagen
"""
EXPECTED = {
    "How many PTO days do I get?": ("handbook.md", "25 days"),
    "How much PTO is there?": ("handbook.md", "25 days"),
    "pto": ("handbook.md", "25 days"),
    "What happens to unused PTO?": ("handbook.md", "lapse"),
    "When is Phoenix closed?": ("computers.md", "first Sunday"),
    "How long are Phoenix's passwords valid?": ("computers.md", "90 days"),
    "How fast does the helpline answer?": ("computers.md", "two hours"),
    "How high is the per diem abroad?": ("travel.md", "40 euros"),
    "Wer bekommt Firmenwagen?": ("wagen.md", "Führerschein"),
}


@pytest.mark.parametrize("question", EXPECTED)
def test_what_is_asked_in_the_houses_words_is_answered(assistant: Assistant, house: Path, question: str) -> None:
    house.write_text(RULES, encoding="utf-8")
    document, words = EXPECTED[question]
    answer = assistant.ask(question)
    assert answer.answered
    assert (answer.passages[0].document, words in answer.passages[0].text) == (document, True)
    assert answer.widened
    assert not answer.missing
    taken_back = assistant.ask(question, words=False)
    assert taken_back.widened == ()
    assert taken_back.confidence < answer.confidence
    house.unlink()
    # As without a file, with the same bytes.
    assert untimed(taken_back) == untimed(assistant.ask(question))


def test_the_encoder_reads_the_other_name_too(assistant: Assistant, house: Path) -> None:
    house.write_text(RULES, encoding="utf-8")

    def cosine(*, words: bool) -> float:
        found = assistant.ask("When is Phoenix closed?", words=words).passages
        return next(each.cosine for each in found if "first Sunday" in each.text)

    assert cosine(words=True) > cosine(words=False) + 0.1


def test_most_of_it_is_not_answered_without(assistant: Assistant) -> None:
    assert sum(assistant.ask(question).answered for question in EXPECTED) <= 2


@pytest.mark.parametrize(
    "question",
    ["What colour is Phoenix?", "How do I bake bread with PTO?", "Who founded Phoenix?", "Is PTO taxable in Norway?"],
)
def test_what_the_documents_do_not_cover_is_refused_by_any_name(
    assistant: Assistant, house: Path, question: str
) -> None:
    house.write_text(RULES, encoding="utf-8")
    answer = assistant.ask(question)
    assert answer.widened
    assert not answer.answered


def test_what_was_searched_is_shown_as_it_was_asked(assistant: Assistant, house: Path) -> None:
    house.write_text("PTO = annual leave = leave of absence = Urlaubstage\n", encoding="utf-8")
    # Other names that no document has are not shown: they changed nothing.
    assert assistant.ask("How many pto days?").widened == (Widened(word="pto", name="annual leave"),)
    # Neither is one that contains the asked words: whatever has it was found before.
    house.write_text("leave = annual leave\n", encoding="utf-8")
    assert assistant.ask("How many days of leave?").widened == ()


def test_a_search_in_some_documents_shows_only_names_that_they_have(assistant: Assistant, house: Path) -> None:
    house.write_text("PTO = annual leave\n", encoding="utf-8")
    for scope, shown in ((Scope(documents=("handbook.md",)), 1), (Scope(folders=("hr",)), 0)):
        assert len(assistant.ask("How many PTO days?", scope=scope).widened) == shown


def test_one_way_is_not_the_other(assistant: Assistant, house: Path) -> None:
    house.write_text("gym membership -> fitness allowance\n", encoding="utf-8")
    expected = (Widened(word="gym membership", name="fitness allowance"),)
    assert assistant.ask("Who pays for gym membership?").widened == expected
    assert assistant.ask("Who pays for the fitness allowance?").widened == ()


def test_what_is_asked_counts_more_than_its_other_name(assistant: Assistant, house: Path) -> None:
    for names in ("gym membership", "fitness allowance"), ("fitness allowance", "gym membership"):
        house.write_text(" = ".join(names), encoding="utf-8")
        for asked in names:
            found = [each.document for each in assistant.ask(f"Who pays for {asked}?").passages[:2]]
            assert found == (["north.md", "south.md"] if asked.startswith("gym") else ["south.md", "north.md"])


def test_a_rule_of_a_folder_finds_its_documents_only(assistant: Assistant, house: Path) -> None:
    question = "How much overtime does the CBA allow?"

    def scores() -> dict[str, float]:
        return {each.document: each.score for each in assistant.ask(question).passages if "overtime" in each.text}

    house.write_text("[legal]\nCBA = collective bargaining agreement\n", encoding="utf-8")
    assert assistant.ask(question).widened == ()
    before = scores()
    documents = {"hr": "hr/contracts/agreement.md", "finance": "finance/loans.md"}
    for folder, document in documents.items():
        house.write_text(f"[{folder}]\nCBA = collective bargaining agreement\n", encoding="utf-8")
        expected = Widened(word="CBA", name="collective bargaining agreement", folder=folder)
        assert assistant.ask(question).widened == (expected,)
        gained = {each: score - before[each] for each, score in scores().items()}
        (other,) = set(documents.values()) - {document}
        assert gained[document] > gained[other] + 0.02
    house.write_text("[hr/contracts]\nCBA = collective bargaining agreement\n", encoding="utf-8")
    assert assistant.ask(question).answered
    # In another folder it is no name of anything.
    elsewhere = assistant.ask(question, scope=Scope(folders=("finance",)))
    assert not elsewhere.answered
    assert [each.word for each in elsewhere.missing] == ["CBA"]


def test_a_follow_up_knows_the_names_of_the_question_before(assistant: Assistant, house: Path) -> None:
    house.write_text(RULES, encoding="utf-8")
    history = (Turn("user", "When is Phoenix closed?"),)
    answer = assistant.ask("And its passwords?", history=history)
    assert answer.understood_with == ("When is Phoenix closed?",)
    assert Widened(word="Phoenix", name="invoice portal") in answer.widened
    assert answer.answered
    assert answer.passages[0].document == "computers.md"
    # What the quotation says is not what the reader asked.
    quoted = (Turn("user", "When are flights booked?"), Turn("assistant", "The invoice portal is closed."))
    assert assistant.ask("And its passwords?", history=quoted).widened == ()


def test_a_name_of_the_house_is_no_typo(assistant: Assistant, house: Path) -> None:
    assert assistant.ask("employeee days").read_as == {"employeee": "employee"}
    house.write_text("employeee = travel desk\n", encoding="utf-8")
    answer = assistant.ask("What does the employeee book?")
    assert answer.read_as == {}
    assert answer.widened == (Widened(word="employeee", name="travel desk"),)
    # A misspelled name is corrected to one that the documents have, and widened then.
    house.write_text("membership = joining = notice period\n", encoding="utf-8")
    answer = assistant.ask("membrship")
    assert answer.read_as == {"membrship": "membership"}
    assert answer.widened == (Widened(word="membership", name="notice period"),)


def test_a_name_is_matched_in_the_language_of_the_question(assistant: Assistant, house: Path) -> None:
    assert "es" not in assistant.snapshot.languages
    house.write_text("vacación = annual leave\n", encoding="utf-8")
    answer = assistant.ask("¿Cuántas vacaciones tengo en el año?")
    assert answer.widened == (Widened(word="vacaciones", name="annual leave"),)
    assert answer.passages[0].document == "handbook.md"


def test_a_name_that_is_asked_twice_is_shown_once(assistant: Assistant, house: Path) -> None:
    house.write_text("PTO = annual leave\n", encoding="utf-8")
    assert len(assistant.ask("Is PTO lost, or is PTO kept?").widened) == 1


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(["PTO", "annual", "leave", "the", "days", ".", ",", "休暇", "\n"])).map(" ".join))
def test_names_in_a_text_are_apart_and_read_as_they_are_written(assistant: Assistant, text: str) -> None:
    names = Names((Rule(("annual leave", "PTO")), Rule(("leave", "休暇"), one_way=True)), assistant.snapshot)
    found = names.matches(text)
    for one, other in pairwise(found):
        assert one.span.end <= other.span.start
    for match in found:
        assert match.span.of(text) in {"PTO", "leave", "annual leave", "annual the leave"}
    assert ("PTO" in text.split()) <= any(match.span.of(text) == "PTO" for match in found)


def test_names_end_where_a_sentence_does(assistant: Assistant, house: Path) -> None:
    house.write_text("sick leave = ticket system\n", encoding="utf-8")
    assert assistant.ask("Who is sick? Leave a note.").widened == ()
    assert assistant.ask("Who is on sick leave?").widened


def test_no_rebuild_is_needed_and_the_file_is_no_document(built: Path, assistant: Assistant, house: Path) -> None:
    before = assistant.manifest.name
    house.write_text(RULES, encoding="utf-8")
    index = IndexFolder(built / "index")
    changes = compare(built / "corpus", index, index.open())
    assert not changes
    assert FILE not in changes.files
    assert FILE not in {each.path for each in changes.skipped}
    report = build(built / "corpus", index, Settings())
    assert report.up_to_date
    answer = assistant.ask("How many PTO days do I get?")
    assert answer.widened
    assert answer.snapshot == before
    assert all(each.document != FILE for each in assistant.ask("holiday entitlement").passages)
    house.write_text("# nothing any more\n", encoding="utf-8")
    assert assistant.ask("How many PTO days do I get?").widened == ()


def test_a_file_of_that_name_in_a_folder_is_a_document(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "corpus" / "hr", tmp_path / "corpus" / "hr")
    (tmp_path / "corpus" / "hr" / FILE).write_text("The collective words of a folder.", encoding="utf-8")
    index = IndexFolder(tmp_path / "index")
    assert set(compare(tmp_path / "corpus", index, None).files) == {"hr/contracts/agreement.md", f"hr/{FILE}"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PTO = annual leave\nnothing\n", ", line 2: it has one name only; write NAME = OTHER NAME"),
        (b"PTO = annual leave\nL\xf6hne = pay\n", "not UTF-8"),
        (b"#" * 1_000_001, "larger than"),
    ],
)
def test_what_is_wrong_is_told_to_the_maintainer_and_the_asker_has_an_answer(
    built: Path, assistant: Assistant, house: Path, content: bytes, said: str
) -> None:
    house.write_bytes(content)
    assert assistant.ask("How many days of annual leave?").answered
    (fault,) = assistant.view().widener.faults
    assert str(house) in fault
    assert said in fault
    assert status(IndexFolder(built / "index")).words_faults == (fault,)
    assert bool(assistant.ask("How many PTO days?").widened) == ("line 2" in said)


@pytest.mark.skipif(os.name != "posix", reason="pipes and rights as on POSIX")
def test_a_pipe_a_folder_and_a_link_out_of_the_corpus_are_not_read(
    assistant: Assistant, house: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("PTO = annual leave\n", encoding="utf-8")
    makes: list[Callable[[], None]] = [
        lambda: os.mkfifo(house),
        house.mkdir,
        lambda: house.symlink_to(tmp_path / "secret.txt"),
    ]
    for make in makes:
        make()
        answers: list[Answer] = []
        asking = threading.Thread(target=lambda: answers.append(assistant.ask("How many PTO days?")), daemon=True)  # noqa: B023
        asking.start()
        asking.join(60)
        assert answers[0].widened == ()
        assert len(assistant.view().widener.faults) == 1
        house.rmdir() if house.is_dir() and not house.is_symlink() else house.unlink()


def test_a_corpus_that_is_gone_is_no_error(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "corpus", tmp_path / "corpus")
    (tmp_path / "corpus" / FILE).write_text(RULES, encoding="utf-8")
    build(tmp_path / "corpus", IndexFolder(tmp_path / "index"), Settings(model="english"))
    assistant = Assistant(IndexFolder(tmp_path / "index"))
    assert assistant.ask("How many PTO days?").widened
    shutil.rmtree(tmp_path / "corpus")
    assert assistant.ask("How many PTO days?").widened == ()
    assert assistant.ask("How many days of annual leave?").answered


def test_the_settings_can_name_a_file(built: Path, house: Path, tmp_path: Path) -> None:
    own = tmp_path / "ours.txt"
    assistant = Assistant(IndexFolder(built / "index"), Settings(words=str(own)))
    assert "there is no such file" in assistant.view().widener.faults[0]
    own.write_text("PTO = annual leave\n", encoding="utf-8")
    house.write_text("PTO = sick leave\n", encoding="utf-8")
    assert {each.name for each in assistant.ask("How many PTO days?").widened} == {"annual leave", "sick leave"}


def test_thousands_of_rules_cost_a_question_no_more_than_one(assistant: Assistant, house: Path) -> None:
    def cost() -> float:
        names = assistant.view().widener.names()
        assert names
        assert names.matches("How long are Phoenix's passwords valid?")
        return min(_processor_time(lambda: names.matches("How long are Phoenix's passwords valid?")) for _ in range(20))

    house.write_text("Phoenix = invoice portal\n", encoding="utf-8")
    one = cost()
    lines = [f"name {number} of ours = other {number} there" for number in range(MOST_RULES - 1)]
    house.write_text("\n".join(["Phoenix = invoice portal", *lines]), encoding="utf-8")
    assert cost() < 3 * one + 0.0005


def _processor_time(call: Callable[[], object]) -> float:
    began = time.thread_time()
    call()
    return time.thread_time() - began

"""Questions that lean on what was said before, over the bundled article and the English conversations of the benchmarks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.answer import Answer, Turn
from citewell.encoder.encoding import Encoder, Vectors
from tests.support.commands import citewell
from tests.support.indexes import assistant_for

CONVERSATIONS = Path(__file__).parents[2] / "benchmarks" / "conversations" / "en"
BEFORE = (
    Turn("user", "What is joint curriculum development?"),
    Turn("assistant", "This involves educators from different countries working together to develop curricula."),
)


def test_a_follow_up_is_understood_with_the_question_before(assistant: Assistant) -> None:
    alone = assistant.ask("And what does it help students with?")
    followed = assistant.ask("And what does it help students with?", history=BEFORE)
    assert "curriculum" not in alone.passages[0].text
    assert "joint curriculum development" in followed.passages[0].text
    assert followed.understood_with == ("What is joint curriculum development?",)
    assert followed.to_json()["understood_with"] == ["What is joint curriculum development?"]
    assert alone.understood_with == ()


def test_refusal_is_of_the_question_as_understood(assistant: Assistant) -> None:
    assert not assistant.ask("And why?").answered
    assert assistant.ask("And why?", history=(Turn("user", "What are the challenges of cooperation?"),)).answered
    unrelated = (Turn("user", "How do I bake sourdough bread?"), Turn("assistant", "Mix flour and water."))
    assert not assistant.ask("And how long does it take?", history=unrelated).answered


def test_a_new_topic_is_not_dragged_back(assistant: Assistant) -> None:
    question = "What is the boiling point of water?"
    alone, after = assistant.ask(question), assistant.ask(question, history=BEFORE)
    assert after.understood_with == ()
    assert (after.passages, after.confidence) == (alone.passages, alone.confidence)


def test_what_was_said_without_a_word_of_what_it_was_about_is_no_context_to_others(assistant: Assistant) -> None:
    vague = (Turn("user", "And what does it help students with?"), Turn("assistant", "Diverse peers and faculty."))
    answer = assistant.ask("What is the boiling point of water?", history=vague)
    assert answer.understood_with == ()
    assert not answer.answered
    assert assistant.ask("And why?", history=vague).understood_with == ("And what does it help students with?",)


def test_a_chain_of_follow_ups_goes_back_to_the_question_that_stood_alone(assistant: Assistant) -> None:
    chain = (*BEFORE, Turn("user", "And why?"), Turn("user", "Tell me more"))
    answer = assistant.ask("Who does it?", history=chain)
    assert answer.understood_with == ("What is joint curriculum development?", "And why?", "Tell me more")
    # What was spoken of before that is forgotten.
    older = (Turn("user", "What are visa regulations?"), *chain)
    assert assistant.ask("Who does it?", history=older).understood_with == answer.understood_with


def test_an_answer_of_many_pages_does_not_drown_the_question(assistant: Assistant) -> None:
    long = (Turn("user", "What is joint curriculum development?"), Turn("assistant", "Visa regulations. " * 50_000))
    answer = assistant.ask("And what does it help students with?", history=long)
    assert answer.passages
    assert answer.seconds < 5


@pytest.mark.parametrize("history", [(Turn("user", ""),), (Turn("user", "  \n"), Turn("assistant", " "))])
def test_an_empty_history_is_none(assistant: Assistant, history: tuple[Turn, ...]) -> None:
    alone, after = (assistant.ask("Why is it important?", history=each) for each in ((), history))
    assert after.passages == alone.passages
    assert after.understood_with == ()


def test_a_batch_takes_histories_in_a_process_of_its_own(bundled_index: Path, tmp_path: Path) -> None:
    question = "And what does it help students with?"
    said = [{"role": turn.role, "content": turn.content} for turn in BEFORE]
    lines = [{"id": 1, "question": question}, {"id": 2, "question": question, "history": said}]
    (tmp_path / "batch.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = citewell("ask", "--batch", tmp_path / "batch.jsonl", "--index", bundled_index, "--top", "3", "--json")
    alone, followed = map(json.loads, done.stdout.splitlines())
    assert alone["understood_with"] == []
    assert followed["understood_with"] == ["What is joint curriculum development?"]
    assert alone["passages"][0]["start"] != followed["passages"][0]["start"]


@pytest.fixture(scope="module")
def town(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The English corpus of ``benchmarks/conversations``: places that resemble one another."""
    index = IndexFolder(tmp_path_factory.mktemp("town") / "index")
    assert encoder.card.dimension
    build(CONVERSATIONS, index, Settings())
    return Assistant(index)


def after(assistant: Assistant, question: str, *said: str) -> Answer:
    turns = [Turn("assistant" if nth % 2 else "user", each) for nth, each in enumerate(said)]
    return assistant.ask(question, history=turns)


THEATRE = ("When was the theatre built?", "It was built in 1904 by the architect Jonas Weyer.")
CARD = ("What does a reader's card of the library cost?", "A reader's card costs fifteen crowns a year.")
PRINTER = ("How many sheets does the paper tray of the LX-200 hold?", "The paper tray holds five hundred sheets.")


@pytest.mark.parametrize(
    ("question", "before", "document", "quote"),
    [
        ("for students?", CARD, "library.txt", "Pupils and students pay nothing for the card."),
        ("Can I bring my dog?", CARD, "library.txt", "Dogs must wait outside."),
        ("and a day ticket for the pool?", CARD, "pool.txt", "A day ticket costs six crowns."),
        ("and the palm house?", THEATRE, "garden.txt", "The palm house was built in 1876"),
        ("sorry, I meant the palm house", THEATRE, "garden.txt", "The palm house was built in 1876"),
        ("How many people does it hold?", THEATRE, "theatre.txt", "four hundred and ten people"),
        ("and the LX-350?", PRINTER, "printer.txt", "The paper tray holds one thousand sheets."),
        ("How many days of annual leave do I have?", THEATRE, "leave.txt", "twenty-seven days of annual leave"),
    ],
)
def test_a_conversation_finds_what_is_meant(
    town: Assistant, question: str, before: tuple[str, str], document: str, quote: str
) -> None:
    answer = after(town, question, *before)
    assert answer.passages[0].document == document
    assert quote in answer.passages[0].text


def test_what_was_spoken_of_does_not_answer_what_has_nothing_to_do_with_it(town: Assistant) -> None:
    assert after(town, "and when was it renovated?", *THEATRE).answered
    for question in ("And who discovered penicillin?", "and the LX-500?", "and the lighthouse?", "and its wingspan?"):
        assert not after(town, question, *(PRINTER if "LX" in question else THEATRE)).answered, question


@pytest.mark.parametrize(
    "question",
    [
        "What does a licence for astronauts cost?",
        "What are the impacts of social media on teenagers?",
        "What are the methods employed by Copenhagen to promote eco-friendly transportation?",
        "What are the reasons provided by Portland for adopting solar panels on the roofs of its libraries?",
    ],
)
@pytest.mark.parametrize(
    "said",
    [
        (
            "What are the challenges of international education?",
            "While international education and cooperation offer many benefits, they also present challenges.",
            "and its benefits?",
            "Through international cooperation, we can maximise the benefits of international education.",
        ),
        (
            "What do student exchanges offer?",
            "Student exchange programmes provide students with the opportunity to study in a different country.",
        ),
    ],
    ids=["after a follow-up", "after a question"],
)
def test_what_was_spoken_of_does_not_answer_a_question_that_tells_itself_what_it_is_about(
    assistant: Assistant, said: tuple[str, ...], question: str
) -> None:
    assert not assistant.ask(question).answered
    assert not after(assistant, question, *said).answered


def test_more_is_further_text_of_the_same_document(town: Assistant, assistant: Assistant) -> None:
    for question in ("Tell me more", "more details please", "go on"):
        answer = after(town, question, *CARD)
        assert answer.answered
        assert answer.passages[0].document == "library.txt"
    first = assistant.ask("What is joint curriculum development?").passages[0]
    start, end = first.highlights[0].start - first.start, first.highlights[0].end - first.start
    quoted = first.text[start:end]
    further = after(assistant, "Tell me more", "What is joint curriculum development?", quoted)
    assert further.answered
    assert further.passages[0].document == first.document
    assert quoted not in further.passages[0].text


def test_a_question_in_its_own_words_is_drawn_to_the_document_that_was_spoken_of(town: Assistant) -> None:
    question = "When does it open on weekdays?"
    for said, document in (
        (CARD, "library.txt"),
        (("Where is the swimming pool?", "It lies behind the station."), "pool.txt"),
    ):
        assert after(town, question, *said).passages[0].document == document


CLUBS = {
    f"{name}.txt": f"{name.title()}\n\nThe {name} costs {fee} euros. It meets on {day}. The {name} is led by {leader}.\n"
    for name, fee, day, leader in (
        ("choir", 30, "Mondays", "Ann Rye"),
        ("band", 40, "Tuesdays", "Bob Oak"),
        ("orchestra", 55, "Thursdays", "Cy Elm"),
    )
}


@pytest.mark.parametrize(
    "question", ["Who leads the orchestra?", "When does the orchestra meet?", "Who leads the band?"]
)
def test_a_question_that_names_another_document_goes_on_there(tmp_path: Path, question: str) -> None:
    clubs = assistant_for(CLUBS, tmp_path)
    answer = after(clubs, question, "What does the choir cost?", "The choir costs 30 euros a month.")
    assert answer.passages[0].document == f"{question.split()[-2 if 'meet' in question else -1].strip('?')}.txt"
    assert after(clubs, "Who leads it?", "What does the choir cost?", "30 euros").passages[0].document == "choir.txt"


def test_a_question_without_history_is_encoded_once(town: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    view, encoded = town.view(), list[str]()
    encode = view.encoder.encode_query

    def counted(*texts: str) -> Vectors:
        encoded.extend(texts)
        return encode(*texts)

    monkeypatch.setattr(view.encoder, "encode_query", counted)
    question = "How deep is the basin for beginners?"
    view.ask(question)
    assert encoded == [question]

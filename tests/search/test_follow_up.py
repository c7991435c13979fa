"""Questions that lean on what was said before, over the bundled article."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from citewell import Assistant
from citewell.answer import Turn
from citewell.search.follow_up import leans_on_context
from tests.support.commands import citewell

BEFORE = (
    Turn("user", "What is joint curriculum development?"),
    Turn("assistant", "This involves educators from different countries working together to develop curricula."),
)


@pytest.mark.parametrize(
    "question",
    [
        "And what are its drawbacks?",
        "Why?",
        "Who takes part in it?",
        "What about them?",
        "Tell me more",
        "on Sundays?",
        "for children?",
        "with a group?",
        "opening hours?",
        "how much for a child?",
        "where for teachers?",
    ],
)
def test_a_question_that_names_little_and_points_back_leans(question: str) -> None:
    assert leans_on_context(question)


@pytest.mark.parametrize(
    "question",
    [
        "What are the challenges of international cooperation?",
        "joint curriculum development",
        "How does a honey bee tell others?",
        "Which other visas are needed?",
        "At what time does the museum open?",
        "In which countries are visas needed?",
        "For whom is the law of treaties meant?",
        "opening hours of the museum",
        "KX-4410-B?",
        "How does it happen that visa regulations and language barriers hinder exchanges?",
    ],
)
def test_a_question_that_says_what_it_is_about_does_not_lean(question: str) -> None:
    assert not leans_on_context(question)


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

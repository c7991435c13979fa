"""What is courtesy and what is a question."""

from __future__ import annotations

import pytest

from citewell import Assistant
from citewell.search.greeting import REPLIES, courtesy, without_greeting


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Hello", "greeting"),
        ("hi there!", "greeting"),
        ("Good morning, everyone.", "greeting"),
        ("Bonjour", "greeting"),
        ("Thanks a lot 🙏", "thanks"),
        ("OK, thank you so much for your help!", "thanks"),
        ("Many thanks", "thanks"),
        ("That was very helpful, thank you", "thanks"),
        ("TY", "thanks"),
        ("danke schön", "thanks"),
        ("thanks, bye", "farewell"),
        ("See you soon", "farewell"),
        ("That’s all", "farewell"),
        ("Hi, how are you?", "wellbeing"),
        ("What’s up?", "wellbeing"),
        ("Who are you?", "introduction"),
        ("Hello, what can you do?", "introduction"),
        ("help", "introduction"),
        ("Can you help me, please?", "introduction"),
    ],
)
def test_courtesies_are_distinguished(said: str, kind: str) -> None:
    assert courtesy(said) == kind


@pytest.mark.parametrize(
    "question",
    [
        "Thanks, and what about visas?",
        "Hello Kitty",
        "help desk hours",
        "ok",
        "",
        "???",
        "good practice",
        "How does this work?",
        "Is that helpful for students?",
        "What do you do with late applications?",
        "Hi-fi systems",
        "thank you letters",
    ],
)
def test_a_question_is_no_courtesy(question: str) -> None:
    assert courtesy(question) is None


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("Hi, what are exchanges?", "what are exchanges?"),
        ("Hello there! What’s international education?", "What’s international education?"),
        ("Thanks - who takes part?", "who takes part?"),
        ("Good evening. Thank you! And visas?", "And visas?"),
        ("Hi-fi systems", "Hi-fi systems"),
        ("Hello Kitty", "Hello Kitty"),
        ("Hello!", "Hello!"),
        ("What are exchanges?", "What are exchanges?"),
    ],
)
def test_a_question_is_freed_of_the_courtesies_before_it(said: str, question: str) -> None:
    assert without_greeting(said) == question


def test_a_courtesy_gets_a_reply_and_still_the_passages(assistant: Assistant) -> None:
    answer = assistant.ask("Thank you!")
    assert answer.reply == REPLIES["thanks"]
    assert not answer.answered
    assert answer.confidence == 0
    assert answer.passages
    assert answer.to_json()["reply"] == REPLIES["thanks"]


def test_a_greeting_before_a_question_does_not_change_its_answer(assistant: Assistant) -> None:
    question = "What are the challenges of international cooperation?"
    alone, greeted = assistant.ask(question), assistant.ask(f"Hello there, {question}")
    assert greeted.reply is None
    assert greeted.passages == alone.passages
    assert greeted.confidence == alone.confidence

"""Questions that put the one before right, or ask the same about something else."""

from __future__ import annotations

import pytest

from citewell.answer import Turn
from citewell.search.replacing import Meant, as_meant


def asked(*questions: str) -> list[Turn]:
    return [Turn("user", each) for each in questions]


@pytest.mark.parametrize(
    ("before", "question", "text"),
    [
        ("What was the yearly fee in 2019?", "what about 2021?", "What was the yearly fee in 2021?"),
        ("What does the KX-4410-B weigh?", "and the KX-4410-C?", "What does the KX-4410-C weigh?"),
        ("What does the KX-4410-B weigh?", "no, the KX-4410-C", "What does the KX-4410-C weigh?"),
        ("Was wiegt die KX-4410-B?", "und die KX-4410-C?", "Was wiegt die KX-4410-C?"),
        ("Where is the zoo?", "No, I meant when does the zoo open?", "when does the zoo open?"),
    ],
)
def test_what_has_the_shape_of_what_was_asked_takes_its_place(before: str, question: str, text: str) -> None:
    assert as_meant(question, asked(before)) == Meant(text)


@pytest.mark.parametrize(
    ("before", "question", "text"),
    [
        ("What does a ticket to the museum cost?", "no, I meant the zoo", "the zoo"),
        ("What does a ticket to the museum cost?", "and the zoo?", "the zoo"),
        ("¿Cuánto cuesta la visita al molino?", "no, quería decir la bodega", "la bodega"),
        ("海事博物馆的成人票多少钱？", "不，我是说游泳馆", "游泳馆"),
    ],
)
def test_what_else_is_named_is_asked_with_the_question_before(before: str, question: str, text: str) -> None:
    assert as_meant(question, asked(before)) == Meant(text, before)


def test_one_change_follows_another() -> None:
    turns = asked("What was the fee in 2019?", "and 2021?")
    assert as_meant("and 2020?", turns) == Meant("What was the fee in 2020?")


@pytest.mark.parametrize(
    "question", ["And what are its drawbacks?", "and for children?", "Why?", "Tell me more", "on Sundays?"]
)
def test_what_adds_to_the_question_before_replaces_nothing_in_it(question: str) -> None:
    assert as_meant(question, asked("What does a ticket to the museum cost?")) is None


def test_without_a_question_before_nothing_is_replaced() -> None:
    assert as_meant("no, I meant the zoo", [Turn("assistant", "The museum opens at ten.")]) is None

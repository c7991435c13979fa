"""Questions that put the one before right, or ask the same about something else."""

from __future__ import annotations

import pytest

from citewell.answer import Turn
from citewell.search.replacing import Meant, as_meant, as_understood, asked_of_another


def asked(*questions: str) -> list[Turn]:
    return [Turn("user", each) for each in questions]


@pytest.mark.parametrize(
    ("before", "question", "text"),
    [
        ("What was the yearly fee in 2019?", "what about 2021?", "What was the yearly fee in 2021?"),
        ("What does the KX-4410-B weigh?", "and the KX-4410-C?", "What does the KX-4410-C weigh?"),
        ("What does the KX-4410-B weigh?", "no, the KX-4410-C", "What does the KX-4410-C weigh?"),
        ("Was wiegt die KX-4410-B?", "und die KX-4410-C?", "Was wiegt die KX-4410-C?"),
        ("How much is the trip of year 5?", "no, I meant year 7", "How much is the trip of year 7?"),
        ("How much does the basic plan cost?", "and the business plan?", "How much does the business plan cost?"),
        ("Was kostet der kleine Tarif?", "und der große Tarif?", "Was kostet der große Tarif?"),
        ("¿Cada cuánto pasa la línea 5?", "¿y la línea 7?", "¿Cada cuánto pasa la línea 7?"),
        ("How many people does room B3 seat?", "and room 12?", "How many people does room 12 seat?"),
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
        ("Do you sell tickets?", "and season tickets?", "season tickets"),
        ("How much do tickets cost?", "and tickets online?", "tickets online"),
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


def test_what_is_spoken_of_after_something_was_replaced_is_what_was_meant() -> None:
    turns = [*asked("How much is the trip of year 5?", "and year 7?"), Turn("assistant", "It costs 330 euros.")]
    assert as_understood(turns) == [Turn("user", "How much is the trip of year 7?"), turns[-1]]


@pytest.mark.parametrize(
    ("before", "question", "another"),
    [
        ("How much does the basic plan cost?", "Who needs the business plan?", "How much does the business plan cost?"),
        ("When is Ines Karlsen's hour?", "When is Olav Brekke's hour?", "When is Olav Brekke's hour?"),
        ("How much is the trip of year 5?", "Who is in charge of year 7?", "How much is the trip of year 7?"),
        ("What does a ticket to the museum cost?", "What does a ticket on Sundays cost?", None),
        ("What does a ticket to the museum cost?", "When does it open?", None),
        ("What does a ticket cost?", "What does a ticket to the museum cost?", None),
    ],
)
def test_a_question_may_name_something_in_the_place_of_what_was_asked(
    before: str, question: str, another: str | None
) -> None:
    assert asked_of_another(question, before) == another

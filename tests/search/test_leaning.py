"""Which questions lean on what was said before, in several languages."""

from __future__ import annotations

import pytest

from citewell.answer import Turn
from citewell.search.leaning import last_exchange, leans_on_context


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
        "What day?",
        "led by?",
        "Le dimanche ?",
        "Quel jour ?",
        "how much for a child?",
        "where for teachers?",
        "no, I meant the zoo",
        "Und für Kinder?",
        "Warum nicht?",
        "Wann ist sie am Samstag offen?",
        "mit Holzkohle?",
        "¿Y para los niños?",
        "¿por qué?",
        "Et pour les enfants ?",
        "А для детей?",
        "学生呢？",
        "开放时间？",
        "为什么？",
        "子供は？",
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
        "Who is Biden?",
        "What is insulin?",
        "How does it happen that visa regulations and language barriers hinder exchanges?",
        "Wie groß ist ein Beet im Gemeinschaftsgarten?",
        "¿Cuál es la cantidad mínima de aceitunas?",
        "¿Cuánto tiempo madura el queso curado?",
        "借书证的押金是多少？",
    ],
)
def test_a_question_that_says_what_it_is_about_does_not_lean(question: str) -> None:
    assert not leans_on_context(question)


def test_what_was_answered_before_it_was_put_right_does_not_count() -> None:
    history = (
        Turn("user", "When does the library open?"),
        Turn("assistant", "The library opens at nine."),
        Turn("user", "no, I meant the pool"),
        Turn("assistant", "The pool opens at seven."),
    )
    assert last_exchange(history) == [history[0], *history[2:]]

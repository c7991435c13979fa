"""Corrections of typos."""

from __future__ import annotations

from collections import Counter

import pytest

from citewell import Assistant
from citewell.text.spelling import respell
from citewell.text.vocabulary import Vocabulary, count_words

WORDS = ("education", "cooperation", "exchange", "visa", "curriculum", "curricula", "courses")
VOCABULARY = Vocabulary(WORDS)


def _known(word: str) -> bool:
    return word in {*WORDS, "what", "the", "about", "soup"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("educaton", "education"),
        ("eductaion", "education"),
        ("coopertion", "cooperation"),
        ("curiculm", "curriculum"),
        ("exchnage", "exchange"),
        ("Educaton", "education"),
    ],
)
def test_a_slip_is_read_as_the_word_of_the_corpus(written: str, read: str) -> None:
    spelled = respell(f"what about the {written}?", _known, VOCABULARY)
    assert spelled.corrections == ((written, read),)
    assert spelled.text == f"what about the {read}?"


@pytest.mark.parametrize(
    "word",
    [
        "soup",  # known, though not to the corpus
        "visas",  # too short a word for one that is not there, unless one slip away: but it begins right
        "xducation",  # another first letter
        "edu",  # too short to say
        "astronomy",  # nothing like it
    ],
)
def test_what_is_no_slip_is_left_alone(word: str) -> None:
    spelled = respell(f"what about {word}", lambda each: _known(each) or each == "visas", VOCABULARY)
    assert spelled.corrections == ()
    assert spelled.text == f"what about {word}"


def test_the_more_frequent_of_two_words_is_taken() -> None:
    assert respell("course", lambda _: False, Vocabulary(["courses", "coarse"])).corrections[0][1] == "courses"
    assert respell("course", lambda _: False, Vocabulary(["coarse", "courses"])).corrections[0][1] == "coarse"


def test_words_are_counted_in_lower_case_and_from_four_letters() -> None:
    counts: Counter[str] = Counter()
    count_words("Visa, visa and VISA: a fee of 100 for Zürich.", counts)
    assert counts == {"visa": 3, "zürich": 1}


def test_the_answer_says_what_it_read(assistant: Assistant) -> None:
    right, slipped = (assistant.ask(f"What are the {word} of exchanges?") for word in ("opportunities", "oportunities"))
    assert slipped.read_as == {"oportunities": "opportunities"}
    assert slipped.passages == right.passages
    assert slipped.question == "What are the oportunities of exchanges?"
    assert slipped.to_json()["read_as"] == {"oportunities": "opportunities"}
    assert right.read_as == {}


def test_a_right_word_that_the_corpus_lacks_is_not_bent_to_one_it_has(assistant: Assistant) -> None:
    assert assistant.ask("Which horses win races?").read_as == {}


def test_a_question_of_nothing_but_unknown_words_is_left_after_some() -> None:
    asked: list[str] = []

    def known(word: str) -> bool:
        asked.append(word)
        return False

    words = ["educaton"] * 3 + [f"unknown{chr(97 + nth)}" for nth in range(26)] + ["coopertion"]
    spelled = respell(" ".join(words), known, VOCABULARY)
    assert len(asked) == len(set(asked))
    assert spelled.corrections == (("educaton", "education"),)

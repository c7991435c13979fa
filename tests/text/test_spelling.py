"""Corrections of typos."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from citewell import Assistant
from citewell.text.concepts import concepts
from citewell.text.spelling import Spelled
from citewell.text.spelling import respell as respell_unknown
from citewell.text.terms import analyse
from citewell.text.vocabulary import Known, Vocabulary, WordCounts

WORDS = ("education", "cooperation", "exchange", "visa", "curriculum", "curricula", "courses")
VOCABULARY = Vocabulary(Known(word, 1) for word in WORDS)


def respell(question: str, known: Callable[[str], bool], vocabulary: Vocabulary = VOCABULARY) -> Spelled:
    return respell_unknown(question, concepts(question), known, vocabulary)


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
    spelled = respell(f"what about the {written}?", _known)
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
    def vocabulary(courses: int, coarse: int) -> Vocabulary:
        return Vocabulary([Known("courses", courses), Known("coarse", coarse)])

    assert respell("coursse", lambda _: False, vocabulary(2, 1)).corrections[0][1] == "courses"
    assert respell("coarsse", lambda _: False, vocabulary(1, 2)).corrections[0][1] == "coarse"


def test_words_are_counted_in_lower_case_and_from_four_letters() -> None:
    counts = WordCounts()
    counts.add(analyse("Visa, visa and VISA: a fee of 100 for Zürich, a city.", "en"))
    assert list(counts.most_frequent(9)) == [Known("visa", 3), Known("city", 1), Known("zürich", 1, is_name=True)]
    assert [known.word for known in counts.most_frequent(1)] == ["visa"]


def test_a_name_is_never_read_as_another_name() -> None:
    vocabulary = Vocabulary([Known("karlsen", 9, is_name=True), Known("carlo", 9, is_name=True)])
    for name in ("Karlson", "Carla", "carla"):
        assert respell(f"Where was {name} born?", lambda _: False, vocabulary).corrections == ()
    assert respell("Where was Karslen born?", lambda _: False, vocabulary).corrections == (("Karslen", "karlsen"),)


def test_an_opposite_is_no_slip() -> None:
    vocabulary = Vocabulary([Known("hypothyroidism", 9)])
    assert respell("How is hyperthyroidism treated?", lambda _: False, vocabulary).corrections == ()
    assert respell("How is hypothyroidsm treated?", lambda _: False, vocabulary).corrections == (
        ("hypothyroidsm", "hypothyroidism"),
    )


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
    spelled = respell(" ".join(words), known)
    assert len(asked) == len(set(asked))
    assert spelled.corrections == (("educaton", "education"),)

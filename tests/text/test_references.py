"""What of a question refers to what was said before, in each language."""

from __future__ import annotations

import pytest

from citewell.text.language import function_words
from citewell.text.lists import languages_of, phrases_of
from citewell.text.references import asks_for_more, put_right, references
from tests.support.growth import check_growth


@pytest.mark.parametrize("language", languages_of("references"))
def test_each_language_that_has_a_file_is_known_and_its_file_is_whole(language: str) -> None:
    assert function_words(language)
    lists = phrases_of("references", language)
    groups = {"back", "start", "other", "maybe", "before", "asking", "verbs", "end", "more", "besides", "no", "meant"}
    assert {"back", "start", "other", "more", "besides", "no", "meant"} <= set(lists) <= groups
    assert all(lists.values())


@pytest.mark.parametrize(
    "message",
    [
        "Tell me more",
        "more details, please",
        "Go on!",
        "Erzähl mir mehr",
        "Bitte mehr dazu",
        "Más detalles, por favor",
        "en savoir plus",
        "Dimmi di più",
        "подробнее, пожалуйста",
        "请详细说说",
        "もっと詳しく教えてください",
    ],
)
def test_a_message_that_only_asks_for_more_is_known(message: str) -> None:
    assert asks_for_more(message)


@pytest.mark.parametrize(
    "message", ["More details of the budget", "details of tile 7", "详细说明书在哪", "Mehrwertsteuer", ""]
)
def test_a_message_that_names_something_does_not_only_ask_for_more(message: str) -> None:
    assert not asks_for_more(message)


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("no, I meant the zoo", "the zoo"),
        ("I meant the zoo", "the zoo"),
        ("Sorry, the palm house", "the palm house"),
        ("nein, ich meinte den Zoo", "den Zoo"),
        ("no, quería decir el zoo", "el zoo"),
        ("non, je voulais dire le zoo", "le zoo"),
        ("нет, я имел в виду зоопарк", "зоопарк"),
        ("不，我是说动物园", "动物园"),
        ("no smoking areas?", None),
        ("¿No hay perros?", None),
        ("不同的展览有哪些", None),
        ("meantime", None),
        ("no,", None),
    ],
)
def test_a_message_that_puts_something_right_says_what_was_meant(message: str, meant: str | None) -> None:
    assert put_right(message) == meant


@pytest.mark.parametrize(
    ("language", "question", "other"),
    [
        ("en", "and the palm house?", "the palm house"),
        ("en", "What about the zoo?", "the zoo"),
        ("en", "and for children?", None),
        ("en", "And what are its drawbacks?", None),
        ("en", "and when does it open?", None),
        ("en", "What about the other one?", None),
        ("de", "Und der Trockner?", "der Trockner"),
        ("de", "und für Kinder?", None),
        ("es", "¿Y el curado?", "el curado"),
        ("zh", "那游泳馆呢？", "游泳馆"),
    ],
)
def test_what_is_asked_about_instead_is_known_by_how_the_question_begins(
    language: str, question: str, other: str | None
) -> None:
    assert references(language).other(question) == other


def test_a_language_without_a_file_is_read_as_english() -> None:
    assert references("vi").back.search("and it?")
    assert references(None) == references("en")


@pytest.mark.parametrize("piece", [" ", "ok ", "the "])
@pytest.mark.promise("bounded-work")
def test_a_long_message_is_looked_through_once(piece: str) -> None:
    signs = references("en")
    for sign in (signs.back, signs.maybe, signs.fragment, signs.verbs):
        check_growth(sign.search, lambda length: piece * (length // len(piece)))

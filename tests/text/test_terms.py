"""The form in which words are matched."""

from __future__ import annotations

import pytest

from citewell.text.capitals import Case
from citewell.text.terms import analyse, fold, is_keywords, terms_of


def test_terms_are_stems_without_function_words() -> None:
    assert terms_of("What are the challenges of Café cultures, and the challenge?") == ["challeng", "cafe", "cultur"]


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Häuser, Gäste", "Haus, Gast", "de"),
        ("élèves", "élève", "fr"),
        ("bibliotecas", "biblioteca", "es"),
        ("кошки", "кошка", "ru"),
        ("Straße", "Strasse", "de"),
        ("Łukasz Żółć", "Lukasz Zolc", "pl"),
        ("the boat's", "the boats", "en"),
        ("Zoë Brontë", "Zoe Bronte", "en"),
        ("résumés", "resume", "en"),
        ("Cafés", "Cafe", "de"),
        ("Müllers", "Mullers", "es"),
        ("naïf", "naif", "fr"),
    ],
)
def test_words_are_stemmed_in_their_language(one: str, other: str, language: str) -> None:
    assert terms_of(one, language) == terms_of(other, language)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("What does the WHO recommend?", "who"),
        ("Where is IT?", "it"),
        ("WHO", "who"),
        ("The US buys most of the cheese.", "us"),
        ("The U.S. buys most of the cheese.", "us"),
        ("We meet in May.", "may"),
        ("Does Will work on Mondays?", "will"),
        ("Where is Dr. Who?", "who"),
        ("A. B. Will signs.", "will"),
    ],
)
def test_capitals_make_a_function_word_a_name(text: str, kept: str) -> None:
    assert kept in terms_of(text)


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("Who recommends it to us?", {"who", "it", "us"}),
        ("It is late. May I go? Will he come?", {"it", "may", "will"}),
        ("Take vitamin C. It helps. He is a Dr too. Will he come?", {"it", "will"}),
        ("WHO IS IT AND WHAT DOES IT DO", {"who", "it"}),
        ("What You Should Know", {"you", "should"}),
        ("I can't say, don't ask", {"can", "don", "t"}),
    ],
)
def test_function_words_are_left_out(text: str, dropped: set[str]) -> None:
    assert not dropped & set(terms_of(text))


def test_a_term_keeps_its_place_and_case() -> None:
    text = "Das Ge\u00adsamt\u00adkon\u00adzept der Ada Lind in KX-4410-B."
    found = {term.span.of(text): term for term in analyse(text, "de")}
    assert found["Ge\u00adsamt\u00adkon\u00adzept"].text == "gesamtkonzept"
    assert found["Lind"].case is Case.NAME
    assert found["KX-4410-B"].parts == ("kx", "4410", "b")


def test_parts_are_stemmed_and_without_function_words() -> None:
    (term,) = analyse("getUsersByName", "en")
    assert (term.text, term.parts) == ("getusersbynam", ("get", "user", "name"))


def test_keywords_are_words_without_function_words() -> None:
    assert is_keywords("ferry tickets 2021")
    assert not is_keywords("the ferry")
    assert not is_keywords("?")


@pytest.mark.parametrize(
    ("word", "folded"),
    [("café", "cafe"), ("ångström", "angstrom"), ("й", "й"), ("ё", "ё"), ("हिन्दी", "हिन्दी"), ("søren", "soren")],
)
def test_accents_are_dropped_where_a_reader_may_leave_them_out(word: str, folded: str) -> None:
    assert fold(word) == folded

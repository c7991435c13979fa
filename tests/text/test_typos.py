"""Whether a word can be a misspelling of another."""

from __future__ import annotations

import pytest

from citewell.text.terms import stem
from citewell.text.typos import are_opposites, are_others, is_typo


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("educaton", "education"),
        ("eductaion", "education"),
        ("coopertion", "cooperation"),
        ("curiculm", "curriculum"),
        ("seperate", "separate"),
        ("recieve", "receive"),
        ("hypothyroidsm", "hypothyroidism"),
        ("fertilizwr", "fertilizer"),
        ("exchang", "exchange"),
        ("visaa", "visa"),
    ],
)
def test_slips(written: str, meant: str) -> None:
    assert is_typo(written, meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hyperthyroidism", "hypothyroidism"),
        ("hypertension", "hypotension"),
        ("hyperglycemia", "hypoglycemia"),
        ("interstate", "intrastate"),
        ("intranet", "internet"),
        ("prednisone", "prednisolone"),
        ("macroeconomics", "microeconomics"),
        ("chosen", "chose"),
        ("visas", "visa"),
        ("prescribed", "proscribed"),
    ],
)
def test_another_syllable_makes_another_word(written: str, meant: str) -> None:
    assert not is_typo(written, meant)


@pytest.mark.parametrize(
    ("written", "meant", "slip"),
    [
        ("karlson", "karlsen", False),
        ("carla", "carlo", False),
        ("anna", "ann", False),
        ("maria", "marta", False),
        ("karslen", "karlsen", True),
        ("solheeim", "solheim", True),
        ("solhem", "solheim", True),
    ],
)
def test_names_that_are_alike_are_mostly_different_names(written: str, meant: str, slip: bool) -> None:  # noqa: FBT001
    assert is_typo(written, meant, named=True) is slip


@pytest.mark.parametrize(
    ("word", "other", "language"),
    [
        ("downstream", "upstream", "en"),
        ("exports", "imports", "en"),
        ("prenatal", "postnatal", "en"),
        ("eingang", "ausgang", "de"),
        ("въезд", "выезд", "ru"),
        ("εισαγωγή", "εξαγωγή", "el"),
        ("vincristine", "vinblastine", "en"),
        ("internal", "external", "en"),
    ],
)
def test_words_with_another_syllable_are_others_of_one_kind(word: str, other: str, language: str) -> None:
    assert are_others(word, stem(word, language), other, stem(other, language))


@pytest.mark.parametrize(
    ("word", "other"),
    [("price", "twice"), ("table", "cable"), ("light", "night"), ("station", "nation"), ("fare", "care")],
)
def test_words_that_rhyme_are_not(word: str, other: str) -> None:
    assert not are_others(word, stem(word, "en"), other, stem(other, "en"))


@pytest.mark.parametrize(
    ("word", "other", "language"),
    [
        ("paid", "unpaid", "en"),
        ("non-smoking", "smoking", "en"),
        ("asynchronous", "synchronous", "en"),
        ("unbezahlt", "bezahlt", "de"),
        ("innecesario", "necesario", "es"),
        ("nieczynny", "czynny", "pl"),
        ("неполный", "полный", "ru"),
    ],
)
def test_a_word_is_the_opposite_of_one_with_another_beginning(word: str, other: str, language: str) -> None:
    assert are_opposites(word, other, language)


@pytest.mark.parametrize(
    ("word", "other", "language"),
    [
        ("around", "round", "en"),
        ("friendship", "ship", "en"),
        ("uncle", "cle", "en"),
        ("paid", "paid", "en"),
        ("unpaid", "paid", "ja"),
    ],
)
def test_what_only_ends_alike_is_no_opposite(word: str, other: str, language: str) -> None:
    assert not are_opposites(word, other, language)

"""Whether words that look alike can be forms of one word."""

from __future__ import annotations

import pytest

from citewell.text.inflections import are_forms


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("verlängern", "verlängert", "de"),
        ("beginnen", "beginnt", "de"),
        ("deliver", "delivery", "en"),
        ("complain", "complaints", "en"),
        ("föreningsstämma", "föreningsstämman", "sv"),
        ("comenzar", "comienza", "es"),
        ("encontrar", "encuentra", "es"),
        ("muovere", "moverà", "it"),
        ("hospital", "hospitais", "pt"),
        ("açılıyor", "açılır", "tr"),
        ("vuokrasopimus", "vuokrasopimuksen", "fi"),
        ("видається", "видаються", "uk"),
    ],
)
def test_forms_of_one_word(one: str, other: str, language: str) -> None:
    assert are_forms(one, other, language)
    assert are_forms(other, one, language)


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("hypertension", "hypotension", "en"),
        ("гіпертонія", "гіпотонія", "uk"),
        ("hipertansiyon", "hipotansiyon", "tr"),
        ("nitrate", "nitrite", "en"),
        ("nitrato", "nitrito", "es"),
        ("prednisone", "prednisolone", "en"),
        ("cortisone", "cortisol", None),
        ("employer", "employee", "en"),
        ("licensor", "licensee", "en"),
        ("trainer", "trainee", "en"),
        ("trust", "trustee", "en"),
        ("patient", "patent", "en"),
        ("rector", "reactor", "en"),
        ("casa", "causa", "es"),
        ("reina", "rena", "es"),
        ("arbeitgeber", "arbeitnehmer", "de"),
        ("learning", "leaving", "en"),
    ],
)
def test_other_words(one: str, other: str, language: str | None) -> None:
    assert not are_forms(one, other, language)
    assert not are_forms(other, one, language)

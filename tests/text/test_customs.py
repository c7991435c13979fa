"""The files of abbreviations."""

from __future__ import annotations

import pytest

from citewell.text.customs import customs, foreign_dates
from citewell.text.lists import languages_of


@pytest.mark.parametrize("language", languages_of("abbreviations"))
def test_every_file_has_every_group(language: str) -> None:
    own = customs(language)
    assert own
    assert own.always
    assert own.number
    assert own.maybe
    assert len(own.months) >= 12


def test_a_phrase_is_found_however_it_is_spaced() -> None:
    own = customs("de")
    assert own
    assert own.always
    assert own.always.findall("Das ist z. B. und z.B. so, Z. B. hier; kein xz.B.") == ["z. B.", "z.B.", "Z. B."]


def test_an_unknown_language_has_none() -> None:
    assert customs(None) is None
    assert customs("xx") is None
    assert customs("../de") is None


def test_dates_that_no_english_text_has() -> None:
    assert "oktober" in foreign_dates()
    assert "august" not in foreign_dates()

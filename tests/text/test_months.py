"""The names of months in several languages."""

from __future__ import annotations

import pytest

from citewell.text.concepts import concepts
from citewell.text.months import month_names, month_of


@pytest.mark.parametrize(
    ("word", "languages", "month"),
    [
        ("January", ["en"], 1),
        ("Sept", ["en"], 9),
        ("Mär", ["de"], 3),
        ("févr", ["fr"], 2),
        ("prosince", ["cs"], 12),
        ("января", ["ru"], 1),
        ("Juni", ["en"], None),
        ("Juni", ["en", "de"], 6),
        # A word of everyday Catalan, and a language that Unicode does not know.
        ("des", ["ca"], None),
        ("jan", ["xx"], None),
    ],
)
def test_a_word_names_a_month(word: str, languages: list[str], month: int | None) -> None:
    assert month_of(word, languages) == month


def test_a_month_has_its_names_in_the_languages_of_the_documents() -> None:
    assert set(month_names(1, ["en", "fr"])) == {("january", "en"), ("jan", "en"), ("janvier", "fr"), ("janv", "fr")}


@pytest.mark.parametrize(
    ("question", "word", "means"),
    [
        ("report of February", "February", "feb"),
        ("report feb 2023", "feb", "februari"),
        ("the report of Feb.", "Feb", "februari"),
        ("Bericht vom Februar", "Februar", "feb"),
    ],
)
def test_a_month_is_found_by_its_other_names(question: str, word: str, means: str) -> None:
    found = {each.word: each.forms for each in concepts(question, ["en", "de"])}
    assert means in found[word]


def test_jan_alone_is_a_person() -> None:
    (jan,) = concepts("Where is Jan?", ["en"])
    assert jan.forms == ("jan",)


def test_a_month_beside_a_year_is_found_in_figures() -> None:
    month, year = concepts("January 2023", ["en"])
    assert month.sequences == (("2023", "01"), ("01", "2023"), ("2023", "1"), ("1", "2023"))
    assert year.sequences == ()

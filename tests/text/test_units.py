"""Measures: the same amount in other units, and by the names of units."""

from __future__ import annotations

import pytest

from citewell.text.concepts import concepts
from citewell.text.units import measure_of, named_measures, same_measures, symbol_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5km", "1500m"), ("4cm", "40mm"), ("2.5m3", "2500l"), ("5kg", "5000g"), ("0.2t", "200kg"), ("90min", "1.5h"),
        ("3ha", "30000m2"), ("1bar", "1000hPa"), ("2kWh", "7.2MJ"), ("5l", "5.0l"), ("1GB", "1000MB"),
    ],
)  # fmt: skip
def test_the_same_amount_in_another_unit(one: str, other: str) -> None:
    assert other in same_measures(one)
    assert measure_of(one) is not None
    assert measure_of(one)[:2] == measure_of(other)[:2]  # type: ignore[index]


@pytest.mark.parametrize(
    ("one", "other"), [("4mm", "4m"), ("4mm", "4mm2"), ("20°C", "20K"), ("5lb", "5l"), ("5min", "5m")]
)
def test_other_amounts(one: str, other: str) -> None:
    assert other not in same_measures(one)
    assert measure_of(one) != measure_of(other)


@pytest.mark.parametrize("word", ["4", "4410B", "9:17", "20260131", "kg", "1⁄2", "10.0.0.1"])
def test_what_is_no_measure(word: str) -> None:
    assert measure_of(word) is None
    assert not list(same_measures(word))


@pytest.mark.parametrize(
    ("measure", "language", "number", "name"),
    [
        ("5l", "en", "5", "litres"), ("5l", "en", "5", "liters"), ("1.5km", "de", "1500", "meter"), ("5l", "ru", "5", "литров"),
        ("5kg", "pl", "5", "kilogramów"), ("2h", "fr", "120", "minutes"),
    ],
)  # fmt: skip
def test_names_of_units(measure: str, language: str, number: str, name: str) -> None:
    assert (number, name, language) in named_measures(measure, [language])
    assert symbol_of(name, [language]) is not None


def test_a_number_before_the_name_of_a_unit_is_a_measure() -> None:
    five, litres = concepts("5 litres")
    assert "5l" in five.forms
    assert "5000ml" in litres.forms
    assert not any("5l" in each.forms for each in concepts("5 boats"))

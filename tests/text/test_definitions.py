"""Short names and their long names in a text, by the method of Schwartz and Hearst."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.definitions import definitions
from citewell.text.language import detect


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Employees have paid time off (PTO) of 25 days.", "PTO", "paid time off"),
        ("PTO (paid time off) is 25 days.", "PTO", "paid time off"),
        (
            "It follows the collective bargaining\nagreement (CBA) of the region.",
            "CBA",
            "collective bargaining agreement",
        ),
        ("Since joining, the European Union (EU) pays.", "EU", "European Union"),
        ("Das Bürgerliche Gesetzbuch (BGB) gilt.", "BGB", "Bürgerliche Gesetzbuch"),
        ("L'École nationale d'administration (ENA) ferme.", "ENA", "École nationale d'administration"),
        ("Налог на добавленную стоимость (НДС) растёт.", "НДС", "Налог на добавленную стоимость"),
        ("a heat shock transcription factor (HSF, see below)", "HSF", "heat shock transcription factor"),
        ("the **key performance indicators** (KPIs) of a team", "KPIs", "key performance indicators"),
        ("ask the Human Resources department (HR department).", "HR department", None),
        ("in the fourth quarter (Q4) of the year", "Q4", None),
        ("The valve closes (see page 12).", "", None),
        ("We met the team. Nobody knew it (TEAM).", "", None),
        ("our plan (PLAN)", "", None),
        ("the table (a) and the chair (b)", "", None),
        ("ordinary words (of small letters)", "", None),
        ("price (EUR)", "", None),
    ],
)
def test_a_definition_is_found_where_there_is_one(text: str, short: str, long: str | None) -> None:
    found = [(each.short, each.long) for each in definitions(text, detect(text))]
    assert found == ([(short, long)] if long else [])


@given(st.text(alphabet="ab AB(),.\n"))
def test_a_definition_stands_at_its_place(text: str) -> None:
    for each in definitions(text):
        there = " ".join(each.span.of(text).split())
        assert each.short in there
        assert each.long in there
        assert len(each.long) > len(each.short)


def test_a_long_text_without_end_takes_linear_time() -> None:
    assert list(definitions("(" * 200_000 + "a (B" * 50_000)) == []

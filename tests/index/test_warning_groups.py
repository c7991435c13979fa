"""The same warning of many files is one group, whatever its pages and numbers."""

from __future__ import annotations

from citewell.index.manifest import Warned
from citewell.index.warning_groups import WarningGroup, grouped


def test_warnings_are_grouped_by_what_they_say() -> None:
    many = [
        Warned(path=f"{nth}.pdf", warnings=(f"{nth + 1} words in white left out (page {nth})",)) for nth in range(300)
    ]
    one = Warned(path="a.pdf", warnings=("1 word in white left out (page 7)", "not UTF-8: 0xFF in line 1"))
    first, second = grouped([*many, one])
    assert (first.fault, len(first.files)) == ("some words in white left out", 301)
    assert first.files[-1] == ("a.pdf", "1 word in white left out (page 7)")
    assert second == WarningGroup("not UTF-8: 0xFF in line 1", (("a.pdf", "not UTF-8: 0xFF in line 1"),))


def test_equal_places_are_no_detail() -> None:
    assert [each.fault for each in grouped([Warned(path="a", warnings=("x (page 1)",))] * 2)] == ["x (page 1)"]
    pages = [Warned(path="a", warnings=("x (page 1)",)), Warned(path="b", warnings=("x (page 2)",))]
    assert [each.fault for each in grouped(pages)] == ["x"]


def test_names_and_remarks_in_the_middle_are_details() -> None:
    said = [f"charts ({nth}) on the sheet 'Ducks (of {nth})' are left out" for nth in (1, 2)]
    assert [each.fault for each in grouped([Warned(path="a", warnings=tuple(said))])] == [
        "charts on the sheet “…” are left out"
    ]

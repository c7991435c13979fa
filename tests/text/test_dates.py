"""Dates: as people write them, and the days that they may mean."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.dates import Period, iso_date


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2023", "2023"),
        ("2023-4", "2023-04"),
        ("2023/04/05", "2023-04-05"),
        ("20230405", "2023-04-05"),
        ("2023-04-05T10:00:00Z", "2023-04-05"),
        ("2023-04-05 10:00", "2023-04-05"),
        ("5.4.2023", "2023-04-05"),
        ("5 April 2023", "2023-04-05"),
        ("April 5th, 2023", "2023-04-05"),
        ("Sept 2023", None),
        ("Sep. 2023", "2023-09"),
        # It may be in April or in May.
        ("4/5/2023", None),
        ("2023-13", None),
        ("2023-02-30", None),
        ("0000", None),
        ("2023.5.1.7", None),
        ("202", None),
        ("soon", None),
        ("5 April 6, 2023", None),
        ("2023" + " " * 9 + "x" * 99, None),
    ],
)
def test_a_date_is_written_as_iso_8601_does_or_is_none(written: str, iso: str | None) -> None:
    assert iso_date(written) == iso


DAYS = st.dates(min_value=datetime.date(1000, 1, 1))


@given(DAYS, st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y"]))
def test_a_day_is_the_same_in_all_forms(day: datetime.date, form: str) -> None:
    assert iso_date(day.strftime(form)) == day.isoformat()


@given(DAYS)
def test_a_month_and_a_year_are_the_days_in_them(day: datetime.date) -> None:
    number = int(f"{day:%Y%m%d}")
    assert Period.of(day.isoformat()) == Period(number, number)
    for part in (f"{day:%Y-%m}", f"{day:%Y}"):
        days = Period.of(part)
        assert days
        assert days.start <= number <= days.end
    assert Period.of("2024-02") == Period(20240201, 20240229)

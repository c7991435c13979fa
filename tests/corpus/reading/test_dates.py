"""Dates as people write them."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.dates import iso_date


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2023-04-05", "2023-04-05"),
        ("[2023-04-05 Wed 10:00]", "2023-04-05"),
        ("2023/04", "2023-04"),
        ("April 5th, 2023", "2023-04-05"),
        ("5 Apr 2023", "2023-04-05"),
        ("Draft of Sept. 2021", "2021-09"),
        ("2019", "2019"),
        ("2023-13-01", None),
        ("30 February 2023", None),
        ("05/04/2023", None),
        ("version 12345", None),
        ("\\today", None),
        ("", None),
    ],
)
def test_a_date_is_as_exact_as_it_is_written(written: str, date: str | None) -> None:
    assert iso_date(written) == date

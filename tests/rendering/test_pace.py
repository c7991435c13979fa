"""How fast work goes, and how long the rest takes."""

from __future__ import annotations

import pytest

from citewell.rendering.pace import Pace


@pytest.mark.parametrize(
    ("first", "done", "seconds", "words"),
    [
        (0, 0, 10, ""),
        (0, 10, 1, ""),
        (0, 100, 10, "10 a second, about 2 minutes left"),
        (0, 5, 10, "0.5 a second, about 33 minutes left"),
        # What an earlier build has done is not this one's speed.
        (500, 600, 10, "10 a second, about 40 s left"),
        (0, 1, 100, "0.0 a second, about 27.8 hours left"),
        (0, 1000, 10, ""),
    ],
)
def test_speed_and_time_left(first: int, done: int, seconds: float, words: str) -> None:
    pace = Pace()
    assert pace.told("Reading", first, 1000, now=5.0) == ""
    assert pace.told("Reading", done, 1000, now=5.0 + seconds) == words


def test_a_stage_that_goes_back_begins_again() -> None:
    pace = Pace()
    for now, done in ((0.0, 0), (100.0, 10), (200.0, 0)):
        pace.told("Reading by OCR", done, 40, now=now)
    assert pace.told("Reading by OCR", 10, 40, now=210.0) == "1.0 a second, about 30 s left"

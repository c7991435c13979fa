"""Fixtures for the tests of what an index holds."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def few_questions(calibrated_by_few: None) -> None:
    """None of these tests is about the confidence in an answer."""

"""Fixtures for the tests of what an index holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell.encoder.encoding import Encoder
from tests.support.harbours import build_all
from tests.support.shared import shared


@pytest.fixture(scope="module", autouse=True)
def few_questions(calibrated_by_few: None) -> None:
    """None of these tests is about the confidence in an answer."""


@pytest.fixture(scope="session")
def contract_indexes(encoder: Encoder) -> Path:
    """Three indexes of the same documents (``tests.support.harbours``)."""
    assert encoder.card.dimension
    return shared("contract", build_all)

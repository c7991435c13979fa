"""What tests of search share."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.calibrations import calibrated
from tests.support.library import library_in


@pytest.fixture(scope="module", autouse=True)
def few_questions(calibrated_by_few: None) -> None:
    """Most of these tests are about what is found; a module whose tests need the whole curve has a fixture of this name."""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """A small library, for reading only."""
    with calibrated(by_all=True):
        return library_in(tmp_path_factory.mktemp("library"))

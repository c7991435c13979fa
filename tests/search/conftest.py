"""What tests of search share."""

from __future__ import annotations

import pytest

from citewell import Assistant
from tests.support.library import library_in


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """A small library, for reading only."""
    return library_in(tmp_path_factory.mktemp("library"))

"""Fixtures for the tests of what programs ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.support.programs import client_of


@pytest.fixture(scope="module")
def api(bundled_index: Path) -> Iterator[TestClient]:
    with client_of(bundled_index) as client:
        yield client

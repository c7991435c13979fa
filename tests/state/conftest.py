"""Fixtures for the tests of user data."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.environment import ROOT
from tests.support.strangers import _BECOME, Elsewhere


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other users may look into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        for file in Path(folder).rglob("*"):
            if file.is_dir():
                file.chmod(0o755)


@pytest.fixture
def as_another(shared: Path) -> Elsewhere:
    """Runs code as a user who is not root, and returns the lines that it prints."""
    if os.name != "posix":
        pytest.skip("Windows has other rights")

    def run(code: str) -> list[str]:
        # Threads of native libraries may end an interpreter that winds down while they run.
        ended = "\nimport os, sys; sys.stdout.flush(); os._exit(0)"
        done = subprocess.run(
            [sys.executable, "-c", _BECOME + code + ended, str(shared)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run

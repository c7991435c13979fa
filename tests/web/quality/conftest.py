"""Fixtures for the tests of the tab Quality."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder
from citewell.web.quality.judge import Judge
from tests.support.judging import SET


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    file = tmp_path / "small.questions.yaml"
    file.write_text(SET, encoding="utf-8")
    return file


@pytest.fixture
def judge(index: IndexFolder, asked: Path) -> Judge:
    return Judge(Assistant(index), [asked])

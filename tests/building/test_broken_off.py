"""Builds that break off, and a disk that is full: nothing of them stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from tests.support.environment import ROOT, WITHOUT_BYTECODE
from tests.support.indexes import failed, rebuilt

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


def test_a_build_that_fails_leaves_nothing_on_the_disk(corpus: Path, index: IndexFolder) -> None:
    first = rebuilt(corpus, index).snapshot
    (corpus / "moon.txt").write_text("The Moon\n\nThe Moon is made of rock.\n", encoding="utf-8")

    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "Calibrating":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(corpus, index, Settings(), progress=stop)
    assert [entry.name for entry in index.snapshots.iterdir()] == [first]


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of the size of files, as Unix has it")
@pytest.mark.parametrize("blocks", [8, 80])
@pytest.mark.unmeasured
def test_a_disk_that_does_not_take_a_snapshot_is_reported_and_keeps_nothing_of_it(
    corpus: Path, index: IndexFolder, blocks: int
) -> None:
    first = rebuilt(corpus, index).snapshot
    for topic in range(10):
        text = f"Topic {topic}\n\n" + f"It is the topic of round {topic}. " * 40
        (corpus / f"topic{topic}.txt").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "citewell.cli", "index", "--corpus", str(corpus), "--index", str(index.path)]
    limited = ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", *command]
    told = subprocess.run(limited, capture_output=True, text=True, cwd=ROOT, env=WITHOUT_BYTECODE, check=False)
    assert told.returncode == 1
    assert "could not be written" in told.stderr
    assert "Traceback" not in told.stderr
    assert [entry.name for entry in index.snapshots.iterdir()] == [first]
    assert failed(index) == []

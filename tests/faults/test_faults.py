"""Faults, a few of each kind, by a seed; `python benchmarks/faults.py` does as many as are asked for."""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from citewell.encoder.encoding import Encoder
from tests.faults.damages import FILES, Damages
from tests.faults.kills import IN_A_ROW, KINDS, Kills
from tests.faults.others import FAULTS, OF_RIGHTS
from tests.faults.outcome import Outcome
from tests.support.cases import others_long
from tests.support.commands import commands
from tests.support.processes import ROOT, Prepared

pytestmark = [
    pytest.mark.first,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are followed by means that only Linux has"),
]
_SEED = 13
# By this one, each kind of kill comes up once before any comes up again.
_SEED_OF_KILLS = 19


@pytest.fixture(scope="module")
def place(encoder: Encoder) -> Iterator[Path]:
    """A folder that every user of the machine may enter, unlike pytest's own."""
    assert encoder.card.dimension
    folder = Path(tempfile.mkdtemp(prefix="citewell-faults-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def prepared() -> Iterator[Prepared]:
    with commands().calibrating_by_few() as prepared:
        yield prepared


@pytest.mark.promise("nothing-lost")
@pytest.mark.parametrize("times", others_long([IN_A_ROW, len(set(KINDS))]))
def test_a_kill_at_any_moment_loses_nothing(prepared: Prepared, place: Path, times: int) -> None:
    kills, outcome = Kills(prepared, place / f"kills-{times}", _SEED_OF_KILLS), Outcome()
    for number in range(times // IN_A_ROW):
        outcome.add(kills.step(number))
    kills.close()
    assert outcome.wrong == []
    assert len(outcome.tried) == times
    # How long a command takes is known from the one before, which others on the machine may have slowed down.
    assert outcome.seen["killed"] >= times // 2
    assert outcome.seen["the snapshot before is in use"]


@pytest.mark.promise("verified-quotations")
@pytest.mark.parametrize("times", others_long([1, len(FILES)]))
def test_damage_is_never_quoted_and_always_reported(prepared: Prepared, place: Path, times: int) -> None:
    damages, outcome = Damages(prepared, place / f"damages-{times}", _SEED), Outcome()
    for number in range(times):
        outcome.add(damages.step(number))
    damages.close()
    assert outcome.wrong == []
    assert set(outcome.tried) == set(FILES) or times < len(FILES)
    assert outcome.seen["POST /api/ask: refused"] > times // 2


@pytest.mark.parametrize("name", others_long(sorted(FAULTS, key=lambda name: name != "two-servers")))
@pytest.mark.unmeasured
@pytest.mark.promise("nothing-lost")
def test_a_fault_is_reported_and_loses_nothing(prepared: Prepared, place: Path, name: str) -> None:
    if name in OF_RIGHTS and os.geteuid() != 0:
        pytest.skip("only root can run commands as somebody else")
    folder = place / name
    folder.mkdir()
    folder.chmod(0o755)
    outcome = FAULTS[name](prepared, folder, random.Random(_SEED))
    assert outcome.tried
    assert outcome.wrong == []


@pytest.mark.long
def test_the_long_run_can_be_stopped(tmp_path: Path, encoder: Encoder) -> None:
    assert encoder.card.dimension
    command = [sys.executable, str(ROOT / "benchmarks" / "faults.py"), "--damages", "9", "--jobs", "1"]
    command += ["--progress", str(tmp_path / "progress.json")]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT)
    assert run.stdout
    assert "9 of 9 steps to do" in run.stdout.readline()
    run.terminate()
    assert "stopped; the same command goes on" in run.communicate(timeout=120)[0]
    assert run.returncode == 130


def test_the_long_run_goes_on_where_it_was(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("faults_script", ROOT / "benchmarks" / "faults.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    file, about = tmp_path / "progress.json", {"seed": 1}
    begun = script.Progress(file, about)
    begun.note("kills:0", Outcome(Counter(rebuild=2), Counter(killed=2), ["a snapshot is lost"]))
    again = script.Progress(file, about)
    again.read()
    assert again.done == {"kills:0"}
    assert again.outcome == Outcome(Counter(rebuild=2), Counter(killed=2), ["kills:0: a snapshot is lost"])
    with pytest.raises(SystemExit, match="of other arguments"):
        script.Progress(file, {"seed": 2}).read()

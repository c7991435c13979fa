"""Hundreds of hostile files in one corpus: the build ends, each is listed, and memory stays bounded."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from citewell import IndexFolder
from citewell.encoder.encoding import Encoder
from tests.corpus.reading.hostile import hostile_files
from tests.support.cases import others_long
from tests.support.environment import ROOT
from tests.support.processes import runs

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measures memory by /proc")
_MOST_KILOBYTES = 2_000_000


class Watched:
    """The command line in a process of its own, whose memory is looked at, and that of all that it starts, as a context."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "citewell.cli", *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.most: dict[int, int] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def finish(self) -> tuple[str, str]:
        self._thread.start()
        out, said = self.process.communicate()
        self._done.set()
        self._thread.join()
        return out.decode(), said.decode()

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            for pid in _family(self.process.pid):
                self.most[pid] = max(self.most.get(pid, 0), _peak(pid))


@pytest.mark.parametrize("count", others_long([20, 300]))
@pytest.mark.promise("no-file-stops-a-build")
def test_no_file_stops_a_build(tmp_path: Path, encoder: Encoder, count: int, *, long: bool) -> None:
    assert encoder.card.dimension
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    files = hostile_files(300, 50_000 if long else 200)
    every = len(files) // count
    files = {name: files[name] for name in sorted(files)[::every]}
    if long:
        files |= {"too much.md": b"- a\n" * 10_000_000, "too much.txt": b"- a\n" * 15_000_000}
    for name, content in files.items():
        (corpus / name).write_bytes(content)
    watched = Watched(
        "index", "--corpus", str(corpus), "--index", str(tmp_path / "index"), "--json", "--model", "english"
    )
    out, said = watched.finish()
    assert watched.process.returncode == 0, said
    reasons = {each["path"]: each["reason"] for each in json.loads(out)["skipped"]}
    indexed = {each.path for each in IndexFolder(tmp_path / "index").open().catalogue.documents()}
    assert len(files) >= count
    assert indexed | reasons.keys() == files.keys()
    assert not indexed & reasons.keys()
    assert all(reasons.values())
    assert not [reason for reason in reasons.values() if "the reader" in reason]
    if long:
        assert reasons["too much.md"] == "takes more than 300 seconds of processor time to read" or (
            reasons["too much.md"] == "needs more than 1 GB of memory to read"
        )
    assert len(watched.most) > 1
    # Readers come one after the other; the sum of all that there ever were is more than there was at any time.
    assert sum(watched.most.values()) < _MOST_KILOBYTES or long
    assert not [pid for pid in watched.most if runs(pid)]


def _family(pid: int) -> list[int]:
    """Return a process and all that it has started and that still run."""
    found = [pid]
    for each in found:
        try:
            tasks = list(Path(f"/proc/{each}/task").iterdir())
            found.extend(int(child) for task in tasks for child in (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)

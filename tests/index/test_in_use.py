"""The snapshot in use: when it is looked at again, and that none is held open."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from citewell import Assistant, IndexFolder
from citewell.errors import IndexDamagedError
from citewell.files import SETTLED_SECONDS
from citewell.index import verifying
from citewell.index.in_use import SnapshotInUse
from citewell.index.manifest import file_faults
from tests.support.indexes import rebuilt, segment_of
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("encoder")


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is open")
def test_a_snapshot_that_is_replaced_keeps_no_file_open(corpus: Path, index: IndexFolder) -> None:
    rebuilt(corpus, index)
    assistant = Assistant(index)

    def opened() -> int:
        # The folder itself is open while it is listed, and no more when its link is looked at.
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return sum("catalogue" in str(link.readlink()) for link in links)

    gc.collect()
    gc.disable()
    try:
        assert assistant.ask("What do otters eat?").passages
        before = opened()
        for _ in range(20):
            index.pointer.write_bytes(index.pointer.read_bytes())
            assert assistant.ask("What do otters eat?").passages
        assert opened() == before
    finally:
        gc.enable()


def test_a_snapshot_whose_files_are_linked_to_stays_open(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    rebuilt(corpus, index)
    in_use = SnapshotInUse(index)
    first = in_use.snapshot()
    for nth, file in enumerate(index.files()[1:]):
        (tmp_path / str(nth)).hardlink_to(file)
        os.utime(file)
        assert in_use.snapshot() is first
    file = index.files()[1]
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(IndexDamagedError):
        in_use.snapshot()


def test_what_was_written_a_moment_ago_is_verified_when_its_stamps_tell_of_every_change(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stamp may not tell of the next writing, as on file systems that know times of two seconds only."""
    rebuilt(corpus, index)
    file, may_go_on = segment_of(index) / "terms.bin", threading.Event()
    whole = file.read_bytes()

    def waiting(*given: Any) -> Iterator[tuple[Path, str]]:
        may_go_on.wait()
        yield from file_faults(*given)

    stamp = (0, time.time_ns(), time.time_ns(), 0)
    monkeypatch.setattr(IndexFolder, "stamp", lambda _: stamp)
    monkeypatch.setattr("citewell.index.in_use.stamps", lambda files: (stamp,) * len(files))
    monkeypatch.setattr("citewell.index.verifying.file_faults", waiting)
    assert verifying.AFTER_SECONDS >= SETTLED_SECONDS
    monkeypatch.setattr(verifying, "AFTER_SECONDS", 0.0)
    in_use = SnapshotInUse(index)
    first = in_use.snapshot()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert in_use.snapshot() is first
    may_go_on.set()
    until(lambda: first.soundness.is_damaged)
    with pytest.raises(IndexDamagedError, match=r"terms\.bin.*citewell index"):
        in_use.snapshot()


def test_a_pointer_that_was_written_a_moment_ago_is_read_again(
    corpus: Path, index: IndexFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuilt(corpus, index)
    began = time.monotonic()

    def later(seconds: float) -> None:
        clock = SimpleNamespace(monotonic=lambda: began + seconds, time_ns=time.time_ns)
        monkeypatch.setattr("citewell.index.in_use.time", clock)

    reading = index.current
    for written, again in ((time.time_ns(), True), (1, False)):
        stamp = (0, written, written, 0)
        monkeypatch.setattr(IndexFolder, "stamp", lambda _, stamp=stamp: stamp)
        monkeypatch.setattr("citewell.index.in_use.stamps", lambda files, stamp=stamp: (stamp,) * len(files))
        later(0)
        in_use = SnapshotInUse(index)
        first, read = in_use.snapshot(), 0

        def counted() -> str:
            nonlocal read
            read += 1
            return reading()

        monkeypatch.setattr(index, "current", counted)
        later(1)
        assert in_use.snapshot() is first
        assert not read
        later(3)
        assert in_use.snapshot() is first
        assert bool(read) is again

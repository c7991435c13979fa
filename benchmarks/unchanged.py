"""What it costs to update an index of many short documents if nothing has changed, or one document.

    python benchmarks/unchanged.py --documents 5000

The reference is what any program must do that looks for changes: list the folders and ask for the size and times of each file.
All times are of the processor, and in turns in the same process, so that a busy machine slows all alike; processes that read
changed files are not in them. Without ``--folder``, documents and index are made in a temporary folder, which takes a minute
for each 5,000 documents.

With ``--processes``, `citewell index` is started so often for each, too: seconds by the clock and of the processor, and the
most memory of the whole process, beside those of one which only loads the encoder. Modules are compiled once, as in an
installation.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from citewell import IndexFolder, Settings, build
from citewell.files import SETTLED_SECONDS
from citewell.index.status import status
from processes import result

_IN_A_FOLDER = 1000
ENCODER = """
from citewell.encoder.encoding import open_encoder
from citewell.encoder.preparing import prepare
open_encoder(prepare("english")).encode_documents(["One text."])
"""
# Linux counts for a process what the one that started it had, so a small one starts it.
_STARTED = """
import json, os, subprocess, sys
_, status, used = os.wait4(subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL).pid, 0)
print(json.dumps({"most": used.ru_maxrss, "processor": used.ru_utime + used.ru_stime}))
sys.exit(status != 0)
"""
_THINGS = ("boat", "oar", "sail", "pier", "harbour", "tide", "rope", "anchor", "lantern", "gull", "storm", "ledger")


def write(corpus: Path, count: int) -> None:
    """Write so many short documents, a thousand in a folder."""
    for nth in range(count):
        one, other = _THINGS[nth % len(_THINGS)], _THINGS[nth // len(_THINGS) % len(_THINGS)]
        file = corpus / f"{nth // _IN_A_FOLDER:04}" / f"note{nth:07}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"Note {nth} on the {one}\n\nThe {one} of the year {nth} stood beside the {other}.\n", encoding="utf-8"
        )


def listed(corpus: Path) -> int:
    """List all files below a folder, and ask for their sizes and times; return how many there are."""
    waiting, count = [str(corpus)], 0
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    entry.stat()
                    count += 1
    return count


def seconds(work: Callable[[], object]) -> float:
    """Return how much time of the processor some work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def size_of(index: IndexFolder, known: set[int]) -> int:
    """Return how many bytes the files of an index have whose inodes are not known yet, and add those."""
    found = [entry.stat() for entry in index.path.rglob("*") if entry.is_file()]
    new = [each for each in found if each.st_ino not in known]
    known.update(each.st_ino for each in new)
    return sum(each.st_size for each in new)


def main() -> None:
    """Make an index, update it, and print the times as one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--times", type=int, default=7, help="how often each is measured")
    parser.add_argument("--processes", type=int, default=0, help="how often whole commands are started")
    parser.add_argument("--folder", type=Path, help="where the documents and the index are kept for the next time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = given.folder or Path(temporary)
        corpus, index = place / "corpus", IndexFolder(place / "index")
        if not corpus.is_dir():
            write(corpus, given.documents)
        build(corpus, index, Settings(model="english"))
        _measure(corpus, index, given.times)
        if given.processes:
            _start(corpus, index.path, given.processes)


def _measure(corpus: Path, index: IndexFolder, times: int) -> None:
    changing = next(corpus.rglob("*.txt"))
    known: set[int] = set()
    whole = size_of(index, known)

    def change() -> None:
        changing.write_text(f"Changed\n\nThe boat of the hour {time.time_ns()} is new.\n", encoding="utf-8")
        build(corpus, index, Settings())

    ways: dict[str, Callable[[], object]] = {
        "listing the files": lambda: listed(corpus),
        "index, nothing changed": lambda: build(corpus, index, Settings()),
        "status, nothing changed": lambda: status(index),
        "opening the index": lambda: IndexFolder(index.path).open(),
        "index, one changed": change,
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    written = []
    for nth in range(times + 1):
        # What was written just now is read again until the next build finds it old enough.
        time.sleep(SETTLED_SECONDS)
        build(corpus, index, Settings())
        for name, work in ways.items():
            size_of(index, known)
            spent = seconds(work)
            # The first time, the encoder is loaded.
            if nth:
                took[name].append(spent)
        written.append(size_of(index, known))
    reference = statistics.median(took["listing the files"])
    table = Table("work", "processor seconds", "times the listing")
    for name, all_times in took.items():
        median = statistics.median(all_times)
        table.add_row(name, f"{median:.3f}", f"{median / reference:.1f}")
    console = Console()
    console.print(table)
    share = statistics.median(written) / whole
    console.print(
        f"{listed(corpus):,} documents; one that changes writes files with {share:.1%} of the bytes of the index."
    )


def process(*arguments: str | Path) -> tuple[float, float, float]:
    """Run a command of Python; return its seconds, by the clock and of the processor, and the most memory that it had, in MB.

    Raises:
        FailedError: It failed.
    """
    began = time.perf_counter()
    used = result([sys.executable, "-c", _STARTED, sys.executable, *arguments])
    return time.perf_counter() - began, used["processor"], used["most"] / 1000


def _start(corpus: Path, index: Path, times: int) -> None:
    changing = next(corpus.rglob("*.txt"))
    command = ("-m", "citewell.cli", "index", "--corpus", corpus, "--index", index)

    def change() -> tuple[float, float, float]:
        changing.write_text(f"Changed\n\nThe boat of the day {time.time_ns()} is new.\n", encoding="utf-8")
        return process(*command)

    ways = {
        "loading the encoder": lambda: process("-c", ENCODER),
        "citewell index, nothing changed": lambda: process(*command),
        "citewell index, one changed": change,
    }
    took: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ways}
    for _ in range(times):
        # Once without counting: what was changed just now is read again.
        time.sleep(SETTLED_SECONDS)
        process(*command)
        for name, work in ways.items():
            took[name].append(work())
    table = Table("process", "seconds", "processor seconds", "most memory, MB")
    for name, found in took.items():
        clock, processor, most = (statistics.median(each) for each in zip(*found, strict=True))
        table.add_row(name, f"{clock:.2f}", f"{processor:.2f}", f"{most:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()

"""Faults in number: commands killed, files of a snapshot damaged while it is served, full disks, missing rights and the like.

    python benchmarks/faults.py --kills 1000 --damages 1000 --others 10 --seed 1

After each, it is looked at what is left and what is quoted; `tests/faults` does the same in small. It says as it goes how many
of what was tried, and what was wrong, with what repeats it: `--only kills:17`. It can be stopped (Ctrl+C, kill) and goes on
when it is started again with the same arguments; `--restart` starts over. What is wrong makes the exit status 1; stopped, it is
130. Linux only; as root, rights are tried as another user.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.faults.damages import Damages
from tests.faults.kills import IN_A_ROW, Kills
from tests.faults.others import FAULTS, OF_RIGHTS
from tests.faults.outcome import Outcome, Steps, draw_of
from tests.support.processes import Prepared

from citewell.encoder.preparing import prepare
from citewell.files import write_atomically

_SERIES: dict[str, Callable[[Prepared, Path, int], Steps]] = {"kills": Kills, "damages": Damages}
_SAYS_SECONDS = 15


class Progress:
    """What has been done so far, kept in a file after each step. Safe to share between threads.

    Args:
        file: The file.
        about: What was asked for; a file of something else is not gone on with.
    """

    def __init__(self, file: Path, about: dict[str, Any]) -> None:
        self._file = file
        self._about = about
        self._lock = threading.Lock()
        self.done: set[str] = set()
        self.seconds = 0.0
        self.outcome = Outcome()
        self._began = time.monotonic()

    def read(self) -> None:
        """Take up what was done before."""
        if not self._file.is_file():
            return
        kept = json.loads(self._file.read_text(encoding="utf-8"))
        if kept["about"] != self._about:
            raise SystemExit(f"{self._file} is of other arguments; give them, or --restart, or another --progress FILE")
        self.done = set(kept["done"])
        self.seconds = kept["seconds"]
        self.outcome = Outcome(Counter(kept["tried"]), Counter(kept["seen"]), kept["wrong"])

    def note(self, name: str, outcome: Outcome) -> None:
        """Note what came of a step, and say what was wrong."""
        with self._lock:
            self.done.add(name)
            outcome.wrong = [f"{name}: {fault}" for fault in outcome.wrong]
            self.outcome.add(outcome)
            for fault in outcome.wrong:
                print(f"WRONG {fault}", flush=True)
            now = time.monotonic()
            self.seconds += now - self._began
            self._began = now
            kept = {
                "about": self._about,
                "done": sorted(self.done),
                "seconds": self.seconds,
                "tried": self.outcome.tried,
                "seen": self.outcome.seen,
                "wrong": self.outcome.wrong,
            }
            write_atomically(self._file, json.dumps(kept))


class Worker(threading.Thread):
    """Does steps until there are no more, or it is to stop.

    Args:
        steps: The names of steps.
        progress: Where what came of them is noted.
        stop: Set when no more is to be begun.
        folder: Where corpora and indexes are.
        arguments: Those of the command.
    """

    def __init__(
        self,
        steps: queue.SimpleQueue[str],
        progress: Progress,
        stop: threading.Event,
        folder: Path,
        arguments: argparse.Namespace,
    ) -> None:
        super().__init__()
        self._steps = steps
        self._progress = progress
        self._stop_asked = stop
        self._folder = folder
        self._arguments = arguments
        self._prepared: Prepared | None = None
        self._series: dict[str, Steps] = {}
        self._count = 0

    def run(self) -> None:
        """Do the steps."""
        with suppress(queue.Empty):
            while not self._stop_asked.is_set():
                name = self._steps.get_nowait()
                try:
                    outcome = self._step(name)
                except Exception:  # noqa: BLE001 - whatever the suite did not expect is told like what it looks for
                    outcome = Outcome(wrong=[f"the suite failed: {traceback.format_exc()}"])
                    self._close()
                self._progress.note(name, outcome)
        self._close()

    def _step(self, name: str) -> Outcome:
        series, _, number = name.partition(":")
        if self._prepared is None:
            self._prepared = Prepared(self._place("said"), fresh=self._arguments.fresh)
        if series in FAULTS:
            place = self._place(series)
            try:
                return FAULTS[series](self._prepared, place, draw_of(self._arguments.seed, series, int(number)))
            finally:
                self._prepared.orphans(0)
                shutil.rmtree(place, ignore_errors=True)
        if series not in self._series:
            self._series[series] = _SERIES[series](self._prepared, self._place(series), self._arguments.seed)
        return self._series[series].step(int(number))

    def _place(self, name: str) -> Path:
        self._count += 1
        place = self._folder / f"{self.name}-{self._count}-{name}"
        place.mkdir()
        place.chmod(0o755)
        return place

    def _close(self) -> None:
        for series in self._series.values():
            with suppress(OSError, RuntimeError):
                series.close()
        self._series = {}
        if self._prepared:
            with suppress(OSError, RuntimeError):
                self._prepared.close()
            self._prepared = None


def steps_of(arguments: argparse.Namespace) -> list[str]:
    """Return the names of all steps, those of each series spread over the whole."""
    if arguments.only:
        return [arguments.only if ":" in arguments.only else f"{arguments.only}:0"]
    counts = {"kills": -(-arguments.kills // IN_A_ROW), "damages": arguments.damages}
    counts |= {name: arguments.others for name in FAULTS if os.geteuid() == 0 or name not in OF_RIGHTS}
    named = [(nth / count, f"{series}:{nth}") for series, count in counts.items() for nth in range(count)]
    return [name for _, name in sorted(named)]


def main() -> int:
    """Do what is asked for, and return the exit status."""
    arguments = _arguments()
    about = {name: getattr(arguments, name) for name in ("kills", "damages", "others", "seed", "only")}
    file = arguments.progress or Path(tempfile.gettempdir(), f"citewell-faults-{arguments.seed}.json")
    progress = Progress(file, about)
    if not arguments.restart and not arguments.only:
        progress.read()
    names = steps_of(arguments)
    steps: queue.SimpleQueue[str] = queue.SimpleQueue()
    for name in names:
        if name not in progress.done:
            steps.put(name)
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    print(f"{steps.qsize()} of {len(names)} steps to do; progress in {file}", flush=True)
    prepare(None)
    folder = Path(tempfile.mkdtemp(prefix="citewell-faults-"))
    folder.chmod(0o755)
    workers = [Worker(steps, progress, stop, folder, arguments) for _ in range(min(arguments.jobs, steps.qsize()))]
    for worker in workers:
        worker.start()
    _watch(workers, progress, len(names), stop)
    shutil.rmtree(folder, ignore_errors=True)
    _say(progress, len(names))
    if stop.is_set() and len(progress.done) < len(names):
        print("stopped; the same command goes on")
        return 130
    return 1 if progress.outcome.wrong else 0


def _watch(workers: list[Worker], progress: Progress, whole: int, stop: threading.Event) -> None:
    told, stopping = time.monotonic(), False
    while any(worker.is_alive() for worker in workers):
        for worker in workers:
            worker.join(0.2)
        if stop.is_set() and not stopping:
            stopping = True
            print("stopping after the steps that are under way", flush=True)
        if time.monotonic() > told + _SAYS_SECONDS:
            told = time.monotonic()
            done, tried = len(progress.done), sum(progress.outcome.tried.values())
            print(f"{done} of {whole} steps, {tried} faults, {len(progress.outcome.wrong)} wrong", flush=True)


def _say(progress: Progress, whole: int) -> None:
    outcome = progress.outcome
    for title, counted in (("tried", outcome.tried), ("seen", outcome.seen)):
        print(f"\n{title}:")
        for name, count in sorted(counted.items()):
            print(f"  {count:6}  {name}")
    tried = sum(outcome.tried.values())
    print(f"\nwrong: {len(outcome.wrong)}")
    for fault in outcome.wrong:
        print(f"  {fault[:1000]}")
    each = progress.seconds / max(1, tried)
    print(f"\n{tried} faults in {len(progress.done)} of {whole} steps, {progress.seconds:.0f} s, {each:.2f} s each")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=0, help="how many commands and servers to kill")
    parser.add_argument("--damages", type=int, default=0, help="how many files to damage")
    parser.add_argument("--others", type=int, default=0, help=f"how often each of {', '.join(FAULTS)}")
    parser.add_argument("--seed", type=int, default=1, help="what everything is drawn by")
    parser.add_argument("--jobs", type=int, default=2, help="how many steps at a time")
    parser.add_argument("--only", help="one step, as kills:17, damages:3 or clock:0")
    parser.add_argument(
        "--fresh", action="store_true", help="have each command import everything itself; slower by far"
    )
    parser.add_argument("--progress", type=Path, help="the file of what has been done")
    parser.add_argument("--restart", action="store_true", help="start over")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

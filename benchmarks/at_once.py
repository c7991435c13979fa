"""Questions asked at once: how many a second are answered, here and in another checkout, in alternating processes.

    git worktree add ../before fde8f69
    python benchmarks/at_once.py ../shared/benchmarks/chunking --against ../before [--model multilingual] [--encode]

So many threads ask without pause, all questions of the folder once. With ``--encode`` questions are only encoded. Ratios of
processes that run one after the other are compared, because other work on the machine slows both: answers a second, the time
after which 95 % are answered, and processor time. They are medians over the rounds.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_THREADS = (1, 24)
_PROGRAM = """
import json, sys
from pathlib import Path
from at_once import measure
folder, index, model, only_encode = json.loads(sys.argv[1])
print(json.dumps(measure(Path(folder), Path(index), model, only_encode=only_encode)))
"""


def asked(ask: Callable[[str], Any], questions: list[str], threads: int) -> dict[str, float]:
    """Ask all questions in so many threads; return answers a second, the 95th percentile and processor seconds."""
    left, taken, lock = iter(questions), list[float](), threading.Lock()

    def work() -> None:
        while True:
            with lock:
                question = next(left, None)
            if question is None:
                return
            began = time.perf_counter()
            ask(question)
            taken.append(time.perf_counter() - began)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    began, used = time.perf_counter(), time.process_time()
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    wall, used = time.perf_counter() - began, time.process_time() - used
    return {"a second": len(taken) / wall, "p95": sorted(taken)[int(0.95 * len(taken))], "processor": used}


def measure(folder: Path, index: Path, model: str | None, *, only_encode: bool) -> dict[str, dict[str, float]]:
    """Measure this version of Citewell with each number of threads; the index is built if it is not there."""
    import citewell
    from citewell.encoder.encoding import open_encoder
    from citewell.encoder.preparing import prepare

    with (folder / "questions.csv").open(encoding="utf-8", newline="") as stream:
        questions = [row["question"] for row in csv.DictReader(stream)]
    ask: Callable[[str], Any]
    if only_encode:
        ask = open_encoder(prepare(model)).encode_query
    else:
        if not index.exists():
            citewell.build(folder, citewell.IndexFolder(index), citewell.Settings(model=model))
        ask = citewell.Assistant(citewell.IndexFolder(index)).ask
    # What is prepared at first is prepared before: shapes, and what is kept of an index.
    asked(ask, questions[::2], max(_THREADS))
    return {str(threads): asked(ask, questions, threads) for threads in _THREADS}


def elsewhere(root: Path, folder: Path, index: Path, arguments: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Measure the version of another checkout in a process of its own."""
    given = json.dumps([str(folder), str(index), arguments.model, arguments.encode])
    path = os.pathsep.join([str(root / "src"), str(Path(__file__).parent)])
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, given],
        env=os.environ | {"PYTHONPATH": path},
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Compare the two checkouts and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    parser.add_argument("--against", type=Path, required=True, help="another checkout of Citewell")
    parser.add_argument("--model", help="the encoder's model")
    parser.add_argument("--encode", action="store_true", help="only encode the questions")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    roots = {"here": Path(__file__).parent.parent, "there": arguments.against.resolve()}
    folder = arguments.folder.resolve()
    rounds: list[dict[str, dict[str, dict[str, float]]]] = []
    with tempfile.TemporaryDirectory() as temporary:
        for _ in range(arguments.rounds):
            found = {name: elsewhere(root, folder, Path(temporary, name), arguments) for name, root in roots.items()}
            rounds.append(found)
    for threads in map(str, _THREADS):
        for what in ("a second", "p95", "processor"):
            here, there = ([each[side][threads][what] for each in rounds] for side in roots)
            ratio = statistics.median(one / other for one, other in zip(here, there, strict=True))
            print(
                f"{threads:>3} at once, {what}: here {statistics.median(here):.3f}, "
                f"there {statistics.median(there):.3f}, ratio {ratio:.3f}"
            )


if __name__ == "__main__":
    main()

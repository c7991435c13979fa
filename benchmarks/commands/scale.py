"""What a large index costs: building, opening and asking, from a thousand to a million windows of real text."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

import real_texts
from processes import called
from reporting.plots import lines
from reporting.report import Report

_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_ABOUT = """\
Each size is an index of its own, built, opened and asked in processes of their own. Texts are real; **as found** says
how many of the windows are in documents as they were found, and the others are in documents of their sentences in
random order. Encoding takes most of the time, so only the first {most:,} texts are encoded, those of the questions
first; the vectors of the others are made from these, each between one and a near neighbour and moved at random, so
that they lie as real ones do. Making them is counted, some seconds; the last column of the first table says what the build
would take if all were encoded at the same speed."""
_ASKING = """\
Questions are real ({questions}), and their vectors are known, so that encoding is not counted: it costs the same at
every size. Of {rounds} rounds, each question counts with its fastest. **Recall@100** is the share of the hundred
nearest windows that the search finds, compared with an exact search (FAISS) of the same vectors, whose time is beside
it. An index is opened without reading all of it, so its first search verifies what it reads; opened **in full**, all
files are verified before."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts, which come first")
    parser.add_argument("--texts", type=Path, nargs="+", default=[], metavar="DIR", help="folders of more real texts")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(_SIZES), help="how many windows")
    parser.add_argument("--encoded", type=int, default=20_000, help="how many texts of an index are encoded")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep results and indexes here, to stop and go on")


class Kept:
    """The results of each step of each size, in a file, so that a step that is done is not done again.

    Args:
        file: The file; it need not exist.
        about: What the results depend on.

    Raises:
        SystemExit: The file has results that depend on something else.
    """

    def __init__(self, file: Path, about: dict[str, Any]) -> None:
        self._file = file
        self._found: dict[str, Any] = {"about": about, "sizes": {}}
        if file.exists():
            self._found = json.loads(file.read_text(encoding="utf-8"))
            if self._found["about"] != about:
                raise SystemExit(f"{file} has results of other arguments: {self._found['about']}; use another folder")

    def step(self, size: str, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return the result of a step, done now or before."""
        results = self._found["sizes"].setdefault(size, {})
        if name not in results:
            print(f"{int(size):,} windows: {name}", file=sys.stderr, flush=True)
            results[name] = work()
            self._file.write_text(json.dumps(self._found, indent=1), encoding="utf-8")
        found: dict[str, Any] = results[name]
        return found


def measure(given: argparse.Namespace, page: Report) -> None:
    """Do what is left to do, and report all sizes."""
    page.say("# Scale")
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        about = {"folder": str(given.folder), "texts": [str(each) for each in given.texts], "encoded": given.encoded}
        kept = Kept(folder / "scale.json", about)
        found = list(_sizes(given, kept, folder))
    page.say(_ABOUT.format(most=given.encoded))
    building = ("windows", "passages", "text, MB", "as found", "build, s", "encoded", "peak, MB", "index, MB")
    page.table((*building, "all encoded, s"), map(_built, found))
    page.plot(_plot(found), "Opening an index and asking it, by its size")
    page.say(_ASKING.format(questions=found[-1]["asked"]["questions"], rounds=given.rounds))
    asking = ("windows", "opening, s", "first search, s", "in full, s", "p50, ms", "p95, ms", "memory, MB")
    page.table((*asking, "recall@100", "nearest, ms", "exact, ms"), map(_asked, found))
    page.machine()


def _sizes(given: argparse.Namespace, kept: Kept, folder: Path) -> Iterator[dict[str, Any]]:
    for size in sorted(given.sizes):
        yield _of_size(given, kept, folder / str(size), size)


def _of_size(given: argparse.Namespace, kept: Kept, place: Path, size: int) -> dict[str, Any]:
    index, questions = place / "index", given.folder / "questions.csv"
    steps: dict[str, Callable[[], dict[str, Any]]] = {
        "texts": lambda: _written(given, place, size),
        "built": lambda: _built_in(place, given.encoded),
        "opened": lambda: _opened(index, given.rounds),
        "asked": lambda: called("sizes", "asked", index, questions, given.questions, given.rounds),
    }
    return {name: kept.step(str(size), name, work) for name, work in steps.items()}


def _written(given: argparse.Namespace, place: Path, size: int) -> dict[str, Any]:
    shutil.rmtree(place, ignore_errors=True)
    return real_texts.write(place / "corpus", size, given.folder, given.texts)._asdict()


def _built_in(place: Path, most: int) -> dict[str, Any]:
    # What a build left that was stopped would not be built again, and not be measured.
    shutil.rmtree(place / "index", ignore_errors=True)
    return called("sizes", "built", place / "corpus", place / "index", most)


def _opened(index: Path, rounds: int) -> dict[str, Any]:
    question = "What is said about the first of these?"
    found: dict[str, list[dict[str, Any]]] = {"lazy": [], "full": []}
    # The first time, files may not be in memory.
    for way in found if rounds > 1 else ():
        called("sizes", "opened", index, question, way == "full")
    for _ in range(rounds):
        for way, results in found.items():
            results.append(called("sizes", "opened", index, question, way == "full"))
    return {
        "opening": statistics.median(each["opening"] for each in found["lazy"]),
        "first": statistics.median(each["first"] for each in found["lazy"]),
        "in full": statistics.median(each["opening"] for each in found["full"]),
    }


def _built(found: dict[str, Any]) -> tuple[str, ...]:
    texts, built = found["texts"], found["built"]
    every = built["seconds"] + built["encoding"] / built["encoded"] * built["made"]
    return (
        f"{built['windows']:,}",
        f"{built['passages']:,}",
        f"{texts['characters'] / 1e6:,.1f}",
        f"{texts['real'] / texts['windows']:.0%}",
        f"{built['seconds']:,.0f}",
        f"{built['encoded']:,}",
        f"{built['most'] / 1e6:,.0f}",
        f"{built['bytes'] / 1e6:,.0f}",
        f"{every:,.0f}",
    )


def _asked(found: dict[str, Any]) -> tuple[str, ...]:
    opened, asked = found["opened"], found["asked"]
    return (
        f"{found['built']['windows']:,}",
        *(f"{opened[name]:.3f}" for name in ("opening", "first", "in full")),
        f"{asked['p50']:.1f}",
        f"{asked['p95']:.1f}",
        f"{asked['memory'] / 1e6:,.0f}",
        f"{asked['recall']:.4f}",
        f"{asked['nearest']:.2f}",
        f"{asked['exact']:.2f}",
    )


def _plot(found: Sequence[dict[str, Any]]) -> Figure:
    windows = [each["built"]["windows"] for each in found]
    series = {
        "question, p50": [each["asked"]["p50"] for each in found],
        "question, p95": [each["asked"]["p95"] for each in found],
        "opening": [1000 * each["opened"]["opening"] for each in found],
    }
    points = {name: list(zip(windows, values, strict=True)) for name, values in series.items()}
    return lines(points, "Opening and asking, without encoding the question", ("windows", "ms"))

"""An index in PostgreSQL: what a question takes there and on disk, and what is answered while servers are killed."""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

import alike
import killing
import unit_costs
from citewell import Assistant, IndexFolder
from citewell.errors import CitewellError
from citewell.index.index import AnyIndex
from databases import copied
from question_sets import bundled, read_benchmarks
from reporting.machine import ROOT
from reporting.plots import lines
from reporting.report import Report

sys.path.append(str(ROOT))
from tests.support.asking import SETTINGS
from tests.support.postgres import server
from tests.support.sharded import shards, why_no_shards

_ABOUT = """\
Each index on disk is copied into a database on the same machine, and {questions} questions are asked in one way after the
other, encoding included. Of {rounds} rounds, each question counts with its fastest. **Exact** compares the question with
every window. On disk, a large segment is otherwise searched by sketches. In PostgreSQL, **a graph** (HNSW) chooses as many
windows as the promise takes (0.99 of the nearest hundred, in the mean of a sample), and their exact scores are computed.
Citewell has a graph only where that takes less time than an exact search; here it has one anyway. **Recall** is what the
manifest says of the graph; 1 is that there are too few windows for one.
**Shards** are three servers beside the one that is asked, over which vectors and postings are spread; they have no graphs.
All are on this machine, and share its processors: what is seen is what asking them costs, not what more machines gain."""
_BY_GRAPHS = "citewell.index.postgres.vectors.VectorTables._by_graphs"
_GRAPHS = "citewell.index.postgres.graph"
_REMEMBERED = "citewell.encoder.encoding._MOST_QUESTIONS"
# The question itself, and without its words that no document has.
_QUERIES_OF_ONE = 2


class Asked(NamedTuple):
    """The milliseconds of each question, in one way to search."""

    way: str
    times: Sequence[float]

    def cells(self) -> list[str]:
        """Return p50 and p95."""
        return [f"{np.quantile(self.times, share):.1f}" for share in (0.5, 0.95)]


class Compared(NamedTuple):
    """An index: its windows, the recall of its graph, the times in each way, and the seconds to copy it in, and into shards.

    ``costs`` are those of single searches by their engine, and ``sizes`` the bytes of tables.
    """

    windows: int
    recall: float
    asked: Sequence[Asked]
    seconds: tuple[float, float]
    costs: dict[str, unit_costs.Costs]
    sizes: Sequence[tuple[str, ...]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("folder", type=Path, help="the folder with questions.csv")
    parser.add_argument("indexes", type=Path, nargs="+", help="indexes on disk, such as scale keeps")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--askers", type=int, default=20)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)


def measure(given: argparse.Namespace, page: Report) -> None:
    """Ask each index in each way, and while servers are killed."""
    if reason := why_no_shards():
        raise CitewellError(f"no server of PostgreSQL can be started: {reason}")
    page.say("# Cluster")
    page.say(_ABOUT.format(questions=given.questions, rounds=given.rounds))
    texts = _questions(given.folder / "questions.csv", given.questions)
    found = [_compared(index.resolve(), texts, given.rounds) for index in given.indexes]
    ways = [each.way for each in found[0].asked]
    columns = [f"{way}, {share}" for way in ways for share in ("p50, ms", "p95, ms")]
    rows = [
        (
            *(f"{each.windows:,}", *(cell for asked in each.asked for cell in asked.cells()), f"{each.recall:.4f}"),
            *(f"{seconds:.0f}" for seconds in each.seconds),
        )
        for each in found
    ]
    page.table(("windows", *columns, "recall", "copied in with a graph, s", "copied into shards, s"), rows)
    series = {
        way: [(each.windows, float(np.median(each.asked[nth].times))) for each in found] for nth, way in enumerate(ways)
    }
    page.plot(
        lines(series, "A question, encoding included", ("windows", "p50, ms")), "The p50 of a question by its engine"
    )
    page.say("## What it costs")
    page.say(unit_costs.about())
    page.table(
        unit_costs.COLUMNS,
        [(f"{each.windows:,}", engine, *costs.cells()) for each in found for engine, costs in each.costs.items()],
    )
    page.table(unit_costs.BYTES, found[-1].sizes)
    page.say("## The same answers")
    page.say(alike.ABOUT)
    with tempfile.TemporaryDirectory() as temporary:
        sets = [bundled(), *read_benchmarks(given.folder, Path(temporary))]
        page.table(alike.COLUMNS, [row for each in sets for row in alike.rows(each)])
    page.say("## While servers are killed")
    page.say(killing.ABOUT.format(askers=given.askers, kills=given.kills, seed=given.seed))
    print(f"{given.kills} kills", file=sys.stderr, flush=True)
    draw = random.Random(given.seed)  # noqa: S311 - which server is killed
    page.table(killing.COLUMNS, [killing.row(given.askers, given.kills, draw)])
    page.machine()


def _questions(file: Path, count: int) -> list[str]:
    with file.open(encoding="utf-8", newline="") as stream:
        texts = [row["question"] for row in csv.DictReader(stream)]
    return texts[:: max(1, len(texts) // count)][:count]


def _compared(index: Path, texts: Sequence[str], rounds: int) -> Compared:
    """Ask an index on disk, and copied into a database, and into shards."""

    def times(way: str, where: AnyIndex, how: AbstractContextManager[object]) -> Asked:
        print(f"{index}: asked {way}", file=sys.stderr, flush=True)
        # Encoding a question is a part of its time, so only what one needs is remembered.
        with how, patch(_REMEMBERED, _QUERIES_OF_ONE):
            return Asked(way, _times(Assistant(where, SETTINGS), texts, rounds))

    here, costs = IndexFolder(index), {}
    with patch("citewell.index.snapshot._sketches", return_value=None):
        asked = [times("on disk, exact", here, nullcontext())]
        costs["on disk"] = unit_costs.costs(here.open(), texts)
    asked.append(times("on disk", here, nullcontext()))
    with _graphs_anyway(), server() as address, copied(here, address) as (there, seconds):
        with patch(_BY_GRAPHS, return_value=False):
            asked.append(times("PostgreSQL, exact", there, nullcontext()))
            costs["PostgreSQL"] = unit_costs.costs(there.open(), texts)
        asked.append(times("PostgreSQL, by a graph", there, nullcontext()))
        manifest = there.manifest()
        sizes = [*unit_costs.sizes(there, manifest.windows)]
    with shards() as servers, servers.database("shards") as address, copied(here, address) as (there, more):
        asked.append(times("shards, exact", there, nullcontext()))
        costs["three shards"] = unit_costs.costs(there.open(), texts)
    recall = min((each.choice.recall for each in manifest.segments if each.choice), default=1.0)
    return Compared(manifest.windows, recall, asked, (seconds, more), costs, sizes)


@contextmanager
def _graphs_anyway() -> Iterator[None]:
    """Make and use graphs also where an exact search takes less time."""
    with patch(f"{_GRAPHS}.LEAST_WINDOWS", 1), patch(f"{_GRAPHS}.MOST_CHOSEN", 1.0):
        yield


def _times(assistant: Assistant, texts: Sequence[str], rounds: int) -> list[float]:
    # What is read for the first time is kept.
    for text in texts:
        assistant.ask(text)
    return list(np.min([[_milliseconds(assistant, text) for text in texts] for _ in range(rounds)], axis=0))


def _milliseconds(assistant: Assistant, text: str) -> float:
    began = time.perf_counter()
    assistant.ask(text)
    return 1000 * (time.perf_counter() - began)

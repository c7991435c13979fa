"""How good answers are on disk and in PostgreSQL: every measure of a set must be the same."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from citewell import Assistant, IndexFolder, build
from citewell.evaluation.running import run
from citewell.evaluation.summary import Summary, summarise
from citewell.index.index import AnyIndex
from databases import copied
from question_sets import Benchmark
from reporting.machine import ROOT

sys.path.append(str(ROOT))
from tests.support.asking import SETTINGS
from tests.support.postgres import server

ABOUT = "Each set is indexed on disk, copied into a database, and its questions are asked of both."
_SHOWN = ("recall@5", "hit@1", "MRR@10", "highlight@1", "highlight F1", "lead hit")
COLUMNS = ("set", "questions", "engine", *_SHOWN, "most that any measure differs")


def rows(benchmark: Benchmark) -> Iterator[tuple[str, ...]]:
    """Yield the measures of a set on each engine, and how much the two differ at most."""
    with tempfile.TemporaryDirectory() as folder:
        here = IndexFolder(Path(folder, "index"))
        print(f"{benchmark.name}: indexed and asked", file=sys.stderr, flush=True)
        build(benchmark.corpus, here, SETTINGS)
        ours = _summary(benchmark, here)
        with server() as address, copied(here, address) as (there, _):
            theirs = _summary(benchmark, there)
    differs = max(abs(each.mean - theirs.measures[name].mean) for name, each in ours.measures.items())
    for engine, found in (("on disk", ours), ("PostgreSQL", theirs)):
        means = (f"{found.measures[name].mean:.4f}" for name in _SHOWN)
        count = len(benchmark.questions.questions)
        yield benchmark.name, f"{count}", engine, *means, "" if found is ours else f"{differs:.4f}"


def _summary(benchmark: Benchmark, index: AnyIndex) -> Summary:
    return summarise(run(Assistant(index, SETTINGS), benchmark.questions, name=benchmark.name))

"""Other tools with the same texts, questions and model, each as its documentation begins, in an environment of its own."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from citewell.answer import FoundPassage, Place
from citewell.encoder.preparing import prepare
from citewell.evaluation.measures import measure as measures_of
from citewell.evaluation.questions.anchoring import gold
from citewell.evaluation.statistics import Estimate, estimate
from environments import NotInstalledError, python_of
from locating import places
from processes import FailedError, result
from question_sets import Benchmark, read_benchmarks
from reporting.plots import intervals
from reporting.report import Report

_SCRIPTS = Path(__file__).parents[1] / "tools"
_TOP = 5
_MEASURES = ("hit@1", "hit@5", "recall@5", "precision@5")
_LANGCHAIN = ("langchain-community", "langchain-huggingface", "langchain-text-splitters", "faiss-cpu")
_HAYSTACK = ("haystack-ai", "sentence-transformers-haystack")


class Tool(NamedTuple):
    """A tool: its name in tables, its script, how it splits, what pip installs, and what its script is told."""

    name: str
    script: str
    splits: str
    packages: tuple[str, ...] = ()
    options: Mapping[str, Any] = {}


_TOOLS = {
    "citewell": Tool("Citewell", "with_citewell.py", "sections and sentences, up to 285 tokens"),
    "llamaindex": Tool(
        "LlamaIndex",
        "with_llamaindex.py",
        "sentences, 1,024 tokens, 200 shared",
        ("llama-index-core", "llama-index-embeddings-huggingface"),
    ),
    "langchain": Tool(
        "LangChain, FAISS",
        "with_langchain.py",
        "recursive, 4,000 characters, 200 shared",
        (*_LANGCHAIN, "sentence-transformers"),
    ),
    "langchain-tutorial": Tool(
        "LangChain, FAISS, as in its tutorial",
        "with_langchain.py",
        "recursive, 1,000 characters, 200 shared",
        (*_LANGCHAIN, "sentence-transformers"),
        {"chunk_size": 1000, "chunk_overlap": 200},
    ),
    "haystack": Tool("Haystack, dense", "with_haystack.py", "200 words", _HAYSTACK, {"hybrid": False}),
    "haystack-hybrid": Tool("Haystack, hybrid", "with_haystack.py", "200 words", _HAYSTACK, {"hybrid": True}),
    "txtai": Tool("txtai, hybrid", "with_txtai.py", "paragraphs", ("txtai",)),
    "chroma": Tool(
        "Chroma",
        "with_chroma.py",
        "none; here recursive, 800 characters",
        ("chromadb", "sentence-transformers", "langchain-text-splitters"),
        {"chunk_size": 800, "chunk_overlap": 0},
    ),
}
_ABOUT = """\
Every tool indexes the same texts, gets the same questions, and runs the same model (all-MiniLM-L6-v2) on the same
machine, one after the other, each in a process and an environment of its own. Each is set up as its documentation
begins, and is asked for five passages. How it splits is a part of it, so passages differ in size: longer ones show more
of an answer and more that is none, which **precision@5** counts. **hit@1**, **hit@5** and **recall@5** are as in
[Quality](quality.md), with 95 % intervals."""
_COSTS = """\
A build includes loading the model, splitting, encoding and indexing; of importing, only what a tool puts off until
then. Citewell's index is on disk, verified and calibrated for refusal; those of the others are in memory. **p50** and
**p95** are of a question end to end; **memory** is the most that the process had. The model reads 256 tokens of a text,
so where a tool's chunks are longer, their ends are not encoded."""


class Measured(NamedTuple):
    """What a tool found: estimates by measure, the mean characters of a passage that it showed, and what its script says."""

    measures: dict[str, Estimate]
    shown: float
    lost: int
    found: dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    parser.add_argument(
        "--environments",
        type=Path,
        required=True,
        metavar="DIR",
        help="where the environments of the other tools are, or are made by pip",
    )
    parser.add_argument("--only", choices=_TOOLS, nargs="+", default=list(_TOOLS), help="only these tools")
    parser.add_argument("--questions", type=int, help="how many of the questions are asked; else all")
    parser.add_argument("--without-install", action="store_true", help="leave out what is not installed")


def measure(given: argparse.Namespace, page: Report) -> None:
    """Ask every tool, one after the other, and report what it found and what it cost."""
    page.say("# Other tools")
    measured: dict[str, Measured] = {}
    left_out: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as temporary:
        (benchmark,) = read_benchmarks(given.folder, Path(temporary))
        for each in given.only:
            tool = _TOOLS[each]
            print(tool.name, file=sys.stderr, flush=True)
            try:
                measured[each] = _asked(tool, benchmark, given, Path(temporary))
            except (FailedError, NotInstalledError) as error:
                left_out[tool.name] = str(error)
    page.say(_ABOUT)
    page.table(("tool", "splits by", "characters of a passage", *_MEASURES), _quality(measured))
    if measured:
        page.plot(_plot(measured), "Four measures of each tool with their intervals")
    page.say(_COSTS)
    page.table(("tool", "build, s", "chunks", "p50, ms", "p95, ms", "memory, MB"), _costs(measured))
    page.say(_unsaid(measured, left_out))
    page.machine((_TOOLS[each].name, _versions(found)) for each, found in measured.items())


def _asked(tool: Tool, benchmark: Benchmark, given: argparse.Namespace, temporary: Path) -> Measured:
    python = Path(sys.executable)
    # Other tools must not find what is installed for Citewell.
    environment = {"PYTHONPATH": ""}
    if tool.packages:
        folder = given.environments.resolve() / tool.script.removesuffix(".py").removeprefix("with_")
        python = python_of(folder, tool.packages, install=not given.without_install)
    else:
        environment = {}
    questions = benchmark.questions.questions[: given.questions]
    task = temporary / "task.json"
    content = {
        "corpus": str(benchmark.corpus.resolve()),
        "model": prepare("english").folder,
        "questions": [each.question for each in questions],
        "top": _TOP,
        "options": dict(tool.options) if tool.packages else {"place": str(temporary)},
    }
    task.write_text(json.dumps(content), encoding="utf-8")
    found = result([python, _SCRIPTS / tool.script, task], environment)
    return _measured(found, benchmark, len(questions))


def _measured(found: dict[str, Any], benchmark: Benchmark, count: int) -> Measured:
    texts = {file.name: file.read_text(encoding="utf-8") for file in sorted(benchmark.corpus.iterdir())}
    where = _places(found["chunks"], texts)
    rows, shown = [], []
    for question, numbers in zip(benchmark.questions.questions[:count], found["found"], strict=True):
        passages = [_passage(rank, where[number], texts) for rank, number in enumerate(numbers, 1)]
        rows.append(measures_of(gold(question, texts), passages))
        shown += [len(found["chunks"][number][1]) for number in numbers]
    lost = sum(where[number] is None for numbers in found["found"] for number in numbers)
    return Measured(
        {name: estimate([row[name] for row in rows]) for name in _MEASURES}, statistics.fmean(shown), lost, found
    )


def _places(chunks: Sequence[tuple[str, str, int | None]], texts: Mapping[str, str]) -> list[Place | None]:
    if all(start is not None for _, _, start in chunks):
        return [Place(document=path, start=start, end=start + len(text)) for path, text, start in chunks]  # type: ignore[operator,arg-type]
    return list(places(texts, ((path, text) for path, text, _ in chunks)))


def _passage(rank: int, place: Place | None, texts: Mapping[str, str]) -> FoundPassage:
    """Return a passage as it is measured; one that is nowhere shows nothing."""
    at = place or Place(document="", start=0, end=0)
    text = texts[at.document][at.start : at.end] if place else ""
    return FoundPassage(rank=rank, document=at.document, title="", start=at.start, end=at.end, text=text, score=0.0)


def _quality(measured: Mapping[str, Measured]) -> Iterator[tuple[str, ...]]:
    for each, found in measured.items():
        values = (f"{value.mean:.3f} ({value.low:.3f} to {value.high:.3f})" for value in found.measures.values())
        yield _TOOLS[each].name, _TOOLS[each].splits, f"{found.shown:,.0f}", *values


def _costs(measured: Mapping[str, Measured]) -> Iterator[tuple[str, ...]]:
    for each, (_, _, _, found) in measured.items():
        times = sorted(1000 * took for took in found["times"])
        # Citewell's script knows only those that it has shown.
        chunks = f"{len(found['chunks']):,}" if _TOOLS[each].packages else ""
        yield (
            _TOOLS[each].name,
            f"{found['build']:.1f}",
            chunks,
            f"{statistics.median(times):.1f}",
            f"{times[int(0.95 * len(times))]:.1f}",
            f"{found['most'] / 1e6:,.0f}",
        )


def _plot(measured: Mapping[str, Measured]) -> Figure:
    names = ("hit@1", "recall@5")
    series = {
        name: [(value.mean, value.low, value.high) for value in (each.measures[name] for each in measured.values())]
        for name in names
    }
    rows = [_TOOLS[each].name for each in measured]
    return intervals(rows, series, "The same texts, questions and model", "mean, with 95 % intervals")


def _unsaid(measured: Mapping[str, Measured], left_out: Mapping[str, str]) -> str:
    """Say which tools are missing, and which passages could not be measured."""
    said = [f"{name} is left out: {why}." for name, why in left_out.items()]
    said += [
        f"{found.lost} passages of {_TOOLS[each].name} do not stand in their text as they were shown, and count as wrong."
        for each, found in measured.items()
        if found.lost
    ]
    return "\n\n".join(said or ["No tool is left out, and all passages were found in their texts."])


def _versions(found: Measured) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.found["versions"].items())

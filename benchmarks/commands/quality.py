"""How good answers are: the bundled questions, and every set that is given, each about an index of its own corpus."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from citewell import Assistant, IndexFolder, Settings, build, load_settings
from citewell.evaluation.running import Outcome, Run, run, save_run
from citewell.evaluation.statistics import Estimate, estimate
from citewell.evaluation.summary import Summary, summarise
from question_sets import Benchmark, bundled, read_benchmarks
from refusing import COLUMNS, Confidences, row, with_some
from reporting.plots import intervals
from reporting.report import Report

_MEASURES = (
    "recall@5",
    "hit@1",
    "hit@5",
    "MRR@10",
    "nDCG@10",
    "precision@5",
    "IoU@5",
    "highlight@1",
    "highlight precision",
    "highlight recall",
    "highlight F1",
    "lead hit",
    "document hit@1",
    "document hit@5",
)
_HOLDS = "lead holds"
_PLOTTED = ("recall@5", "hit@1", "MRR@10", "highlight@1", "lead hit")
_ABOUT = """\
Gold answers are quotations. **recall@5** is the share of their characters that the first five passages show; **hit@1**
the share of questions whose first passage has at least half of an answer; **MRR@10** the mean of one over the rank of
the first such passage; **precision** and **IoU** count characters that are shown and are no answer, too. **highlight**
compares what is marked in the first passage with the answer, **lead hit** asks whether the answer's first sentence
answers, and **lead holds** whether its first sentences have a whole answer, where the right document is among five.
Intervals are at 95 %, by bootstrap over the questions."""
_REFUSAL = """\
**AUROC** says how well confidence tells the questions that an index covers from the others. **Refused** is the share of
covered questions that get no answer, **answered** the share of the others that get one, at each setting of `refusal`
(`balanced` is the default). The bundled questions say themselves which have no answer. Of the other sets, an index gets
only some documents, and all questions are asked: those about documents that it lacks have no answer."""


class Measured(NamedTuple):
    """A benchmark, its summary, how often leads hold, and confidences by the way in which documents were left out."""

    benchmark: Benchmark
    summary: Summary
    holds: Estimate
    refusals: dict[str, Confidences]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument(
        "folders", type=Path, nargs="*", metavar="FOLDER", help="question sets, besides the bundled one"
    )
    parser.add_argument("--without-bundled", action="store_true", help="only the sets that are given")
    parser.add_argument("--settings", type=Path, help="a settings file, instead of the defaults")
    parser.add_argument("--model", help="the encoder's model; else each build chooses")
    parser.add_argument("--save", type=Path, metavar="DIR", help="keep the runs here, for `citewell compare`")
    parser.add_argument("--without-refusal", action="store_true", help="do not build indexes of some of the documents")


def measure(given: argparse.Namespace, page: Report) -> None:
    """Index every set, ask its questions, and report the measures."""
    page.say("# Quality")
    settings = load_settings(given.settings) if given.settings else Settings()
    settings = settings.model_copy(update={"model": given.model}) if given.model else settings
    own = [] if given.without_bundled else [bundled()]
    with tempfile.TemporaryDirectory() as temporary:
        found = [
            _measured(benchmark, settings, given) for benchmark in chain(own, _given(given.folders, Path(temporary)))
        ]
    page.say(_ABOUT)
    page.table(("set", "questions", "model", "characters of a passage"), map(_about, found))
    page.table(("measure", *(each.benchmark.name for each in found)), _rows(found))
    page.plot(_plot(found), "Five measures of each set with their intervals")
    for each in found:
        if len(each.summary.kinds) > 1:
            page.say(f"## {each.benchmark.name} by kind of question")
            page.table(*_kinds(each.summary))
    page.say("## Refusal")
    page.say(_REFUSAL)
    page.table(("set", "in the index", "questions", *COLUMNS), _refusals(found))
    page.machine()


def _given(folders: Sequence[Path], temporary: Path) -> Iterator[Benchmark]:
    for nth, folder in enumerate(folders):
        yield from read_benchmarks(folder, temporary / str(nth))


def _measured(benchmark: Benchmark, settings: Settings, given: argparse.Namespace) -> Measured:
    _progress(f"{benchmark.name}: index and {len(benchmark.questions.questions)} questions")
    with tempfile.TemporaryDirectory() as temporary:
        index = IndexFolder(Path(temporary, "index"))
        build(benchmark.corpus, index, settings)
        asked = run(Assistant(index, settings), benchmark.questions, name=benchmark.name)
    if given.save:
        given.save.mkdir(parents=True, exist_ok=True)
        save_run(asked, given.save / f"{benchmark.name}.jsonl")
    refusals = _stated(asked)
    if not given.without_refusal:
        refusals |= {name: with_some(benchmark, parts, settings, _progress) for name, parts in benchmark.parts.items()}
    held = [float(leads) for each in asked.answerable if (leads := lead_holds(each)) is not None]
    return Measured(benchmark, summarise(asked), estimate(held), refusals)


def _stated(asked: Run) -> dict[str, Confidences]:
    """Return the confidences of a set that says itself which questions have no answer."""
    sides = [[each.confidence for each in side] for side in (asked.answerable, asked.unanswerable)]
    return {"all documents": Confidences(*sides)} if all(sides) else {}


def lead_holds(outcome: Outcome) -> bool | None:
    """Return whether the lead has a whole right answer; None if the document of none is among the first five."""
    documents = {place.document for place in outcome.gold}
    if outcome.answer is None or documents.isdisjoint(each.document for each in outcome.passages[:5]):
        return None
    leads = [(outcome.passages[each.rank - 1].document, each) for each in outcome.answer.lead]
    return any(
        place.document == document and lead.start <= place.start and place.end <= lead.end
        for place in outcome.gold
        for document, lead in leads
    )


def _about(found: Measured) -> tuple[object, ...]:
    summary = found.summary
    asked = f"{summary.answerable} + {summary.unanswerable}" if summary.unanswerable else summary.answerable
    return found.benchmark.name, asked, summary.about["encoder"], f"{summary.shown:,.0f}"


def _rows(found: Sequence[Measured]) -> Iterator[list[str]]:
    for name in _MEASURES:
        yield [name, *(_cell(each.summary.measures[name]) for each in found)]
    yield [_HOLDS, *(_cell(each.holds) for each in found)]


def _cell(value: Estimate) -> str:
    return f"{value.mean:.3f} ({value.low:.3f} to {value.high:.3f})"


def _plot(found: Sequence[Measured]) -> Figure:
    series = {
        each.benchmark.name: [
            (value.mean, value.low, value.high) for value in (each.summary.measures[name] for name in _PLOTTED)
        ]
        for each in found
    }
    return intervals(_PLOTTED, series, "What answers show and mark", "mean over the questions, with 95 % intervals")


def _kinds(summary: Summary) -> tuple[tuple[str, ...], Iterator[list[str]]]:
    columns = ("questions", "recall@5", "hit@1", "MRR@10", "highlight@1", "highlight F1", "lead hit")
    rows = (
        [kind, f"{values['questions']:.0f}", *(f"{values[name]:.3f}" for name in columns[1:])]
        for kind, values in summary.kinds.items()
    )
    return ("kind", *columns), rows


def _refusals(found: Sequence[Measured]) -> Iterator[list[str]]:
    for each in found:
        for way, (own, other) in each.refusals.items():
            yield [each.benchmark.name, way, f"{len(own)} + {len(other)}", *row(own, other)]


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

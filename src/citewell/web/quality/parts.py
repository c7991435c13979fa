"""What the views of the judge's panel show, made ready for its templates: charts and choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citewell.evaluation.charts import Chart
from citewell.web.quality.runs import KeptRun


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice; one that is followed at once says what shows it.

    ``label`` says what is chosen, and ``field`` is its name in what is sent. ``names`` are what can be chosen, with how it is
    called; ``chosen`` is what is chosen so far. ``change`` is what a change shows.
    """

    label: str
    field: str
    names: Mapping[str, str]
    chosen: str
    change: str = ""


def set_choice(label: str, sets: Sequence[str], chosen: str) -> Choice | None:
    """Return a choice of a question set, where there are any."""
    return Choice(label, "set", {name: name for name in sets}, chosen) if sets else None


def run_choice(
    label: str, field: str, runs: Sequence[KeptRun], chosen: str, *, snapshot: str, change: str = ""
) -> Choice:
    """Return a choice of a run; those of another snapshot than the one in use say so."""
    return Choice(label, field, {run.name: f"{run.title}{age(run, snapshot)}" for run in runs}, chosen, change)


def age(run: KeptRun, snapshot: str) -> str:
    """Say of a run that it is not of the documents in use, or that nothing is known of it."""
    if run.set is None:
        return " (cannot be read)"
    return "" if run.snapshot == snapshot else " (earlier documents)"


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart, to be drawn by the page from ``figure``, which is JSON; a map names the snapshot that it is of."""

    name: str
    title: str
    height: int
    figure: str
    snapshot: str


def drawn(shown: Chart, snapshot: str = "") -> DrawnChart:
    """Make a chart ready to be drawn by the page."""
    figure = shown.figure.update_layout(template=None, dragmode=False)
    if shown.name != "map":
        figure.update_layout(margin={"t": 20}).update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    return DrawnChart(shown.name, shown.title, figure.layout.height, figure.to_json(), snapshot)

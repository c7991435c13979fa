"""Charts and selection fields, prepared for the templates of the "Quality" panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citewell.evaluation.charts import Chart
from citewell.web.language.core import said
from citewell.web.language.current import gettext, language
from citewell.web.quality.runs import KeptRun


@dataclass(frozen=True, slots=True)
class Choice:
    """A selection field.

    ``field`` is its name in the request. ``names`` maps each value to its label; ``chosen`` is the selected value. ``change``
    is the action that a change triggers; empty for none.
    """

    label: str
    field: str
    names: Mapping[str, str]
    chosen: str
    change: str = ""


def set_choice(label: str, sets: Sequence[str], chosen: str) -> Choice | None:
    """Return a field to select a question set, or None if there are no sets."""
    return Choice(label, "set", {name: name for name in sets}, chosen) if sets else None


def run_choice(
    label: str, field: str, runs: Sequence[KeptRun], chosen: str, *, snapshot: str, change: str = ""
) -> Choice:
    """Return a field to select a run; the label of a run with another snapshot shows that."""
    return Choice(label, field, {run.name: f"{said(run.title)}{age(run, snapshot)}" for run in runs}, chosen, change)


def age(run: KeptRun, snapshot: str) -> str:
    """Return a note for a run that cannot be read, or was made with another snapshot."""
    if run.set is None:
        note = gettext("cannot be read")
    elif run.snapshot != snapshot:
        note = gettext("earlier documents")
    else:
        return ""
    return f" ({note})"


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart that the page draws from ``figure``, which is JSON; a map has the name of its snapshot."""

    name: str
    title: str
    height: int
    figure: str
    snapshot: str


def drawn(shown: Chart, snapshot: str = "") -> DrawnChart:
    """Prepare a chart for the page."""
    figure = shown.figure.update_layout(template=None, dragmode=False, separators=language().separators)
    if shown.name != "map":
        figure.update_layout(margin={"t": 20}).update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    return DrawnChart(shown.name, shown.title, figure.layout.height, figure.to_json(), snapshot)

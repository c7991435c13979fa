"""What the views of the judge's panel are made of: charts, tables and choices, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from citewell.evaluation.charts import Chart
from citewell.web.quality.runs import KeptRun


def chooser(label: str, field: str, names: Mapping[str, str], chosen: str, change: str = "") -> Markup:
    """Render a choice; one that is followed at once says what shows it.

    Args:
        label: What is chosen.
        field: Its name in what is sent.
        names: What can be chosen, with how it is called.
        chosen: What is chosen so far.
        change: What a change shows.
    """
    options = [
        Markup('<option value="{}"{}>{}</option>').format(name, Markup(" selected") if name == chosen else "", title)
        for name, title in names.items()
    ]
    return Markup('<label class="cw-field">{} <select data-field="{}" data-change="{}">{}</select></label>').format(
        label, field, change, Markup("").join(options)
    )


def run_form(sets: Sequence[str], chosen: str = "") -> Markup:
    """Render what runs a set, or how to name one."""
    if not sets:
        return Markup("<p>No question set is known here. To name one: <code>citewell chat --questions FILE</code></p>")
    return Markup(
        '<div class="cw-choose">{}<button type="button" class="cw-show" data-judge="run">Run it</button></div>'
    ).format(set_chooser("Question set", sets, chosen or sets[0]))


def set_chooser(label: str, sets: Sequence[str], chosen: str) -> Markup:
    """Render a choice of a question set."""
    return chooser(label, "set", {name: name for name in sets}, chosen)


def run_chooser(
    label: str, field: str, runs: Sequence[KeptRun], chosen: str, *, snapshot: str, change: str = ""
) -> Markup:
    """Render a choice of a run; those of another snapshot than the one in use say so."""
    names = {run.name: f"{run.title}{age(run, snapshot)}" for run in runs}
    return chooser(label, field, names, chosen, change)


def age(run: KeptRun, snapshot: str) -> str:
    """Say of a run that it is not of the documents in use, or that nothing is known of it."""
    if run.set is None:
        return " (cannot be read)"
    return "" if run.snapshot == snapshot else " (earlier documents)"


def chart(shown: Chart, snapshot: str = "") -> Markup:
    """Render a chart, to be drawn by the page; a map names the snapshot that it is of."""
    figure = shown.figure.update_layout(template=None, dragmode=False)
    if shown.name != "map":
        figure.update_layout(margin={"t": 20}).update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    return Markup(
        '<figure class="cw-chart"><figcaption>{0}</figcaption>'
        '<div role="img" aria-label="{0}" style="height: {1}px" data-figure="{2}" data-snapshot="{3}" data-chart="{4}"></div>'
        "</figure>"
    ).format(shown.title, figure.layout.height, figure.to_json(), snapshot, shown.name)


def table(label: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """Render a table that scrolls on its own where it is too wide; the first column names the rows."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in columns)
    lines = [
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            first, Markup("").join(Markup("<td>{}</td>").format(value) for value in others)
        )
        for first, *others in rows
    ]
    return Markup(
        '<div class="cw-scroll" tabindex="0" role="region" aria-label="{}, table"><table><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(label, head, Markup("").join(lines))


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

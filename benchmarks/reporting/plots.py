"""Plots as SVG files that read well on light and on dark pages: their colours are those of the page, and follow its theme."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from io import StringIO
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from citewell.rendering.tokens import token

_COLOURS = tuple(token(f"chart-{name}") for name in ("green", "gold", "red", "grey", "found-2"))
# With the colours, so that series can be told apart without them.
_MARKERS = ("o", "s", "^", "D", "v")
# Colours that nothing else has; in the file, each becomes a variable of its style sheet.
_INK, _LINE = "#010203", "#040506"
_TOKENS = {_INK: "ink", _LINE: "line"}
_WIDTH = 7.2

mpl.rc("svg", fonttype="none", hashsalt="citewell")
mpl.rc("font", family="sans-serif", size=10)
mpl.rc("axes", edgecolor=_LINE, labelcolor=_INK, titlelocation="left", titlesize=11)
mpl.rc("text", color=_INK)
mpl.rc("xtick", color=_INK)
mpl.rc("ytick", color=_INK)
mpl.rc("grid", color=_LINE, linewidth=0.6)
mpl.rc("legend", frameon=False)


def intervals(
    rows: Sequence[str], series: Mapping[str, Sequence[tuple[float, float, float]]], title: str, axis: str
) -> Figure:
    """Plot means with their intervals: a row for each measure, a colour for each series.

    Args:
        rows: The names of the rows, from the top.
        series: For each series and row, the mean and both ends of its interval.
        title: The title.
        axis: What is along the axis.
    """
    figure, axes = _begun(1.2 + 0.32 * len(rows) * max(1, len(series) * 0.7), title)
    for nth, (name, values) in enumerate(series.items()):
        means = [mean for mean, _, _ in values]
        places = [row + (nth - (len(series) - 1) / 2) * 0.2 for row in range(len(rows))]
        reach = [[mean - low for mean, low, _ in values], [high - mean for mean, _, high in values]]
        axes.errorbar(means, places, xerr=reach, fmt=_marker(nth), color=_colour(nth), label=name, markersize=5)
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.set_xlabel(axis)
    _legend(figure, axes, len(series))
    return figure


def bars(
    rows: Mapping[str, float], title: str, axis: str, *, form: str, ours: Collection[str], line: float | None = None
) -> Figure:
    """Plot a bar with its figure for each row, the first on top.

    Args:
        rows: The values by their names.
        title: The title.
        axis: What is along the axis.
        form: How figures are written.
        ours: The rows with the colour of what is measured; the others are grey.
        line: Where a line is drawn across all rows, such as the reference of ratios.
    """
    figure, axes = _begun(1.1 + 0.34 * len(rows), title)
    colours = [_colour(0) if name in ours else _colour(3) for name in rows]
    drawn = axes.barh(range(len(rows)), list(rows.values()), color=colours, height=0.62)
    axes.bar_label(drawn, [form.format(each) for each in rows.values()], padding=4)
    if line is not None:
        axes.axvline(line, color=_INK, linewidth=0.8, linestyle=":")
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_xlabel(axis)
    return figure


def lines(series: Mapping[str, Sequence[tuple[float, float]]], title: str, axes_names: tuple[str, str]) -> Figure:
    """Plot lines through points on two logarithmic axes."""
    figure, axes = _begun(3.6, title)
    for nth, (name, points) in enumerate(series.items()):
        axes.plot([x for x, _ in points], [y for _, y in points], marker=_marker(nth), color=_colour(nth), label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for each in (axes.xaxis, axes.yaxis):
        each.set_major_formatter("{x:,.10g}")
        each.set_minor_formatter(NullFormatter())
    axes.grid()
    axes.set_xlabel(axes_names[0])
    axes.set_ylabel(axes_names[1])
    _legend(figure, axes, len(series))
    return figure


def save(figure: Figure, file: Path) -> None:
    """Write a plot as SVG without a background, in the colours of the theme of whoever reads it."""
    written = StringIO()
    figure.savefig(written, format="svg", transparent=True, bbox_inches="tight", metadata={"Date": None})
    text = written.getvalue()
    for colour, name in _TOKENS.items():
        text = text.replace(colour, f"var(--{name})")
    light, dark = (";".join(f"--{name}:{_of(name, side)}" for name in _TOKENS.values()) for side in (0, 1))
    sheet = f"<style>:root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    head = re.search(r"<svg[^>]*>", text)
    if head is None:
        raise RuntimeError(f"{file}: matplotlib wrote no SVG")
    file.write_text(text[: head.end()] + sheet + text[head.end() :], encoding="utf-8")


def _begun(height: float, title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.subplots()
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    return figure, axes


def _legend(figure: Figure, axes: Axes, count: int) -> None:
    if count > 1:
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=count)


def _colour(nth: int) -> str:
    return _COLOURS[nth % len(_COLOURS)]


def _marker(nth: int) -> str:
    return _MARKERS[nth % len(_MARKERS)]


def _of(name: str, side: int) -> str:
    """Return a colour of the page, in light (0) or dark (1)."""
    colours: list[str] = re.findall(r"#[0-9a-f]{6}", token(name))
    return colours[side]

"""The charts of evaluation, as Plotly figures; text from a corpus or a set is escaped, because Plotly renders some HTML.

What they say is given to ``say``: reports are in English, and the page has its own language.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import plotly.graph_objects as go

from citewell.confidence import THRESHOLDS
from citewell.evaluation.comparing import COMPARED, Comparison
from citewell.evaluation.mapping import Box, Tally
from citewell.evaluation.measures import DEEPEST, first_hit, gold_characters, new_characters
from citewell.evaluation.misses import MISSED_BELOW
from citewell.evaluation.running import Outcome, Run
from citewell.evaluation.summary import Summary
from citewell.evaluation.wording import Say, in_english
from citewell.rendering.tokens import token

GREEN, GOLD, RED, GREY = (token(f"chart-{name}") for name in ("green", "gold", "red", "grey"))
# From few questions (light) to many (dark).
_FOUND = tuple(token(f"chart-found-{nth}") for nth in range(1, 5))
_NEVER, _AROUND = token("chart-never"), token("chart-around")
_ON_PALE, _ON_DEEP = token("chart-on-pale"), token("chart-on-deep")
_PALE = {*_FOUND[:3], _NEVER, _AROUND}
_MAP_PIXELS = 520
_LABEL_CHARACTERS = 18
_GRID = token("chart-grid")
# F1 has both in one.
_NOT_CHARTED = ("highlight precision", "highlight recall")
_ROW_PIXELS = 32
_MARGINS_PIXELS = 80
_BELOW_PIXELS = 60
# For the names of curves below that of the axis, in two lines where the page is narrow.
_LEGEND_PIXELS = 50
# Plotly would write the name of the curve beside the label.
_ALONE = "<extra></extra>"


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure with its title; ``name`` is unique on its page."""

    name: str
    title: str
    figure: go.Figure


def run_charts(run: Run, summary: Summary, say: Say = in_english) -> Iterator[Chart]:
    """Yield the charts of a run: ranks, recall, refusal by threshold, and the time to an answer."""
    if run.answerable:
        yield _chart("rank", say("Rank of the first right passage"), _ranks(run.answerable, say))
        yield _chart("recall", say("Recall by number of passages shown"), _recall(run.answerable, say))
    if run.answerable and run.unanswerable:
        yield _chart("refusal", say("Errors by confidence threshold"), _refusal(run, say))
    seconds = [1000 * outcome.answer.seconds for outcome in run.outcomes if outcome.answer]
    if seconds:
        yield _chart("latency", say("Time to an answer"), _latency(seconds, summary.latency, say))


def measures_chart(summary: Summary, say: Say = in_english) -> Chart:
    """Return the chart of the main measures of a run with their intervals."""
    charted = (name for name in COMPARED if name not in _NOT_CHARTED)
    shown = {say(name): summary.measures[name] for name in charted if name in summary.measures}
    points = go.Scatter(
        x=[each.mean for each in shown.values()],
        y=list(shown),
        mode="markers",
        marker={"color": GREEN, "size": 10},
        error_x=_error([(each.low, each.mean, each.high) for each in shown.values()]),
        customdata=[[each.low, each.high] for each in shown.values()],
        hovertemplate="%{y} %{x:.3f}<br>"
        + say("%(low)s to %(high)s", low="%{customdata[0]:.3f}", high="%{customdata[1]:.3f}")
        + _ALONE,
    )
    figure = go.Figure(points).update_layout(xaxis_range=[-0.02, 1.02])
    return _chart("measures", say("Measures with their 95 %% intervals"), _rows(figure, len(shown)))


def kinds_chart(summary: Summary, say: Say = in_english) -> Chart:
    """Return the chart of some measures by kind of question."""
    figure = go.Figure()
    kinds = [escaped(kind) for kind in summary.kinds]
    for name, colour in zip(("hit@1", "hit@5", "recall@5"), (GREEN, GOLD, GREY), strict=True):
        figure.add_bar(
            name=name,
            orientation="h",
            y=kinds,
            x=[values[name] for values in summary.kinds.values()],
            customdata=[values["questions"] for values in summary.kinds.values()],
            marker_color=colour,
            hovertemplate=say(
                "%(kind)s, %(measure)s: %(value)s of %(number)s questions",
                kind="%{y}",
                measure=name,
                value="%{x:.3f}",
                number="%{customdata:.0f}",
            )
            + _ALONE,
        )
    figure.update_layout(barmode="group", xaxis_range=[0, 1.02], legend_traceorder="normal")
    return _chart("kinds", say("By kind of question"), _rows(figure, len(kinds)))


def comparison_chart(found: Comparison, say: Say = in_english) -> Chart:
    """Return the chart of the differences between B and A in each measure, with intervals."""
    shown = found.differences
    points = go.Scatter(
        x=[each.difference.mean for each in shown],
        y=[say(each.measure) for each in shown],
        mode="markers",
        marker={"color": [RED if each.difference.mean < 0 else GREEN for each in shown], "size": 10},
        error_x=_error([(each.difference.low, each.difference.mean, each.difference.high) for each in shown]),
        customdata=[[each.a, each.b, each.p_value] for each in shown],
        hovertemplate="%{y} "
        + say("%(low)s to %(high)s", low="%{customdata[0]:.3f}", high="%{customdata[1]:.3f}")
        + "<br>%{x:+.3f}, p = %{customdata[2]:.3f}"
        + _ALONE,
    )
    figure = go.Figure(points).add_vline(x=0, line_dash="dot", line_color=GREY)
    return _chart("comparison", say("B minus A, with 95 %% intervals"), _rows(figure, len(shown)))


def map_chart(boxes: Sequence[Box], say: Say = in_english) -> Chart:
    """Return a corpus as boxes: size shows length, green shows how often it was found, red shows missed answers.

    ``customdata`` of a box is the path and span to open, or empty.
    """
    around = {box.parent for box in boxes}
    # Folders and the rest have no place of their own, and no colour.
    around |= {box.id for box in boxes if box.document is None}
    most = max((box.tally.found for box in boxes if box.id not in around), default=0)
    colours = [_AROUND if box.id in around else _colour(box.tally, most) for box in boxes]
    tree = go.Treemap(
        # Ids are not displayed, and parents refer to them unescaped.
        ids=[box.id for box in boxes],
        parents=[box.parent for box in boxes],
        labels=[escaped(box.label) if box.id in around else _wrapped(box.label) for box in boxes],
        values=[box.characters for box in boxes],
        branchvalues="total",
        marker={
            "colors": colours,
            "line": {"width": 1},
        },
        customdata=[[box.document, box.span.start, box.span.end] if box.document and box.span else [] for box in boxes],
        text=[_tally(box, say) for box in boxes],
        textinfo="label",
        # Text on the page's background uses the page's own text colour.
        insidetextfont={"size": 13, "color": [_ON_PALE if colour in _PALE else _ON_DEEP for colour in colours]},
        outsidetextfont={"size": 13},
        hovertemplate="%{label}<br>%{text}" + _ALONE,
        maxdepth=4,
        tiling={"pad": 2},
    )
    figure = go.Figure(tree).update_layout(height=_MAP_PIXELS)
    chart = _chart("map", say("Map of the corpus"), figure)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return chart


def escaped(text: str) -> str:
    """Return a text escaped for a Plotly label, which would interpret tags and entities."""
    return html.escape(" ".join(text.split()), quote=False)


def _wrapped(text: str) -> str:
    """Return a label with line breaks, because Plotly shrinks a long label instead of wrapping it."""
    return "<br>".join(escaped(line) for line in textwrap.wrap(text, _LABEL_CHARACTERS)) or escaped(text)


def _chart(name: str, title: str, figure: go.Figure) -> Chart:
    if figure.layout.height is None:
        figure.update_layout(height=300)
    figure.update_layout(
        margin={"l": 50, "r": 20, "t": 50, "b": _BELOW_PIXELS},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "color": GREY},
        legend={"orientation": "h", "yanchor": "top", "y": -0.2, "x": 0},
    )
    figure.update_xaxes(gridcolor=_GRID).update_yaxes(gridcolor=_GRID)
    if figure.layout.xaxis.title.text and len(figure.data) > 1:
        figure.update_layout(
            height=figure.layout.height + _LEGEND_PIXELS,
            margin_b=_BELOW_PIXELS + _LEGEND_PIXELS,
            legend={"yref": "container", "yanchor": "bottom", "y": 0},
        )
    return Chart(name, title, figure)


def _rows(figure: go.Figure, rows: int) -> go.Figure:
    """Lay out a figure with one measure per row, the first on top."""
    figure.update_layout(height=_MARGINS_PIXELS + 30 + _ROW_PIXELS * rows)
    return figure.update_yaxes(autorange="reversed", automargin=True, type="category")


def _error(intervals: Sequence[tuple[float, float, float]]) -> Mapping[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - mean for _, mean, high in intervals],
        "arrayminus": [mean - low for low, mean, _ in intervals],
        "color": GREY,
    }


def _colour(tally: Tally, most: int) -> str:
    if tally.missed:
        return RED
    if not tally.found:
        return _NEVER
    return _FOUND[min(len(_FOUND) - 1, int(len(_FOUND) * np.sqrt(tally.found / (most + 1))))]


def _tally(box: Box, say: Say) -> str:
    tally = box.tally
    words = [say("%(count)s characters", count=box.characters)]
    if tally.found == 1:
        words.append(say("found by 1 question"))
    else:
        words.append(say("found by %(count)s questions", count=tally.found) if tally.found else say("never found"))
    if tally.wanted:
        words.append(say("expected by %(wanted)s, missed by %(missed)s", wanted=tally.wanted, missed=tally.missed))
    return "<br>".join(words)


def _ranks(outcomes: Sequence[Outcome], say: Say) -> go.Figure:
    ranks = [first_hit(outcome.gold, outcome.passages) for outcome in outcomes]
    names = [*map(str, range(1, DEEPEST + 1)), say("none")]
    counts = [ranks.count(rank) for rank in range(1, DEEPEST + 1)] + [sum(rank is None for rank in ranks)]
    colours = [GREEN] * MISSED_BELOW + [RED] * (len(names) - MISSED_BELOW)
    hover = say("rank %(rank)s: %(number)s questions", rank="%{x}", number="%{y}") + _ALONE
    bars = go.Bar(x=names, y=counts, marker_color=colours, hovertemplate=hover)
    return go.Figure(bars).update_layout(xaxis_title=say("rank"), xaxis_type="category", yaxis_title=say("questions"))


def _recall(outcomes: Sequence[Outcome], say: Say) -> go.Figure:
    shares = []
    for outcome in outcomes:
        gains = [*new_characters(outcome.gold, outcome.passages), *[0] * DEEPEST][:DEEPEST]
        total = gold_characters(outcome.gold)
        shares.append([found / total for found in accumulate(gains)])
    depths = list(range(1, DEEPEST + 1))
    line = go.Scatter(
        x=depths,
        y=np.mean(shares, axis=0),
        mode="lines+markers",
        line_color=GREEN,
        hovertemplate="recall@%{x} %{y:.3f}" + _ALONE,
    )
    return go.Figure(line).update_layout(xaxis_title=say("passages shown"), yaxis_title="recall", yaxis_range=[0, 1.02])


def _refusal(run: Run, say: Say) -> go.Figure:
    thresholds = np.linspace(0, 1, 101)
    own, other = (np.array([each.confidence for each in part]) for part in (run.answerable, run.unanswerable))
    lines = {
        say("answerable, but refused"): ((own[None, :] < thresholds[:, None]).mean(axis=1), RED),
        say("unanswerable, but answered"): ((other[None, :] >= thresholds[:, None]).mean(axis=1), GREEN),
    }
    figure = go.Figure()
    for name, (share, colour) in lines.items():
        at = say("%(share)s at confidence %(confidence)s", share="%{y:.1%}", confidence="%{x}")
        hover = f"{at}<extra>{name}</extra>"
        figure.add_scatter(x=thresholds, y=share, name=name, line_color=colour, hovertemplate=hover)
    for name, value in THRESHOLDS.items():
        figure.add_vline(x=value, line_dash="dot", line_color=GREY, annotation_text=name)
    return figure.update_layout(
        xaxis_title=say("confidence threshold"), yaxis_title=say("error rate"), yaxis_tickformat=".0%"
    )


def _latency(milliseconds: Sequence[float], percentiles: Mapping[str, float], say: Say) -> go.Figure:
    hover = say("%(time)s ms: %(number)s questions", time="%{x}", number="%{y}") + _ALONE
    bars = go.Histogram(x=milliseconds, marker_color=GREEN, hovertemplate=hover)
    figure = go.Figure(bars).update_layout(xaxis_title=say("milliseconds"), yaxis_title=say("questions"))
    for name, value in percentiles.items():
        figure.add_vline(x=1000 * value, line_dash="dot", line_color=GREY, annotation_text=name)
    return figure

"""The report of a run: one HTML page that needs nothing else, with measures, plots, and every miss beside what was wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote

import numpy as np
import plotly.graph_objects as go
from jinja2 import Environment
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from citewell.answer import FoundPassage
from citewell.confidence import THRESHOLDS
from citewell.evaluation.measures import DEEPEST, first_hit, gold_characters, new_characters
from citewell.evaluation.running import Outcome, Run
from citewell.evaluation.summary import Summary, summarise

# A right answer further down than this counts as missed in the report.
MISSED_BELOW = 5
_SHOWN = 3
_CONTEXT = 160
_LINK_WORDS = 8
_BLUE, _RED, _GREY = "#3b6fd4", "#c8502f", "#8a8f98"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a document with what matters in it, and a link to the place in the source."""

    document: str
    before: str
    marked: str
    after: str
    link: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that went wrong: why, what was wanted, and what was shown."""

    question: str
    kind: str | None
    context: tuple[str, ...]
    why: str
    confidence: float
    wanted: tuple[Excerpt, ...]
    shown: tuple[Excerpt, ...]


def write_report(run: Run, folder: Path, texts: Mapping[str, str], corpus: Path) -> Path:
    """Write the report of a run.

    Args:
        run: The run.
        folder: Where ``index.html`` goes; it is made where there is none.
        texts: The text of each document that the run's right answers stand in, by its path.
        corpus: The folder of the corpus, to which places are linked.

    Returns:
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    page.write_text(render_report(run, texts, corpus), encoding="utf-8")
    return page


def render_report(run: Run, texts: Mapping[str, str], corpus: Path) -> str:
    """Return the report as HTML; whatever comes from a corpus or a question is escaped."""
    summary = summarise(run)
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("citewell.evaluation").joinpath("report.html").read_text(encoding="utf-8"))
    return template.render(
        summary=summary,
        charts=[Markup(each) for each in _charts(run, summary)],  # noqa: S704 - Plotly's own, of numbers only
        plotly=Markup(get_plotlyjs()),  # noqa: S704
        misses=list(_misses(run, texts, corpus)),
        below=MISSED_BELOW,
    )


def _charts(run: Run, summary: Summary) -> Iterator[str]:
    if run.coverable:
        yield _html("rank", "Rank of the first right passage", _rank_chart(run.coverable))
        yield _html("recall", "Recall against passages shown", _recall_chart(run.coverable))
    if run.coverable and run.foreign:
        yield _html("refusal", "What each threshold would do", _refusal_chart(run))
    seconds = [1000 * outcome.answer.seconds for outcome in run.outcomes if outcome.answer]
    if seconds:
        chart = go.Figure(
            go.Histogram(x=seconds, marker_color=_BLUE, hovertemplate="%{x} ms: %{y} questions<extra></extra>")
        )
        chart.update_layout(xaxis_title="milliseconds", yaxis_title="questions")
        for name, value in summary.latency.items():
            chart.add_vline(x=1000 * value, line_dash="dot", line_color=_GREY, annotation_text=name)
        yield _html("latency", "Time to an answer", chart)


def _rank_chart(outcomes: Sequence[Outcome]) -> go.Figure:
    ranks = [first_hit(outcome.gold, outcome.passages) for outcome in outcomes]
    names = [*map(str, range(1, DEEPEST + 1)), "none"]
    counts = [ranks.count(rank) for rank in range(1, DEEPEST + 1)] + [sum(rank is None for rank in ranks)]
    colours = [_BLUE] * MISSED_BELOW + [_RED] * (len(names) - MISSED_BELOW)
    bars = go.Bar(x=names, y=counts, marker_color=colours, hovertemplate="rank %{x}: %{y} questions<extra></extra>")
    return go.Figure(bars).update_layout(xaxis_title="rank", xaxis_type="category", yaxis_title="questions")


def _recall_chart(outcomes: Sequence[Outcome]) -> go.Figure:
    shares = []
    for outcome in outcomes:
        gains = [*new_characters(outcome.gold, outcome.passages), *[0] * DEEPEST][:DEEPEST]
        wanted = gold_characters(outcome.gold)
        shares.append([found / wanted for found in accumulate(gains)])
    depths = list(range(1, DEEPEST + 1))
    line = go.Scatter(
        x=depths,
        y=np.mean(shares, axis=0),
        mode="lines+markers",
        line_color=_BLUE,
        hovertemplate="recall@%{x} %{y:.3f}<extra></extra>",
    )
    return go.Figure(line).update_layout(xaxis_title="passages shown", yaxis_title="recall", yaxis_range=[0, 1.02])


def _refusal_chart(run: Run) -> go.Figure:
    thresholds = np.linspace(0, 1, 101)
    own, foreign = (np.array([each.confidence for each in outcomes]) for outcomes in (run.coverable, run.foreign))
    lines = {
        "coverable, refused": ((own[None, :] < thresholds[:, None]).mean(axis=1), _RED),
        "not covered, answered": ((foreign[None, :] >= thresholds[:, None]).mean(axis=1), _BLUE),
    }
    chart = go.Figure()
    for name, (share, colour) in lines.items():
        hover = "%{y:.1%} at confidence %{x}<extra>" + name + "</extra>"
        chart.add_scatter(x=thresholds, y=share, name=name, line_color=colour, hovertemplate=hover)
    for name, value in THRESHOLDS.items():
        chart.add_vline(x=value, line_dash="dot", line_color=_GREY, annotation_text=name)
    return chart.update_layout(xaxis_title="confidence asked for", yaxis_title="share wrong", yaxis_tickformat=".0%")


def _html(name: str, title: str, chart: go.Figure) -> str:
    chart.update_layout(
        title=title,
        height=320,
        margin={"l": 50, "r": 20, "t": 50, "b": 60},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "color": _GREY},
        legend={"orientation": "h", "yanchor": "top", "y": -0.25, "x": 0},
    )
    chart.update_xaxes(gridcolor="rgba(138,143,152,0.2)").update_yaxes(gridcolor="rgba(138,143,152,0.2)")
    settings = {"displayModeBar": False, "responsive": True}
    return str(chart.to_html(full_html=False, include_plotlyjs=False, div_id=f"chart-{name}", config=settings))


def _misses(run: Run, texts: Mapping[str, str], corpus: Path) -> Iterator[Miss]:
    for outcome in run.outcomes:
        why = _why(outcome)
        if why is None:
            continue
        yield Miss(
            question=outcome.question.question,
            kind=outcome.question.kind,
            context=tuple(turn.content for turn in outcome.question.history),
            why=why,
            confidence=outcome.confidence,
            wanted=tuple(
                _excerpt(texts[place.document], place.document, place.span.start, place.span.end, corpus)
                for place in outcome.gold
            ),
            shown=tuple(_shown(passage, corpus) for passage in outcome.passages[:_SHOWN]),
        )


def _why(outcome: Outcome) -> str | None:
    """Say what went wrong, or None where nothing did."""
    if outcome.answer is None:
        return "the run has no answer to it"
    if not outcome.question.answerable:
        return "answered, though the corpus does not cover it" if outcome.answered else None
    rank = first_hit(outcome.gold, outcome.passages)
    if rank is None:
        return f"no right passage among {len(outcome.passages)}"
    if rank > MISSED_BELOW:
        return f"the right passage comes only at rank {rank}"
    return None if outcome.answered else f"refused, with the right passage at rank {rank}"


def _excerpt(text: str, document: str, start: int, end: int, corpus: Path) -> Excerpt:
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    return Excerpt(
        document=document,
        before=before if start <= _CONTEXT else "… " + before.partition(" ")[2],
        marked=text[start:end],
        after=after if end + _CONTEXT >= len(text) else after.rpartition(" ")[0] + " …",
        link=_link(corpus / document, text[start:end]),
    )


def _shown(passage: FoundPassage, corpus: Path) -> Excerpt:
    mark = passage.highlights[0]
    start, end = mark.start - passage.span.start, mark.end - passage.span.start
    return _excerpt(passage.text, passage.document, start, end, corpus)


def _link(file: Path, words: str) -> str:
    """Return a link that opens a file at some words (a text fragment, https://wicg.github.io/scroll-to-text-fragment)."""
    first = " ".join(words.split()[:_LINK_WORDS])
    # A dash is syntax there.
    return f"{file.absolute().as_uri()}#:~:text={quote(first, safe='').replace('-', '%2D')}"

"""The report of a run: one self-contained HTML page with measures, plots, and every miss with the expected passages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup
from plotly.offline import get_plotlyjs

from citewell.evaluation.charts import Chart, run_charts
from citewell.evaluation.misses import MISSED_BELOW, Excerpt, misses
from citewell.evaluation.running import Run
from citewell.evaluation.summary import KIND_MEASURES, summarise
from citewell.files import write_atomically
from citewell.rendering.templates import template_environment

_ENVIRONMENT = template_environment("citewell.evaluation")
_LINK_WORDS = 8


def write_report(run: Run, folder: Path, texts: Mapping[str, str], corpus: Path) -> Path:
    """Write the report of a run.

    Args:
        run: The run.
        folder: The folder for ``index.html``; it is created if missing.
        texts: The text of each document with right answers, by path.
        corpus: The folder of the corpus, for links.

    Returns:
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    write_atomically(page, render_report(run, texts, corpus), private=False)
    return page


def render_report(run: Run, texts: Mapping[str, str], corpus: Path) -> str:
    """Return the report as HTML; all text from a corpus or a question is escaped."""
    summary = summarise(run)
    return _ENVIRONMENT.get_template("report.html").render(
        summary=summary,
        kind_measures=KIND_MEASURES,
        charts=[Markup(_html(each)) for each in run_charts(run, summary)],  # noqa: S704 - Plotly's output, from numbers only
        plotly=Markup(get_plotlyjs()),  # noqa: S704
        misses=list(misses(run, texts)),
        link=lambda each: _link(corpus, each),
        below=MISSED_BELOW,
    )


def _html(chart: Chart) -> str:
    chart.figure.update_layout(title=chart.title)
    settings = {"displayModeBar": False, "responsive": True}
    return str(
        chart.figure.to_html(full_html=False, include_plotlyjs=False, div_id=f"chart-{chart.name}", config=settings)
    )


def _link(corpus: Path, excerpt: Excerpt) -> str:
    """Return a link that opens a file at some words (text fragments, https://wicg.github.io/scroll-to-text-fragment)."""
    first = " ".join(excerpt.marked.split()[:_LINK_WORDS])
    # A dash has a special meaning in text fragments.
    return f"{(corpus / excerpt.document).absolute().as_uri()}#:~:text={quote(first, safe='').replace('-', '%2D')}"

"""The results of a run, and the comparison of two runs, as HTML."""

from __future__ import annotations

from markupsafe import Markup

from citewell.evaluation.charts import comparison_chart, kinds_chart, measures_chart, run_charts
from citewell.evaluation.comparing import COLUMNS, Comparison
from citewell.evaluation.misses import MISSED_BELOW
from citewell.evaluation.summary import KIND_MEASURES, Summary
from citewell.web.chat.cards import text_key
from citewell.web.quality.judge import Result
from citewell.web.quality.parts import drawn
from citewell.web.templates import capital, count, render

# Nobody reads more than these, and they would make the page slow.
_MOST_MISSES = 200
_MOST_FLIPS = 50
_HEADLINE = ("hit@1", "hit@5", "recall@5", "MRR@10", "document hit@1")
_REFUSAL = {"answered": "answered, of the answerable", "refused": "refused, of the unanswerable"}


def render_result(found: Result) -> Markup:
    """Render a run: its measures, charts, and every miss."""
    summary = found.summary
    charts = [measures_chart(summary)] if summary.measures else []
    charts += [kinds_chart(summary)] if summary.kinds else []
    charts += run_charts(found.run, summary)
    return render(
        "quality/result.html",
        words=f"{summary.name}: {count(summary.answerable, 'answerable question')}, {summary.unanswerable:,} unanswerable.",
        current=found.current,
        headline=_headline(summary, len(found.misses)),
        charts=[drawn(each) for each in charts],
        misses=found.misses,
        most_misses=_MOST_MISSES,
        below=MISSED_BELOW,
        text_key=text_key,
        kinds={"columns": ["kind", "asked", *KIND_MEASURES], "rows": _kinds(summary)},
        measures=_measures(summary),
        refusal=_refusal(summary),
    )


def _headline(summary: Summary, missed: int) -> list[tuple[str, str, str]]:
    """Return the most important figures."""
    figures = [
        (name, f"{value.mean:.2f}", f"{value.low:.2f} to {value.high:.2f}")
        for name, value in summary.measures.items()
        if name in _HEADLINE
    ]
    refusal = summary.refusal.named()
    figures += [
        (words, f"{refusal[name]:.0%}", "") for name, words in _REFUSAL.items() if refusal.get(name) is not None
    ]
    figures.append(("missed questions", f"{missed:,}", ""))
    return figures


def _measures(summary: Summary) -> list[tuple[str, str, str]]:
    return [
        (name, f"{value.mean:.3f}", f"{value.low:.3f} to {value.high:.3f}") for name, value in summary.measures.items()
    ]


def _kinds(summary: Summary) -> list[tuple[str, ...]]:
    return [
        (kind, f"{values['questions']:.0f}", *(f"{values[name]:.3f}" for name in KIND_MEASURES))
        for kind, values in summary.kinds.items()
    ]


def _refusal(summary: Summary) -> list[tuple[str, str]]:
    rows = [
        (_REFUSAL.get(name, name), "none asked" if value is None else f"{value:.3f}")
        for name, value in summary.refusal.named().items()
    ]
    rows += [(f"time, {name}", f"{1000 * seconds:.1f} ms") for name, seconds in summary.latency.items()]
    rows.append(("mean shown passage", f"{summary.shown:,.0f} characters"))
    return rows


def render_comparison(found: Comparison) -> Markup:
    """Render the comparison of two runs, the verdict first."""
    return render(
        "quality/comparison.html",
        verdict=capital(found.verdict),
        columns=COLUMNS,
        rows=[(each.measure, *each.figures) for each in found.differences],
        differences=drawn(comparison_chart(found)),
        gained=[flip for flip in found.flips if flip.gained],
        lost=[flip for flip in found.flips if not flip.gained],
        most_flips=_MOST_FLIPS,
    )

"""The results of a run, and the comparison of two runs, as HTML."""

from __future__ import annotations

from markupsafe import Markup

from citewell.evaluation.charts import comparison_chart, kinds_chart, measures_chart, run_charts
from citewell.evaluation.comparing import Comparison, Difference
from citewell.evaluation.misses import MISSED_BELOW
from citewell.evaluation.summary import KIND_MEASURES, Summary
from citewell.web.chat.cards import text_key
from citewell.web.language.core import said
from citewell.web.language.current import gettext, interval, ngettext, noop, number, percent, signed
from citewell.web.quality.judge import Result
from citewell.web.quality.parts import drawn
from citewell.web.templates import capital, render

# Nobody reads more than these, and they would make the page slow.
_MOST_MISSES = 200
_MOST_FLIPS = 50
_HEADLINE = ("hit@1", "hit@5", "recall@5", "MRR@10", "document hit@1")
_REFUSAL = {"answered": noop("answered, of the answerable"), "refused": noop("refused, of the unanswerable")}
# The columns of a comparison.
_COLUMNS = (noop("measure"), "A", "B", "B − A", noop("95 %% interval"), "p", noop("win/tie/loss"))


def render_result(found: Result) -> Markup:
    """Render a run: its measures, charts, and every miss."""
    summary = found.summary
    charts = [measures_chart(summary, gettext)] if summary.measures else []
    charts += [kinds_chart(summary, gettext)] if summary.kinds else []
    charts += run_charts(found.run, summary, gettext)
    return render(
        "quality/result.html",
        words=ngettext(
            "%(run)s: %(num)s answerable question, %(unanswerable)s unanswerable.",
            "%(run)s: %(num)s answerable questions, %(unanswerable)s unanswerable.",
            summary.answerable,
            run=said(summary.name),
            unanswerable=summary.unanswerable,
        ),
        current=found.current,
        headline=_headline(summary, len(found.misses)),
        charts=[drawn(each) for each in charts],
        misses=found.misses,
        most_misses=_MOST_MISSES,
        below=MISSED_BELOW,
        text_key=text_key,
        kinds={
            "columns": [gettext("kind"), gettext("asked"), *map(gettext, KIND_MEASURES)],
            "rows": _kinds(summary),
        },
        measures=_measures(summary),
        refusal=_refusal(summary),
    )


def _headline(summary: Summary, missed: int) -> list[tuple[str, str, str]]:
    """Return the most important figures."""
    figures = [
        (gettext(name), number(value.mean, 2), interval(value.low, value.high, 2))
        for name, value in summary.measures.items()
        if name in _HEADLINE
    ]
    refusal = summary.refusal.named()
    shares = {words: share for name, words in _REFUSAL.items() if (share := refusal.get(name)) is not None}
    figures += [(gettext(words), percent(share), "") for words, share in shares.items()]
    figures.append((gettext("missed questions"), number(missed), ""))
    return figures


def _measures(summary: Summary) -> list[tuple[str, str, str]]:
    return [
        (gettext(name), number(value.mean, 3), interval(value.low, value.high, 3))
        for name, value in summary.measures.items()
    ]


def _kinds(summary: Summary) -> list[tuple[str, ...]]:
    return [
        (kind, number(values["questions"]), *(number(values[name], 3) for name in KIND_MEASURES))
        for kind, values in summary.kinds.items()
    ]


def _refusal(summary: Summary) -> list[tuple[str, str]]:
    rows = [
        (gettext(_REFUSAL.get(name, name)), gettext("none asked") if value is None else number(value, 3))
        for name, value in summary.refusal.named().items()
    ]
    rows += [
        (gettext("time, %(share)s", share=name), f"{number(1000 * seconds, 1)} ms")
        for name, seconds in summary.latency.items()
    ]
    rows.append((gettext("mean shown passage"), gettext("%(count)s characters", count=round(summary.shown))))
    return rows


def render_comparison(found: Comparison) -> Markup:
    """Render the comparison of two runs, the verdict first."""
    return render(
        "quality/comparison.html",
        verdict=capital(said(found.verdict)),
        columns=list(map(gettext, _COLUMNS)),
        rows=[_figures(each) for each in found.differences],
        differences=drawn(comparison_chart(found, gettext)),
        gained=[flip for flip in found.flips if flip.gained],
        lost=[flip for flip in found.flips if not flip.gained],
        most_flips=_MOST_FLIPS,
    )


def _figures(of: Difference) -> tuple[str, ...]:
    return (
        gettext(of.measure),
        number(of.a, 3),
        number(of.b, 3),
        signed(of.difference.mean, 3),
        gettext("%(low)s to %(high)s", low=signed(of.difference.low, 3), high=signed(of.difference.high, 3)),
        number(of.p_value, 3),
        f"{of.wins}/{of.ties}/{of.losses}",
    )

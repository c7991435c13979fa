"""What a run is worth, and two runs compared, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from citewell.evaluation.charts import comparison_chart, kinds_chart, measures_chart, run_charts
from citewell.evaluation.comparing import COLUMNS, Comparison, Flip
from citewell.evaluation.misses import MISSED_BELOW, Excerpt, Miss
from citewell.evaluation.summary import KIND_MEASURES, Summary
from citewell.web.chat.cards import text_key
from citewell.web.quality.judge import Result
from citewell.web.quality.parts import chart, count, table

# More than these are read by nobody, and would make the page slow.
_MOST_MISSES = 200
_MOST_FLIPS = 50
_HEADLINE = ("hit@1", "hit@5", "recall@5", "MRR@10")
_REFUSAL = {"answered": "answered, of those covered", "refused": "refused, of those not covered"}


def render_result(found: Result) -> Markup:
    """Render a run: its measures, charts, and every miss."""
    summary = found.summary
    charts = [measures_chart(summary)] if summary.measures else []
    charts += [kinds_chart(summary)] if summary.kinds else []
    charts += run_charts(found.run, summary)
    missed = [_miss(each) for each in found.misses[:_MOST_MISSES]]
    if len(found.misses) > _MOST_MISSES:
        missed.append(Markup("<p>and {:,} more</p>").format(len(found.misses) - _MOST_MISSES))
    return Markup(
        '<p>{}</p>{}{}<section><h3>Charts</h3><div class="cw-charts">{}</div></section>'
        '<section><h3>Missed questions ({})</h3><p class="cw-soft">Those without a right passage among the first {}, those '
        "refused though covered, and those answered though not covered.</p>{}</section>"
        '{}<div class="cw-charts"><section><h3>Measures</h3>{}</section><section><h3>Refusal and time</h3>{}</section></div>'
    ).format(
        f"{summary.name}: {count(summary.coverable, 'question')} covered, {summary.foreign:,} not.",
        "" if found.current else Markup('<p class="cw-drifted">The documents were indexed anew since this run.</p>'),
        _headline(summary, len(found.misses)),
        Markup("").join(map(chart, charts)),
        len(found.misses),
        MISSED_BELOW,
        Markup("").join(missed) or Markup("<p>None.</p>"),
        _kinds(summary),
        _measures(summary),
        _refusal(summary),
    )


def _headline(summary: Summary, missed: int) -> Markup:
    """Render the few figures that are looked at first."""
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
    rows = [
        Markup("<div><dt>{}</dt><dd>{}</dd><dd class='cw-soft'>{}</dd></div>").format(*figure) for figure in figures
    ]
    return Markup('<dl class="cw-tiles">{}</dl>').format(Markup("").join(rows))


def _measures(summary: Summary) -> Markup:
    rows = [
        (name, f"{value.mean:.3f}", f"{value.low:.3f} to {value.high:.3f}") for name, value in summary.measures.items()
    ]
    return table("Measures", ("measure", "mean", "95 % interval"), rows) if rows else Markup("<p>None asked.</p>")


def _kinds(summary: Summary) -> Markup:
    if not summary.kinds:
        return Markup("")
    rows = [
        (kind, f"{values['questions']:.0f}", *(f"{values[name]:.3f}" for name in KIND_MEASURES))
        for kind, values in summary.kinds.items()
    ]
    return Markup("<section><h3>By kind of question</h3>{}</section>").format(
        table("By kind of question", ("kind", "asked", *KIND_MEASURES), rows)
    )


def _refusal(summary: Summary) -> Markup:
    rows = [
        (_REFUSAL.get(name, name), "none asked" if value is None else f"{value:.3f}")
        for name, value in summary.refusal.named().items()
    ]
    rows += [(f"time, {name}", f"{1000 * seconds:.1f} ms") for name, seconds in summary.latency.items()]
    rows.append(("mean shown passage", f"{summary.shown:,.0f} characters"))
    return table("Refusal and time", ("what", "value"), rows)


def _miss(miss: Miss) -> Markup:
    after = Markup("; after {}").format(" ".join(f"“{said}”" for said in miss.context)) if miss.context else ""
    return Markup(
        '<article class="cw-miss"><h4 dir="auto">{}</h4><p class="cw-soft">{}; confidence {}{}{}</p>'
        '<div class="cw-pair"><div><h5>Wanted</h5>{}</div><div><h5>Shown</h5>{}</div></div></article>'
    ).format(
        miss.question,
        miss.why,
        f"{miss.confidence:.2f}",
        f"; {miss.kind}" if miss.kind else "",
        after,
        Markup("").join(map(_excerpt, miss.wanted)) or Markup("<p>A refusal.</p>"),
        Markup("").join(map(_excerpt, miss.shown)) or Markup("<p>Nothing.</p>"),
    )


def _excerpt(excerpt: Excerpt) -> Markup:
    return Markup(
        '<blockquote class="cw-excerpt" dir="auto">{}<mark>{}</mark>{}</blockquote>'
        '<p class="cw-source-line"><span>{}</span> <button type="button" class="cw-plain" data-place data-path="{}" '
        'data-start="{}" data-end="{}" data-key="{}">Show in source</button></p>'
    ).format(
        excerpt.before,
        excerpt.marked,
        excerpt.after,
        excerpt.document,
        excerpt.document,
        excerpt.span.start,
        excerpt.span.end,
        text_key(excerpt.marked),
    )


def render_comparison(found: Comparison) -> Markup:
    """Render two runs beside each other, the verdict first."""
    rows = [(each.measure, *each.figures) for each in found.differences]
    return Markup(
        '<p class="cw-verdict" role="status"><strong>{}.</strong></p>{}<div class="cw-charts">{}</div>{}{}'
    ).format(
        found.verdict[:1].upper() + found.verdict[1:],
        table("Both runs", COLUMNS, rows),
        chart(comparison_chart(found)),
        _flips("Found by B only", [flip for flip in found.flips if flip.gained]),
        _flips("Found by A only", [flip for flip in found.flips if not flip.gained]),
    )


def _flips(title: str, flips: Sequence[Flip]) -> Markup:
    rows = [
        Markup('<li dir="auto">{} <span class="cw-soft">(rank {} to {})</span></li>').format(
            flip.text, flip.rank_a or "none", flip.rank_b or "none"
        )
        for flip in flips[:_MOST_FLIPS]
    ]
    if len(flips) > _MOST_FLIPS:
        rows.append(Markup("<li>and {} more</li>").format(len(flips) - _MOST_FLIPS))
    if not rows:
        return Markup("")
    return Markup('<section><h3>{} ({})</h3><ul class="cw-changes">{}</ul></section>').format(
        title, len(flips), Markup("").join(rows)
    )

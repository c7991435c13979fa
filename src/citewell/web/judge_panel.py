"""The judge's panel to HTML: sets to run, what a run is worth, two runs compared, feedback to decide on, and the map."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup
from plotly.offline import get_plotlyjs_version

from citewell import logs
from citewell.document import Span
from citewell.errors import CitewellError
from citewell.web.asking import Asking
from citewell.web.faults import render_error
from citewell.web.judge_parts import run_chooser, run_form
from citewell.web.judge_views import render_comparison, render_result
from citewell.web.judge_work import render_feedback, render_map
from citewell.web.judging import Judge
from citewell.web.render import render_document
from citewell.web.requests import JudgeRequest
from citewell.web.visitors import visitor

PLOTLY = f"/plotly.js?v={get_plotlyjs_version()}"
_TABS = {"runs": "Run", "result": "Result", "compare": "Compare", "feedback": "Feedback", "map": "Map"}


class JudgePanel:
    """What a maintainer can see of the quality and do about it, as HTML.

    Args:
        judge: Who judges.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def act(self, wanted: JudgeRequest) -> str:
        """Do what is wanted, and show what came of it.

        Raises:
            CitewellError: It cannot be done, or the visitor may not judge.
        """
        # The page hides the button; that alone would keep nobody from asking for this.
        if not visitor().maintains:
            raise CitewellError("only maintainers can judge the answers")
        if wanted.action != "progress":
            logs.event("judging", action=wanted.action)
        views: dict[str, Callable[[JudgeRequest], str]] = {
            "show": lambda _: _panel(self._runs()),
            "runs": lambda _: self._runs(),
            "run": self._ask,
            "progress": self._progress,
            "cancel": self._cancel,
            "result": lambda wanted: self._result(wanted.run),
            "compare": lambda wanted: self._comparison(wanted.run, wanted.other),
            "feedback": lambda _: render_feedback(self._judge.waiting(), self._judge.sets),
            "accept": self._accept,
            "reject": self._reject,
            "map": lambda wanted: self._map(wanted.run),
            "place": self._place,
        }
        return views[wanted.action](wanted)

    def _ask(self, wanted: JudgeRequest) -> Markup:
        self._judge.ask(wanted.set)
        return self._runs()

    def _cancel(self, _wanted: JudgeRequest) -> Markup:
        self._judge.cancel()
        return self._runs()

    def _progress(self, _wanted: JudgeRequest) -> Markup:
        asking = self._judge.asking
        return self._result(asking.run) if asking and asking.run else self._runs()

    def _place(self, wanted: JudgeRequest) -> str:
        span = Span(wanted.start, wanted.end)
        return render_document(self._judge.place(wanted.path, span, wanted.snapshot), span, [])

    def _runs(self) -> Markup:
        judge, asking = self._judge, self._judge.asking
        sets = [
            Markup('<li class="{}"><code>{}</code> {}</li>').format(
                "cw-fault" if each.error else "", each.set, each.error or f"{each.questions:,} questions"
            )
            for each in judge.statuses()
        ]
        kept = [
            Markup(
                '<li><button type="button" class="cw-plain" data-judge="result" data-run="{}">{}</button>{}</li>'
            ).format(
                run.name, run.title, "" if run.current else Markup(' <span class="cw-soft">earlier documents</span>')
            )
            for run in judge.runs()
        ]
        return Markup(
            '<div data-view="runs"><section><h3>Run a question set</h3>{}{}<ul class="cw-changes">{}</ul></section>'
            '<section><h3>Runs</h3><ul class="cw-changes">{}</ul></section></div>'
        ).format(
            run_form(judge.sets),
            _asking(asking),
            Markup("").join(sets),
            Markup("").join(kept) or Markup("<li>None yet.</li>"),
        )

    def _result(self, name: str) -> Markup:
        runs = self._judge.runs()
        if not runs:
            return _nothing("result")
        found = self._judge.result(name or runs[0].name)
        return Markup('<div data-view="result">{}{}</div>').format(
            run_chooser("Run", "run", runs, found.name, "result"), render_result(found)
        )

    def _comparison(self, a: str, b: str) -> Markup:
        runs = self._judge.runs()
        if not runs:
            return _nothing("compare")
        if not (a and b):
            a, b = runs[min(1, len(runs) - 1)].name, runs[0].name
        return Markup(
            '<div data-view="compare"><div class="cw-choose">{}{}'
            '<button type="button" class="cw-show" data-judge="compare">Compare</button></div>{}</div>'
        ).format(
            run_chooser("A, before", "run", runs, a),
            run_chooser("B, after", "other", runs, b),
            render_comparison(self._judge.compare(a, b)) if a != b else Markup("<p>Choose two runs.</p>"),
        )

    def _accept(self, wanted: JudgeRequest) -> Markup:
        added = self._judge.accept(wanted.feedback, wanted.key, wanted.set)
        said = f"Added to {wanted.set}." if added else f"{wanted.set} has this question already."
        return render_feedback(self._judge.waiting(), self._judge.sets, said, wanted.set)

    def _reject(self, wanted: JudgeRequest) -> Markup:
        self._judge.reject(wanted.feedback)
        return render_feedback(self._judge.waiting(), self._judge.sets, "Rejected.", wanted.set)

    def _map(self, name: str) -> Markup:
        runs = self._judge.runs()
        if not runs:
            return _nothing("map")
        name = name or runs[0].name
        documents = self._judge.map(name)
        return Markup('<div data-view="map">{}{}</div>').format(
            run_chooser("Run", "run", runs, name, "map"), render_map(documents, self._judge.snapshot)
        )


def _panel(view: Markup) -> Markup:
    tabs = [
        Markup('<button type="button" class="cw-plain" data-judge="{}">{}</button>').format(*tab)
        for tab in _TABS.items()
    ]
    return Markup(
        '<header class="cw-reader-head"><div><h2 class="cw-reader-title">Quality</h2>'
        '<p class="cw-reader-path">How good the answers are, by questions whose answers are known</p></div>'
        '<button type="button" class="cw-close" data-close aria-label="Close the quality">Close</button></header>'
        '<nav class="cw-tabs" aria-label="Quality" data-plotly="{}">{}</nav>'
        '<div class="cw-panel cw-view" tabindex="0" role="region" aria-label="Quality of the answers">{}</div>'
    ).format(PLOTLY, Markup("").join(tabs), view)


def _nothing(view: str) -> Markup:
    return Markup('<div data-view="{}"><p>There is no run yet. Run a question set first.</p></div>').format(view)


def _asking(asking: Asking | None) -> Markup:
    if asking is None:
        return Markup("")
    if asking.running:
        return Markup(
            '<div data-running><ol class="cw-stages" aria-label="Progress"><li><span>Asking</span>'
            '<progress value="{0}" max="{1}" aria-label="Asking"></progress> {0} of {1}</li></ol>'
            '<button type="button" class="cw-show" data-judge="cancel">Cancel</button></div>'
        ).format(asking.done, max(asking.total, 1))
    if asking.error:
        return render_error(asking.error)
    return Markup('<p role="status">Cancelled; nothing was kept.</p>') if asking.cancelled else Markup("")

"""The judge's panel to HTML: sets to run, what a run is worth, two runs compared, feedback to decide on, and the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from markupsafe import Markup
from plotly.offline import get_plotlyjs_version

from citewell.document import Span
from citewell.errors import CitewellError
from citewell.web import logs
from citewell.web.auth.visitors import visitor
from citewell.web.chat.answers import render_document
from citewell.web.faults import render_failed, render_fault
from citewell.web.functions import Name, PageRequest, Position
from citewell.web.quality.asking import Asking
from citewell.web.quality.judge import Judge
from citewell.web.quality.map import render_map
from citewell.web.quality.parts import age, count, run_chooser, run_form
from citewell.web.quality.results import render_comparison, render_result
from citewell.web.quality.reviews import render_feedback
from citewell.web.quality.runs import KeptRun

PLOTLY = f"/plotly.js?v={get_plotlyjs_version()}"
_TABS = {"runs": "Run", "result": "Result", "compare": "Compare", "feedback": "Feedback", "map": "Map"}


class JudgeRequest(PageRequest):
    """What a maintainer wants to know of the quality, or to have done.

    ``set`` is one of the sets, ``run`` and ``other`` are runs; ``feedback`` is what is decided on, ``key`` what is made of it;
    ``path``, ``start``, ``end`` and ``snapshot`` are a place of the map.
    """

    action: Literal[
        "show", "runs", "run", "progress", "cancel", "result", "compare", "feedback", "accept", "reject", "map", "place"
    ]
    set: Name = ""
    run: Name = ""
    other: Name = ""
    feedback: Position = 0
    key: Name = ""
    path: Name = ""
    start: Position = 0
    end: Position = 0
    snapshot: Name = ""


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
        if asking and asking.running:
            return _asking(asking)
        return self._result(asking.run) if asking and asking.run else self._runs()

    def _place(self, wanted: JudgeRequest) -> str:
        span = Span(wanted.start, wanted.end)
        document = self._judge.place(wanted.path, span, wanted.snapshot)
        # Of a whole document only the beginning is the place: what stands in it is for its outline to lead to.
        inside = [each.span.start for each in document.headings if span.start < each.span.start < span.end]
        place = Span(span.start, min(inside)) if len(inside) > 1 else span
        return render_document(document, place, [])

    def _runs(self) -> Markup:
        judge, asking = self._judge, self._judge.asking
        sets = [
            Markup('<li class="{}"><code>{}</code> {}</li>').format(
                "cw-fault" if each.error else "", each.set, each.error or count(each.questions, "question")
            )
            for each in judge.statuses()
        ]
        kept = [
            Markup(
                '<li><button type="button" class="cw-plain" data-judge="result" data-run="{}">{}</button>{}</li>'
            ).format(run.name, run.title, Markup('<span class="cw-soft">{}</span>').format(age(run, judge.snapshot)))
            for run in judge.runs.kept()
        ]
        return Markup(
            '<div data-view="runs"><section><h3>Run a question set</h3>{}{}<ul class="cw-changes">{}</ul></section>'
            '<section><h3>Runs</h3><ul class="cw-changes">{}</ul></section></div>'
        ).format(
            _asking(asking) if asking and asking.running else run_form(judge.sets, asking.set if asking else ""),
            _ended(asking),
            Markup("").join(sets),
            Markup("").join(kept) or Markup("<li>None yet.</li>"),
        )

    def _result(self, name: str) -> Markup:
        runs = self._judge.runs.kept()
        if not runs:
            return _nothing("result")
        name = name or runs[0].name
        return Markup('<div data-view="result">{}{}</div>').format(
            self._chooser("Run", "run", runs, name, "result"),
            _or_why_not(lambda: render_result(self._judge.result(name))),
        )

    def _comparison(self, a: str, b: str) -> Markup:
        runs = self._judge.runs.kept()
        if not runs:
            return _nothing("compare")
        if not (a and b):
            b = runs[0].name
            a = next((run.name for run in runs[1:] if run.set == runs[0].set), b)
        return Markup(
            '<div data-view="compare"><div class="cw-choose">{}{}'
            '<button type="button" class="cw-show" data-judge="compare">Compare</button></div>{}</div>'
        ).format(
            self._chooser("A, before", "run", runs, a),
            self._chooser("B, after", "other", runs, b),
            Markup("<p>Choose two runs.</p>")
            if a == b
            else _or_why_not(lambda: render_comparison(self._judge.runs.compare(a, b))),
        )

    def _chooser(self, label: str, field: str, runs: Sequence[KeptRun], chosen: str, change: str = "") -> Markup:
        return run_chooser(label, field, runs, chosen, snapshot=self._judge.snapshot, change=change)

    def _accept(self, wanted: JudgeRequest) -> Markup:
        def do() -> str:
            if self._judge.accept(wanted.feedback, wanted.key, wanted.set):
                return f"Added to {wanted.set}."
            return f"{wanted.set} has this question already; where its answers differ, edit it, and reject this."

        return self._decided(do, wanted.set)

    def _reject(self, wanted: JudgeRequest) -> Markup:
        def do() -> str:
            self._judge.reject(wanted.feedback, wanted.key)
            return "Rejected."

        return self._decided(do, wanted.set)

    def _decided(self, do: Callable[[], str], chosen: str) -> Markup:
        """Decide on feedback, and show what is left, with what came of it or why nothing did."""
        try:
            said = Markup("{}").format(do())
        except CitewellError as error:
            said = render_fault(error)
        return render_feedback(self._judge.waiting(), self._judge.sets, said, chosen)

    def _map(self, name: str) -> Markup:
        runs = self._judge.runs.kept()
        if not runs:
            return _nothing("map")
        name = name or next((run.name for run in runs if run.snapshot == self._judge.snapshot), runs[0].name)
        return Markup('<div data-view="map">{}{}</div>').format(
            self._chooser("Run", "run", runs, name, "map"),
            _or_why_not(lambda: render_map(self._judge.map(name))),
        )


def _or_why_not(render: Callable[[], Markup]) -> Markup:
    """Render something or, below the choice that led there, why it cannot be shown."""
    try:
        return render()
    except CitewellError as error:
        return render_fault(error)


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


def _asking(asking: Asking) -> Markup:
    """Render how a set is being asked, with the way to cancel it."""
    return Markup(
        '<div data-running><p>Asking <code>{0}</code></p><ol class="cw-stages" aria-label="Progress"><li><span>{1}</span>'
        '<progress value="{2}" max="{3}" aria-label="{1}"></progress> {2} of {3}</li></ol>'
        '<button type="button" class="cw-show" data-judge="cancel">Cancel</button></div>'
    ).format(asking.set, "Asking" if asking.total else "Checking", asking.done, max(asking.total, 1))


def _ended(asking: Asking | None) -> Markup:
    """Render why the set that was asked last gave no run."""
    if asking and asking.error:
        return render_failed(asking.error)
    if asking and asking.cancelled:
        return Markup('<p role="status">Cancelled; nothing was kept of {}.</p>').format(asking.set)
    return Markup("")

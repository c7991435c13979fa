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
from citewell.web.quality.parts import Choice, age, run_choice, set_choice
from citewell.web.quality.results import render_comparison, render_result
from citewell.web.quality.reviews import render_feedback
from citewell.web.quality.runs import KeptRun
from citewell.web.templates import count, render

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
            "show": lambda _: render("quality/panel.html", plotly=PLOTLY, tabs=_TABS, view=self._runs()),
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
        chosen = asking.set if asking else ""
        return render(
            "quality/runs.html",
            asking=_asking(asking) if asking and asking.running else "",
            sets=set_choice("Question set", judge.sets, chosen or next(iter(judge.sets), "")),
            error=render_failed(asking.error) if asking and asking.error else "",
            cancelled=asking.set if asking and asking.cancelled else "",
            statuses=[
                {"set": each.set, "error": each.error, "questions": count(each.questions, "question")}
                for each in judge.statuses()
            ],
            runs=[{"run": run, "age": age(run, judge.snapshot)} for run in judge.runs.kept()],
        )

    def _result(self, name: str) -> Markup:
        runs = self._judge.runs.kept()
        if not runs:
            return _view("result")
        name = name or runs[0].name
        return _view(
            "result",
            [self._choice("Run", "run", runs, name, "result")],
            lambda: render_result(self._judge.result(name)),
        )

    def _comparison(self, a: str, b: str) -> Markup:
        runs = self._judge.runs.kept()
        if not runs:
            return _view("compare")
        if not (a and b):
            b = runs[0].name
            a = next((run.name for run in runs[1:] if run.set == runs[0].set), b)
        return _view(
            "compare",
            [self._choice("A, before", "run", runs, a), self._choice("B, after", "other", runs, b)],
            (lambda: render_comparison(self._judge.runs.compare(a, b))) if a != b else None,
        )

    def _choice(self, label: str, field: str, runs: Sequence[KeptRun], chosen: str, change: str = "") -> Choice:
        return run_choice(label, field, runs, chosen, snapshot=self._judge.snapshot, change=change)

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
            said = do()
        except CitewellError as error:
            said = render_fault(error)
        return render_feedback(self._judge.waiting(), self._judge.sets, said, chosen)

    def _map(self, name: str) -> Markup:
        runs = self._judge.runs.kept()
        if not runs:
            return _view("map")
        name = name or next((run.name for run in runs if run.snapshot == self._judge.snapshot), runs[0].name)
        return _view("map", [self._choice("Run", "run", runs, name, "map")], lambda: render_map(self._judge.map(name)))


def _view(name: str, choices: Sequence[Choice] = (), show: Callable[[], Markup] | None = None) -> Markup:
    """Render what was chosen or, below the choice, why it cannot be shown."""
    try:
        shown = show() if show else None
    except CitewellError as error:
        shown = render_fault(error)
    return render("quality/view.html", name=name, choices=choices, shown=shown)


def _asking(asking: Asking) -> Markup:
    """Render how a set is being asked, with the way to cancel it."""
    return render("quality/asking.html", asking=asking)

"""The "Quality" panel as HTML: the sets, the results of a run, two runs compared, feedback to review, and the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from markupsafe import Markup
from plotly.offline import get_plotlyjs_version

from citewell.document import Span
from citewell.errors import CitewellError
from citewell.web import logs
from citewell.web.assets import PLOTLY_PATH
from citewell.web.auth.visitors import visitor
from citewell.web.chat.source import render_document
from citewell.web.faults import render_failed, render_fault
from citewell.web.functions import Name, PageRequest, Position
from citewell.web.language.core import said
from citewell.web.language.current import gettext, ngettext, noop
from citewell.web.quality.asking import Asking
from citewell.web.quality.judge import Judge
from citewell.web.quality.map import render_map
from citewell.web.quality.parts import Choice, age, run_choice, set_choice
from citewell.web.quality.results import render_comparison, render_result
from citewell.web.quality.reviews import render_feedback
from citewell.web.quality.runs import KeptRun
from citewell.web.templates import render

PLOTLY = f"{PLOTLY_PATH}?v={get_plotlyjs_version()}"
_TABS = {
    "runs": noop("Run"),
    "result": noop("Result"),
    "compare": noop("Compare"),
    "feedback": noop("Feedback"),
    "map": noop("Map"),
}


class JudgeRequest(PageRequest):
    """A request of the "Quality" panel.

    ``set`` names a question set, ``run`` and ``other`` name runs. ``feedback`` is the feedback to decide on, ``key`` the chosen
    question. ``path``, ``start``, ``end`` and ``snapshot`` are a place on the map.
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
    """The "Quality" panel, as HTML.

    Args:
        judge: Performs the operations.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def act(self, request: JudgeRequest) -> str:
        """Perform an action and return its view.

        Raises:
            CitewellError: The action failed, or the visitor may not use the panel.
        """
        # The page hides the button, but a client can send the request anyway.
        if not visitor().maintains:
            raise CitewellError(gettext("only maintainers can use the Quality panel"))
        if request.action != "progress":
            logs.event("judging", action=request.action)
        views: dict[str, Callable[[JudgeRequest], str]] = {
            "show": lambda _: render("quality/panel.html", plotly=PLOTLY, tabs=_TABS, view=self._runs()),
            "runs": lambda _: self._runs(),
            "run": self._ask,
            "progress": self._progress,
            "cancel": self._cancel,
            "result": lambda request: self._result(request.run),
            "compare": lambda request: self._comparison(request.run, request.other),
            "feedback": lambda _: render_feedback(self._judge.waiting(), self._judge.sets),
            "accept": self._accept,
            "reject": self._reject,
            "map": lambda request: self._map(request.run),
            "place": self._place,
        }
        return views[request.action](request)

    def _ask(self, request: JudgeRequest) -> Markup:
        self._judge.ask(request.set)
        return self._runs()

    def _cancel(self, _request: JudgeRequest) -> Markup:
        self._judge.cancel()
        return self._runs()

    def _progress(self, _request: JudgeRequest) -> Markup:
        asking = self._judge.asking
        if asking and asking.running:
            return _asking(asking)
        return self._result(asking.run) if asking and asking.run else self._runs()

    def _place(self, request: JudgeRequest) -> str:
        span = Span(request.start, request.end)
        document, layout = self._judge.place(request.path, span, request.snapshot)
        # For a whole document only its beginning is highlighted; the outline leads to its sections.
        inside = [each.span.start for each in document.headings if span.start < each.span.start < span.end]
        place = Span(span.start, min(inside)) if len(inside) > 1 else span
        return render_document(document, place, [], layout=layout)

    def _runs(self) -> Markup:
        judge, asking = self._judge, self._judge.asking
        chosen = asking.set if asking else ""
        return render(
            "quality/runs.html",
            asking=_asking(asking) if asking and asking.running else "",
            sets=set_choice(gettext("Question set"), judge.sets, chosen or next(iter(judge.sets), "")),
            error=render_failed(asking.error) if asking and asking.error else "",
            cancelled=asking.set if asking and asking.cancelled else "",
            statuses=[
                {
                    "set": each.set,
                    "error": render_failed(each.error) if each.error else "",
                    "questions": ngettext("%(num)s question", "%(num)s questions", each.questions),
                }
                for each in judge.statuses()
            ],
            runs=[
                {"name": run.name, "title": said(run.title), "age": age(run, judge.snapshot)}
                for run in judge.runs.kept()
            ],
        )

    def _result(self, name: str) -> Markup:
        runs = self._judge.runs.kept()
        if not runs:
            return _view("result")
        name = name or runs[0].name
        return _view(
            "result",
            [self._choice(gettext("Run"), "run", runs, name, "result")],
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
            [
                self._choice(gettext("A, before"), "run", runs, a),
                self._choice(gettext("B, after"), "other", runs, b),
            ],
            (lambda: render_comparison(self._judge.runs.compare(a, b))) if a != b else None,
        )

    def _choice(self, label: str, field: str, runs: Sequence[KeptRun], chosen: str, change: str = "") -> Choice:
        return run_choice(label, field, runs, chosen, snapshot=self._judge.snapshot, change=change)

    def _accept(self, request: JudgeRequest) -> Markup:
        def accept() -> str:
            if self._judge.accept(request.feedback, request.key, request.set):
                return gettext("Added to %(set)s.", set=request.set)
            return gettext(
                "%(set)s already has this question. If its answers differ, edit the file and reject this.",
                set=request.set,
            )

        return self._decided(accept, request.set)

    def _reject(self, request: JudgeRequest) -> Markup:
        def reject() -> str:
            self._judge.reject(request.feedback, request.key)
            return gettext("Rejected.")

        return self._decided(reject, request.set)

    def _decided(self, decide: Callable[[], str], chosen: str) -> Markup:
        """Decide on feedback; render the result or the error, and the remaining feedback."""
        try:
            message = decide()
        except CitewellError as error:
            message = render_fault(error)
        return render_feedback(self._judge.waiting(), self._judge.sets, message, chosen)

    def _map(self, name: str) -> Markup:
        runs = self._judge.runs.kept()
        if not runs:
            return _view("map")
        name = name or next((run.name for run in runs if run.snapshot == self._judge.snapshot), runs[0].name)
        return _view(
            "map", [self._choice(gettext("Run"), "run", runs, name, "map")], lambda: render_map(self._judge.map(name))
        )


def _view(name: str, choices: Sequence[Choice] = (), show: Callable[[], Markup] | None = None) -> Markup:
    """Render the chosen view, or the error that prevents it, below the selection fields."""
    try:
        shown = show() if show else None
    except CitewellError as error:
        shown = render_fault(error)
    return render("quality/view.html", name=name, choices=choices, shown=shown)


def _asking(asking: Asking) -> Markup:
    """Render the progress of a running set, with a "Cancel" button."""
    return render("quality/asking.html", asking=asking)

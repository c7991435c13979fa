"""The "Documents" panel as HTML: the contents of the index, changes, the rebuild, snapshots and checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Generic, Literal, TypeVar

from markupsafe import Markup

from citewell.confidence import THRESHOLDS, Calibration
from citewell.corpus.reading import suffixes
from citewell.errors import CitewellError, HeldBackError, IndexFaultError
from citewell.index.changes import Changes
from citewell.index.finding import Finding
from citewell.index.manifest import Manifest
from citewell.index.status import Status
from citewell.index.warning_groups import grouped
from citewell.web import logs
from citewell.web.auth.visitors import visitor
from citewell.web.documents.maintainer import MOST_BYTES, Maintainer
from citewell.web.documents.rebuilds import Rebuild
from citewell.web.documents.table import COLUMNS
from citewell.web.faults import render_failed, render_fault
from citewell.web.functions import PageRequest
from citewell.web.language.core import said
from citewell.web.language.current import gettext, language_name, moment, ngettext, number
from citewell.web.templates import render

Each = TypeVar("Each")

_MOST_PATHS = 50
# The table of all documents is searched for the others.
_MOST_WARNED = 5
_MOST_SUGGESTED = 500


class MaintainRequest(PageRequest):
    """A request of the "Documents" panel; ``again`` is a rebuild after documents were added or removed on the page."""

    action: Literal["show", "rebuild", "again", "example", "progress", "cancel", "rollback", "checks"]


class MaintainerPanel:
    """The "Documents" panel, as HTML.

    Args:
        maintainer: Performs the operations.
    """

    def __init__(self, maintainer: Maintainer) -> None:
        self._maintainer = maintainer

    def act(self, request: MaintainRequest) -> str:
        """Perform an action and return the part of the panel that shows its result.

        Raises:
            CitewellError: The action failed, or the visitor may not use the panel.
        """
        # The page hides the button, but a client can send the request anyway.
        if not visitor().maintains:
            raise CitewellError(gettext("only maintainers can manage the documents"))
        maintainer = self._maintainer
        if request.action != "progress":
            logs.event("maintaining", action=request.action)
        if request.action == "checks":
            return render_checks(maintainer.checks())
        self._change(request.action)
        if request.action in {"rebuild", "again", "cancel", "progress"}:
            return render_rebuild(maintainer.rebuilding)
        try:
            status = maintainer.status()
        except IndexFaultError as error:
            if maintainer.is_first:
                return render_first(maintainer.corpus, maintainer.rebuilding)
            return render_unusable(error, maintainer.rebuilding)
        return render_panel(status, maintainer.snapshots(), maintainer.rebuilding)

    def _change(self, action: str) -> None:
        """Perform what an action changes, if anything."""
        maintainer = self._maintainer
        if action in {"rebuild", "again"}:
            # A rebuild that the page starts after an upload confirms only the removals made on this page.
            again = action == "again"
            maintainer.rebuild(again=again, guarded=again)
        elif action == "cancel":
            maintainer.cancel()
        elif action == "rollback":
            maintainer.rollback()
        elif action == "example":
            maintainer.use_example()


def render_panel(status: Status, snapshots: Sequence[Manifest], rebuild: Rebuild | None) -> str:
    """Render the panel.

    Args:
        status: The contents of the index, and the changes since.
        snapshots: The manifests of the snapshots, newest first.
        rebuild: The current or last rebuild.
    """
    return render(
        "documents/panel.html",
        place=_place(status.corpus),
        known=status.changes is not None,
        changed=bool(status.changes),
        as_far=status.changes is not None and bool(status.changes.kept),
        changes=_changes(status.changes) if status.changes else [],
        rebuild=render_rebuild(rebuild),
        kinds=sorted(filter(None, suffixes())),
        largest=MOST_BYTES,
        held=list(islice(status.changes.files, _MOST_SUGGESTED)) if status.changes is not None else [],
        facts=_facts(status),
        unreadable=_some(status.kept),
        left_out=_some(status.left_out),
        excluded=_some(status.excluded),
        rule_faults=_some(status.rule_faults),
        words_faults=_some(status.words_faults),
        warned=[
            _Warned(each.fault, _some([path for path, _ in each.files], _MOST_WARNED))
            for each in grouped(status.warned)
        ],
        columns=COLUMNS,
        snapshots=[_snapshot(each, status.manifest.name) for each in snapshots],
    )


def render_first(corpus: Path, rebuild: Rebuild | None) -> str:
    """Render the panel of a corpus that has no index yet: how documents are added, and the build."""
    return render(
        "documents/first.html",
        place=corpus.absolute(),
        is_empty=not (corpus.is_dir() and any(corpus.iterdir())),
        rebuild=render_rebuild(rebuild, first=True),
        kinds=sorted(filter(None, suffixes())),
        largest=MOST_BYTES,
    )


def render_unusable(error: IndexFaultError, rebuild: Rebuild | None) -> str:
    """Render the panel of a missing or damaged index, with the button to rebuild it."""
    return render("documents/unusable.html", fault=render_fault(error, here=True), rebuild=render_rebuild(rebuild))


def render_rebuild(rebuild: Rebuild | None, *, first: bool = False) -> Markup:
    """Render the state of a rebuild with its buttons; the page polls a running one. The ``first`` builds a new index."""
    held_back = rebuild.held_back if rebuild else None
    return render(
        "documents/rebuild.html",
        first=first,
        running=rebuild is not None and rebuild.running,
        stages=rebuild.stages if rebuild else {},
        paces=rebuild.paces if rebuild else {},
        held_back=said(held_back.message) if held_back else "",
        lost=_some(held_back.lost) if held_back else None,
        anyway=_anyway(held_back) if held_back else "",
        failed=render_failed(rebuild.error) if rebuild and rebuild.error else "",
        outcome=_outcome(rebuild) if rebuild else "",
    )


def _anyway(error: HeldBackError) -> str:
    """Return the words of the button that confirms: which documents the index loses, if the old index can be read."""
    if not error.lost:
        return gettext("Update the index anyway")
    return ngettext(
        "Update the index anyway, without this document",
        "Update the index anyway, without these %(num)s documents",
        len(error.lost),
    )


def render_checks(findings: Iterable[Finding]) -> Markup:
    """Render the results of the checks, with a fix for each problem."""
    return render("documents/checks.html", findings=list(findings))


def _outcome(rebuild: Rebuild) -> str:
    report = rebuild.report
    if rebuild.cancelled or report is None:
        return gettext("Cancelled. The index is unchanged.")
    if report.up_to_date:
        return gettext("The index was already up to date.")
    counts = [
        ngettext("%(num)s added", "%(num)s added", report.added),
        ngettext("%(num)s changed", "%(num)s changed", report.changed),
        ngettext("%(num)s removed", "%(num)s removed", report.removed),
    ]
    numbers = (report.added, report.changed, report.removed)
    shown = ", ".join(words for words, count in zip(counts, numbers, strict=True) if count)
    seconds = number(report.seconds, 1)
    done = gettext(
        "Done in %(seconds)s s: %(counts)s.", seconds=seconds, counts=shown or gettext("all documents indexed again")
    )
    return f"{done} {said(report.choice.message)}" if report.choice else done


def _changes(changes: Changes) -> list[tuple[str, _Some[str]]]:
    """Return the new, changed and removed documents with their labels."""
    named = (
        (gettext("New:"), changes.added),
        (gettext("Changed:"), changes.changed),
        (gettext("Removed:"), changes.removed),
    )
    table = [(gettext("Facts changed:"), _some([changes.table]))] if changes.table else []
    return [*((name, _some(paths)) for name, paths in named if paths), *table]


def _facts(status: Status) -> dict[str, str]:
    manifest = status.manifest
    return {
        gettext("documents"): number(manifest.documents),
        gettext("languages"): _languages(status),
        gettext("sections"): number(status.sections),
        gettext("passages"): number(manifest.passages),
        gettext("windows"): number(manifest.windows),
        gettext("size"): f"{number(status.bytes / 1e6, 1)} MB",
        gettext("built"): f"{moment(manifest.built)}, {_age(manifest.built)}",
        gettext("encoder"): manifest.encoder.model,
        gettext("calibration"): _calibration(manifest.calibration),
    }


def _languages(status: Status) -> str:
    unknown = status.manifest.documents - sum(status.languages.values())
    counts = {language_name(code): count for code, count in status.languages.items()}
    counts |= {gettext("unknown"): unknown} if unknown else {}
    return ", ".join(f"{name} {number(count)}" for name, count in counts.items())


def _calibration(calibration: Calibration) -> str:
    if calibration.slope <= 0:
        return gettext("evidence does not separate answerable from unanswerable questions in this corpus")
    needed = ", ".join(f"{name} {number(calibration.evidence(value), 2)}" for name, value in THRESHOLDS.items())
    return gettext(
        "evidence needed to answer: %(needed)s; unrelated texts have a cosine below %(cosine)s",
        needed=needed,
        cosine=number(calibration.unrelated, 2),
    )


def _snapshot(manifest: Manifest, current: str) -> dict[str, object]:
    documents = ngettext("%(num)s document", "%(num)s documents", manifest.documents)
    return {"words": f"{moment(manifest.built, seconds=True)}, {documents}", "in_use": manifest.name == current}


@dataclass(frozen=True, slots=True)
class _Some(Generic[Each]):
    """The first items of a list, and the number of the others."""

    shown: Sequence[Each]
    more: int


def _some(many: Sequence[Each], most: int = _MOST_PATHS) -> _Some[Each]:
    return _Some(many[:most], max(0, len(many) - most))


@dataclass(frozen=True, slots=True)
class _Warned:
    """A warning, and the first documents that have it."""

    fault: str
    files: _Some[str]


def _place(folder: Path) -> str:
    """Return the path of a folder, relative to the working directory if it is inside it."""
    here = Path.cwd()
    return str(folder.relative_to(here) if folder.is_relative_to(here) else folder)


def _age(built: datetime) -> str:
    hours = (datetime.now(UTC) - built).total_seconds() / 3600
    if hours < 1:
        return gettext("less than an hour ago")
    if hours < 48:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", round(hours))
    return ngettext("%(num)s day ago", "%(num)s days ago", round(hours / 24))

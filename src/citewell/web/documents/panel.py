"""The maintainer's panel to HTML: what the index holds, what has changed, how a rebuild goes, and whether all is sound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, Literal, TypeVar

from markupsafe import Markup

from citewell.confidence import THRESHOLDS, Calibration
from citewell.corpus.reading import READERS
from citewell.errors import CitewellError, HeldBackError, IndexFaultError
from citewell.index.changes import Changes
from citewell.index.checking import Finding
from citewell.index.manifest import Manifest
from citewell.index.status import Status
from citewell.web import logs
from citewell.web.auth.visitors import visitor
from citewell.web.documents.maintainer import Maintainer, Rebuild
from citewell.web.faults import render_failed, render_fault
from citewell.web.functions import PageRequest
from citewell.web.templates import render

Each = TypeVar("Each")

_MOST_PATHS = 50
_MOST_SUGGESTED = 500


class MaintainRequest(PageRequest):
    """What a maintainer wants to see or to have done; ``again`` is a rebuild after what was just changed."""

    action: Literal["show", "rebuild", "again", "progress", "cancel", "rollback", "checks"]


class MaintainerPanel:
    """What a maintainer can see and do, as HTML.

    Args:
        maintainer: Who looks after the index.
    """

    def __init__(self, maintainer: Maintainer) -> None:
        self._maintainer = maintainer

    def act(self, wanted: MaintainRequest) -> str:
        """Do what is wanted, and show what came of it.

        Raises:
            CitewellError: It cannot be done, or the visitor may not do it.
        """
        # The page hides the button; that alone would keep nobody from asking for this.
        if not visitor().maintains:
            raise CitewellError("only maintainers can look after the documents")
        maintainer = self._maintainer
        if wanted.action != "progress":
            logs.event("maintaining", action=wanted.action)
        if wanted.action == "checks":
            return render_checks(maintainer.checks())
        if wanted.action in {"rebuild", "again"}:
            # What the page begins by itself after an upload confirms no other loss than that of what was removed here.
            again = wanted.action == "again"
            maintainer.rebuild(again=again, guarded=again)
        elif wanted.action == "cancel":
            maintainer.cancel()
        elif wanted.action == "rollback":
            maintainer.rollback()
        if wanted.action in {"rebuild", "again", "cancel", "progress"}:
            return render_rebuild(maintainer.rebuilding)
        try:
            status = maintainer.status()
        except IndexFaultError as error:
            return render_unusable(error, maintainer.rebuilding)
        documents = maintainer.documents() if status.changes is not None else []
        return render_panel(status, maintainer.snapshots(), maintainer.rebuilding, documents)


def render_panel(
    status: Status, snapshots: Sequence[Manifest], rebuild: Rebuild | None, documents: Sequence[str] = ()
) -> str:
    """Render the panel.

    Args:
        status: What the index holds, and what has changed.
        snapshots: What each snapshot is, the newest first.
        rebuild: How the last rebuild went, or goes.
        documents: The paths of the documents that the corpus holds now.
    """
    return render(
        "documents/panel.html",
        place=_place(status.corpus),
        known=status.changes is not None,
        changed=bool(status.changes),
        as_far=status.changes is not None and bool(status.changes.kept),
        changes=_changes(status.changes) if status.changes else [],
        rebuild=render_rebuild(rebuild),
        kinds=sorted(READERS),
        held=documents[:_MOST_SUGGESTED],
        facts=_facts(status),
        unreadable=_some(status.kept),
        left_out=_some(status.left_out),
        snapshots=[_snapshot(each, status.manifest.name) for each in snapshots],
    )


def render_unusable(error: IndexFaultError, rebuild: Rebuild | None) -> str:
    """Render the panel of an index that is missing or damaged, with the way to build it anew."""
    return render("documents/unusable.html", fault=render_fault(error, here=True), rebuild=render_rebuild(rebuild))


def render_rebuild(rebuild: Rebuild | None) -> Markup:
    """Render how a rebuild goes, with what can be done about it; a running one asks to be looked at again."""
    held_back = rebuild.held_back if rebuild else None
    return render(
        "documents/rebuild.html",
        running=rebuild is not None and rebuild.running,
        stages=rebuild.stages if rebuild else {},
        held_back=held_back.message if held_back else "",
        lost=_some(held_back.lost) if held_back else None,
        without=_without(held_back) if held_back else "",
        failed=render_failed(rebuild.error) if rebuild and rebuild.error else "",
        outcome=_outcome(rebuild) if rebuild else "",
    )


def _without(error: HeldBackError) -> str:
    """Say what the index would be built without; of an index that cannot be read, nobody knows."""
    count = len(error.lost)
    return ("", ", without this document")[count] if count < 2 else f", without these {count} documents"


def render_checks(findings: Iterable[Finding]) -> Markup:
    """Render what is sound, and what is not with what fixes it."""
    return render("documents/checks.html", findings=list(findings))


def _outcome(rebuild: Rebuild) -> str:
    report = rebuild.report
    if rebuild.cancelled or report is None:
        return "Cancelled; the index is as it was."
    if report.up_to_date:
        return "The index was up to date already."
    counts = [f"{getattr(report, name)} {name}" for name in ("added", "changed", "removed") if getattr(report, name)]
    return f"Done in {report.seconds:.1f} s: {', '.join(counts) or 'all documents built anew'}."


def _changes(changes: Changes) -> list[tuple[str, _Some[str]]]:
    """Name what is new, changed or gone."""
    named = (("New:", changes.added), ("Changed:", changes.changed), ("Gone:", changes.removed))
    return [(name, _some(paths)) for name, paths in named if paths]


def _facts(status: Status) -> dict[str, str]:
    manifest = status.manifest
    return {
        "documents": f"{manifest.documents:,}",
        "sections": f"{status.sections:,}",
        "passages": f"{manifest.passages:,}",
        "windows": f"{manifest.windows:,}",
        "size": f"{status.bytes / 1e6:,.1f} MB",
        "built": f"{manifest.built:%Y-%m-%d %H:%M} UTC, {_age(manifest.built)}",
        "encoder": manifest.encoder.model or "bundled",
        "calibration": _calibration(manifest.calibration),
    }


def _calibration(calibration: Calibration) -> str:
    if calibration.slope <= 0:
        return "this corpus does not tell covered questions from others"
    needed = ", ".join(f"{name} {calibration.evidence(value):.2f}" for name, value in THRESHOLDS.items())
    return f"answers from evidence: {needed}; unrelated texts stay under cosine {calibration.unrelated:.2f}"


def _snapshot(manifest: Manifest, current: str) -> dict[str, object]:
    documents = f"{manifest.documents:,} document{'' if manifest.documents == 1 else 's'}"
    return {"words": f"{manifest.built:%Y-%m-%d %H:%M:%S} UTC, {documents}", "in_use": manifest.name == current}


@dataclass(frozen=True, slots=True)
class _Some(Generic[Each]):
    """The first of many, and how many more there are."""

    shown: Sequence[Each]
    more: int


def _some(many: Sequence[Each]) -> _Some[Each]:
    return _Some(many[:_MOST_PATHS], max(0, len(many) - _MOST_PATHS))


def _place(folder: Path) -> str:
    """Return where a folder is, from where the server was started if it is below."""
    here = Path.cwd()
    return str(folder.relative_to(here) if folder.is_relative_to(here) else folder)


def _age(built: datetime) -> str:
    hours = (datetime.now(UTC) - built).total_seconds() / 3600
    if hours < 1:
        return "less than an hour ago"
    return f"{hours:.0f} hours ago" if hours < 48 else f"{hours / 24:.0f} days ago"

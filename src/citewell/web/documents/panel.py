"""The maintainer's panel to HTML: what the index holds, what has changed, how a rebuild goes, and whether all is sound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from markupsafe import Markup, escape

from citewell.confidence import THRESHOLDS, Calibration
from citewell.corpus.reading import READERS
from citewell.errors import CitewellError, HeldBackError, IndexFaultError
from citewell.index.checking import Finding
from citewell.index.manifest import Manifest, Skipped
from citewell.index.status import Status
from citewell.web import logs
from citewell.web.auth.visitors import visitor
from citewell.web.documents.maintainer import Maintainer, Rebuild
from citewell.web.faults import render_failed, render_fault, render_fix
from citewell.web.functions import PageRequest

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
    return _framed(
        _place(status.corpus),
        Markup(
            '<section aria-label="Changes"><h3>Changes</h3>{}<div class="cw-rebuild">{}</div></section>'
            "{}<section><h3>What the index holds</h3>{}</section>{}{}<section><h3>Snapshots</h3>{}</section>"
        ).format(
            _changes(status),
            render_rebuild(rebuild),
            _curating(documents) if status.changes is not None else "",
            _holds(status),
            _unread("Not readable just now", status.kept),
            _unread("Left out", status.left_out),
            _snapshots(snapshots, status.manifest.name),
        ),
    )


def render_unusable(error: IndexFaultError, rebuild: Rebuild | None) -> str:
    """Render the panel of an index that is missing or damaged, with the way to build it anew."""
    body = Markup('{}<div class="cw-rebuild">{}</div>').format(render_fault(error, here=True), render_rebuild(rebuild))
    return _framed("The index cannot be used as it is", body)


def _framed(subject: str, body: Markup) -> Markup:
    return Markup(
        '<header class="cw-reader-head"><div><h2 class="cw-reader-title">Documents</h2>'
        '<p class="cw-reader-path">{}</p></div>'
        '<button type="button" class="cw-close" data-close aria-label="Close the documents">Close</button></header>'
        '<div class="cw-panel" tabindex="0" role="region" aria-label="Looking after the documents">{}'
        '<section><h3>Health</h3><button type="button" class="cw-show" data-maintain="checks">Run the checks</button>'
        '<div class="cw-checks" role="status"></div></section></div>'
    ).format(subject, body)


def render_rebuild(rebuild: Rebuild | None) -> Markup:
    """Render how a rebuild goes, with what can be done about it; a running one asks to be looked at again."""
    begin = Markup('<button type="button" class="cw-show" data-maintain="rebuild">Bring the index up to date</button>')
    if rebuild is None:
        return begin
    if rebuild.running:
        bars = [
            Markup(
                '<li><span>{0}</span><progress value="{1}" max="{2}" aria-label="{0}"></progress> {1} of {2}</li>'
            ).format(stage, done, total)
            for stage, (done, total) in rebuild.stages.items()
        ]
        return Markup(
            '<div data-running><ol class="cw-stages" aria-label="Progress">{}</ol>'
            '<button type="button" class="cw-show" data-maintain="cancel">Cancel</button></div>'
        ).format(Markup("").join(bars) or Markup("<li>Looking for changes…</li>"))
    if rebuild.held_back:
        return _held_back(rebuild.held_back)
    if rebuild.error:
        return render_failed(rebuild.error) + begin
    return Markup('<p role="status">{}</p>{}').format(_outcome(rebuild), begin)


def _held_back(error: HeldBackError) -> Markup:
    """Render what nobody has asked for and would be lost, and the way to do it all the same."""
    count = len(error.lost)
    # Of an index that cannot be read, nobody knows which they are.
    without = ("", ", without this document")[count] if count < 2 else f", without these {count} documents"
    return Markup(
        '<div class="cw-held-back" role="status"><p><strong>Not done yet:</strong> {}.</p>'
        "<p>Nobody has removed them here; perhaps a drive or a share is not there just now. The index is as it was. It follows "
        "by itself once the files are back.</p><p>{}</p>"
        '<button type="button" class="cw-show" data-maintain="rebuild">Bring the index up to date all the same{}'
        "</button></div>"
    ).format(error.message, _paths(error.lost), without)


def render_checks(findings: Iterable[Finding]) -> Markup:
    """Render what is sound, and what is not with the command that mends it."""
    rows = [
        Markup('<li class="{}"><strong>{}</strong> {}{}</li>').format(
            "cw-sound" if each.passed else "cw-fault",
            each.check,
            each.message,
            _fix(each),
        )
        for each in findings
    ]
    return Markup('<ul class="cw-findings">{}</ul>').format(Markup("").join(rows))


def _fix(finding: Finding) -> Markup:
    fix = render_fix(finding.command, finding.hint)
    return Markup("<br>{}").format(fix) if fix else Markup("")


def _outcome(rebuild: Rebuild) -> str:
    report = rebuild.report
    if rebuild.cancelled or report is None:
        return "Cancelled; the index is as it was."
    if report.up_to_date:
        return "The index was up to date already."
    counts = [f"{getattr(report, name)} {name}" for name in ("added", "changed", "removed") if getattr(report, name)]
    return f"Done in {report.seconds:.1f} s: {', '.join(counts) or 'all documents built anew'}."


def _changes(status: Status) -> Markup:
    changes = status.changes
    if changes is None:
        return Markup("<p>The corpus is not where it was when the index was built.</p>")
    if not changes:
        return Markup("<p>The index says what the documents say{}.</p>").format(
            ", as far as they can be read just now" if changes.kept else ""
        )
    lists = [
        Markup("<li><strong>{}</strong> {}</li>").format(name, _paths(paths))
        for name, paths in (("New:", changes.added), ("Changed:", changes.changed), ("Gone:", changes.removed))
        if paths
    ]
    return Markup('<p>The documents have changed since the index was built:</p><ul class="cw-changes">{}</ul>').format(
        Markup("").join(lists)
    )


def _holds(status: Status) -> Markup:
    manifest = status.manifest
    rows = {
        "documents": f"{manifest.documents:,}",
        "sections": f"{status.sections:,}",
        "passages": f"{manifest.passages:,}",
        "windows": f"{manifest.windows:,}",
        "size": f"{status.bytes / 1e6:,.1f} MB",
        "built": f"{manifest.built:%Y-%m-%d %H:%M} UTC, {_age(manifest.built)}",
        "encoder": manifest.encoder.model or "bundled",
        "calibration": _calibration(manifest.calibration),
    }
    return Markup('<dl class="cw-facts">{}</dl>').format(
        Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*row) for row in rows.items())
    )


def _calibration(calibration: Calibration) -> str:
    if calibration.slope <= 0:
        return "this corpus does not tell covered questions from others"
    needed = ", ".join(f"{name} {calibration.evidence(value):.2f}" for name, value in THRESHOLDS.items())
    return f"answers from evidence: {needed}; unrelated texts stay under cosine {calibration.unrelated:.2f}"


def _curating(documents: Sequence[str]) -> Markup:
    """Render how documents are put in and taken out."""
    return Markup(
        '<section class="cw-curating"><h3>Add and remove documents</h3>'
        '<div class="cw-drop"><label class="cw-show" for="cw-files">Choose files</label>'
        '<input type="file" id="cw-files" class="cw-label" multiple accept="{accept}">'
        "<span>or drop them here ({kinds}). One that is replaced or removed is kept beside the index.</span></div>"
        '<label class="cw-field">Into the folder <input class="cw-place-input" data-into autocomplete="off" spellcheck="false" '
        'placeholder="of all documents"></label>'
        '<div class="cw-field"><label>Remove <input class="cw-place-input" data-remove-path list="cw-held" autocomplete="off" '
        'spellcheck="false" placeholder="a document"></label>'
        '<button type="button" class="cw-show" data-remove>Remove</button></div>'
        '<datalist id="cw-held">{held}</datalist><ul class="cw-uploads" aria-live="polite"></ul></section>'
    ).format(
        accept=",".join(sorted(READERS)),
        kinds=", ".join(sorted(READERS)),
        held=Markup("").join(
            Markup('<option value="{}"></option>').format(path) for path in documents[:_MOST_SUGGESTED]
        ),
    )


def _unread(heading: str, files: Sequence[Skipped]) -> Markup:
    """Render which files were not read, and why."""
    if not files:
        return Markup("")
    rows = [Markup("<li><code>{}</code> {}</li>").format(each.path, each.reason) for each in files[:_MOST_PATHS]]
    if len(files) > _MOST_PATHS:
        rows.append(Markup("<li>and {} more</li>").format(len(files) - _MOST_PATHS))
    return Markup('<section><h3>{}</h3><ul class="cw-changes">{}</ul></section>').format(heading, Markup("").join(rows))


def _snapshots(snapshots: Sequence[Manifest], current: str) -> Markup:
    rows = [
        Markup("<li><span>{} UTC, {}</span> {}</li>").format(
            f"{each.built:%Y-%m-%d %H:%M:%S}",
            f"{each.documents:,} document{'' if each.documents == 1 else 's'}",
            Markup("<strong>in use</strong>")
            if each.name == current
            else Markup('<button type="button" class="cw-plain" data-maintain="rollback">Return to it</button>'),
        )
        for each in snapshots
    ]
    return Markup('<ul class="cw-changes">{}</ul>').format(Markup("").join(rows))


def _paths(paths: Sequence[str]) -> Markup:
    shown = Markup(", ").join(Markup("<code>{}</code>").format(path) for path in paths[:_MOST_PATHS])
    return shown + escape(f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else "")


def _place(folder: Path) -> str:
    """Return where a folder is, from where the server was started if it is below."""
    here = Path.cwd()
    return str(folder.relative_to(here) if folder.is_relative_to(here) else folder)


def _age(built: datetime) -> str:
    hours = (datetime.now(UTC) - built).total_seconds() / 3600
    if hours < 1:
        return "less than an hour ago"
    return f"{hours:.0f} hours ago" if hours < 48 else f"{hours / 24:.0f} days ago"

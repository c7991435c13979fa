"""A rebuild of the index: how it was started, how it ended, and its line in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from citewell.building import BuildReport
from citewell.errors import HeldBackError
from citewell.web import logs
from citewell.web.jobs import Job

Outcome = Literal["done", "up to date", "held back", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild(Job):
    """A rebuild of the index.

    ``unattended`` means that a change of the corpus started it, not a person; ``guarded`` that it may be held back.
    """

    unattended: bool = False
    guarded: bool = False

    @property
    def report(self) -> BuildReport | None:
        """The report of a successful rebuild."""
        return self.result if isinstance(self.result, BuildReport) else None

    @property
    def held_back(self) -> HeldBackError | None:
        """The error of a rebuild that was held back, with the documents it would remove."""
        return self.error if isinstance(self.error, HeldBackError) else None

    @property
    def outcome(self) -> Outcome:
        """The outcome of a rebuild that has ended."""
        if self.held_back:
            return "held back"
        if self.cancelled:
            return "cancelled"
        if self.report is None:
            return "failed"
        return "up to date" if self.report.up_to_date else "done"


def facts(rebuild: Rebuild) -> dict[str, object]:
    """Return what of a rebuild is logged from its beginning."""
    return {"unattended": rebuild.unattended}


def log(ended: Rebuild) -> None:
    """Log the outcome of a rebuild as one event. Its messages name files, but contain no questions."""
    report = ended.report
    told = facts(ended)
    if report:
        names = ("added", "changed", "removed", "unchanged", "snapshot")
        told |= {name: getattr(report, name) for name in names}
        told |= {"kept": len(report.kept), "skipped": len(report.left_out), "seconds": round(report.seconds, 3)}
        logs.event("index rebuilt" if ended.outcome == "done" else "index up to date", **told)
    elif ended.held_back:
        logs.warned("index rebuild held back", error=str(ended.held_back), lost=len(ended.held_back.lost), **told)
    elif ended.cancelled:
        logs.event("index rebuild cancelled", **told)
    else:
        logs.warned("index rebuild failed", error=str(ended.error), **told)

"""Maintaining from the page: what the index holds, what has changed since, a rebuild that is watched, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal

from citewell.building import BuildReport, build
from citewell.corpus.curating import Curator
from citewell.corpus.reading import scan
from citewell.corpus.reading.wire import Inspected
from citewell.corpus.watching import Watcher
from citewell.errors import HeldBackError, IndexFaultError
from citewell.index import status as inspecting
from citewell.index.checking import Finding, check
from citewell.index.folder import IndexFolder
from citewell.index.manifest import Manifest
from citewell.index.status import Status
from citewell.settings import Settings
from citewell.state.folder import StateFolder
from citewell.web import logs
from citewell.web.jobs import Job, Progress, Worker

Outcome = Literal["done", "up to date", "held back", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild(Job):
    """A rebuild of the index.

    ``unattended`` says that the corpus began it, not a person; ``guarded`` that it is held back rather than lose much.
    """

    unattended: bool = False
    guarded: bool = False

    @property
    def report(self) -> BuildReport | None:
        """What was done, of one that has ended well."""
        return self.result if isinstance(self.result, BuildReport) else None

    @property
    def held_back(self) -> HeldBackError | None:
        """What it would have lost, of one that was held back."""
        return self.error if isinstance(self.error, HeldBackError) else None

    @property
    def outcome(self) -> Outcome:
        """What came of it, of one that has ended."""
        if self.held_back:
            return "held back"
        if self.cancelled:
            return "cancelled"
        if self.report is None:
            return "failed"
        return "up to date" if self.report.up_to_date else "done"


class Maintainer:
    """Looks after one index. Safe to share between threads; one rebuild runs at a time.

    Args:
        index: The index.
        settings: The settings it is built with.
        state: Where what is replaced or removed is kept; None is beside the index.
    """

    def __init__(self, index: IndexFolder, settings: Settings, state: StateFolder | None = None) -> None:
        self._index = index
        self._state = state or StateFolder.beside(index.path)
        self._settings = settings
        self._worker = Worker("index rebuild", self._build, ended=self._ended, follow=self._follow)
        self._next: Rebuild | None = None
        self._confirmed = False
        self._removed: set[str] = set()
        # Called with each rebuild that has ended.
        self.listeners: list[Callable[[Rebuild], None]] = [_log]

    @property
    def rebuilding(self) -> Rebuild | None:
        """How the last rebuild went, or goes; None where there was none."""
        return self._worker.job

    @property
    def unsettled(self) -> bool | None:
        """Whether the last rebuild left something undone, so that another is worth a try; None while one is running."""
        last = self._worker.job
        if last is None or last.running:
            return None
        return last.outcome in {"held back", "failed"} or bool(last.report and last.report.kept)

    def status(self) -> Status:
        """Look at the index and hold its corpus against it.

        Raises:
            IndexFaultError: The index is missing or damaged.
        """
        return inspecting.status(self._index)

    def snapshots(self) -> list[Manifest]:
        """Return what each snapshot is, the newest first."""
        return [self._index.manifest(name) for name in reversed(self._index.names())]

    def checks(self) -> list[Finding]:
        """Return what is sound and what is not."""
        return list(check(self._index))

    def rollback(self) -> Manifest:
        """Return to the snapshot before.

        Raises:
            IndexFaultError: There is none, or it is damaged.
            IndexBusyError: A rebuild is running.
        """
        return self._index.rollback()

    def rebuild(self, *, again: bool = False, guarded: bool = False, unattended: bool = False) -> None:
        """Begin to bring the index up to date, unless that is being done already.

        Args:
            again: Where it is being done already, do it once more after that: the corpus has changed since it began.
            guarded: Hold it back if it would lose many documents that nobody has removed here; else a person has confirmed it.
            unattended: The corpus has begun it, and no person.
        """
        wanted = Rebuild(unattended=unattended, guarded=guarded)
        with self._worker.lock:
            if self._worker.begin(wanted):
                return
            if again:
                both = self._next or wanted
                self._next = replace(
                    wanted, unattended=both.unattended and unattended, guarded=both.guarded and guarded
                )
            # Who confirms what is under way, and is held back, need not do so twice.
            self._confirmed = self._confirmed or not guarded

    def put(self, path: str, content: BinaryIO, *, replace: bool = False) -> Inspected:
        """Put a document into the corpus; see `Curator.put`."""
        document = self._curator().put(path, content, replace=replace)
        self._removed.discard(path)
        logs.event("document put in", path=path, replaced=replace)
        return document

    def remove(self, path: str) -> Path:
        """Take a document out of the corpus and return where it is kept; see `Curator.remove`."""
        kept = self._curator().remove(path)
        self._removed.add(path)
        logs.event("document taken out", path=path)
        return kept

    def watcher(self) -> Watcher:
        """Return who keeps the index up to date with its corpus, from when it is entered as a context.

        Raises:
            UsageError: The corpus is not there.
        """
        act = partial(self.rebuild, again=True, guarded=True, unattended=True)
        others = [self._index.path, self._state.path]
        return Watcher(self._index.corpus(), others, act, unsettled=lambda: self.unsettled, failing=_unwatched)

    def documents(self) -> list[str]:
        """Return the paths of the documents that the corpus holds now."""
        return [each.path for each in scan(self._index.corpus()).files]

    def cancel(self) -> None:
        """Have a rebuild end at its next step; the index stays as it is."""
        with self._worker.lock:
            self._next, self._confirmed = None, False
            self._worker.cancel()

    def wait(self) -> None:
        """Return when no rebuild is running."""
        self._worker.wait()

    def _build(self, wanted: Rebuild, progress: Progress) -> BuildReport:
        removed = set(self._removed)
        report = build(
            self._index.corpus(),
            self._index,
            self._settings,
            progress=progress,
            confirmed=removed | self._removed_before() if wanted.guarded else None,
        )
        self._removed -= removed
        return report

    def _ended(self, ended: Rebuild) -> None:
        for listener in self.listeners:
            listener(ended)

    def _follow(self, ended: Rebuild) -> Rebuild | None:
        """Return what was asked for while a rebuild ran: another, or the same one now that it is confirmed."""
        wanted = self._next or (Rebuild() if ended.held_back and self._confirmed else None)
        self._next, self._confirmed = None, False
        return wanted

    def _removed_before(self) -> set[str]:
        """Return what was taken out since the snapshot in use, even before this process began: it is kept with its time."""
        try:
            since = self._index.current()
        except IndexFaultError:
            return set()
        return self._curator().kept_since(since)

    def _curator(self) -> Curator:
        return Curator(self._index.corpus(), self._index.path, self._state)


def _log(ended: Rebuild) -> None:
    """Log what came of a rebuild, as one event. Its messages name files, and nothing that was asked."""
    report = ended.report
    facts: dict[str, object] = {"unattended": ended.unattended}
    if report:
        names = ("added", "changed", "removed", "unchanged", "snapshot")
        facts |= {name: getattr(report, name) for name in names}
        facts |= {"kept": len(report.kept), "skipped": len(report.left_out), "seconds": round(report.seconds, 3)}
        logs.event("index rebuilt" if ended.outcome == "done" else "index up to date", **facts)
    elif ended.held_back:
        logs.warned("index rebuild held back", error=str(ended.held_back), lost=len(ended.held_back.lost), **facts)
    elif ended.cancelled:
        logs.event("index rebuild cancelled", **facts)
    else:
        logs.warned("index rebuild failed", error=str(ended.error), **facts)


def _unwatched(error: Exception, seconds: float) -> None:
    logs.warned("the corpus cannot be watched", error=str(error), retry_seconds=seconds)

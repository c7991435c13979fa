"""Maintaining from the page: what the index holds, what has changed since, a rebuild that is watched, and the way back."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from citewell import status as inspecting
from citewell.building import build
from citewell.checking import Finding, check
from citewell.errors import CitewellError
from citewell.index import IndexFolder
from citewell.manifest import Manifest
from citewell.reporting import BuildReport
from citewell.settings import Settings
from citewell.status import Status


class _CancelledError(Exception):
    """Somebody has thought better of a rebuild."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """How a rebuild goes: its stages so far, each as ``(done, total)``, and what came of it."""

    stages: dict[str, tuple[int, int]] = field(default_factory=dict)
    running: bool = True
    report: BuildReport | None = None
    error: str | None = None
    cancelled: bool = False


class Maintainer:
    """Looks after one index. Safe to share between threads; one rebuild runs at a time.

    Args:
        index: The index.
        settings: The settings it is built with.
    """

    def __init__(self, index: IndexFolder, settings: Settings) -> None:
        self._index = index
        self._settings = settings
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._stages: dict[str, tuple[int, int]] = {}
        self._rebuild: Rebuild | None = None
        self._thread: threading.Thread | None = None

    @property
    def rebuilding(self) -> Rebuild | None:
        """How the last rebuild went, or goes; None where there was none."""
        return self._rebuild

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

    def rebuild(self) -> None:
        """Begin to bring the index up to date, unless that is being done already."""
        with self._lock:
            if self._rebuild and self._rebuild.running:
                return
            self._cancel.clear()
            self._stages = {}
            self._rebuild = Rebuild(self._stages)
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Have a rebuild end at its next step; the index stays as it is."""
        self._cancel.set()

    def wait(self) -> None:
        """Return when no rebuild is running."""
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        report, error, cancelled = None, None, False
        try:
            corpus = Path(self._index.manifest().corpus)
            report = build(corpus, self._index, self._settings, progress=self._tell)
        except _CancelledError:
            cancelled = True
        except CitewellError as caught:
            error = str(caught)
        self._rebuild = Rebuild(self._stages, running=False, report=report, error=error, cancelled=cancelled)

    def _tell(self, stage: str, done: int, total: int) -> None:
        if self._cancel.is_set():
            raise _CancelledError
        self._stages = {**self._stages, stage: (done, total)}
        self._rebuild = Rebuild(self._stages)

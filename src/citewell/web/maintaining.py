"""Maintaining from the page: what the index holds, what has changed since, a rebuild that is watched, and the way back."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from citewell import status as inspecting
from citewell.building import build
from citewell.checking import Finding, check
from citewell.curating import Curator
from citewell.errors import CitewellError
from citewell.index import IndexFolder
from citewell.manifest import Manifest
from citewell.reading import scan
from citewell.reading.wire import Inspected
from citewell.reporting import BuildReport
from citewell.settings import Settings
from citewell.status import Status
from citewell.watching import Watcher


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
        self._again = False
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

    def rebuild(self, *, again: bool = False) -> None:
        """Begin to bring the index up to date, unless that is being done already.

        Args:
            again: Where it is being done already, do it once more after that: the corpus has changed since it began.
        """
        with self._lock:
            if self._rebuild and self._rebuild.running:
                self._again = self._again or again
                return
            self._begin()

    def put(self, path: str, content: BinaryIO, *, replace: bool = False) -> Inspected:
        """Put a document into the corpus; see `Curator.put`."""
        return self._curator().put(path, content, replace=replace)

    def remove(self, path: str) -> Path:
        """Take a document out of the corpus and return where it is kept; see `Curator.remove`."""
        return self._curator().remove(path)

    def watcher(self) -> Watcher:
        """Return who keeps the index up to date with its corpus, from when it is entered as a context.

        Raises:
            UsageError: The corpus is not there.
        """
        return Watcher(self._index.corpus(), self._index.path, partial(self.rebuild, again=True))

    def documents(self) -> list[str]:
        """Return the paths of the documents that the corpus holds now."""
        return [each.path for each in scan(self._index.corpus()).files]

    def cancel(self) -> None:
        """Have a rebuild end at its next step; the index stays as it is."""
        self._again = False
        self._cancel.set()

    def wait(self) -> None:
        """Return when no rebuild is running."""
        while (thread := self._thread) and thread.is_alive():
            thread.join()

    def _begin(self) -> None:
        self._cancel.clear()
        self._again = False
        self._stages = {}
        self._rebuild = Rebuild(self._stages)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        report, cancelled = None, False
        error: str | None = "the rebuild broke off; the messages of the server say why"
        try:
            report = build(self._index.corpus(), self._index, self._settings, progress=self._tell)
            error = None
        except _CancelledError:
            cancelled, error = True, None
        except CitewellError as caught:
            error = str(caught)
        finally:
            with self._lock:
                self._rebuild = Rebuild(self._stages, running=False, report=report, error=error, cancelled=cancelled)
                if self._again:
                    self._begin()

    def _curator(self) -> Curator:
        return Curator(self._index.corpus(), self._index.path / "removed")

    def _tell(self, stage: str, done: int, total: int) -> None:
        if self._cancel.is_set():
            raise _CancelledError
        self._stages = {**self._stages, stage: (done, total)}
        self._rebuild = Rebuild(self._stages)

"""The current snapshot, kept open, and checked again whenever its files change."""

from __future__ import annotations

import math
import threading
import time
import weakref
from dataclasses import dataclass
from pathlib import Path

from citewell.errors import IndexFaultError, IndexMissingError, IndexUnreadableError
from citewell.files import SETTLED_SECONDS, Stamp
from citewell.index.layout import FolderLayout
from citewell.index.manifest import file_faults
from citewell.index.snapshot import LocalSnapshot
from citewell.index.soundness import is_fresh, stamps
from citewell.index.storage import Snapshot
from citewell.index.verifying import BackgroundCheck


@dataclass(frozen=True, slots=True)
class _Look:
    """The result of one check: a snapshot, or an error. Valid until a file changes, at most until ``until``."""

    pointer: Stamp | None
    files: tuple[Path, ...]
    stamps: tuple[Stamp | None, ...]
    until: float
    found: LocalSnapshot | IndexFaultError

    @property
    def is_sound(self) -> bool:
        """Whether it is a snapshot in which no damage was found since."""
        return not (isinstance(self.found, IndexFaultError) or self.found.soundness.is_damaged)

    def changed(self, files: tuple[Path, ...], seen: tuple[Stamp | None, ...]) -> list[Path]:
        """Return those of its files that have other stamps now."""
        before = dict(zip(self.files, self.stamps, strict=True))
        return [file for file, now in zip(files, seen, strict=True) if file in before and before[file] != now]

    def snapshot(self) -> Snapshot:
        if isinstance(self.found, IndexFaultError):
            # A new exception each time: one that is raised repeatedly accumulates tracebacks.
            raise type(self.found)(self.found.message, command=self.found.command, hint=self.found.hint)
        self.found.soundness.check()
        return self.found


class SnapshotInUse:
    """Provides the current snapshot. Thread-safe.

    When a snapshot is opened, little of it is read; what is read later is verified then, and everything once in the background.
    Each use compares the files' stamps before any file is accessed. If they differ, what has changed is verified at once, while
    other threads wait; if it is not what was written, or damage was found before, everything is, and the snapshot opened again.

    Args:
        index: The index.
    """

    def __init__(self, index: FolderLayout) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._look: _Look | None = None
        self._background: BackgroundCheck | None = None

    def snapshot(self) -> Snapshot:
        """Return the current snapshot, after opening it if it is new or its files have changed.

        Raises:
            IndexFaultError: It is missing or damaged, or was found damaged after it was opened.
        """
        look = self._look
        if look is None or not self._is_valid(look):
            with self._lock:
                look = self._look
                if look is None or not self._is_valid(look):
                    look = self._look = self._open(look)
        return look.snapshot()

    def _is_valid(self, look: _Look) -> bool:
        pointer = self._index.stamp()
        return pointer == look.pointer and stamps(look.files) == look.stamps and time.monotonic() < look.until

    def _open(self, before: _Look | None) -> _Look:
        # Stamps are taken first: a change while files are read is then noticed at the next use.
        pointer = self._index.stamp()
        found: LocalSnapshot | IndexFaultError
        files: tuple[Path, ...] = ()
        seen: tuple[Stamp | None, ...] = ()
        try:
            files = self._index.files()
            seen = stamps(files)
            changed = before.changed(files, seen) if before else []
            found = self._still_whole(before, pointer, files, changed) or self._opened(before, changed)
        except IndexMissingError:
            raise
        except IndexFaultError as error:
            found = error
        same = before is not None and (before.pointer, before.files, before.stamps) == (pointer, files, seen)
        temporary = isinstance(found, IndexUnreadableError) or (is_fresh((pointer, *seen)) and not same)
        until = time.monotonic() + SETTLED_SECONDS if temporary else math.inf
        return _Look(pointer, files, seen, until, found)

    def _opened(self, before: _Look | None, changed: list[Path]) -> LocalSnapshot:
        """Open the current snapshot; if there is a reason to, verify it now, and in any case in the background.

        What was verified now is not read again there, unless it was written so recently that it may have changed since.
        """
        if self._background:
            self._background.stop()
            self._background = None
        in_full = before is not None and (bool(changed) or not before.is_sound)
        snapshot = self._index.open(in_full=in_full)
        self._background = BackgroundCheck(self._index.files_of(snapshot.manifest), snapshot.soundness)
        weakref.finalize(snapshot, self._background.stop)
        return snapshot

    def _still_whole(
        self, before: _Look | None, pointer: Stamp, files: tuple[Path, ...], changed: list[Path]
    ) -> LocalSnapshot | None:
        """Return the open snapshot if its files are as they were: a build that links to some of them changes their times.

        Raises:
            IndexFaultError: Its manifest is damaged, or a file cannot be read.
        """
        if before is None or isinstance(before.found, IndexFaultError) or not before.is_sound:
            return None
        if (before.pointer, before.files) != (pointer, files):
            return None
        snapshot = before.found
        if self._index.manifest() != snapshot.manifest:
            return None
        digests = self._index.files_of(snapshot.manifest)
        try:
            faults = any(file_faults({file: digests[file] for file in changed if file in digests}))
        except OSError:
            return None
        return None if faults else snapshot

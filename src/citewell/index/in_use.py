"""The current snapshot, kept open, and checked again whenever its files change."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from citewell.errors import IndexFaultError, IndexMissingError, IndexUnreadableError
from citewell.files import SETTLED_SECONDS, Stamp
from citewell.index.folder import IndexFolder
from citewell.index.manifest import file_faults
from citewell.index.soundness import is_fresh, stamps
from citewell.index.storage import Snapshot


@dataclass(frozen=True, slots=True)
class _Look:
    """The result of one check: a snapshot, or an error. Valid until a file changes, at most until ``until``."""

    pointer: Stamp | None
    files: tuple[Path, ...]
    stamps: tuple[Stamp | None, ...]
    until: float
    found: Snapshot | IndexFaultError

    def snapshot(self) -> Snapshot:
        if isinstance(self.found, IndexFaultError):
            # A new exception each time: one that is raised repeatedly accumulates tracebacks.
            raise type(self.found)(self.found.message, command=self.found.command, hint=self.found.hint)
        self.found.soundness.check()
        return self.found


class SnapshotInUse:
    """Provides the current snapshot. Thread-safe.

    Every file is verified when the snapshot is opened. After that, each use compares the files' stamps before any file is
    accessed; only if they differ is everything verified again, once, while other threads wait, and opened again if it changed.

    Args:
        index: The index.
    """

    def __init__(self, index: IndexFolder) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._look: _Look | None = None

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
        found: Snapshot | IndexFaultError
        files: tuple[Path, ...] = ()
        seen: tuple[Stamp | None, ...] = ()
        try:
            files = self._index.files()
            seen = stamps(files)
            found = self._still_whole(before, pointer, files) or self._index.open()
        except IndexMissingError:
            raise
        except IndexFaultError as error:
            found = error
        same = before is not None and (before.pointer, before.files, before.stamps) == (pointer, files, seen)
        temporary = isinstance(found, IndexUnreadableError) or (is_fresh((pointer, *seen)) and not same)
        until = time.monotonic() + SETTLED_SECONDS if temporary else math.inf
        return _Look(pointer, files, seen, until, found)

    def _still_whole(self, before: _Look | None, pointer: Stamp, files: tuple[Path, ...]) -> Snapshot | None:
        """Return the open snapshot if its files are as they were: a build that links to some of them changes their times.

        Raises:
            IndexFaultError: Its manifest is damaged, or a file cannot be read.
        """
        if before is None or isinstance(before.found, IndexFaultError) or before.found.soundness.is_damaged:
            return None
        if (before.pointer, before.files) != (pointer, files):
            return None
        snapshot = before.found
        if self._index.manifest() != snapshot.manifest:
            return None
        try:
            faults = any(file_faults(self._index.files_of(snapshot.manifest)))
        except OSError:
            return None
        return None if faults else snapshot

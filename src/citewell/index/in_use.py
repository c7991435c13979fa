"""The snapshot in use, kept open, and looked at again whenever its files change; good news and bad are kept alike."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from citewell.errors import IndexFaultError, IndexMissingError, IndexUnreadableError
from citewell.index.folder import IndexFolder, Snapshot
from citewell.index.soundness import Stamp, stamps

# File systems tell times apart by some milliseconds, some by two seconds: of a file written a moment ago, its stamp cannot say
# whether it was written again since, so that it is looked at once more.
_SETTLED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found at one look, a snapshot or why there is none. It stands until a stamp changes, at most until ``until``."""

    pointer: Stamp
    files: tuple[Path, ...]
    stamps: tuple[Stamp, ...]
    until: float
    found: Snapshot | IndexFaultError

    def snapshot(self) -> Snapshot:
        if isinstance(self.found, IndexFaultError):
            # A new one each time: an error that is raised again and again remembers each.
            raise type(self.found)(self.found.message, command=self.found.command, hint=self.found.hint)
        self.found.soundness.confirm()
        return self.found


class SnapshotInUse:
    """Gives out the snapshot in use. Safe to share between threads.

    Every file of it is verified when it is opened. Afterwards each use compares the files' stamps, before anything of them is
    touched; only where those differ is everything verified and opened anew, once, while others wait.

    Args:
        index: The index.
    """

    def __init__(self, index: IndexFolder) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._look: _Look | None = None

    def snapshot(self) -> Snapshot:
        """Return the snapshot in use, after taking it up if it is a new one or its files have changed.

        Raises:
            IndexFaultError: It is missing or damaged, or was found damaged since it was opened.
        """
        look = self._look
        if look is None or not self._stands(look):
            with self._lock:
                look = self._look
                if look is None or not self._stands(look):
                    look = self._look = self._take(look)
        return look.snapshot()

    def _stands(self, look: _Look) -> bool:
        pointer = self._index.stamp()
        return pointer == look.pointer and stamps(look.files) == look.stamps and time.monotonic() < look.until

    def _take(self, before: _Look | None) -> _Look:
        # Stamps come first: what changes while files are read and opened is then noticed at the next use.
        pointer = self._index.stamp()
        found: Snapshot | IndexFaultError
        files: tuple[Path, ...] = ()
        seen: tuple[Stamp, ...] = ()
        try:
            files = self._index.files()
            seen = stamps(files)
            found = self._index.open()
        except IndexMissingError:
            raise
        except IndexFaultError as error:
            found = error
        again = before is not None and (before.pointer, before.files, before.stamps) == (pointer, files, seen)
        passing = isinstance(found, IndexUnreadableError) or (_is_fresh((pointer, *seen)) and not again)
        until = time.monotonic() + _SETTLED_SECONDS if passing else math.inf
        return _Look(pointer, files, seen, until, found)


def _is_fresh(seen: Iterable[Stamp]) -> bool:
    """Say whether a file was written so short a time ago that its stamp may not tell of the next writing."""
    newest = max((max(each[1:3]) for each in seen if each), default=0)
    return newest > time.time_ns() - _SETTLED_SECONDS * 1e9

"""Tracks whether an opened snapshot is still intact: its files by their stamps, its stores by what they report."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from citewell.errors import IndexDamagedError
from citewell.files import file_digest
from citewell.index.recent import Recent

# Identifies the version of a file without reading it: its size, time of writing, time of change (which cannot be set back), and
# inode; None if it cannot be accessed.
Stamp = tuple[int, int, int, int] | None
# File times have a resolution of milliseconds, on some systems two seconds. A file written a moment ago may change again
# without a visible change of time, so it is checked again.
SETTLED_SECONDS = 2.0
# Files whose digests are remembered; snapshots share most of theirs.
_REMEMBERED = 1024
_DIGESTS: Recent[Path, tuple[Stamp, str]] = Recent(_REMEMBERED)


def stamp(file: Path) -> Stamp:
    """Return a value that changes whenever a file is written, replaced, or removed."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def stamps(files: Sequence[Path]) -> tuple[Stamp, ...]:
    """Return the stamps of some files; this takes some microseconds per file."""
    return tuple(stamp(file) for file in files)


def known_digest(file: Path) -> str:
    """Return the SHA-256 of a file; it is read again only if its stamp has changed, or may not show a change yet.

    Raises:
        OSError: It cannot be read.
    """
    before = stamp(file)
    known = _DIGESTS.get(file)
    if before and known and known[0] == before:
        return known[1]
    digest = file_digest(file)
    if before and before == stamp(file) and not is_fresh([before]):
        _DIGESTS.put(file, (before, digest))
    return digest


def is_fresh(seen: Iterable[Stamp]) -> bool:
    """Return whether a file was written so recently that its stamp may not show the next change."""
    newest = max((max(each[1:3]) for each in seen if each), default=0)
    return newest > time.time_ns() - SETTLED_SECONDS * 1e9


class Soundness:
    """The first problem found in a snapshot since it was opened, if any; its stores share this object.

    Args:
        command: The command that builds the index.
    """

    def __init__(self, command: str | None = None) -> None:
        self._command = command
        self._fault: str | None = None

    def mark_damaged(self, message: str) -> IndexDamagedError:
        """Record a problem, and return it as an error."""
        self._fault = self._fault or message
        return IndexDamagedError(message, command=self._command)

    @property
    def is_damaged(self) -> bool:
        """Whether a problem was recorded."""
        return self._fault is not None

    def check(self) -> None:
        """Do nothing if no problem was recorded.

        Raises:
            IndexDamagedError: One was.
        """
        if self._fault:
            raise IndexDamagedError(self._fault, command=self._command)

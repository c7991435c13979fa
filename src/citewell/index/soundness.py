"""Tracks whether an opened snapshot is still intact: its files by their stamps, its stores by what they report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from citewell.errors import IndexDamagedError

# Identifies the version of a file without reading it: its size, time of writing, time of change (which cannot be set back), and
# inode; None if it cannot be accessed.
Stamp = tuple[int, int, int, int] | None


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

    def check(self) -> None:
        """Do nothing if no problem was recorded.

        Raises:
            IndexDamagedError: One was.
        """
        if self._fault:
            raise IndexDamagedError(self._fault, command=self._command)

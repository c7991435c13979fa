"""Whether an opened snapshot is still what was verified: its files by their stamps, its stores by what they come upon."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from citewell.errors import IndexDamagedError

# What a file is known by, short of reading it: its size, when it was written, when anything of it was changed (which nobody
# can set back), and which file it is; None where it cannot be looked at.
Stamp = tuple[int, int, int, int] | None


def stamp(file: Path) -> Stamp:
    """Return what changes whenever a file is written, replaced, or taken away."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def stamps(files: Sequence[Path]) -> tuple[Stamp, ...]:
    """Return the stamps of some files; cheap enough for every question (some microseconds a file)."""
    return tuple(stamp(file) for file in files)


class Soundness:
    """What was found wrong with a snapshot since it was opened, if anything; its stores share it.

    Args:
        command: The command that builds the index.
    """

    def __init__(self, command: str | None = None) -> None:
        self._command = command
        self._fault: str | None = None

    def condemn(self, message: str) -> IndexDamagedError:
        """Note what is wrong, and return the error that says so."""
        self._fault = self._fault or message
        return IndexDamagedError(message, command=self._command)

    def confirm(self) -> None:
        """Do nothing as long as nothing was found.

        Raises:
            IndexDamagedError: Something was.
        """
        if self._fault:
            raise IndexDamagedError(self._fault, command=self._command)

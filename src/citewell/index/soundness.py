"""Tracks whether an opened snapshot is still intact: its files by their stamps, its stores by what they report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from citewell.errors import IndexDamagedError
from citewell.files import Stamp, is_settled, stamp_of, stamped_digest
from citewell.recent import Recent

# Files of an index whose digests are remembered; snapshots share most of theirs.
_REMEMBERED = 1024


def stamp(file: Path) -> Stamp | None:
    """Return a value that changes whenever a file is written, replaced, or removed; None if it cannot be accessed."""
    try:
        # Asked for each file of a snapshot at each question: `Path.stat` takes longer.
        found = os.stat(file)  # noqa: PTH116
    except OSError:
        return None
    return stamp_of(found)


def stamps(files: Sequence[Path]) -> tuple[Stamp | None, ...]:
    """Return the stamps of some files; this takes some microseconds per file."""
    return tuple(stamp(file) for file in files)


class KnownDigests:
    """Remembers the digests of files as long as their stamps do not change. Thread-safe.

    Args:
        most: Of how many files.
    """

    def __init__(self, most: int) -> None:
        self._known: Recent[str, tuple[Stamp, str]] = Recent(most)

    def of(self, file: Path, pause: Callable[[], None] | None = None) -> str:
        """Return the SHA-256 of a file; it is read again only if its stamp has changed, or may not show a change yet.

        Args:
            file: The file.
            pause: Called after each part that is read.

        Raises:
            OSError: It cannot be read.
        """
        return self.stamped(file, stamp(file), pause)[0]

    def remembered(self, file: Path) -> str | None:
        """Return the SHA-256 of a file if it need not be read for that."""
        known = self._known.get(os.fspath(file))
        return known[1] if known and known[0] == stamp(file) else None

    def stamped(
        self, file: str | Path, now: Stamp | None, pause: Callable[[], None] | None = None
    ) -> tuple[str, Stamp | None]:
        """Return the SHA-256 of a file as `of`, with its stamp if that shows every later change.

        Args:
            file: The file.
            now: Its stamp; None is not known.
            pause: Called after each part that is read.

        Raises:
            OSError: It cannot be read.
        """
        name = os.fspath(file)
        known = self._known.get(name)
        if now and known and known[0] == now:
            return known[1], now
        digest, settled = stamped_digest(file, pause)
        if settled:
            self._known.put(name, (settled, digest))
        return digest, settled


KNOWN = KnownDigests(_REMEMBERED)
known_digest, remembered_digest = KNOWN.of, KNOWN.remembered


def is_fresh(seen: Iterable[Stamp | None]) -> bool:
    """Return whether a file was written so recently that its stamp may not show the next change."""
    return not all(is_settled(each) for each in seen if each)


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

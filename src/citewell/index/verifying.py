"""Files that are verified when they are first read: block by block, or as a whole; and all of them in the background.

Rows of a catalogue have seals of their own (``sealing``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from citewell.errors import IndexUnreadableError
from citewell.files import SETTLED_SECONDS
from citewell.index.blocks import BLOCKS, DIGEST, Blocks, next_digest, read_blocks
from citewell.index.manifest import MISMATCH, MISSING, file_faults
from citewell.index.soundness import KNOWN, Soundness, remembered_digest

# By then the stamp of a file that was written just before shows every later change, and most commands have ended.
AFTER_SECONDS = SETTLED_SECONDS
# Each piece that is read is followed by a pause, so that questions hardly notice.
_PAUSE_SECONDS = 0.001


class Check(Protocol):
    """What has to be verified before some bytes are used; ``is_done`` tells that nothing is left to be."""

    is_done: bool

    def check(self, start: int = 0, end: int | None = None) -> None:
        """Verify a range of bytes, if it was not verified yet.

        Args:
            start: The first byte.
            end: The byte after the last; None is the end of the file.

        Raises:
            IndexDamagedError: It is not what was written.
            IndexUnreadableError: It cannot be read.
        """


class _NoCheck:
    is_done = True

    def check(self, start: int = 0, end: int | None = None) -> None:
        """Do nothing (`Check`)."""


# The check of what was verified before it was opened.
VERIFIED: Check = _NoCheck()


class BlockCheck:
    """Verifies the blocks of a file, each before it is first used. Thread-safe.

    Args:
        file: The file.
        digest: Its SHA-256: if all of it is known to have that, no block is read.
        blocks: The digest of each block, one after the other.
        size: How many bytes a block has.
        soundness: Where damage is reported.
    """

    def __init__(self, file: Path, digest: str, blocks: str, size: int, soundness: Soundness) -> None:
        self._file = file
        self._digest = digest
        self._blocks = blocks
        self._size = size
        self._soundness = soundness
        # Two threads that verify the same block do no harm.
        self._seen = bytearray(len(blocks) // DIGEST)
        self.is_done = not self._seen

    def check(self, start: int = 0, end: int | None = None) -> None:
        """Verify a range of bytes (`Check`)."""
        if self.is_done:
            return
        first, last = start // self._size, len(self._seen)
        if end is not None:
            last = min(-(-end // self._size), last)
        if self._seen.find(0, first, last) < 0:
            return
        if remembered_digest(self._file) == self._digest:
            self.is_done = True
            return
        with _reporting(self._file, self._soundness), self._file.open("rb", buffering=0) as stream:
            for nth in range(first, last):
                if not self._seen[nth]:
                    self._check(nth, stream)
        self.is_done = 0 not in self._seen

    def _check(self, nth: int, stream: BinaryIO) -> None:
        stream.seek(nth * self._size)
        if next_digest(stream, self._size) != self._blocks[nth * DIGEST : (nth + 1) * DIGEST]:
            raise self._soundness.mark_damaged(f"{self._file} {MISMATCH}")
        self._seen[nth] = 1


class WholeCheck:
    """Verifies files as a whole before any of them is used: those that a library reads where it wants. Thread-safe.

    Args:
        files: The files, with their digests.
        soundness: Where damage is reported.
    """

    def __init__(self, files: Mapping[Path, str], soundness: Soundness) -> None:
        self._files = files
        self._soundness = soundness
        self._lock = threading.Lock()
        self.is_done = False

    def check(self, start: int = 0, end: int | None = None) -> None:  # noqa: ARG002 - as every check
        """Verify all files, whatever the range (`Check`)."""
        if self.is_done:
            return
        with self._lock:
            if not self.is_done:
                with _reporting(next(iter(self._files)), self._soundness):
                    for file, reason in file_faults(self._files):
                        raise self._soundness.mark_damaged(f"{file} {reason}")
                self.is_done = True


class FolderChecks:
    """The checks of the files of a folder.

    Args:
        folder: The folder.
        digests: The SHA-256 of each file; none if they were verified before.
        soundness: Where damage is reported.

    Raises:
        IndexDamagedError: Its list of blocks has changed, or is missing.
        IndexUnreadableError: It cannot be read.
    """

    def __init__(self, folder: Path, digests: Mapping[str, str], soundness: Soundness) -> None:
        self._folder = folder
        # The files of an older folder, without a list, are verified when it is opened.
        self._digests = digests if BLOCKS in digests else {}
        self._soundness = soundness
        self._list: Blocks | None = None
        if self._digests:
            with _reporting(folder / BLOCKS, soundness):
                try:
                    self._list = read_blocks(folder, digests[BLOCKS])
                except ValueError as error:
                    raise soundness.mark_damaged(str(error)) from error

    def of_blocks(self, name: str) -> Check:
        """Return the check of a file that is read in part."""
        if self._list is None:
            return VERIFIED
        blocks = self._list.digests[name]
        return BlockCheck(self._folder / name, self._digests[name], blocks, self._list.block, self._soundness)

    def digests(self, *names: str) -> dict[Path, str]:
        """Return the files of some names, or in folders of some names, with their digests; none that were verified."""
        return {
            self._folder / file: digest for file, digest in self._digests.items() if file.partition("/")[0] in names
        }


def whole_check(files: Mapping[Path, str], soundness: Soundness) -> Check:
    """Return the check of files that are verified together; there may be none."""
    return WholeCheck(files, soundness) if files else VERIFIED


class BackgroundCheck:
    """Verifies all files of a snapshot once, slowly, in a thread, and marks the snapshot if one is damaged.

    Args:
        files: The files, with their digests.
        soundness: What is marked.
    """

    def __init__(self, files: Mapping[Path, str], soundness: Soundness) -> None:
        self._files = files
        self._soundness = soundness
        self._stopping = threading.Event()
        # A command does not wait for it.
        threading.Thread(target=self._run, name="citewell-verify", daemon=True).start()

    def stop(self) -> None:
        """End it: another snapshot is used now."""
        self._stopping.set()

    def _run(self) -> None:
        if self._stopping.wait(AFTER_SECONDS):
            return
        # What is missing now, or cannot be read, is noticed at the next use.
        with suppress(OSError, _Stopped):
            for file, _ in file_faults(self._files, lambda file: KNOWN.of(file, self._pause)):
                # Read again: it may have been damaged, and repaired, while it was read.
                for _, reason in file_faults({file: self._files[file]}):
                    if reason != MISSING:
                        self._soundness.mark_damaged(f"{file} {reason}")
                        return

    def _pause(self) -> None:
        if self._stopping.wait(_PAUSE_SECONDS) or self._soundness.is_damaged:
            raise _Stopped


class _Stopped(Exception):  # noqa: N818 - nothing is wrong
    """Nobody needs to know."""


@contextmanager
def _reporting(file: Path, soundness: Soundness) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise soundness.mark_damaged(f"{error.filename or file} {MISSING}") from error
    except OSError as error:
        raise IndexUnreadableError(f"{error.filename or file} cannot be read: {error.strerror}") from error

"""Reads files in separate processes, so no file can crash or block the calling process.

A reader process is reused for the next file; one that failed, was killed or has grown is replaced. It has limits on memory and
processor time if the system supports them, and a wall-clock limit everywhere.
"""

from __future__ import annotations

import atexit
import errno
import math
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from citewell.corpus.reading.extract import AS_USUAL, ReadingOptions, ReadingProgress, unheard
from citewell.corpus.reading.packing import Inspected, inspected, is_digest, unpacked
from citewell.corpus.reading.pictures import Picture, Wanted, checked
from citewell.corpus.reading.process import EndedError, Reader
from citewell.document import Document
from citewell.errors import ChangedError, ReadingError, UnavailableError

# A reader uses a few tens of megabytes. One that has grown beyond this is replaced.
_GROWN_KILOBYTES = 300_000
# Signals that a process causes itself; all others are sent to it.
_CRASHES = {"SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP"}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits for one file: bytes of memory, and seconds of processor time, which grow with its size up to a maximum.

    ``by_the_clock`` is how many seconds it may take at most while other processes have priority.
    """

    memory: int = 1 << 30
    seconds: float = 10
    seconds_per_megabyte: float = 20
    most_seconds: float = 300
    by_the_clock: float = math.inf

    def seconds_for(self, size: int) -> float:
        """Return the limit of processor time for a file of this many bytes."""
        return min(self.most_seconds, self.seconds + self.seconds_per_megabyte * size / 1_000_000)


class Readers:
    """Reads files in other processes, several at once. Thread-safe.

    Args:
        limits: The limits for one file.
        at_once: The maximum number of processes; further requests wait.
    """

    def __init__(self, limits: Limits | None = None, at_once: int | None = None) -> None:
        self._limits = limits or Limits()
        self._places = threading.BoundedSemaphore(at_once or os.cpu_count() or 1)
        self._lock = threading.Lock()
        self._idle: list[Reader] = []
        self._all: set[Reader] = set()
        atexit.register(self.close)

    def read(
        self, path: str, file: Path, options: ReadingOptions = AS_USUAL, progress: ReadingProgress = unheard
    ) -> Document:
        """Read one file.

        Args:
            path: Its path in the corpus.
            file: Where it is.
            options: What the corpus allows its readers.
            progress: Called during long work, such as OCR.

        Raises:
            ReadingError: It is not text, is empty, cannot be read, or exceeds a limit; the message is the reason alone.
            CitewellError: No reader process can be started.
        """
        header, text = self._read(path, file, options, whole=True, progress=progress)
        try:
            return unpacked(path, header, text)
        except (ValueError, RecursionError) as error:
            raise ReadingError(f"the reader returned an invalid document: {error}") from error
        except MemoryError as error:
            raise ReadingError("needs more memory than there is", retry=True) from error

    def inspect(self, path: str, file: Path, options: ReadingOptions = AS_USUAL) -> Inspected:
        """Check that a file can be read as a document; like `read`, but its text is not transferred."""
        header, _ = self._read(path, file, options, whole=False)
        try:
            return inspected(path, header)
        except ValueError as error:
            raise ReadingError(f"the reader returned an invalid document: {error}") from error

    def picture(self, path: str, file: Path, wanted: Wanted, options: ReadingOptions = AS_USUAL) -> Picture:
        """Make a picture of a file, or of something in it.

        Args:
            path: Its path in the corpus.
            file: Where it is.
            wanted: Of what.
            options: What the corpus allows its readers.

        Raises:
            ChangedError: It has another digest.
            ReadingError: There is no such picture, or it cannot be shown; the message is the reason alone.
            CitewellError: No reader process can be started.
        """
        header, content = self._ask(path, file, options, {"picture": asdict(wanted)})
        if header.get("changed"):
            raise ChangedError
        if "page_width" not in header:
            raise self._fault(header)
        try:
            return checked(header, content)
        except ValueError as error:
            raise ReadingError(f"the reader returned an invalid picture: {error}") from error

    def rest(self) -> None:
        """End the processes that wait for a file, but for one."""
        with self._lock:
            ending, self._idle = self._idle[1:], self._idle[:1]
            self._all.difference_update(ending)
        for reader in ending:
            reader.end()

    def close(self) -> None:
        """End all processes, including busy ones."""
        with self._lock:
            ending, self._all, self._idle = self._all, set(), []
        for reader in ending:
            reader.end()

    def _read(
        self, path: str, file: Path, options: ReadingOptions, *, whole: bool, progress: ReadingProgress = unheard
    ) -> tuple[dict[str, Any], bytes]:
        header, text = self._ask(path, file, options, {"whole": whole}, progress)
        if "title" not in header:
            raise self._fault(header)
        return header, text

    def _ask(
        self,
        path: str,
        file: Path,
        options: ReadingOptions,
        what: dict[str, Any],
        progress: ReadingProgress = unheard,
    ) -> tuple[dict[str, Any], bytes]:
        seconds = self._limits.seconds_for(_size(file))
        request = {
            "path": path,
            "file": str(file.absolute()),
            "options": asdict(options),
            "memory": self._limits.memory,
            "seconds": seconds,
            **what,
        }
        with self._places:
            try:
                return self._answer(request, seconds, progress)
            except EndedError as ended:
                # Perhaps killed to free memory, or by a person: the file may be fine.
                return self._retry(request, seconds, ended, progress)

    def _answer(
        self, request: dict[str, Any], seconds: float, progress: ReadingProgress, *, fresh: bool = False
    ) -> tuple[dict[str, Any], bytes]:
        reader = self._take(fresh=fresh)
        keep = False
        try:
            header, text = reader.ask(request, seconds, self._limits.by_the_clock, progress)
            keep = not {"memory", "failed"} & header.keys() and not _has_grown(header.get("kilobytes", 0))
        except EndedError as ended:
            with self._lock:
                ended.by_us = reader not in self._all
            raise
        finally:
            self._give_back(reader, keep=keep)
        return header, text

    def _retry(
        self, request: dict[str, Any], seconds: float, ended: EndedError, progress: ReadingProgress
    ) -> tuple[dict[str, Any], bytes]:
        """Send the request to a new process, once.

        Raises:
            ReadingError: It crashed, too.
            UnavailableError: It was killed, too.
        """
        if not ended.by_us:
            try:
                return self._answer(request, seconds, progress, fresh=True)
            except EndedError as second:
                ended = second
        if ended.name in _CRASHES:
            raise ReadingError(f"crashes the reader ({ended.name})", retry=True) from ended
        raise UnavailableError(OSError(errno.EINTR, f"its reader was killed ({ended.name})")) from ended

    def _take(self, *, fresh: bool) -> Reader:
        while not fresh:
            with self._lock:
                waiting = self._idle.pop() if self._idle else None
            if waiting is None:
                break
            if waiting.lives:
                return waiting
            # It was killed, perhaps to free memory; the next file may be fine.
            self._give_back(waiting, keep=False)
        reader = Reader()
        with self._lock:
            self._all.add(reader)
        return reader

    def _give_back(self, reader: Reader, *, keep: bool) -> None:
        with self._lock:
            if keep and reader in self._all:
                self._idle.append(reader)
                return
            self._all.discard(reader)
        reader.end()

    def _fault(self, header: dict[str, Any]) -> ReadingError:
        """Convert a reader's error response to an error."""
        digest = header["digest"] if is_digest(header.get("digest")) else None
        if "memory" in header:
            return ReadingError(f"needs more than {_bytes(self._limits.memory)} of memory to read", retry=True)
        if isinstance(number := header.get("number"), int) and number in errno.errorcode:
            return UnavailableError(OSError(number, os.strerror(number)))
        if isinstance(reason := header.get("reason"), str):
            return ReadingError(_printable(reason), digest=digest, lacks=_printable(str(header.get("lacks", ""))))
        return ReadingError(f"the reader failed: {_printable(str(header.get('failed')))}", digest=digest)


def _size(file: Path) -> int:
    """Return the size of a file; 0 if unknown, because reading it will report the error."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _has_grown(kilobytes: object) -> bool:
    """Return whether a reader uses too much memory to be kept, or does not say how much."""
    return type(kilobytes) is not int or kilobytes >= _GROWN_KILOBYTES


def _bytes(count: int) -> str:
    return f"{count / (1 << 30):g} GB" if count >= 1 << 30 else f"{count // (1 << 20)} MB"


def _printable(reason: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in reason[:300])

"""Reads files in separate processes, so no file can crash or block the calling process.

A reader process is reused for the next file; one that failed, was killed or has grown is replaced. It has limits on memory and
processor time if the system supports them, and a wall-clock limit everywhere.
"""

from __future__ import annotations

import atexit
import errno
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, cast

from citewell.corpus.reading.wire import READY, Inspected, frame, inspected, is_digest, receive, send, unpacked
from citewell.document import Document
from citewell.errors import CitewellError, ReadingError, UnavailableError

# A reader uses a few tens of megabytes. One that has grown beyond this is replaced.
_GROWN_KILOBYTES = 300_000
# The wall-clock limit is a multiple of the processor time, because other processes may have priority. Without a limit of
# processor time it is the only one, and lower.
_BY_THE_CLOCK = 20 if find_spec("resource") else 4
_STARTING_SECONDS = 120
# Signals that a process causes itself; all others are sent to it.
_CRASHES = {"SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP"}
_COMMAND = [sys.executable, "-P", "-m", "citewell.corpus.reading.worker"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits for one file: bytes of memory, and seconds of processor time, which grow with its size up to a maximum."""

    memory: int = 1 << 30
    seconds: float = 10
    seconds_per_megabyte: float = 20
    most_seconds: float = 300

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
        self._idle: list[_Reader] = []
        self._all: set[_Reader] = set()
        atexit.register(self.close)

    def read(self, path: str, file: Path) -> Document:
        """Read one file.

        Args:
            path: Its path in the corpus.
            file: Where it is.

        Raises:
            ReadingError: It is not text, is empty, cannot be read, or exceeds a limit; the message is the reason alone.
            CitewellError: No reader process can be started.
        """
        header, text = self._ask(path, file, whole=True)
        try:
            return unpacked(path, header, text)
        except (ValueError, RecursionError) as error:
            raise ReadingError(f"the reader returned an invalid document: {error}") from error
        except MemoryError as error:
            raise ReadingError("needs more memory than there is", retry=True) from error

    def inspect(self, path: str, file: Path) -> Inspected:
        """Check that a file can be read as a document; like `read`, but its text is not transferred."""
        header, _ = self._ask(path, file, whole=False)
        try:
            return inspected(path, header)
        except ValueError as error:
            raise ReadingError(f"the reader returned an invalid document: {error}") from error

    def close(self) -> None:
        """End all processes, including busy ones."""
        with self._lock:
            ending, self._all, self._idle = self._all, set(), []
        for reader in ending:
            reader.end()

    def _ask(self, path: str, file: Path, *, whole: bool) -> tuple[dict[str, Any], bytes]:
        seconds = self._limits.seconds_for(_size(file))
        request = {
            "path": path,
            "file": str(file.absolute()),
            "whole": whole,
            "memory": self._limits.memory,
            "seconds": seconds,
        }
        with self._places:
            try:
                header, text = self._answer(request, seconds)
            except _EndedError as ended:
                # Perhaps killed to free memory, or by a person: the file may be fine.
                header, text = self._retry(request, seconds, ended)
        if "title" not in header:
            raise self._fault(header)
        return header, text

    def _answer(self, request: dict[str, Any], seconds: float, *, fresh: bool = False) -> tuple[dict[str, Any], bytes]:
        reader = self._take(fresh=fresh)
        keep = False
        try:
            header, text = reader.ask(request, seconds)
            keep = not {"memory", "failed"} & header.keys() and header.get("kilobytes", 0) < _GROWN_KILOBYTES
        except _EndedError as ended:
            with self._lock:
                ended.by_us = reader not in self._all
            raise
        finally:
            self._give_back(reader, keep=keep)
        return header, text

    def _retry(self, request: dict[str, Any], seconds: float, ended: _EndedError) -> tuple[dict[str, Any], bytes]:
        """Send the request to a new process, once.

        Raises:
            ReadingError: It crashed, too.
            UnavailableError: It was killed, too.
        """
        if not ended.by_us:
            try:
                return self._answer(request, seconds, fresh=True)
            except _EndedError as second:
                ended = second
        if ended.name in _CRASHES:
            raise ReadingError(f"crashes the reader ({ended.name})", retry=True) from ended
        raise UnavailableError(OSError(errno.EINTR, f"its reader was killed ({ended.name})")) from ended

    def _take(self, *, fresh: bool) -> _Reader:
        while not fresh:
            with self._lock:
                waiting = self._idle.pop() if self._idle else None
            if waiting is None:
                break
            if waiting.lives:
                return waiting
            # It was killed, perhaps to free memory; the next file may be fine.
            self._give_back(waiting, keep=False)
        reader = _Reader()
        with self._lock:
            self._all.add(reader)
        return reader

    def _give_back(self, reader: _Reader, *, keep: bool) -> None:
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
        if isinstance(number := header.get("number"), int):
            return UnavailableError(OSError(number, os.strerror(number)))
        if isinstance(reason := header.get("reason"), str):
            return ReadingError(_printable(reason), digest=digest)
        return ReadingError(f"the reader failed: {_printable(str(header.get('failed')))}", digest=digest)


class _Reader:
    """One reader process.

    Raises:
        CitewellError: It cannot be started.
    """

    def __init__(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Ctrl+C goes to the calling process, which then ends this one.
                start_new_session=True,
            )
        except OSError as error:
            raise _not_started(str(error)) from error
        self._requests, self._answers = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)
        with _Clock(self._process, _STARTING_SECONDS):
            ready = self._answers.read(len(READY))
        if ready != READY:
            self.end()
            raise _not_started(f"it ended with {self._process.returncode}")

    def ask(self, request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """Read a file.

        Raises:
            ReadingError: The process failed on it, or returned an invalid response.
            _EndedError: A signal ended the process, and not because of a time limit.
        """
        clock = _Clock(self._process, _BY_THE_CLOCK * seconds)
        try:
            with clock:
                send(self._requests, frame(request))
                return receive(self._answers)
        except (EOFError, OSError) as error:
            raise ReadingError(self._end_of(clock, seconds), retry=True) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise ReadingError("the reader returned an invalid response") from error

    @property
    def lives(self) -> bool:
        """Whether the process is running."""
        return self._process.poll() is None

    def end(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._requests, self._answers):
            # Unsent data is no longer needed.
            with suppress(OSError):
                stream.close()

    def _end_of(self, clock: _Clock, seconds: float) -> str:
        if clock.struck:
            return f"takes more than {_BY_THE_CLOCK * seconds:,.0f} seconds to read"
        try:
            status = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            return "the reader stopped answering"
        if status == -getattr(signal, "SIGXCPU", 0) != 0:
            return f"takes more than {seconds:,.0f} seconds of processor time to read"
        if status < 0:
            raise _EndedError(_name(-status))
        return f"ended the reader (status {status})"


class _EndedError(Exception):
    """A reader was ended by a signal.

    Args:
        name: The name of the signal.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
        self.by_us = False


class _Clock:
    """A context that kills a process if it is not done within some seconds."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.struck = False
        self._process = process
        self._timer = threading.Timer(seconds, self._strike)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()

    def _strike(self) -> None:
        self.struck = True
        self._process.kill()


def _not_started(why: str) -> CitewellError:
    return CitewellError(
        f"the reader process could not be started: {why} (for details, run {' '.join(_COMMAND)})",
        command="pip install --force-reinstall citewell",
    )


def _size(file: Path) -> int:
    """Return the size of a file; 0 if unknown, because reading it will report the error."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _bytes(count: int) -> str:
    return f"{count / (1 << 30):g} GB" if count >= 1 << 30 else f"{count // (1 << 20)} MB"


def _printable(reason: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in reason[:300])

"""One reader process: started, asked, timed and ended."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, BinaryIO, cast

from citewell.corpus.reading.extract import ReadingProgress, unheard
from citewell.corpus.reading.wire import READY, frame, receive, reported, send
from citewell.errors import CitewellError, ReadingError

# The wall-clock limit is a multiple of the processor time, because other processes may have priority. Without a limit of
# processor time it is the only one, and lower.
_BY_THE_CLOCK = 20 if find_spec("resource") else 4
# Of one file: one for each page that is read by OCR.
_MOST_REPORTS = 10_000
_STARTING_SECONDS = 120
_COMMAND = [sys.executable, "-P", "-m", "citewell.corpus.reading.worker"]


class Reader:
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

    def ask(
        self,
        request: dict[str, Any],
        seconds: float,
        most: float = math.inf,
        progress: ReadingProgress = unheard,
    ) -> tuple[dict[str, Any], bytes]:
        """Have the process do something with a file.

        Args:
            request: What.
            seconds: The processor time that it may take.
            most: The time by the clock that it may take at most.
            progress: Called during long work. The time by the clock begins again then, because the process is alive.

        Raises:
            ReadingError: The process failed on it, or returned an invalid response.
            EndedError: A signal ended the process, and not because of a time limit.
        """
        by_the_clock = min(_BY_THE_CLOCK * seconds, most)
        clock = _Clock(self._process, by_the_clock)
        try:
            with clock:
                send(self._requests, frame(request))
                header, content = receive(self._answers)
            for _ in range(_MOST_REPORTS):
                if "progress" not in header:
                    break
                progress(*reported(header))
                clock = _Clock(self._process, by_the_clock)
                with clock:
                    header, content = receive(self._answers)
        except (EOFError, OSError) as error:
            raise ReadingError(self._end_of(clock, seconds, by_the_clock), retry=True) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise ReadingError("the reader returned an invalid response") from error
        else:
            return header, content

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

    def _end_of(self, clock: _Clock, seconds: float, by_the_clock: float) -> str:
        if clock.struck:
            return f"takes more than {by_the_clock:,.0f} seconds to read"
        try:
            status = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            return "the reader stopped answering"
        if status == -getattr(signal, "SIGXCPU", 0) != 0:
            return f"takes more than {seconds:,.0f} seconds of processor time to read"
        if status < 0:
            raise EndedError(_name(-status))
        return f"ended the reader (status {status})"


class EndedError(Exception):
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


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

"""What runs in a process of its own and reads one file after another: ``python -P -m citewell.corpus.reading.worker``.

It is told on stdin which file to read and how much time it may take, and answers on stdout. It ends with the process that
asked: when stdin ends, whatever it is doing.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from citewell.corpus.reading.parsing import parse
from citewell.corpus.reading.wire import READY, frame, packed, receive, send
from citewell.errors import ReadingError

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]  # Windows, where only the wall clock of the process that asks is a limit

# Questions to a server go before files that are read for it.
_NICENESS = 5

_Request = dict[str, Any]


def main() -> None:
    """Read until nobody asks any more."""
    requests, answers = _own_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    answers.write(READY)
    answers.flush()
    asked: queue.SimpleQueue[_Request] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, asked), daemon=True).start()
    while True:
        request = asked.get()
        _limit(request["memory"], request["seconds"])
        _answer(request, answers)


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Take stdin and stdout for ourselves, so that nothing a library prints or asks for gets between what is said there."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, answers


def _listen(requests: BinaryIO, asked: queue.SimpleQueue[_Request]) -> None:
    """Hand on what is asked; at the end of it, end the process, even in the middle of a file."""
    try:
        while True:
            asked.put(receive(requests)[0])
    finally:
        os._exit(0)


def _limit(memory: int, seconds: float) -> None:
    """Take no more memory than this, and no more processor time than this from now on, where the system can be told."""
    if resource is None:
        return
    # A limit that the system does not know or that was set lower already is left as it is.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        until = math.ceil(time.process_time() + seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory if hard < 0 else min(memory, hard), hard))


def _answer(request: _Request, answers: BinaryIO) -> None:
    """Read a file and say what it is. After a failure that nobody expected nothing is asked of this process any more."""
    data: bytes | None = None
    try:
        data = Path(request["file"]).read_bytes()
        parts = _document(request, data)
    except ReadingError as error:
        said: _Request = {"reason": error.message, "kilobytes": _kilobytes()}
    except OSError as error:
        said = {"number": error.errno}
    except MemoryError:
        said = {"memory": True}
    except Exception as error:  # noqa: BLE001 - one file must never stop a build, whatever is wrong with a reader
        said = {"failed": type(error).__name__}
    else:
        send(answers, parts)
        return
    # Only here is what the failed attempt had in memory let go of.
    if data is not None:
        said["digest"] = hashlib.sha256(data).hexdigest()
    send(answers, frame(said))


def _document(request: _Request, data: bytes) -> tuple[bytes, bytes, bytes]:
    document = parse(request["path"], data)
    header, text = packed(document)
    if not request["whole"]:
        header["sections"], text = len(document.sections), b""
    return frame(header | {"kilobytes": _kilobytes()}, text)


def _kilobytes() -> int:
    """Return how much memory this process has, as far as the system says."""
    if resource is None:
        return 0
    try:
        # Not the most that it had: Linux counts that from before the process became this one.
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() // 1024
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most // 1024 if sys.platform == "darwin" else most


if __name__ == "__main__":
    main()

"""A process that reads files, or shows their pictures, one after another: ``python -P -m citewell.corpus.reading.worker``.

It receives requests on stdin (a file and its limits) and responds on stdout. It ends when stdin ends, so it never outlives the
process that started it.
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

from citewell.corpus.reading.extract import ReadingOptions
from citewell.corpus.reading.packing import packed
from citewell.corpus.reading.parsing import parse
from citewell.corpus.reading.picturing import make_picture
from citewell.corpus.reading.wire import READY, frame, receive, send
from citewell.errors import ReadingError

# Answering questions has priority over reading files.
_NICENESS = 5

_Request = dict[str, Any]


def main() -> None:
    """Read files until stdin ends."""
    requests, answers = _own_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    answers.write(READY)
    answers.flush()
    pending: queue.SimpleQueue[_Request] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, pending), daemon=True).start()
    while True:
        request = pending.get()
        _limit(request["memory"], request["seconds"])
        _answer(request, answers)


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Reserve stdin and stdout, so that a library's prints and reads do not disturb the protocol."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, answers


def _listen(requests: BinaryIO, pending: queue.SimpleQueue[_Request]) -> None:
    """Queue requests; when stdin ends, end the process, even in the middle of a file."""
    try:
        while True:
            pending.put(receive(requests)[0])
    finally:
        os._exit(0)


def _limit(memory: int, seconds: float) -> None:
    """Limit memory, and the processor time from now on, if the system supports it."""
    # On Windows, only the caller's limit by the clock applies.
    if sys.platform == "win32":
        return
    import resource

    # Keep limits that are unsupported or already lower.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        until = math.ceil(time.process_time() + seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory if hard < 0 else min(memory, hard), hard))


def _answer(request: _Request, answers: BinaryIO) -> None:
    """Read a file and send the result. After an unexpected failure the caller replaces this process."""
    data: bytes | None = None
    try:
        data = Path(request["file"]).read_bytes()
        parts = _picture(request, data) if "picture" in request else _document(request, data, answers)
    except ReadingError as error:
        response: _Request = {"reason": error.message, "lacks": error.lacks, "kilobytes": _kilobytes()}
    except OSError as error:
        response = {"number": error.errno}
    except MemoryError:
        response = {"memory": True}
    except Exception as error:  # noqa: BLE001 - no file may stop a build, whatever error a parser raises
        response = {"failed": type(error).__name__}
    else:
        send(answers, parts)
        return
    # Only here, outside the handlers, is the memory of the failed attempt released.
    if data is not None:
        response["digest"] = hashlib.sha256(data).hexdigest()
    send(answers, frame(response))


def _document(request: _Request, data: bytes, answers: BinaryIO) -> tuple[bytes, bytes, bytes]:
    def report(stage: str, done: int, total: int) -> None:
        send(answers, frame({"progress": [stage, done, total]}))

    document = parse(request["path"], data, ReadingOptions(**request["options"]), report)
    header, text = packed(document)
    if not request["whole"]:
        header["sections"], text = len(document.sections), b""
    return frame(header | {"kilobytes": _kilobytes()}, text)


def _picture(request: _Request, data: bytes) -> tuple[bytes, bytes, bytes]:
    header, content = make_picture(request, data)
    return frame(header | {"kilobytes": _kilobytes()}, content)


def _kilobytes() -> int:
    """Return the memory use of this process, as far as the system reports it."""
    if sys.platform == "win32":
        return 0
    import resource

    try:
        # Not the peak: Linux inherits that from the parent process.
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() // 1024
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most // 1024 if sys.platform == "darwin" else most


if __name__ == "__main__":
    main()

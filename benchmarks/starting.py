"""How soon a server that is started again answers a question and shows its page, and how much memory it then has.

    python benchmarks/starting.py INDEX [--times 5]

`citewell chat` is started on an index that exists, each time in a new process, and asked by HTTP from the beginning: one client
sends a question to `/api/ask` until that is answered, another waits for the page. Seconds count from the start of the process.
They are the best of the starts, because other work of the machine only adds to them, and are compared with those of a process
that imports numpy and ends. The processor time and the memory are known on Linux only: the time until the first answer, with
what was done for the page until then, and the memory after the page was opened and five questions were asked.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from processes import as_installed

_ROOT = Path(__file__).parent.parent
_QUESTIONS = (
    "What are the challenges of international education?",
    "What do student exchanges offer?",
    "How are degrees recognised in other countries?",
    "Who pays for international cooperation?",
    "What is a joint curriculum?",
)
_PATIENCE = 300.0
_AGAIN = 0.01


class Started(NamedTuple):
    """Seconds from the start of a process to its first answer and its page; processor seconds and bytes, if they are known."""

    answer: float
    page: float
    processor: float | None
    memory: int | None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(index: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(_ROOT / "app.py"), "--index", str(index), "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, stderr=log, env=as_installed())
        try:
            yield server
        finally:
            server.terminate()
            server.wait(30)


def _request(port: int, method: str, path: str, body: bytes | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json", "Accept": "*/*"})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def _ask(port: int, question: str) -> int:
    return _request(port, "POST", "/api/ask", json.dumps({"question": question}).encode())


def _open(port: int, _question: str) -> int:
    return _request(port, "GET", "/")


def _first(began: float, port: int, do: Callable[[int, str], int]) -> float:
    """Return the seconds until the first success."""
    while time.monotonic() - began < _PATIENCE:
        with suppress(OSError, http.client.HTTPException):
            if do(port, _QUESTIONS[0]) == http.client.OK:
                return time.monotonic() - began
        time.sleep(_AGAIN)
    raise SystemExit("the server did not answer within five minutes")


def _memory(process: int) -> int | None:
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return 1024 * int(line.split()[1])


def _processor(process: int) -> float | None:
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return None
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def started(index: Path) -> Started:
    """Start a server once."""
    port, began = _free_port(), time.monotonic()
    with _serving(index, port) as server, ThreadPoolExecutor(2) as pool:
        asked = pool.submit(_first, began, port, _ask)
        opened = pool.submit(_first, began, port, _open)
        answer, processor = asked.result(), _processor(server.pid)
        page = opened.result()
        for question in _QUESTIONS:
            _ask(port, question)
        return Started(answer, page, processor, _memory(server.pid))


def _bare() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import numpy"], check=True, env=as_installed())
    return time.monotonic() - began


def main() -> None:
    """Measure, and print the best of some starts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--times", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    starts = [started(arguments.index) for _ in range(arguments.times)]
    bare = min(_bare() for _ in range(arguments.times))
    for name in ("answer", "page"):
        best = min(getattr(each, name) for each in starts)
        print(f"{name:9} {best:6.2f} s   {best / bare:5.1f} times {bare:.2f} s")
    if known := [each.processor for each in starts if each.processor]:
        print(f"processor {min(known):6.2f} s")
    if held := [each.memory for each in starts if each.memory]:
        print(f"memory    {max(held) / 2**20:6.0f} MiB")


if __name__ == "__main__":
    main()

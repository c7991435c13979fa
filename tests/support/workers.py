"""A scheduler of Dask and its workers, in processes of their own."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.processes import ROOT
from tests.support.waiting import until

_ENDING_SECONDS = 60
_SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
_WORKER = "from distributed.cli.dask_worker import main; main()"
# What a worker does before it starts: it has another version; a file named "deadly.txt" ends it; it stops in the middle of the
# task with this number, and says so in a file.
OTHER_VERSION = "import citewell._version as v; v.__version__ = '0.0.1'; "
KILLED_BY_A_FILE = """
import sys
from citewell.corpus.reading import process
process._COMMAND = [sys.executable, "-c", '''
import os, signal
from citewell.corpus.reading import worker
parse = worker.parse
def parsed(path, *rest):
    if path == "deadly.txt":
        os.kill(os.getppid(), signal.SIGKILL)
    return parse(path, *rest)
worker.parse = parsed
worker.main()
''']
"""
STOPPING = """
import os, threading
from itertools import count
from pathlib import Path
from citewell.building.workers import tasks
numbers = count(1)
def stopping(task):
    def done(*arguments):
        if next(numbers) == {number}:
            Path(f"stopped-{{os.getpid()}}").touch()
            threading.Event().wait()
        return task(*arguments)
    return done
tasks.encode_there, tasks.read_there = stopping(tasks.encode_there), stopping(tasks.read_there)
"""


class Cluster:
    """A scheduler with workers on this machine; ``address`` is that of the scheduler.

    Args:
        folder: Where they write what they say.
        environment: More of the environment of them.
        protocol: ``tcp`` or ``tls``.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], protocol: str) -> None:
        self._folder = folder
        self._environment = environment
        port = free_port()
        self.address = f"{protocol}://127.0.0.1:{port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._scheduler = self._started(_SCHEDULER, "--host", f"{protocol}://127.0.0.1", "--port", str(port))

    def add(self, number: int = 1, before: str = "") -> None:
        """Start workers, without waiting for them.

        Args:
            number: How many.
            before: What they do first, in Python.
        """
        for _ in range(number):
            self.workers.append(self._started(before + _WORKER, self.address, "--nthreads", "2", "--no-nanny"))

    def wait_for(self, number: int) -> None:
        """Wait until there are so many workers."""
        until(lambda: self._number() >= number, 120)

    def wait_for_stopped(self) -> subprocess.Popen[bytes]:
        """Wait until a worker has stopped in the middle of a task, and return it."""
        until(lambda: bool(self._stopped()), 120)
        return self._stopped()[0]

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker, which can finish nothing."""
        worker.send_signal(signal.SIGKILL)
        worker.wait(_ENDING_SECONDS)
        self.workers.remove(worker)

    def kill_the_scheduler(self) -> None:
        """Kill the scheduler."""
        self._scheduler.kill()
        self._scheduler.wait(_ENDING_SECONDS)

    def end(self) -> None:
        """End all of them."""
        for each in (*self.workers, self._scheduler):
            each.kill()
            each.wait(_ENDING_SECONDS)

    def _stopped(self) -> list[subprocess.Popen[bytes]]:
        return [each for each in self.workers if (self._folder / f"stopped-{each.pid}").exists()]

    def _number(self) -> int:
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            return len(client.nthreads())

    def _started(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]),
            **self._environment,
        }
        with (self._folder / f"{len(self.workers)}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", program, *arguments, "--no-dashboard"],
                cwd=self._folder,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def needed() -> None:
    """Skip the test, with the reason, if Dask is not installed."""
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("no workers: distributed not installed (pip install citewell[workers])")


@contextmanager
def cluster(
    folder: Path, workers: int, *, before: str = "", protocol: str = "tcp", **environment: str
) -> Iterator[Cluster]:
    """Run a scheduler and some workers while the block runs.

    Args:
        folder: Where they write what they say.
        workers: How many.
        before: What the workers do first, in Python.
        protocol: ``tcp`` or ``tls``.
        environment: More of the environment of them, without ``DASK_DISTRIBUTED__``.
    """
    needed()
    running = Cluster(folder, {f"DASK_DISTRIBUTED__{name}": value for name, value in environment.items()}, protocol)
    try:
        running.add(workers, before)
        running.wait_for(workers)
        yield running
    finally:
        running.end()


def certificates(folder: Path) -> dict[str, str]:
    """Make a certificate that all of a cluster share, and return where it is, by the names of Dask's settings.

    Args:
        folder: Where the files are written.
    """
    pytest.importorskip("cryptography")
    from distributed import Security

    made = Security.temporary()
    cert, key = folder / "cert.pem", folder / "key.pem"
    cert.write_text(made.tls_client_cert)
    key.write_text(made.tls_client_key)
    named = {"ca-file": str(cert)}
    for role in ("client", "scheduler", "worker"):
        named |= {f"{role}.cert": str(cert), f"{role}.key": str(key)}
    return {f"distributed.comm.tls.{name}": value for name, value in named.items()}

"""A server of any checkout of Citewell, with accounts, in a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from processes import result

MAINTAINER = "maintainer"
# By the checkout itself, which knows where its accounts are, and how they are stored.
_ACCOUNTS = f"""
import json, sys
from pathlib import Path
from citewell.web.auth.accounts import AccountStore
store, found = AccountStore(Path(sys.argv[1])), {{}}
for name in json.loads(sys.argv[2]):
    store.add(name, name if name == "{MAINTAINER}" else "reader", "seven quiet lanterns over the harbour")
    found[name] = store.new_token(name)
print(json.dumps(found))
"""


class Served(NamedTuple):
    """A server: its port, the token of each account, and the id of its process."""

    port: int
    tokens: dict[str, str]
    process: int


def index(checkout: Path, corpus: Path, target: Path) -> None:
    """Build an index with the code of a checkout.

    Raises:
        FailedError: The build failed.
    """
    command = [sys.executable, "-m", "citewell.cli", "index", "--corpus", str(corpus), "--index", str(target), "--json"]
    result(command, _path(checkout))


@contextmanager
def served(checkout: Path, place: Path, names: Sequence[str], *options: str) -> Iterator[Served]:
    """Serve an index with the code of a checkout.

    Args:
        checkout: The checkout.
        place: The index; accounts and the log are written beside it.
        names: The names of the accounts.
        options: Those of ``app.py``.

    Raises:
        FailedError: Accounts could not be made.
        SystemExit: The server did not start; the message has its log.
    """
    accounts = Path(tempfile.mkdtemp(dir=place.parent), "accounts.json")
    tokens = result([sys.executable, "-c", _ACCOUNTS, accounts, json.dumps(list(names))], _path(checkout))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = [sys.executable, str(checkout / "app.py"), "--index", str(place)]
    command = [*program, "--port", str(port), "--accounts", str(accounts), *options]
    log = accounts.with_name("server.log")
    with log.open("wb") as stderr:
        server = subprocess.Popen(command, stderr=stderr, stdout=stderr, env=os.environ | _path(checkout))
    try:
        _wait(server, port, log)
        yield Served(port, tokens, server.pid)
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)
        # It may still have work that nobody waits for any more.
        server.kill()
        server.wait()


def _path(checkout: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(checkout.resolve() / "src")}


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit(f"the server did not start: {log.read_text()}")
        with suppress(urllib.error.URLError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz"):
            return
        time.sleep(0.2)
    raise SystemExit("the server did not start within two minutes")

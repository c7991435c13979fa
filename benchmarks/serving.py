"""A server of any checkout of Citewell, with accounts, in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from processes import as_installed, result

MAINTAINER = "maintainer"
# By the checkout itself, which knows where its accounts are, and how they are stored.
_PREPARE = f"""
import json, sys
from pathlib import Path
from citewell import IndexFolder, Settings, build
try:
    from citewell.web.auth.accounts import AccountStore
except ModuleNotFoundError:  # where older versions have it
    from citewell.accounts import AccountStore
corpus, index, accounts = map(Path, sys.argv[1:4])
build(corpus, IndexFolder(index), Settings())
store, found = AccountStore(accounts), {{}}
for name in json.loads(sys.argv[4]):
    store.add(name, name if name == "{MAINTAINER}" else "reader", "seven quiet lanterns over the harbour")
    found[name] = store.new_token(name)
print(json.dumps(found))
"""


class Site(NamedTuple):
    """A checkout, where the index is that it built, the file of its accounts, and the token of each."""

    checkout: Path
    place: Path
    accounts: Path
    tokens: dict[str, str]


def prepared(checkout: Path, corpus: Path, folder: Path, names: Sequence[str]) -> Site:
    """Build an index and make accounts with the code of a checkout.

    Args:
        checkout: The checkout.
        corpus: The documents.
        folder: A new folder for the index and the accounts.
        names: The names of the accounts.

    Raises:
        FailedError: It failed.
    """
    (folder / "state").mkdir(parents=True)
    index, accounts = folder / "index", folder / "state" / "accounts.json"
    given = [*map(str, (corpus, index, accounts)), json.dumps(list(names))]
    return Site(checkout, index, accounts, result([sys.executable, "-c", _PREPARE, *given], _path(checkout)))


@contextmanager
def served(site: Site, *options: str) -> Iterator[tuple[int, int]]:
    """Serve a site with the code of its checkout; yield the port, and the id of the process.

    Args:
        site: The site.
        options: Those of ``app.py``.

    Raises:
        SystemExit: The server did not start; the message has its log.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = [sys.executable, str(site.checkout / "app.py"), "--index", str(site.place)]
    command = [*program, "--port", str(port), "--accounts", str(site.accounts), *options]
    log = site.accounts.with_name("server.log")
    with log.open("wb") as stderr:
        server = subprocess.Popen(command, stderr=stderr, stdout=stderr, env=as_installed() | _path(site.checkout))
    try:
        _wait(server, port, log)
        yield port, server.pid
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

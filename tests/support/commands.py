"""The real command line and the real server, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.environment import CACHE, ROOT
from tests.support.ports import free_port
from tests.support.processes import Command, Prepared


@cache
def commands() -> Prepared:
    """Return a process that has imported everything, from which commands are forked: importing takes most of their time."""
    return Prepared(Path(tempfile.mkdtemp(prefix="citewell-commands-")))


def end_commands() -> None:
    """End that process, where there is one."""
    if commands.cache_info().currsize:
        commands().close()
        shutil.rmtree(commands().folder, ignore_errors=True)


def citewell(
    *arguments: str | Path, cwd: Path | None = None, typed: str | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the real command line in a process of its own, with what a person types into it.

    Args:
        arguments: Its arguments.
        cwd: Where it runs.
        typed: What is typed.
        options: On Linux, what `Prepared.start` takes besides.
    """
    folder = str(cwd or ROOT)
    if sys.platform == "linux":
        options = {"environment": dict(os.environ), **options}
        done = commands().run(*arguments, typed=typed or "", folder=folder, **options)
        assert done.status is not None
        return subprocess.CompletedProcess([*map(str, arguments)], done.status, done.output, done.messages)
    command = [sys.executable, "-m", "citewell.cli", *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=folder,
        input=typed,
        check=False,
    )


class Served:
    """The web chat over an index, in a process of its own, for as long as the block lasts."""

    def __init__(
        self, index: Path | str, *options: str, port: int | None = None, fresh: bool = False, cwd: Path | None = None
    ) -> None:
        port = port or free_port()
        self.url = f"http://127.0.0.1:{port}/"
        arguments = ["chat", "--index", str(index), "--port", str(port), *options]
        self._command: Command | _Alone
        if sys.platform == "linux":
            self._command = commands().start(
                *arguments, environment=dict(os.environ), fresh=fresh, folder=str(cwd or ROOT)
            )
        else:
            self._command = _Alone(arguments, Path(CACHE, f"chat-{port}.log"), cwd or ROOT)

    @property
    def log(self) -> str:
        """What it has written to stderr so far."""
        return self._command.messages

    def __enter__(self) -> str:
        for _ in range(300):
            if self._command.ended():
                raise RuntimeError(f"the chat did not start: {self.log}")
            try:
                with urllib.request.urlopen(self.url) as response:
                    assert response.status == 200
                    return self.url
            except urllib.error.HTTPError:
                # It asks who we are, so it is there.
                return self.url
            except urllib.error.URLError:
                time.sleep(0.2)
        raise RuntimeError("the chat did not answer within a minute")

    def __exit__(self, *_error: object) -> None:
        self._command.end()
        if isinstance(self._command, Command):
            assert self._command.status != -signal.SIGKILL, "the chat does not end when it is told to"


class _Alone:
    """A command in a process that imports everything itself, where none can be forked."""

    def __init__(self, arguments: list[str], log: Path, folder: Path) -> None:
        # A file and no pipe: a pipe that nobody reads fills up and stops the server.
        self._log = log
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "citewell.cli", *arguments], stderr=stderr, cwd=folder
            )

    @property
    def messages(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def ended(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)

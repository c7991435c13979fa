"""Commands and servers in processes of their own, started from a prepared one, and what they say."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.support.ports import free_port

ROOT = Path(__file__).parent.parent.parent
_STARTING_SECONDS = 120
_ENDING_SECONDS = 60
_REPLY_SECONDS = 60


@dataclass(slots=True)
class Reply:
    """What a server said; ``status`` is 0 where it said nothing because the connection broke."""

    status: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the content as JSON, or None where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


class Command:
    """A command that runs, or has run, in a process of its own.

    Args:
        prepared: Who started it.
        number: Its process.
        output: The file of what it prints.
        messages: The file of what it says on stderr.
    """

    def __init__(self, prepared: Prepared, number: int, output: Path, messages: Path) -> None:
        self._prepared = prepared
        self.number = number
        self._output = output
        self._messages = messages
        self.status: int | None = None

    def ended(self, seconds: float = 0.0) -> bool:
        """Say whether it has ended, or does within some seconds; ``status`` is then how (negative: the signal)."""
        if self.status is None:
            self.status = self._prepared.order("wait", process=self.number, seconds=seconds)["status"]
        return self.status is not None

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Send it a signal and wait until it has ended."""
        if not self.ended():
            os.kill(self.number, how)
            if not self.ended(_ENDING_SECONDS):
                os.kill(self.number, signal.SIGKILL)
                self.ended(_ENDING_SECONDS)

    @property
    def output(self) -> str:
        """What it has printed."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def messages(self) -> str:
        """What it has said on stderr."""
        return self._messages.read_text(encoding="utf-8", errors="replace")

    def lines(self) -> list[Any]:
        """Return what it has printed, a JSON object a line."""
        return [json.loads(line) for line in self.output.splitlines()]


class Prepared:
    """A process that has imported Citewell, and starts commands at once.

    Args:
        folder: Where what commands say is kept.
        fresh: Whether each command is a process that imports everything itself, as a user's is; slower by far.
    """

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self.folder = folder
        self._usual: dict[str, Any] = {"fresh": fresh}
        self._count = 0
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        # Whoever commands run as may write there.
        folder.chmod(0o777)
        paths = os.pathsep.join([str(ROOT / "src"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, "PYTHONPATH": paths, "GRADIO_ANALYTICS_ENABLED": "False"}
        with (folder / "prepared.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.prepared"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                # Ctrl+C is for who runs the suite, who then ends it in order.
                start_new_session=True,
            )
        self._read()

    def start(self, *arguments: str | Path, **options: Any) -> Command:
        """Start a command.

        Args:
            arguments: Those of ``citewell``.
            options: ``typed`` into it, the ``user`` it runs as, the most ``file_bytes`` that it may write to a file, and by
                how many seconds its ``clock`` is wrong, more of its ``environment``, the ``folder`` that it runs in,
                whether a build ``keeps_at_once`` what it has read, so that a kill finds something, and whether it
                ``calibrates_by_few`` questions.
        """
        self._count += 1
        output, messages = (self.folder / f"{self._count}.{kind}" for kind in ("output", "messages"))
        for file in (output, messages):
            file.write_bytes(b"")
            file.chmod(0o666)
        options = {**self._usual, **options}
        found = self.order(
            "start", arguments=[str(each) for each in arguments], output=str(output), messages=str(messages), **options
        )
        return Command(self, found["process"], output, messages)

    def run(self, *arguments: str | Path, **options: Any) -> Command:
        """Run a command to its end."""
        command = self.start(*arguments, **options)
        if not command.ended(_STARTING_SECONDS):
            command.end(signal.SIGKILL)
        return command

    @contextmanager
    def calibrating_by_few(self) -> Iterator[Self]:
        """Have the commands that are started in this block calibrate with few questions."""
        before = self._usual
        self._usual = {**before, "calibrates_by_few": True}
        try:
            yield self
        finally:
            self._usual = before

    def orphans(self, seconds: float = 5.0) -> list[str]:
        """Return the processes that commands have left behind and that do not end within some seconds."""
        until = time.monotonic() + seconds
        while (found := self.order("orphans")["orphans"]) and time.monotonic() < until:
            time.sleep(0.01)
        for each in found:
            os.kill(int(each), signal.SIGKILL)
        return list(found.values())

    def order(self, do: str, **details: Any) -> dict[str, Any]:
        """Have the process do something, and return its reply."""
        assert self._process.stdin
        with self._lock:
            self._process.stdin.write(json.dumps({"do": do, **details}).encode() + b"\n")
            self._process.stdin.flush()
            return self._read()

    def close(self) -> None:
        """End it, and whatever it started."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(_ENDING_SECONDS)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            log = (self.folder / "prepared.log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"the prepared process has ended: {log[-2000:]}")
        reply: dict[str, Any] = json.loads(line)
        return reply


class Chat:
    """A server, ``citewell chat``, on an index.

    Args:
        prepared: Who starts it.
        index: The index.
        options: More options of the command.
        how: What `Prepared.start` takes besides.
    """

    def __init__(self, prepared: Prepared, index: Path, *options: str | Path, **how: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.command = prepared.start("chat", "--index", index, "--port", str(self.port), *options, **how)
        self._connection: http.client.HTTPConnection | None = None
        self._component: int | None = None

    def started(self) -> bool:
        """Wait until it answers; say whether it does, or has ended instead."""
        until = time.monotonic() + _STARTING_SECONDS
        while time.monotonic() < until:
            if "Citewell is at" in self.command.messages:
                return True
            if self.command.ended(0.02):
                return False
        return False

    def call(self, method: str, path: str, content: Any = None, **headers: str) -> Reply:
        """Send a request and return the reply; bytes are sent as they are, text as a form, anything else as JSON.

        Args:
            method: The method.
            path: The path.
            content: The body.
            headers: Headers, with ``_`` for ``-``.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = content
        if isinstance(content, str):
            body, named["Content-Type"] = content.encode(), "application/x-www-form-urlencoded"
        elif content is not None and not isinstance(content, bytes):
            body, named["Content-Type"] = json.dumps(content).encode(), "application/json"
        for last in (False, True):
            try:
                return self._sent(method, path, body, named)
            except (http.client.HTTPException, OSError) as error:
                self.hang_up()
                # A connection that was kept may have been closed meanwhile, which says nothing about the server.
                if last or isinstance(error, TimeoutError):
                    return Reply(0, f"{type(error).__name__}: {error}".encode(), {})
        raise AssertionError("unreachable")

    def page(self, function: str, wanted: Mapping[str, Any], **headers: str) -> Reply:
        """Call a function of the page, as its script does."""
        if self._component is None:
            shown = self.call("GET", "/", Accept="text/html", **headers).text
            found = re.search(r'"id":\s*(\d+),\s*"type":\s*"html"', shown)
            self._component = int(found[1]) if found else 0
        content = {"data": wanted, "component_id": self._component, "fn_name": function, "session_hash": "s"}
        return self.call("POST", "/gradio_api/component_server/", content, **headers)

    def tool(self, name: str, arguments: Mapping[str, Any], **headers: str) -> Reply:
        """Call a tool, as an MCP client does."""
        content = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        return self.call("POST", "/mcp", content, Accept="application/json, text/event-stream", **headers)

    def hang_up(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server."""
        self.hang_up()
        self.command.end(how)

    def __enter__(self) -> Self:
        if not self.started():
            self.command.end()
            raise RuntimeError(f"the server did not start: {self.command.messages}")
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def _sent(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_REPLY_SECONDS)
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return Reply(answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()})


def runs(pid: int) -> bool:
    """Return whether a process runs, as Linux tells it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

"""Work in a process of its own, whose greatest memory is then that of the work alone. Linux only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class FailedError(RuntimeError):
    """A process ended without a result; the message is what it wrote last."""


def memory(process: int | str = "self") -> tuple[int, int]:
    """Return the bytes of memory that a process has, and the most that it had since it began.

    Args:
        process: Its id; this one by default.

    Raises:
        OSError: There is no such process.
    """
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    found = dict(line.split(":", 1) for line in lines)
    now, most = (1024 * int(found[name].split()[0]) for name in ("VmRSS", "VmHWM"))
    return now, most


def as_installed() -> dict[str, str]:
    """Return the environment of commands whose modules are compiled once, as installed ones are, and not each time."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def result(command: Sequence[str | Path], more: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a command and return the JSON object that it writes as its last line.

    Args:
        command: The command.
        more: What is in its environment besides.

    Raises:
        FailedError: The command failed.
    """
    environment = {**as_installed(), "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", **(more or {})}
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, encoding="utf-8", env=environment)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it wrote nothing"]
        raise FailedError(f"{Path(str(command[0])).name} ended with {done.returncode}: {said[-1]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def called(module: str, function: str, *arguments: object) -> dict[str, Any]:
    """Call a function of a module of this folder in a process of its own; arguments and result are JSON.

    ``most`` in the result is the most memory that the process had, in bytes.

    Raises:
        FailedError: It failed.
    """
    program = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from processes import memory; "
        f"from {module} import {function} as work; "
        "found = work(*json.loads(sys.argv[2])); print(json.dumps({**found, 'most': memory()[1]}))"
    )
    return result([sys.executable, "-c", program, Path(__file__).parent, json.dumps(arguments, default=str)])

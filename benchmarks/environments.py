"""Environments of other tools: each has its own, made by pip where it can be, with the torch that is used here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

_DONE = "installed.txt"


class NotInstalledError(Exception):
    """A tool is not there; the message says why."""


def python_of(folder: Path, packages: Sequence[str], *, install: bool) -> Path:
    """Return the Python of an environment that has some packages, made now if it has to be.

    Args:
        folder: The environment.
        packages: What pip installs.
        install: Whether it may be made.

    Raises:
        NotInstalledError: The environment is not there, or pip could not make it; the message says which package it missed.
    """
    done, wanted = folder / _DONE, "\n".join(packages)
    python = folder / "bin" / "python"
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return python
    if not install:
        raise NotInstalledError("not installed")
    folder.mkdir(parents=True, exist_ok=True)
    constraints = folder / "constraints.txt"
    constraints.write_text(f"torch=={version('torch').partition('+')[0]}\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--constraint", str(constraints), *packages]
    made = subprocess.run(pip, capture_output=True, text=True, encoding="utf-8", check=False)
    if made.returncode:
        faults = [line for line in made.stderr.splitlines() if line.startswith("ERROR:")]
        raise NotInstalledError(faults[-1].removeprefix("ERROR: ") if faults else f"pip ended with {made.returncode}")
    done.write_text(wanted, encoding="utf-8")
    return python

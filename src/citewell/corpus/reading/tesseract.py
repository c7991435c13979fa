"""The program tesseract (https://tesseract-ocr.github.io), which reads pictures, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from functools import cache

_SECONDS_A_PICTURE = 120.0
# Several files are read at once.
_ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}


def lacking(language: str) -> str | None:
    """Return what is not installed of what reads pictures, in words; None where all is.

    Args:
        language: Languages in tesseract's names, joined by "+".
    """
    if shutil.which("tesseract") is None:
        return "tesseract, which is not installed"
    absent = [each for each in language.split("+") if each not in languages()]
    if not absent:
        return None
    return f"tesseract's language{'s' if len(absent) > 1 else ''} {', '.join(absent)}, which is not installed"


def languages() -> frozenset[str]:
    """Return the languages that tesseract has, in its names."""
    program = shutil.which("tesseract")
    return _languages(program) if program else frozenset()


def run_tesseract(image: bytes, dpi: int, options: Sequence[str], until: float) -> str | None:
    """Return what tesseract says about a picture; None if it fails or takes too long.

    Args:
        image: The picture, in a format that it reads.
        dpi: Its pixels an inch.
        options: What it is to do.
        until: When to give up, by the monotonic clock.
    """
    seconds = min(_SECONDS_A_PICTURE, until - time.monotonic())
    program = shutil.which("tesseract")
    if program is None or seconds <= 0:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the program that the person has installed
            [program, "stdin", "stdout", "--dpi", str(dpi), *options],
            input=image,
            capture_output=True,
            timeout=seconds,
            check=True,
            env={**os.environ, **_ONE_THREAD},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


@cache
def _languages(program: str) -> frozenset[str]:
    try:
        done = subprocess.run([program, "--list-langs"], capture_output=True, timeout=30, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(line.strip() for line in done.stdout.decode("utf-8", "replace").splitlines()[1:])

"""Citewell's command line, as anyone would run it."""

from __future__ import annotations

import subprocess
import sys


def citewell(*arguments: str) -> str:
    """Run this environment's ``citewell`` and return what it prints."""
    done = subprocess.run([sys.executable, "-m", "citewell", *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout

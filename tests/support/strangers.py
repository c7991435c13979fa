"""Code that runs as a user who is not root."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_BECOME = """
import os, sys
from pathlib import Path
from citewell.errors import CitewellError
from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.state.files.state import FileState
from citewell.state.folder import StateFolder
from citewell.state.migration import migrate

def become():
    if os.geteuid() == 0:
        os.setgroups([])
        os.setegid(65534)
        os.seteuid(65534)

folder = Path(sys.argv[1])
"""
Elsewhere = Callable[[str], list[str]]


def readable(folder: Path, *, writable: bool) -> Path:
    """Let everyone read a folder, and write it or not even its owner."""
    for file in (folder, *folder.rglob("*")):
        if file.is_dir():
            file.chmod(0o777 if writable else 0o555)
        else:
            file.chmod(0o666 if writable else 0o444)
    return folder

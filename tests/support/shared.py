"""What the first process of a run that needs it makes, and all its processes read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from tests.support.environment import CACHE

SHARED = "shared"


def shared(name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder in the cache of the run, for reading only.

    Args:
        name: Its name: of what it is made.
        make: Makes it in this folder, which is empty then. Other processes wait meanwhile; if it fails, the next one tries.
    """
    folder = Path(CACHE, SHARED, name)
    folder.parent.mkdir(exist_ok=True)
    made = folder.with_name(f"{name}.made")
    with FileLock(f"{folder}.lock"):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder

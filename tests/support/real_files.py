"""Real files of other projects, which are beside the repository where it is developed, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_PLACES = [folder / "shared" / "files" for folder in Path(__file__).resolve().parents]
if "CITEWELL_REAL_FILES" in os.environ:
    _PLACES.append(Path(os.environ["CITEWELL_REAL_FILES"]))


def real_file(name: str) -> Path:
    """Return the path of a real file, such as "docling/html/formatting.html"; skip the test where they are missing."""
    found = next((place / name for place in _PLACES if (place / name).is_file()), None)
    if found is None:
        pytest.skip("the real files are not beside the repository")
    return found

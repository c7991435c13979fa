"""The texts of ``shared/benchmarks/chunking`` as a corpus: its questions stand in the same folder, and would be found first."""

from __future__ import annotations

import shutil
from pathlib import Path


def copy_texts(folder: Path, corpus: Path) -> Path:
    """Copy the texts of a folder into a new one, and return that."""
    corpus.mkdir(parents=True)
    for text in folder.glob("*.md"):
        shutil.copy(text, corpus)
    return corpus

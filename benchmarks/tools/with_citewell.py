"""Citewell at its defaults: an index on disk, verified and calibrated."""

from __future__ import annotations

import tempfile
from pathlib import Path

from protocol import Chunk, Index, Task, measure

from citewell import Assistant, IndexFolder, Settings, build


def make(task: Task) -> Index:
    """Build an index in a temporary folder."""
    index = IndexFolder(Path(tempfile.mkdtemp(dir=task.options["place"]), "index"))
    build(task.corpus, index, Settings(model="english"))
    assistant = Assistant(index)
    chunks: list[Chunk] = []

    def ask(question: str) -> list[int]:
        passages = assistant.ask(question, top=task.top).passages
        first = len(chunks)
        chunks.extend(Chunk(each.document, each.text, each.start) for each in passages)
        return list(range(first, len(chunks)))

    return Index(chunks, ask)


measure(make, "citewell")

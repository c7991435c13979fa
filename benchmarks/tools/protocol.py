"""How a tool is asked in its own environment: a task in a file, a result as the last line. Needs only the standard library.

Each script beside this one reads its documents, splits and indexes them as its documentation does first, and then answers.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple


class Task(NamedTuple):
    """What is asked: a folder of texts, that of the model, questions, how many passages, and what a script gets besides."""

    corpus: Path
    model: str
    questions: list[str]
    top: int
    options: dict[str, Any]

    @property
    def texts(self) -> dict[str, str]:
        """The text of each document by its path."""
        return {file.name: file.read_text(encoding="utf-8") for file in sorted(self.corpus.iterdir())}


class Chunk(NamedTuple):
    """A piece of a document, and where it starts if the tool knows."""

    document: str
    text: str
    start: int | None = None


class Index(NamedTuple):
    """What a tool made: its chunks in the order of their documents, and what returns the numbers of those that it finds."""

    chunks: list[Chunk]
    ask: Callable[[str], list[int]]


def measure(make: Callable[[Task], Index], *packages: str) -> None:
    """Index, ask all questions, and print the result.

    Args:
        make: Splits, encodes and indexes the documents of a task.
        packages: Those whose versions count.
    """
    task = Task(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    task = task._replace(corpus=Path(task.corpus))
    began = time.perf_counter()
    index = make(task)
    built = time.perf_counter() - began
    index.ask(task.questions[0])
    times, found = [], []
    for question in task.questions:
        began = time.perf_counter()
        found.append(index.ask(question))
        times.append(time.perf_counter() - began)
    print(
        json.dumps(
            {
                "build": built,
                "times": times,
                "found": found,
                "chunks": index.chunks,
                "most": _most_memory(),
                "versions": {name: version(name) for name in packages},
            }
        )
    )


def _most_memory() -> int:
    """Return the most memory that this process had, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))

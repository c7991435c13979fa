"""Saved runs of question sets: their names, measures, and comparisons."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from citewell.errors import CitewellError, UsageError
from citewell.evaluation.comparing import Comparison, compare
from citewell.evaluation.running import Run, load_run, load_title
from citewell.evaluation.summary import Summary, summarise
from citewell.web.language.current import gettext

_KEPT = 32


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A saved run: its name, its title, and its set and snapshot, which are None if it cannot be read."""

    name: str
    title: str
    set: str | None = None
    snapshot: str | None = None


class RunStore:
    """The runs in a folder. Thread-safe.

    A run never changes, so results are cached: computing them for thousands of questions takes seconds.

    Args:
        folder: The folder; it need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._comparing = threading.Lock()
        self.summary = lru_cache(_KEPT)(self._summary)
        self._comparison = lru_cache(_KEPT)(self._compare)

    def kept(self) -> list[KeptRun]:
        """Return the runs, newest first; a damaged one has the name of its file as title."""
        return [_kept(file) for file in sorted(self._files().values(), reverse=True)]

    def load(self, name: str) -> Run:
        """Return a run.

        Raises:
            CitewellError: There is no such run, or its file is damaged.
        """
        file = self._files().get(name)
        if file is None:
            raise UsageError(gettext("there is no run “%(name)s”", name=name), hint=gettext("run a question set"))
        return load_run(file)

    def compare(self, a: str, b: str) -> Comparison:
        """Compare two runs.

        Raises:
            CitewellError: A run cannot be read, or they have no question in common.
        """
        # One at a time, because it needs the processor and much memory.
        with self._comparing:
            return self._comparison(a, b)

    def _summary(self, name: str) -> Summary:
        """Return the measures of a run; see `load` for errors."""
        return summarise(self.load(name))

    def _compare(self, a: str, b: str) -> Comparison:
        return compare(self.load(a), self.load(b))

    def _files(self) -> dict[str, Path]:
        return {file.stem: file for file in self.folder.glob("[!.]*.jsonl")}


def _kept(file: Path) -> KeptRun:
    try:
        title, about = load_title(file)
    except CitewellError:
        # The error is shown when the run is opened.
        return KeptRun(file.stem, file.stem)
    return KeptRun(file.stem, title, about.get("set"), about.get("snapshot"))

"""Saved runs of question sets: their names, measures, and comparisons."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache

from citewell.errors import CitewellError, UsageError
from citewell.evaluation.comparing import Comparison, compare
from citewell.evaluation.running import Run, read_run, read_title
from citewell.evaluation.summary import Summary, summarise
from citewell.state.storage import RunTexts
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
    """The saved runs. Thread-safe.

    A run never changes, so results are cached: computing them for thousands of questions takes seconds.

    Args:
        kept: What keeps their texts.
    """

    def __init__(self, kept: RunTexts) -> None:
        self._kept = kept
        self._comparing = threading.Lock()
        self.summary = lru_cache(_KEPT)(self._summary)
        self._comparison = lru_cache(_KEPT)(self._compare)

    def kept(self) -> list[KeptRun]:
        """Return the runs, newest first; a damaged one has its name as title."""
        return [self._described(name, head) for name, head in sorted(self._kept.heads().items(), reverse=True)]

    def load(self, name: str) -> Run:
        """Return a run.

        Raises:
            CitewellError: There is no such run, or it is damaged.
        """
        text = self._kept.text(name)
        if text is None:
            raise UsageError(gettext("there is no run “%(name)s”", name=name), hint=gettext("run a question set"))
        return read_run(text, self._kept.described(name))

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

    def _described(self, name: str, head: str) -> KeptRun:
        try:
            title, about = read_title(head, self._kept.described(name))
        except CitewellError:
            # The error is shown when the run is opened.
            return KeptRun(name, name)
        return KeptRun(name, title, about.get("set"), about.get("snapshot"))

"""Watching a corpus: what changes in it is brought into the index when it has come to rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from watchfiles import Change, watch

from citewell.errors import UsageError

# Files are often copied many at a time: wait until nothing has changed for so long, but no longer than the other.
_QUIET_MILLISECONDS = 1_000
_LONGEST_MILLISECONDS = 30_000
_HIDDEN = "."


class Watcher:
    """Watches a corpus from a thread of its own, for as long as a block lasts.

    Args:
        corpus: The folder to watch.
        others: Folders whose changes are none of the corpus: that of the index, and that of what people wrote.
        act: What to do at the beginning, for what has changed while nobody watched, and whenever the corpus has changed.
        quiet: For how many milliseconds nothing must have changed.

    Raises:
        UsageError: The corpus is not a folder.
    """

    def __init__(
        self, corpus: Path, others: Sequence[Path], act: Callable[[], object], *, quiet: int = _QUIET_MILLISECONDS
    ) -> None:
        if not corpus.is_dir():
            raise UsageError(f"the corpus {corpus} is not a folder, and so cannot be watched")
        self._corpus = corpus.resolve()
        self._others = [folder.resolve() for folder in others]
        self._act = act
        self._quiet = quiet
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="citewell-watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._act()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        for _ in watch(
            self._corpus,
            watch_filter=self._matters,
            step=self._quiet,
            debounce=max(self._quiet, _LONGEST_MILLISECONDS),
            rust_timeout=500,
            stop_event=self._end,
        ):
            self._act()

    def _matters(self, _change: Change, name: str) -> bool:
        path = Path(name)
        if not path.is_relative_to(self._corpus) or any(map(path.is_relative_to, self._others)):
            return False
        return not any(part.startswith(_HIDDEN) for part in path.relative_to(self._corpus).parts)

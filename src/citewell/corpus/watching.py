"""Watching a corpus: what changes in it is brought into the index when it has come to rest."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from watchfiles import Change, watch

from citewell.errors import UsageError

# Files are often copied many at a time: wait until nothing has changed for so long, but no longer than the other.
_QUIET_MILLISECONDS = 1_000
_LONGEST_MILLISECONDS = 30_000
# How often it is looked whether the corpus is still the folder that is watched.
_LOOK_MILLISECONDS = 500
# What came to nothing is tried again after so long, then after twice as long each time, up to the other.
_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 300.0
# Where Linux tells what is mounted; other systems tell of a change when something below is next changed.
_MOUNTS = Path("/proc/self/mountinfo")
_HIDDEN = "."

# What a folder is known by: its device, its place there, and what is mounted in it.
_Stamp = tuple[int, int, tuple[str, ...]]


class Watcher:
    """Watches a corpus from a thread of its own, for as long as a block lasts, even if it is away for a while.

    Args:
        corpus: The folder to watch.
        others: Folders whose changes are none of the corpus: that of the index, and that of what people wrote.
        act: What to do at the beginning, for what has changed while nobody watched, and whenever the corpus has changed.
        quiet: For how many milliseconds nothing must have changed.
        unsettled: Says whether what was done last came to nothing, so that it is tried again though nothing changes; None
            where that does not show yet.
        retry: After how many seconds it is tried again, the first time.
        failing: Told why the corpus cannot be watched, and after how many seconds that is tried again.

    Raises:
        UsageError: The corpus is not a folder.
    """

    def __init__(
        self,
        corpus: Path,
        others: Sequence[Path],
        act: Callable[[], object],
        *,
        quiet: int = _QUIET_MILLISECONDS,
        unsettled: Callable[[], bool | None] = lambda: False,
        retry: float = _RETRY_SECONDS,
        failing: Callable[[Exception, float], object] = lambda _error, _seconds: None,
    ) -> None:
        # Not Path.is_dir, which raises where a folder above it may not be entered.
        if not os.path.isdir(corpus):  # noqa: PTH112
            raise UsageError(f"the corpus {corpus} is not a folder, and so cannot be watched")
        self._corpus = corpus.absolute()
        self._root = corpus.resolve()
        self._others = [folder.resolve() for folder in others]
        self._act = act
        self._quiet = quiet
        self._unsettled = unsettled
        self._retry = retry
        self._failing = failing
        self._delay = retry
        self._tried = time.monotonic()
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
        """Follow the corpus for ever, beginning again whenever it is another folder or cannot be watched for a while."""
        again = False
        while not self._end.is_set():
            try:
                away = self._await_corpus()
                self._follow(again=again or away)
            # What watchfiles raises of its own is a RuntimeError.
            except (OSError, RuntimeError) as error:
                self._failing(error, self._delay)
                self._end.wait(self._delay)
                self._put_off()
            again = True

    def _await_corpus(self) -> bool:
        """Return when the corpus is there, and whether it was away; that it is is for ``act`` to say, once."""
        away = False
        while self._stamp() is None:
            if not away:
                away = True
                self._act()
            if self._end.wait(_LOOK_MILLISECONDS / 1000):
                break
        self._root = self._corpus.resolve()
        return away

    def _follow(self, *, again: bool) -> None:
        """Act on changes until the folder is another one, or something is to be tried again.

        Args:
            again: Whether to act as soon as the folder is watched, for what nobody saw.
        """
        seen = self._stamp()
        if seen is None:
            # It has gone again, and would be watched without end: a folder that is not there has no changes.
            return
        for changes in watch(
            self._root,
            watch_filter=self._matters,
            step=self._quiet,
            debounce=max(self._quiet, _LONGEST_MILLISECONDS),
            rust_timeout=_LOOK_MILLISECONDS,
            stop_event=self._end,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            if changes or again:
                again = False
                self._tried = time.monotonic()
                self._act()
            # A folder that was removed and made again is watched no longer, whatever its number is.
            if self._stamp() != seen or (Change.deleted, str(self._root)) in changes or self._is_due():
                return

    def _is_due(self) -> bool:
        """Say whether what came to nothing is to be tried again; the folder is then watched anew, too."""
        unsettled = self._unsettled()
        if unsettled is False:
            self._delay = self._retry
        if not unsettled or time.monotonic() - self._tried < self._delay:
            return False
        self._put_off()
        return True

    def _put_off(self) -> None:
        self._delay = min(2 * self._delay, _LONGEST_RETRY_SECONDS)

    def _stamp(self) -> _Stamp | None:
        """Return what the folder of the corpus is known by; None where it is not there."""
        try:
            found = self._corpus.stat()
            mounted = _MOUNTS.read_text(encoding="utf-8", errors="replace") if _MOUNTS.exists() else ""
        except OSError:
            return None
        inside = tuple(line for line in mounted.splitlines() if f" {self._root}" in line)
        return (found.st_dev, found.st_ino, inside) if stat.S_ISDIR(found.st_mode) else None

    def _matters(self, _change: Change, name: str) -> bool:
        path = Path(name)
        if not path.is_relative_to(self._root) or any(map(path.is_relative_to, self._others)):
            return False
        return not any(part.startswith(_HIDDEN) for part in path.relative_to(self._root).parts)

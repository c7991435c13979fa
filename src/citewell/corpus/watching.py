"""Watches a corpus and acts when its files have changed and no more changes follow."""

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

from citewell.corpus.reading import OURS, RULES, Excluding, excluding
from citewell.errors import UsageError
from citewell.settings import Selection
from citewell.text import own_words

# Files are often copied many at a time: wait until nothing has changed for the first time, but at most for the second.
_QUIET_MILLISECONDS = 1_000
_LONGEST_MILLISECONDS = 30_000
# How often to check that the corpus is still the folder that is watched.
_LOOK_MILLISECONDS = 500
# A failed action is retried after this time, then after twice as long each time, up to the second.
_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 300.0
# Linux lists mounts here; on other systems a mount is noticed at the next change below it.
_MOUNTS = Path("/proc/self/mountinfo")

# Identifies a folder: its device, its inode, and the mounts in it.
_Stamp = tuple[int, int, tuple[str, ...]]


class Watcher:
    """Watches a corpus in a separate thread while a block runs, even if the corpus disappears for a while.

    Args:
        corpus: The folder to watch.
        others: Folders whose changes do not count: those of the index and of the state.
        act: The action to run at the start, for changes made before, and whenever the corpus has changed.
        quiet: For how many milliseconds nothing must have changed.
        unsettled: Returns whether the last action failed and has to be retried although nothing changes; None if that is
            not known yet.
        retry: After how many seconds it is retried the first time.
        selection: The settings for what is left out; changes of that do not count.
        failing: Called with the reason why the corpus cannot be watched, and the seconds until the next attempt.

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
        selection: Selection | None = None,
    ) -> None:
        # Not Path.is_dir, which raises if a parent folder may not be entered.
        if not os.path.isdir(corpus):  # noqa: PTH112
            raise UsageError(f"the corpus {corpus} cannot be watched: it is not a folder")
        self._corpus = corpus.absolute()
        self._root = corpus.resolve()
        self._others = [folder.resolve() for folder in others]
        self._act = act
        self._quiet = quiet
        self._unsettled = unsettled
        self._retry = retry
        self._failing = failing
        self._selection = selection
        self._rules: Excluding | None = None
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
        """Follow the corpus, starting over whenever it is another folder or could not be watched."""
        act_first = False
        while not self._end.is_set():
            try:
                away = self._await_corpus()
                self._follow(act_first=act_first or away)
            # watchfiles raises RuntimeError.
            except (OSError, RuntimeError) as error:
                self._failing(error, self._delay)
                self._end.wait(self._delay)
                self._put_off()
            act_first = True

    def _await_corpus(self) -> bool:
        """Return when the corpus exists, and whether it was away; ``act`` runs once while it is away."""
        away = False
        while self._stamp() is None:
            if not away:
                away = True
                self._act()
            if self._end.wait(_LOOK_MILLISECONDS / 1000):
                break
        self._root = self._corpus.resolve()
        return away

    def _follow(self, *, act_first: bool) -> None:
        """Act on changes until the folder is another one, or a retry is due.

        Args:
            act_first: Whether to act as soon as the folder is watched, for changes that were missed.
        """
        seen = self._stamp()
        if seen is None:
            # A missing folder has no changes, so watching it would never end.
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
            if changes or act_first:
                act_first = False
                self._tried = time.monotonic()
                self._act()
            # A folder that was removed and created again is no longer watched, even with the same inode.
            if self._stamp() != seen or (Change.deleted, str(self._root)) in changes or self._is_due():
                return

    def _is_due(self) -> bool:
        """Return whether a retry is due; the folder is then watched from the start."""
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
        """Return the identity of the corpus folder; None if it does not exist."""
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
        # It is read with each question, and is part of no index.
        if path == self._root / own_words.FILE:
            return False
        if path.name == RULES:
            self._rules = None
            return True
        return not self._is_left_out(path)

    def _is_left_out(self, path: Path) -> bool:
        if path == self._root:
            return False
        self._rules = self._rules or excluding(self._root, self._selection)
        inside = path.relative_to(self._root)
        if any(part.startswith(OURS) for part in inside.parts):
            return True
        try:
            # Of one that is gone, nobody knows what it was.
            return self._rules.excluded(inside.as_posix(), is_folder=path.is_dir()) is not None
        except OSError:
            return False

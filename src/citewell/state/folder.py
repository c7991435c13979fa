"""What people wrote, in a folder of its own: accounts, feedback, runs, and documents that were replaced or removed.

It stands beside the index, not in it: an index is made anew of its corpus whenever somebody likes, and this cannot be.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from citewell.errors import StateError, UsageError
from citewell.files import write_atomically

ACCOUNTS = "accounts.json"
FEEDBACK = "feedback.sqlite"
RUNS = "runs"
REMOVED = "removed"
# What marks such a folder, so that a build knows one inside a corpus wherever it is.
MARK = "CITEWELL-STATE"
LOCK = f"{MARK}.lock"
# In an index: where its accounts are, so that it does not lose them by another name.
NOTE = "STATE"
ENDING = "-state"
_TOLD = "Here is what people wrote for Citewell: accounts, feedback, runs, removed documents. It cannot be made anew.\n"


class StateFolder:
    """The folder of what people wrote.

    Args:
        path: The folder; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.accounts = path / ACCOUNTS
        self.feedback = path / FEEDBACK
        self.runs = path / RUNS
        self.removed = path / REMOVED

    @classmethod
    def beside(cls, index: Path) -> StateFolder:
        """Return the folder that belongs to an index: beside it, by its name and "-state".

        An index that is a link is the one that it leads to, so that it has one such folder however it is named.

        Raises:
            UsageError: Nothing can stand beside a root.
        """
        whole = index.resolve()
        if not whole.name:
            raise UsageError(f"nothing can stand beside {whole}", hint="name a folder with --state DIR")
        return cls(whole.with_name(whole.name + ENDING))

    @classmethod
    def noted(cls, index: Path) -> StateFolder | None:
        """Return the folder that an index had accounts in when they were last used, under whatever name it had then.

        Raises:
            OSError: That cannot be seen.
        """
        try:
            noted = os.fsdecode((index / NOTE).read_bytes()).strip("\n")
        except (FileNotFoundError, NotADirectoryError):
            return None
        return cls(Path(noted)) if noted else None

    def note(self, index: Path) -> None:
        """Have an index know that its accounts are here, where it is there and can be written."""
        path = self.path.resolve()
        try:
            noted = self.noted(index)
            if index.is_dir() and (noted is None or noted.path != path):
                write_atomically(index / NOTE, os.fsencode(path) + b"\n")
                # Whoever may read the index may know.
                (index / NOTE).chmod(0o644)
        except OSError:
            # It is only for an index that is renamed, and one that is not ours to write is not ours to rename.
            return

    def make(self) -> None:
        """Make the folder, for its owner alone, unless it is there.

        Raises:
            StateError: It cannot be made.
        """
        mark = self.path / MARK
        try:
            if not self.path.is_dir():
                self.path.mkdir(parents=True, exist_ok=True)
                self.path.chmod(stat.S_IRWXU)
            if not mark.is_file():
                write_atomically(mark, _TOLD)
        except OSError as error:
            raise StateError(
                f"the folder {self.path}, where what people write is kept, cannot be written: {error.strerror}",
                hint="name one that can with --state DIR",
            ) from error


class KeptOut:
    """Says which files below a corpus are none of its documents: those of its index, and of what people wrote.

    Args:
        corpus: The folder of the corpus.
        index: The folder of the index.

    Raises:
        UsageError: The corpus itself is a folder of what people wrote.
    """

    def __init__(self, corpus: Path, index: Path) -> None:
        if _is_marked(corpus):
            raise UsageError(
                f"{corpus} is where what people write is kept, and no corpus",
                hint=f"name another folder with --state DIR, and move what is not of the corpus there, {MARK} too",
            )
        root = corpus.resolve()
        self._known = dict.fromkeys((root, *root.parents), False) | {index.resolve(): True}
        if index.resolve().name:
            self._known[StateFolder.beside(index).path] = True

    def __call__(self, file: Path) -> bool:
        """Say whether a file is none of the corpus."""
        # Of the file itself nothing is followed: it may be a link that leads to itself.
        return self._holds(file.parent.resolve())

    def _holds(self, folder: Path) -> bool:
        if folder not in self._known:
            self._known[folder] = _is_marked(folder) or (folder.parent != folder and self._holds(folder.parent))
        return self._known[folder]


def _is_marked(folder: Path) -> bool:
    # Not Path.is_file, which raises where a folder may not be entered.
    return os.path.isfile(folder / MARK)  # noqa: PTH113


def is_there(path: Path) -> bool:
    """Say whether there is something of this name, a link that leads nowhere too.

    Raises:
        OSError: That cannot be seen; it is not the same as that there is nothing.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True

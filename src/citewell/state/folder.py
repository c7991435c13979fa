"""The folder of user data: accounts, feedback, runs, and documents that were replaced or removed.

It is beside the index, not in it: an index can be rebuilt from its corpus at any time, and user data cannot.
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
# Marks a state folder, so that a build recognises one inside a corpus.
MARK = "CITEWELL-STATE"
LOCK = f"{MARK}.lock"
# A file in the index with the location of its accounts, so that a renamed index still finds them.
NOTE = "STATE"
ENDING = "-state"
_MARK_TEXT = "Citewell's user data: accounts, feedback, runs, removed documents. It cannot be rebuilt.\n"


class StateFolder:
    """The folder of user data.

    Args:
        path: The folder; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.accounts = path / ACCOUNTS
        self.feedback = path / FEEDBACK
        self.runs = path / RUNS
        self.removed = path / REMOVED

    @classmethod
    def beside(cls, index: Path) -> StateFolder:
        """Return the default state folder of an index: beside it, with "-state" added to its name.

        Links are resolved, so an index has one state folder whatever path is used for it.

        Raises:
            UsageError: The index is a root folder.
        """
        whole = index.resolve()
        if not whole.name:
            raise UsageError(
                f"there is no place beside {whole} for the state folder", hint="give a folder with --state DIR"
            )
        return cls(whole.with_name(whole.name + ENDING))

    @classmethod
    def recorded(cls, index: Path) -> StateFolder | None:
        """Return the state folder that an index last used for its accounts, as recorded in the index.

        Raises:
            OSError: The record cannot be read.
        """
        try:
            recorded = os.fsdecode((index / NOTE).read_bytes()).strip("\n")
        except (FileNotFoundError, NotADirectoryError):
            return None
        return cls(Path(recorded)) if recorded else None

    def record(self, index: Path) -> None:
        """Record in an index that its accounts are in this folder, if the index exists and can be written."""
        path = self.path.resolve()
        try:
            recorded = self.recorded(index)
            if index.is_dir() and (recorded is None or recorded.path != path):
                write_atomically(index / NOTE, os.fsencode(path) + b"\n")
                # Readable by everyone who can read the index.
                (index / NOTE).chmod(0o644)
        except OSError:
            # The record only matters after a rename of the index, and an index we cannot write is not renamed by us.
            return

    def create(self) -> None:
        """Create the folder, readable only by its owner, unless it exists.

        Raises:
            StateError: It cannot be created.
        """
        mark = self.path / MARK
        try:
            if not self.path.is_dir():
                self.path.mkdir(parents=True, exist_ok=True)
                self.path.chmod(stat.S_IRWXU)
            if not mark.is_file():
                write_atomically(mark, _MARK_TEXT)
        except OSError as error:
            raise StateError(
                f"the state folder {self.path} cannot be written: {error.strerror}",
                hint="choose a writable folder with --state DIR",
            ) from error


class Exclusions:
    """Tells which files below a corpus do not belong to it: those of its index and of state folders.

    Args:
        corpus: The folder of the corpus.
        index: The folder of the index.

    Raises:
        UsageError: The corpus itself is a state folder.
    """

    def __init__(self, corpus: Path, index: Path) -> None:
        if _is_marked(corpus):
            raise UsageError(
                f"{corpus} is a state folder, not a corpus",
                hint=f"choose another folder with --state DIR, and move everything that is not corpus there, {MARK} too",
            )
        root = corpus.resolve()
        self._known = dict.fromkeys((root, *root.parents), False) | {index.resolve(): True}
        if index.resolve().name:
            self._known[StateFolder.beside(index).path] = True
        self._by_parent: dict[str, bool] = {}

    def __call__(self, file: str | Path) -> bool:
        """Return whether a file does not belong to the corpus."""
        # Only the parent is resolved: the file itself may be a link to itself.
        parent = os.path.dirname(file)  # noqa: PTH120 - asked of every file of the corpus
        if parent not in self._by_parent:
            self._by_parent[parent] = self._holds(Path(parent).resolve())
        return self._by_parent[parent]

    def _holds(self, folder: Path) -> bool:
        if folder not in self._known:
            self._known[folder] = _is_marked(folder) or (folder.parent != folder and self._holds(folder.parent))
        return self._known[folder]


def _is_marked(folder: Path) -> bool:
    # Not Path.is_file, which raises if a folder may not be entered.
    return os.path.isfile(folder / MARK)  # noqa: PTH113


def is_there(path: Path) -> bool:
    """Return whether a path exists; a broken link counts.

    Raises:
        OSError: This cannot be determined.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True

"""What an older version kept in the index, moved to the folder of what people wrote: once, and whole, however it ends.

Nothing is ever written over. Each file is moved by one rename or, to another disk or out of an index that cannot be written,
copied under a hidden name and renamed. A copy that had to be left behind is noted, so that it is not taken for news later.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import filelock

from citewell.errors import AccountsError, CitewellError, StateError
from citewell.files import file_digest, make_private, replacing, sync_folder, write_atomically
from citewell.state.folder import ACCOUNTS, FEEDBACK, LOCK, REMOVED, RUNS, StateFolder, is_there

_ACCOUNTS = (f"{ACCOUNTS}.lock", "accounts.key", ACCOUNTS)
# A journal without its database is harmless; a database without the journal that mends it is not.
_FEEDBACK = (f"{FEEDBACK}-journal", f"{FEEDBACK}-wal", FEEDBACK)
_FOLDERS = (RUNS, REMOVED)
_NOTE = "taken-over.json"
_LOCK_SECONDS = 60


def take_over(index: Path, state: StateFolder, *, beside: bool = False) -> list[str]:
    """Move what an older version kept in an index to where it is kept now; return what there is to tell of it.

    Args:
        index: The folder of the index.
        state: Where it goes.
        beside: Whether that is only the place beside the index, which nobody has named.

    Raises:
        StateError: It is only beside the index, and not on the disk that the index is on.
        AccountsError: There are accounts that cannot be moved, or others are there already: nobody is let in by a guess.
    """
    try:
        left = [name for name in (*_ACCOUNTS, *_FEEDBACK, *_FOLDERS) if is_there(index / name)]
    except OSError as error:
        raise AccountsError(f"whether there are accounts in {index} cannot be seen: {error.strerror}") from error
    if not left:
        return []
    if beside and _leaves_its_disk(index.resolve(), state.path):
        raise StateError(
            f"what people wrote ({', '.join(left)}) is in {index}, which is a disk or a volume by itself, and {state.path} is "
            "on another, which may not be kept",
            hint="name a folder that is kept with --state DIR: on the same volume, where the index is in a folder of it, or on "
            "another",
        )
    try:
        state.make()
        with filelock.FileLock(state.path / LOCK, mode=0o600, timeout=_LOCK_SECONDS):
            return _Moving(index, state).all()
    except StateError as error:
        fault: CitewellError = error
    except filelock.Timeout:
        fault = StateError(f"another process is using {state.path}", hint="wait until it is done, then try again")
    except OSError as error:
        fault = StateError(
            f"{error.filename or state.path}: {error.strerror}",
            hint=f"let this user read and write {index} and {state.path}, or name another folder with --state DIR",
        )
    if any(name in _ACCOUNTS for name in left):
        raise AccountsError(
            f"the accounts in {index} cannot be moved to {state.path}, and nobody is let in without them: {fault.message}",
            command=fault.command,
            hint=fault.hint,
        ) from fault
    return [f"What readers said and what was kept stays in {index} and is not used: {fault}"]


class _Moving:
    """Moves from one index to one folder. Use it as the only one who does."""

    def __init__(self, index: Path, state: StateFolder) -> None:
        self._index = index
        self._state = state.path
        self._moved: list[str] = []
        self._told: list[str] = []
        self._copied = False
        self._note = self._state / _NOTE
        self._noted = _read_note(self._note)

    def all(self) -> list[str]:
        """Move everything; return what there is to tell."""
        clashes = [name for name in _ACCOUNTS if self._clashes(name)]
        if clashes:
            mine, theirs = self._state / clashes[0], self._index / clashes[0]
            raise AccountsError(
                f"there is {mine}, and an older version left {theirs}; which of them counts is not guessed",
                hint=f"move away the one that does not, with its accounts.key: {theirs.parent} or {mine.parent}",
            )
        for name in _ACCOUNTS:
            self._take(name)
        if self._clashes(FEEDBACK):
            self._told.append(f"Readers said more in {self._index / FEEDBACK}; it stays there, beside {self._state}'s.")
        else:
            for name in _FEEDBACK:
                self._take(name)
        for name in _FOLDERS:
            self._take_folder(name)
        if self._moved:
            done = "Copied" if self._copied else "Moved"
            self._told.insert(0, f"{done} from {self._index} to {self._state}: {', '.join(self._moved)}.")
        return self._told

    def _clashes(self, name: str) -> bool:
        """Say whether there is another of this name already, and it has not come from here."""
        theirs, mine = self._index / name, self._state / name
        return is_there(theirs) and is_there(mine) and not self._is_left_over(name) and not _same(theirs, mine)

    def _is_left_over(self, name: str) -> bool:
        return name in self._noted and self._noted[name] == file_digest(self._index / name)

    def _take(self, name: str) -> None:
        theirs, mine = self._index / name, self._state / name
        if not is_there(theirs) or self._is_left_over(name):
            return
        if not is_there(mine):
            self._moved.append(name)
        if not _move(theirs, mine):
            self._copied = True
            self._noted[name] = file_digest(theirs)
            write_atomically(self._note, json.dumps(self._noted), alone=True)

    def _take_folder(self, name: str) -> None:
        theirs, mine = self._index / name, self._state / name
        if not theirs.is_dir():
            return
        moved = 0
        for file in list(_files(theirs)):
            target = mine / file.relative_to(theirs)
            if is_there(target) and not _same(file, target):
                self._told.append(f"{file} stays there, because {target} is another.")
                continue
            moved += not is_there(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._copied = not _move(file, target) or self._copied
        _remove_empty(theirs)
        if moved:
            self._moved.append(f"{name} ({moved:,} {'file' if moved == 1 else 'files'})")


def _leaves_its_disk(index: Path, state: Path) -> bool:
    """Say whether a folder beside an index is on another disk, as where only the index is a volume of a container."""
    if state.is_mount():
        return False
    there = next(folder for folder in (state, *state.parents) if folder.is_dir())
    return index.is_mount() or index.stat().st_dev != there.stat().st_dev


def _move(source: Path, target: Path) -> bool:
    """Move a file to where there is none, or the same one already; say whether it is gone from where it was."""
    if not is_there(target):
        try:
            if not source.is_symlink():
                make_private(source)
                source.rename(target)
                return True
        except OSError:
            # Another disk, another owner, or a folder that cannot be written: then it is copied.
            pass
        _copy(source, target)
    try:
        source.unlink()
    except OSError:
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    """Copy a file, for its owner alone, so that it is there whole or not at all; what a link leads to, not the link."""
    with source.open("rb") as read, replacing(target) as (stream, written):
        shutil.copyfileobj(read, stream)
        stream.flush()
        shutil.copystat(source, written)
        make_private(written)
    sync_folder(target.parent)


def _read_note(file: Path) -> dict[str, str]:
    """Return the digests of what was copied and had to be left behind; a note that is damaged says nothing."""
    try:
        noted = json.loads(file.read_bytes()) if file.is_file() else {}
    except ValueError:
        noted = {}
    return {str(name): str(digest) for name, digest in noted.items()} if isinstance(noted, dict) else {}


def _same(one: Path, other: Path) -> bool:
    return filecmp.cmp(one, other, shallow=False)


def _files(folder: Path) -> Iterator[Path]:
    return (Path(parent, name) for parent, _, names in os.walk(folder) for name in sorted(names))


def _remove_empty(folder: Path) -> None:
    """Remove a folder and those in it, as far as they are empty and may be removed."""
    for parent, _, _ in os.walk(folder, topdown=False):
        try:
            Path(parent).rmdir()
        except OSError:
            # Something stays in it, or it may not be removed: either has been told.
            continue

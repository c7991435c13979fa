"""Moves user data that an older version kept in the index to the state folder: once, and safely if killed at any point.

Nothing is overwritten. Each file is renamed or, if it is on another disk or in a read-only index, copied under a hidden name
and renamed. A copy whose original could not be removed is recorded, so that the original is not taken for new data later.
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
# A journal without its database is harmless; a database without its journal may be inconsistent.
_FEEDBACK = (f"{FEEDBACK}-journal", f"{FEEDBACK}-wal", FEEDBACK)
_FOLDERS = (RUNS, REMOVED)
_RECORD = "taken-over.json"
_LOCK_SECONDS = 60


def migrate(index: Path, state: StateFolder, *, is_default: bool = False) -> list[str]:
    """Move user data that an older version kept in an index to the state folder; return messages for the user.

    Args:
        index: The folder of the index.
        state: The target.
        is_default: Whether ``state`` is the default folder, not chosen by the user.

    Raises:
        StateError: ``state`` is only the default, and on another disk than the index.
        AccountsError: Accounts cannot be moved, or the state folder has other accounts already.
    """
    try:
        left = [name for name in (*_ACCOUNTS, *_FEEDBACK, *_FOLDERS) if is_there(index / name)]
    except OSError as error:
        raise AccountsError(f"cannot check for accounts in {index}: {error.strerror}") from error
    if not left:
        return []
    if is_default and _leaves_its_disk(index.resolve(), state.path):
        raise StateError(
            f"user data ({', '.join(left)}) is in {index}, which is a separate disk or volume, and {state.path} is on another, "
            "which may be temporary",
            hint="choose a permanent folder with --state DIR, on this volume (with the index in a subfolder) or on another",
        )
    try:
        state.create()
        with filelock.FileLock(state.path / LOCK, mode=0o600, timeout=_LOCK_SECONDS):
            return _Moving(index, state).all()
    except StateError as error:
        fault: CitewellError = error
    except filelock.Timeout:
        fault = StateError(f"another process is using {state.path}", hint="wait until it has finished, then try again")
    except OSError as error:
        fault = StateError(
            f"{error.filename or state.path}: {error.strerror}",
            hint=f"give this user read and write access to {index} and {state.path}, or choose another folder with --state DIR",
        )
    if any(name in _ACCOUNTS for name in left):
        raise AccountsError(
            f"the accounts in {index} cannot be moved to {state.path}, and the chat needs them to start: {fault.message}",
            command=fault.command,
            hint=fault.hint,
        ) from fault
    return [f"Feedback and other data stay in {index} and are not used: {fault}"]


class _Moving:
    """Moves data from one index to one state folder. The caller holds the lock."""

    def __init__(self, index: Path, state: StateFolder) -> None:
        self._index = index
        self._state = state.path
        self._moved: list[str] = []
        self._messages: list[str] = []
        self._copied = False
        self._record_file = self._state / _RECORD
        self._record = _read_record(self._record_file)

    def all(self) -> list[str]:
        """Move everything; return messages for the user."""
        clashes = [name for name in _ACCOUNTS if self._clashes(name)]
        if clashes:
            mine, theirs = self._state / clashes[0], self._index / clashes[0]
            raise AccountsError(
                f"there are accounts in {mine} and, from an older version, in {theirs}; Citewell cannot tell which are valid",
                hint=f"move away the invalid file, with its accounts.key, from {theirs.parent} or {mine.parent}",
            )
        for name in _ACCOUNTS:
            self._take(name)
        if self._clashes(FEEDBACK):
            self._messages.append(
                f"Older feedback stays in {self._index / FEEDBACK}, because {self._state} has its own."
            )
        else:
            for name in _FEEDBACK:
                self._take(name)
        for name in _FOLDERS:
            self._take_folder(name)
        if self._moved:
            done = "Copied" if self._copied else "Moved"
            self._messages.insert(0, f"{done} from {self._index} to {self._state}: {', '.join(self._moved)}.")
        return self._messages

    def _clashes(self, name: str) -> bool:
        """Return whether the state folder has another file of this name that was not copied from the index."""
        theirs, mine = self._index / name, self._state / name
        return is_there(theirs) and is_there(mine) and not self._is_left_over(name) and not _same(theirs, mine)

    def _is_left_over(self, name: str) -> bool:
        return name in self._record and self._record[name] == file_digest(self._index / name)

    def _take(self, name: str) -> None:
        theirs, mine = self._index / name, self._state / name
        if not is_there(theirs) or self._is_left_over(name):
            return
        if not is_there(mine):
            self._moved.append(name)
        if not _move(theirs, mine):
            self._copied = True
            self._record[name] = file_digest(theirs)
            write_atomically(self._record_file, json.dumps(self._record), alone=True)

    def _take_folder(self, name: str) -> None:
        theirs, mine = self._index / name, self._state / name
        if not theirs.is_dir():
            return
        moved = 0
        for file in list(_files(theirs)):
            target = mine / file.relative_to(theirs)
            if is_there(target) and not _same(file, target):
                self._messages.append(f"{file} stays, because {target} is a different file.")
                continue
            moved += not is_there(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._copied = not _move(file, target) or self._copied
        _remove_empty(theirs)
        if moved:
            self._moved.append(f"{name} ({moved:,} {'file' if moved == 1 else 'files'})")


def _leaves_its_disk(index: Path, state: Path) -> bool:
    """Return whether the default state folder is on another disk, e.g. if only the index is a container's volume."""
    # Not Path.is_mount, which Windows has only since Python 3.12.
    if os.path.ismount(state):
        return False
    there = next(folder for folder in (state, *state.parents) if folder.is_dir())
    return os.path.ismount(index) or index.stat().st_dev != there.stat().st_dev


def _move(source: Path, target: Path) -> bool:
    """Move a file to a path that is free or has the same content; return whether the original is gone."""
    if not is_there(target):
        try:
            if not source.is_symlink():
                make_private(source)
                source.rename(target)
                return True
        except OSError:
            # Another disk, another owner, or a read-only folder: copy instead.
            pass
        _copy(source, target)
    try:
        source.unlink()
    except OSError:
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    """Copy a file atomically, readable only by its owner; a link is copied as the file it points to."""
    with source.open("rb") as read, replacing(target) as (stream, written):
        shutil.copyfileobj(read, stream)
        stream.flush()
        shutil.copystat(source, written)
        make_private(written)
    sync_folder(target.parent)


def _read_record(file: Path) -> dict[str, str]:
    """Return the digests of files that were copied but not removed; a damaged record counts as empty."""
    try:
        record = json.loads(file.read_bytes()) if file.is_file() else {}
    except ValueError:
        record = {}
    return {str(name): str(digest) for name, digest in record.items()} if isinstance(record, dict) else {}


def _same(one: Path, other: Path) -> bool:
    return filecmp.cmp(one, other, shallow=False)


def _files(folder: Path) -> Iterator[Path]:
    return (Path(parent, name) for parent, _, names in os.walk(folder) for name in sorted(names))


def _remove_empty(folder: Path) -> None:
    """Remove a folder and its subfolders, as far as they are empty and may be removed."""
    for parent, _, _ in os.walk(folder, topdown=False):
        try:
            Path(parent).rmdir()
        except OSError:
            # Files remain in it, or it may not be removed; a message was added for either case.
            continue

"""Writes an index: a snapshot is started under a hidden name, and published; older ones are pruned.

A new snapshot is synced and renamed; only then does the pointer ``CURRENT`` move to it, by an atomic rename. A kill at any
moment leaves the previous snapshot in use, intact. One process writes at a time.
"""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import filelock

from citewell.errors import IndexBusyError, IndexFaultError
from citewell.files import files_below, sync, sync_folder, write_atomically
from citewell.index.drafting import LocalDraft
from citewell.index.index import AnyIndex
from citewell.index.layout import HIDDEN, MANIFEST, NOT_WRITABLE, FolderLayout
from citewell.index.manifest import Manifest, sealed
from citewell.index.snapshot import LocalSnapshot
from citewell.index.storage import Draft, Snapshot


@contextmanager
def writing(index: FolderLayout) -> Iterator[Publisher]:
    """Lock an index for writing while the block runs, and return what writes it; the lock ends with the process.

    Args:
        index: The index; its folder is created if it does not exist.

    Raises:
        IndexBusyError: Another process is writing.
        IndexFaultError: The folder cannot be written.
    """
    try:
        index.snapshots.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(index.lock)
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise IndexBusyError(
            f"another process is writing the index in {index.path}",
            hint="wait until it has finished, then try again",
        ) from error
    except OSError as error:
        raise index.unwritable(error) from error
    try:
        publisher = Publisher(index)
        publisher.clear()
        yield publisher
    finally:
        lock.release()


def rollback(index: AnyIndex) -> Manifest:
    """Verify the previous snapshot and make it the current one; a second call undoes the first.

    Args:
        index: The index.

    Raises:
        IndexFaultError: There is no other snapshot, or it is damaged.
        IndexBusyError: Another process is writing.
    """
    with index.writing() as publisher:
        name = index.previous()
        if name is None:
            raise IndexFaultError(f"the index in {index.place} has no previous snapshot")
        manifest = index.open_snapshot(name, in_full=True).manifest
        try:
            publisher.switch(name)
        except OSError as error:
            raise index.unwritable(error) from error
        return manifest


class Publisher:
    """Writes the snapshots of an index that is locked (`writing`).

    Args:
        index: The index.
    """

    def __init__(self, index: FolderLayout) -> None:
        self._index = index

    def start(self, before: Snapshot | None = None) -> LocalDraft:
        """Create the folders of a new snapshot: a hidden one of its own, and one for a segment, which nothing names yet.

        Args:
            before: The snapshot that it may continue.
        """
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        folders = self._index.snapshots / f"{HIDDEN}{name}", self._index.segments / name
        draft = LocalDraft(name, *folders, before if isinstance(before, LocalSnapshot) else None)
        try:
            draft.folder.mkdir()
            draft.segment.mkdir(parents=True)
        except OSError as error:
            if error.errno in NOT_WRITABLE:
                raise self._index.unwritable(error) from error
            raise
        return draft

    def publish(self, draft: Draft[Snapshot], manifest: Manifest) -> None:
        """Sync a written snapshot to disk, and make it the current one."""
        if not isinstance(draft, LocalDraft):
            raise TypeError("only what was started here can be published here")
        building = draft.folder
        (building / MANIFEST).write_bytes(sealed(manifest))
        _share(building, draft.segment)
        for folder in (building, draft.segment):
            # An update that only removes documents writes no segment.
            if folder.is_dir():
                sync(folder)
        sync_folder(self._index.segments)
        whole = self._index.snapshots / manifest.name
        building.rename(whole)
        try:
            sync_folder(self._index.snapshots)
            self.switch(manifest.name)
        except BaseException:
            # If the pointer has not moved yet, nothing uses the snapshot.
            if self._index.named() != manifest.name:
                whole.rename(building)
            raise

    def switch(self, name: str) -> None:
        """Point to another snapshot, atomically."""
        write_atomically(self._index.pointer, name + "\n", alone=True, like=self._index.snapshots / name / MANIFEST)
        sync_folder(self._index.path)

    def clear(self) -> None:
        """Remove what belongs to no snapshot: unfinished ones, and segments that none has."""
        for folder in (self._index.snapshots, self._index.segments):
            for entry in folder.iterdir() if folder.is_dir() else ():
                if entry.name.startswith(HIDDEN):
                    shutil.rmtree(entry, ignore_errors=True)
        needed = self._needed()
        if needed is not None and self._index.segments.is_dir():
            for entry in self._index.segments.iterdir():
                if entry.name not in needed:
                    _remove(entry)

    def _needed(self) -> set[str] | None:
        """Return the segments of all snapshots, of other formats, too; None if a manifest cannot be read."""
        needed: set[str] = set()
        for name in self._index.names():
            try:
                fields = json.loads((self._index.snapshots / name / MANIFEST).read_bytes())
                needed.update(segment["name"] for segment in fields.get("segments", ()))
            except (OSError, ValueError, RecursionError, AttributeError, KeyError, TypeError):
                return None
        return needed

    def prune(self) -> None:
        """Remove all snapshots except the current one and the one it replaced; one that cannot be moved, later.

        Their segments are removed by `clear`.
        """
        manifest, snapshots = self._index.manifest(), self._index.snapshots
        for name in self._index.names():
            if name not in {manifest.name, manifest.replaced}:
                _remove(snapshots / name)


def _remove(folder: Path) -> None:
    """Remove a folder, under another name first, so that nothing finds half of it."""
    hidden = folder.with_name(f"{HIDDEN}pruned-{folder.name}")
    # Windows moves no folder with an open file, and a server may still read one.
    with suppress(PermissionError):
        folder.rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)


def _share(folder: Path, segment: Path) -> None:
    """Give all files of a snapshot the permissions of its manifest: tantivy makes some readable by their owner alone."""
    mode = stat.S_IMODE((folder / MANIFEST).stat().st_mode)
    for file in (*files_below(folder), *files_below(segment)):
        # What an earlier snapshot has, too, would look changed to who reads that.
        if stat.S_IMODE(file.stat().st_mode) != mode:
            file.chmod(mode)

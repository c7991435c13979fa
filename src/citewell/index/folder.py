"""The index on disk: a folder of snapshots and the pointer to the one in use. The only module that knows its layout.

A snapshot is complete, immutable and verified. It is written under a hidden name, synced and renamed; only then does the
pointer ``CURRENT`` move to it, by an atomic rename. A kill at any moment leaves the previous snapshot in use, intact.
"""

from __future__ import annotations

import errno
import json
import re
import shlex
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakSet

import filelock

from citewell.encoder.naming import name_of
from citewell.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexFaultError,
    IndexMismatchError,
    IndexMissingError,
    IndexUnreadableError,
)
from citewell.files import files_below, sync, sync_folder, write_atomically
from citewell.index.manifest import FORMAT, Manifest, file_faults, sealed, unsealed
from citewell.index.snapshot import Snapshot, count_faults
from citewell.index.soundness import Stamp, stamp

_MANIFEST = "manifest.json"
_CURRENT = "CURRENT"
_LOCK = "LOCK"
_SNAPSHOTS = "snapshots"
_UNFINISHED = "unfinished.sqlite"
_HIDDEN = "."
# A valid snapshot name; hidden names and paths are excluded.
_NAME = re.compile(r"(?!\.)[\w.-]{1,100}", re.ASCII)
# No permission, or a read-only file system.
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


class IndexFolder:
    """An index on disk.

    Args:
        path: The folder; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pointer = path / _CURRENT
        self._corpus: str | None = None
        self._opened: WeakSet[Snapshot] = WeakSet()
        self._lock = threading.Lock()

    @property
    def snapshots(self) -> Path:
        """The folder of snapshots."""
        return self.path / _SNAPSHOTS

    @property
    def unfinished(self) -> Path:
        """The file where a build keeps what it has read and encoded until it has published a snapshot."""
        return self.path / _UNFINISHED

    def build_command(self, corpus: str | None = None) -> str:
        """Return the command that builds this index."""
        place = corpus or self._corpus or "corpus"
        return f"citewell index --corpus {shlex.quote(place)} --index {shlex.quote(str(self.path))}"

    def corpus(self) -> Path:
        """Return the folder of the corpus; for an index that has become unreadable, the last known one.

        Raises:
            IndexFaultError: The index is missing or damaged, and the folder was never known.
        """
        try:
            return Path(self.manifest().corpus)
        except IndexFaultError:
            if self._corpus is None:
                raise
            return Path(self._corpus)

    def current(self) -> str:
        """Return the name of the current snapshot.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: The pointer does not contain a snapshot name.
        """
        try:
            name = self._pointer.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexMissingError(f"there is no index in {self.path}", command=self.build_command()) from error
        except OSError as error:
            raise self.unreadable(self._pointer, error) from error
        except UnicodeDecodeError as error:
            raise IndexDamagedError(f"{self._pointer} is not text", command=self.build_command()) from error
        if not _NAME.fullmatch(name):
            raise IndexDamagedError(f"{self._pointer} does not name a snapshot", command=self.build_command())
        return name

    def stamp(self) -> Stamp:
        """Return a value that changes whenever the pointer is replaced; cheap enough for every question.

        Raises:
            IndexMissingError: There is no index here.
        """
        found = stamp(self._pointer)
        if found is None:
            raise IndexMissingError(f"there is no index in {self.path}", command=self.build_command())
        return found

    def files(self) -> tuple[Path, ...]:
        """Return the files of the current snapshot, its manifest first; for a damaged one, those that are known.

        Raises:
            IndexFaultError: The pointer is missing or damaged.
        """
        name = self.current()
        folder = self.snapshots / name
        try:
            listed = self.manifest(name).files
        except IndexFaultError:
            listed = {}
        return tuple(folder / each for each in (_MANIFEST, *listed))

    def manifest(self, name: str | None = None) -> Manifest:
        """Return the manifest of a snapshot; None is the current one.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: The manifest is missing or invalid.
            IndexMismatchError: It has another format.
        """
        path = self.snapshots / (name or self.current()) / _MANIFEST
        try:
            content = path.read_bytes()
            fields = json.loads(content)
            if isinstance(fields, dict) and fields.get("format", FORMAT) != FORMAT:
                raise IndexMismatchError(
                    f"the index in {self.path} has format {fields['format']}; this Citewell reads format {FORMAT}",
                    command=self.build_command(),
                )
            manifest = unsealed(content)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexDamagedError(f"{path} is missing", command=self.build_command()) from error
        except OSError as error:
            raise self.unreadable(path, error) from error
        except (ValueError, RecursionError) as error:
            raise IndexDamagedError(f"{path} is damaged", command=self.build_command()) from error
        if name is None:
            self._corpus = manifest.corpus
        return manifest

    def model(self) -> str | None:
        """Return the name of the encoder of the current snapshot, also for another format; None if unknown."""
        try:
            fields = json.loads((self.snapshots / self.current() / _MANIFEST).read_bytes())
            return name_of(fields["encoder"]["model"])
        except (IndexFaultError, OSError, ValueError, RecursionError, KeyError, TypeError):
            return None

    def document_count(self) -> int | None:
        """Return the number of documents in the current snapshot, also for another format; None if unknown.

        Raises:
            IndexMissingError: There is no index here.
        """
        try:
            return self.manifest().documents
        except IndexMissingError:
            raise
        except IndexMismatchError:
            found = json.loads((self.snapshots / self.current() / _MANIFEST).read_bytes()).get("documents")
            return found if isinstance(found, int) else None
        except IndexFaultError:
            return None

    def open(self) -> Snapshot:
        """Open and verify the current snapshot.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: A file is missing or does not match the manifest.
            IndexMismatchError: It has another format.
            IndexUnreadableError: Its files cannot be read or opened.
        """
        while True:
            name = self.current()
            try:
                return self._open(name)
            except IndexDamagedError:
                # Another process may have switched and pruned between the two reads; then the pointer has changed.
                if self.current() == name:
                    raise

    def _open(self, name: str) -> Snapshot:
        manifest = self.manifest(name)
        self._corpus = manifest.corpus
        folder = self.snapshots / name
        command = self.build_command(manifest.corpus)
        # Checksums first: damaged data could make a library request too much memory.
        try:
            for faulty, reason in file_faults(folder, manifest):
                raise IndexDamagedError(f"{faulty} {reason}", command=command)
        except OSError as error:
            raise self.unreadable(Path(error.filename or folder), error) from error
        try:
            snapshot = Snapshot(folder, manifest, command)
        except IndexDamagedError as error:
            raise IndexUnreadableError(
                f"{error.message}, although its files match their checksums", command=command
            ) from error
        with self._lock:
            self._opened.add(snapshot)
        return snapshot

    def mark_damaged(self, name: str, reason: str) -> None:
        """Stop all reading from a snapshot that was opened here, because a check found it damaged.

        Args:
            name: The name of the snapshot.
            reason: The problem.
        """
        with self._lock:
            for snapshot in self._opened:
                if snapshot.manifest.name == name:
                    snapshot.soundness.mark_damaged(reason)

    def unreadable(self, file: Path, error: OSError) -> IndexFaultError:
        """Return the error for a file that exists but cannot be read; rebuilding does not help with permissions."""
        message = f"{file} cannot be read: {error.strerror}"
        if isinstance(error, PermissionError):
            command = f"chmod -R a+rX {shlex.quote(str(self.path))}"
            return IndexUnreadableError(message, command=command, hint="run as the owner of the folder")
        return IndexUnreadableError(message, command=self.build_command())

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Lock the index for writing while the block runs; the lock ends with the process.

        Raises:
            IndexBusyError: Another process is writing.
            IndexFaultError: The folder cannot be written.
        """
        try:
            self.snapshots.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.path / _LOCK)
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise IndexBusyError(
                f"another process is writing the index in {self.path}",
                hint="wait until it has finished, then try again",
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._clear_unfinished()
            yield
        finally:
            lock.release()

    def start(self) -> tuple[str, Path]:
        """Return the name of a new snapshot, and create the hidden folder for it."""
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        building = self.snapshots / f"{_HIDDEN}{name}"
        try:
            building.mkdir()
        except OSError as error:
            if error.errno in _NOT_WRITABLE:
                raise self._unwritable(error) from error
            raise
        return name, building

    def publish(self, building: Path, manifest: Manifest) -> None:
        """Verify a written snapshot, sync it to disk, and make it the current one."""
        (building / _MANIFEST).write_bytes(sealed(manifest))
        _share(building)
        sync(building)
        _check_counts(Snapshot(building, manifest))
        whole = self.snapshots / manifest.name
        building.rename(whole)
        try:
            sync_folder(self.snapshots)
            self.switch(manifest.name)
        except BaseException:
            # If the pointer has not moved yet, nothing uses the snapshot.
            if self._named() != manifest.name:
                whole.rename(building)
            raise

    def _named(self) -> str | None:
        try:
            return self.current()
        except IndexFaultError:
            return None

    def newest_other(self) -> Snapshot | None:
        """Open and verify the newest intact snapshot that is not the current one, if there is one."""
        in_use = self._named()
        for name in reversed(self.names()):
            if name != in_use:
                with suppress(IndexFaultError):
                    return self._open(name)
        return None

    def switch(self, name: str) -> None:
        """Point to another snapshot, atomically."""
        write_atomically(self._pointer, name + "\n", alone=True, like=self.snapshots / name / _MANIFEST)
        sync_folder(self.path)

    def names(self) -> list[str]:
        """Return the names of all complete snapshots, oldest first."""
        if not self.snapshots.is_dir():
            return []
        return sorted(entry.name for entry in self.snapshots.iterdir() if not entry.name.startswith(_HIDDEN))

    def previous(self) -> str | None:
        """Return the snapshot that ``rollback`` returns to: the replaced one, or after a rollback the newest other."""
        current = self.current()
        others = [name for name in self.names() if name != current]
        replaced = self.manifest(current).replaced
        return replaced if replaced in others else (others[-1] if others else None)

    def rollback(self) -> Manifest:
        """Verify the previous snapshot and make it the current one; a second call undoes the first.

        Raises:
            IndexFaultError: There is no other snapshot, or it is damaged.
        """
        with self.writing():
            name = self.previous()
            if name is None:
                raise IndexFaultError(f"the index in {self.path} has no previous snapshot")
            manifest = self._open(name).manifest
            try:
                self.switch(name)
            except OSError as error:
                raise self._unwritable(error) from error
            return manifest

    def prune(self) -> None:
        """Remove all snapshots except the current one and the one it replaced. The caller holds the lock."""
        manifest = self.manifest()
        keep = {manifest.name, manifest.replaced}
        for name in self.names():
            if name not in keep:
                hidden = self.snapshots / f"{_HIDDEN}pruned-{name}"
                (self.snapshots / name).rename(hidden)
                shutil.rmtree(hidden, ignore_errors=True)

    def _unwritable(self, error: OSError) -> IndexFaultError:
        message = f"the folder {self.path} cannot be written: {error.strerror}"
        if error.errno not in _NOT_WRITABLE:
            return IndexFaultError(message)
        command = f"chmod -R u+w {shlex.quote(str(self.path))}"
        return IndexFaultError(message, command=command, hint="run as the owner of the folder")

    def _clear_unfinished(self) -> None:
        for entry in self.snapshots.iterdir():
            if entry.name.startswith(_HIDDEN):
                shutil.rmtree(entry, ignore_errors=True)


def _share(folder: Path) -> None:
    """Give all files of a snapshot the permissions of its manifest: tantivy makes some readable by their owner alone."""
    mode = stat.S_IMODE((folder / _MANIFEST).stat().st_mode)
    for file in files_below(folder):
        file.chmod(mode)


def _check_counts(snapshot: Snapshot) -> None:
    for fault in count_faults(snapshot):
        raise IndexDamagedError(f"the new snapshot is not consistent ({fault}); the current one is unchanged")

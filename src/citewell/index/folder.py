"""The index on disk: a folder of snapshots and the pointer to the one in use. The only module that knows its layout.

A snapshot is complete, immutable and verified. It is written under a hidden name, synced, renamed, and only then does the
pointer ``CURRENT`` move to it, by an atomic rename: a kill at any instant leaves the snapshot before in use, whole.
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

from citewell.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexFaultError,
    IndexMismatchError,
    IndexMissingError,
    IndexUnreadableError,
)
from citewell.files import files_below, sync, sync_folder, write_atomically
from citewell.index.catalogue import Catalogue
from citewell.index.lexical import PassageTerms
from citewell.index.manifest import FORMAT, Manifest, file_faults, sealed, unsealed
from citewell.index.soundness import Soundness, Stamp, stamp
from citewell.index.vectors import WindowVectors

CATALOGUE = "catalogue.sqlite"
LEXICAL = "lexical"
VECTORS = "vectors.faiss"
_MANIFEST = "manifest.json"
_CURRENT = "CURRENT"
_LOCK = "LOCK"
_SNAPSHOTS = "snapshots"
_HIDDEN = "."
# Of a snapshot, which is not hidden; nothing else is looked for on the disk.
_NAME = re.compile(r"(?!\.)[\w.-]{1,100}", re.ASCII)
# No rights, or a file system that takes nothing at all.
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


class Stores:
    """The three stores of a snapshot, opened. Safe to share between threads.

    Args:
        folder: The folder of the snapshot.
        command: The command that builds it.
    """

    def __init__(self, folder: Path, command: str | None = None) -> None:
        self.folder = folder
        self.soundness = Soundness(command)
        self.catalogue = Catalogue(folder / CATALOGUE, self.soundness)
        self.lexical = PassageTerms(folder / LEXICAL, self.soundness)
        self.vectors = WindowVectors(folder / VECTORS)


class Snapshot(Stores):
    """An opened snapshot: its manifest and its stores."""

    def __init__(self, folder: Path, manifest: Manifest, command: str | None = None) -> None:
        super().__init__(folder, command)
        self.manifest = manifest


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

    def build_command(self, corpus: str | None = None) -> str:
        """Return the command that builds this index."""
        place = corpus or self._corpus or "corpus"
        return f"citewell index --corpus {shlex.quote(place)} --index {shlex.quote(str(self.path))}"

    def corpus(self) -> Path:
        """Return where the corpus is; of an index that cannot say so any more, where it was when it last could.

        Raises:
            IndexFaultError: The index is missing or damaged, and has been since before it was first looked at.
        """
        try:
            return Path(self.manifest().corpus)
        except IndexFaultError:
            if self._corpus is None:
                raise
            return Path(self._corpus)

    def current(self) -> str:
        """Return the name of the snapshot in use.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: The pointer names nothing that could be a snapshot.
        """
        try:
            name = self._pointer.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexMissingError(f"there is no index in {self.path}", command=self.build_command()) from error
        except OSError as error:
            raise self.unreadable(self._pointer, error) from error
        except UnicodeDecodeError as error:
            raise IndexDamagedError(f"{self._pointer} is no text", command=self.build_command()) from error
        if not _NAME.fullmatch(name):
            raise IndexDamagedError(f"{self._pointer} names no snapshot", command=self.build_command())
        return name

    def stamp(self) -> Stamp:
        """Return what changes whenever the pointer is replaced; cheap enough to look at with every question.

        Raises:
            IndexMissingError: There is no index here.
        """
        found = stamp(self._pointer)
        if found is None:
            raise IndexMissingError(f"there is no index in {self.path}", command=self.build_command())
        return found

    def files(self) -> tuple[Path, ...]:
        """Return the files that the snapshot in use is made of, its manifest first; of one that is damaged, as far as is known.

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
        """Return the manifest of a snapshot; None is the one in use.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: The manifest is missing or is not one.
            IndexMismatchError: It is of another format.
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
            raise IndexDamagedError(f"the index lacks {path}", command=self.build_command()) from error
        except OSError as error:
            raise self.unreadable(path, error) from error
        except (ValueError, RecursionError) as error:
            raise IndexDamagedError(f"{path} is damaged", command=self.build_command()) from error
        if name is None:
            self._corpus = manifest.corpus
        return manifest

    def document_count(self) -> int | None:
        """Return how many documents the snapshot in use had when it was written, also in another format; None if it cannot say.

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
        """Open and verify the snapshot in use.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: A file is missing or is not what the manifest says.
            IndexMismatchError: It is of another format.
            IndexUnreadableError: Something keeps its files from being read or opened.
        """
        while True:
            name = self.current()
            try:
                return self._open(name)
            except IndexDamagedError:
                # Another process may have switched and pruned between the two reads; then the pointer has moved on.
                if self.current() == name:
                    raise

    def _open(self, name: str) -> Snapshot:
        manifest = self.manifest(name)
        self._corpus = manifest.corpus
        folder = self.snapshots / name
        command = self.build_command(manifest.corpus)
        # In this order: what is damaged could have a library ask for more memory than there is.
        try:
            for faulty, reason in file_faults(folder, manifest):
                raise IndexDamagedError(f"{faulty} {reason}", command=command)
        except OSError as error:
            raise self.unreadable(Path(error.filename or folder), error) from error
        try:
            snapshot = Snapshot(folder, manifest, command)
        except IndexDamagedError as error:
            raise IndexUnreadableError(
                f"{error.message}, though its files are as they were written", command=command
            ) from error
        with self._lock:
            self._opened.add(snapshot)
        return snapshot

    def condemn(self, name: str, reason: str) -> None:
        """Have nothing more read from a snapshot that was opened here; a check has found it damaged.

        Args:
            name: The name of the snapshot.
            reason: What was found.
        """
        with self._lock:
            for snapshot in self._opened:
                if snapshot.manifest.name == name:
                    snapshot.soundness.condemn(reason)

    def unreadable(self, file: Path, error: OSError) -> IndexFaultError:
        """Return what to say of a file that is there and cannot be read: a new build gives no rights."""
        message = f"{file} cannot be read: {error.strerror}"
        if isinstance(error, PermissionError):
            command = f"chmod -R a+rX {shlex.quote(str(self.path))}"
            return IndexUnreadableError(message, command=command, hint="as a user who may change it")
        return IndexUnreadableError(message, command=self.build_command())

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer for as long as the block lasts; the lock goes with the process, however it ends.

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
                hint="wait until it is done, then try again",
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._clear_unfinished()
            yield
        finally:
            lock.release()

    def start(self) -> tuple[str, Path]:
        """Return the name of a new snapshot and the hidden folder to write it in."""
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
        """Verify a written snapshot, sync it to disk, and make it the one in use."""
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
            # Unless it came after the pointer had moved, the snapshot is nobody's.
            if self._named() != manifest.name:
                whole.rename(building)
            raise

    def _named(self) -> str | None:
        try:
            return self.current()
        except IndexFaultError:
            return None

    def newest_other(self) -> Snapshot | None:
        """Open and verify the newest snapshot that is not in use and is whole, where there is one."""
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
        """Return the names of all whole snapshots, oldest first."""
        if not self.snapshots.is_dir():
            return []
        return sorted(entry.name for entry in self.snapshots.iterdir() if not entry.name.startswith(_HIDDEN))

    def previous(self) -> str | None:
        """Return the snapshot that ``rollback`` would return to: the one replaced, or after a rollback the newest other."""
        current = self.current()
        others = [name for name in self.names() if name != current]
        replaced = self.manifest(current).replaced
        return replaced if replaced in others else (others[-1] if others else None)

    def rollback(self) -> Manifest:
        """Verify the snapshot before and make it the one in use; doing it twice comes back.

        Raises:
            IndexFaultError: There is no other snapshot, or it is damaged.
        """
        with self.writing():
            name = self.previous()
            if name is None:
                raise IndexFaultError(f"the index in {self.path} has no snapshot to go back to")
            manifest = self._open(name).manifest
            try:
                self.switch(name)
            except OSError as error:
                raise self._unwritable(error) from error
            return manifest

    def prune(self) -> None:
        """Remove all snapshots but the one in use and the one it replaced. Call it as the only writer."""
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
        return IndexFaultError(message, command=command, hint="as a user who may change it")

    def _clear_unfinished(self) -> None:
        for entry in self.snapshots.iterdir():
            if entry.name.startswith(_HIDDEN):
                shutil.rmtree(entry, ignore_errors=True)


def _share(folder: Path) -> None:
    """Let whoever may read the manifest of a snapshot read all of it: some of BM25's files are made for their owner alone."""
    mode = stat.S_IMODE((folder / _MANIFEST).stat().st_mode)
    for file in files_below(folder):
        file.chmod(mode)


def count_faults(snapshot: Snapshot) -> Iterator[str]:
    """Yield each way in which the catalogue, BM25 and FAISS of a snapshot disagree."""
    manifest, catalogue = snapshot.manifest, snapshot.catalogue
    held = {
        ("passages", "catalogue"): (catalogue.passage_count, manifest.passages),
        ("passages", "BM25"): (snapshot.lexical.count, manifest.passages),
        ("windows", "catalogue"): (catalogue.window_count, manifest.windows),
        ("windows", "FAISS"): (snapshot.vectors.count, manifest.windows),
        ("dimensions", "FAISS"): (snapshot.vectors.dimension, manifest.encoder.dimension),
        ("documents", "catalogue"): (len(catalogue.documents()), manifest.documents),
    }
    for (what, where), (found, expected) in held.items():
        if found != expected:
            yield f"{where} holds {found} {what}, the manifest says {expected}"


def _check_counts(snapshot: Snapshot) -> None:
    for fault in count_faults(snapshot):
        raise IndexDamagedError(f"the new snapshot is not whole ({fault}); the one in use was left as it is")

"""The index on disk: a folder of snapshots and the pointer to the one in use. The only module that knows its layout.

A snapshot is complete, immutable and verified. It is written under a hidden name, synced, renamed, and only then does the
pointer ``CURRENT`` move to it, by an atomic rename: a kill at any instant leaves the snapshot before in use, whole.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import filelock
from pydantic import ValidationError

from citewell.catalogue import Catalogue
from citewell.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexFaultError,
    IndexMismatchError,
    IndexMissingError,
)
from citewell.lexical import PassageTerms
from citewell.manifest import FORMAT, Manifest, file_faults, files_below
from citewell.models import write_atomically
from citewell.vectors import WindowVectors

CATALOGUE = "catalogue.sqlite"
LEXICAL = "lexical"
VECTORS = "vectors.faiss"
_MANIFEST = "manifest.json"
_CURRENT = "CURRENT"
_LOCK = "LOCK"
_SNAPSHOTS = "snapshots"
_HIDDEN = "."


class Stores:
    """The three stores of a snapshot, opened. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalogue = Catalogue(folder / CATALOGUE)
        self.lexical = PassageTerms(folder / LEXICAL)
        self.vectors = WindowVectors(folder / VECTORS)


class Snapshot(Stores):
    """An opened snapshot: its manifest and its stores."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        super().__init__(folder)
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

    @property
    def snapshots(self) -> Path:
        """The folder of snapshots."""
        return self.path / _SNAPSHOTS

    def mend(self, corpus: str | None = None) -> str:
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
            raise IndexMissingError(f"there is no index in {self.path}", mend=self.mend()) from error
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamagedError(f"{self._pointer} cannot be read", mend=self.mend()) from error
        if not name or name.startswith(_HIDDEN) or Path(name).name != name:
            raise IndexDamagedError(f"{self._pointer} names no snapshot", mend=self.mend())
        return name

    def stamp(self) -> tuple[int, int]:
        """Return what changes whenever the pointer is replaced; cheap enough to look at with every question.

        Raises:
            IndexMissingError: There is no index here.
        """
        try:
            found = self._pointer.stat()
        except OSError as error:
            raise IndexMissingError(f"there is no index in {self.path}", mend=self.mend()) from error
        return found.st_ino, found.st_mtime_ns

    def manifest(self, name: str | None = None) -> Manifest:
        """Return the manifest of a snapshot; None is the one in use.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: The manifest is missing or is not one.
            IndexMismatchError: It is of another format.
        """
        path = self.snapshots / (name or self.current()) / _MANIFEST
        try:
            content = json.loads(path.read_bytes())
            if isinstance(content, dict) and content.get("format", FORMAT) != FORMAT:
                raise IndexMismatchError(
                    f"the index in {self.path} has format {content['format']}; this Citewell reads format {FORMAT}",
                    mend=self.mend(),
                )
            manifest = Manifest.model_validate(content)
        except OSError as error:
            raise IndexDamagedError(f"the index lacks {path}", mend=self.mend()) from error
        except (ValueError, ValidationError) as error:
            raise IndexDamagedError(f"{path} is damaged", mend=self.mend()) from error
        if name is None:
            self._corpus = manifest.corpus
        return manifest

    def open(self) -> Snapshot:
        """Open and verify the snapshot in use.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: A file is missing or is not what the manifest says.
            IndexMismatchError: It is of another format.
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
        mend = self.mend(manifest.corpus)
        for faulty, reason in file_faults(folder, manifest):
            raise IndexDamagedError(f"{faulty} {reason}", mend=mend)
        try:
            return Snapshot(folder, manifest)
        except IndexDamagedError as error:
            raise IndexDamagedError(error.message, mend=mend) from error

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
                mend="wait until it is done, then try again",
            ) from error
        except OSError as error:
            raise IndexFaultError(f"the folder {self.path} cannot be written: {error.strerror}") from error
        try:
            self._clear_unfinished()
            yield
        finally:
            lock.release()

    def start(self) -> tuple[str, Path]:
        """Return the name of a new snapshot and the hidden folder to write it in."""
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        building = self.snapshots / f"{_HIDDEN}{name}"
        building.mkdir()
        return name, building

    def publish(self, building: Path, manifest: Manifest) -> None:
        """Verify a written snapshot, sync it to disk, and make it the one in use."""
        (building / _MANIFEST).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
        sync(building)
        _check_counts(Snapshot(building, manifest))
        building.rename(self.snapshots / manifest.name)
        sync_folder(self.snapshots)
        self.switch(manifest.name)

    def switch(self, name: str) -> None:
        """Point to another snapshot, atomically."""
        write_atomically(self._pointer, name + "\n")
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
            self.switch(name)
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

    def _clear_unfinished(self) -> None:
        for entry in self.snapshots.iterdir():
            if entry.name.startswith(_HIDDEN):
                shutil.rmtree(entry, ignore_errors=True)


def sync(folder: Path) -> None:
    """Have the disk write every file and folder below a folder."""
    for file in files_below(folder):
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
    for inner in [folder, *(entry for entry in folder.rglob("*") if entry.is_dir())]:
        sync_folder(inner)


def sync_folder(folder: Path) -> None:
    """Have the disk write a folder's entries; Windows has no such call and needs none."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


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

"""The index on disk: a folder of snapshots and the pointer to the one in use; ``publishing`` writes it.

A snapshot is complete, immutable and verified. It consists of segments, which it shares with others, and of a BM25 index whose
files it shares. Only this module and ``publishing`` know the layout.
"""

from __future__ import annotations

import json
import re
import shlex
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

from citewell.encoder.naming import name_of
from citewell.errors import (
    IndexDamagedError,
    IndexFaultError,
    IndexMismatchError,
    IndexMissingError,
    IndexUnreadableError,
)
from citewell.files import Stamp
from citewell.index.blocks import faults_at_a_glance
from citewell.index.manifest import FORMAT, Manifest, file_faults, unsealed
from citewell.index.snapshot import LocalSnapshot
from citewell.index.soundness import stamp

# The description of a snapshot, in its folder.
MANIFEST = "manifest.json"
_CURRENT = "CURRENT"
_LOCK = "LOCK"
_SNAPSHOTS = "snapshots"
_SEGMENTS = "segments"
_UNFINISHED = "unfinished.sqlite"
_DIGESTS = "files.sqlite"
# How the name of a folder begins that is no snapshot, or not yet.
HIDDEN = "."
# A valid snapshot name; hidden names and paths are excluded.
_NAME = re.compile(r"(?!\.)[\w.-]{1,100}", re.ASCII)


class IndexFolder:
    """An index on disk: ``pointer`` is the file that names the current snapshot.

    ``snapshots`` and ``segments``, which snapshots share, are folders; ``lock`` is the file that is locked while somebody
    writes. In ``unfinished`` a build keeps what it has read and encoded until it has published a snapshot, and in ``digests``
    the digests of the files of the corpus.

    Args:
        path: The folder; it need not exist yet.
        corpus: The folder of the documents, as long as there is no index that names one.
    """

    def __init__(self, path: Path, corpus: Path | None = None) -> None:
        self.path = path
        self.pointer = path / _CURRENT
        self.snapshots = path / _SNAPSHOTS
        self.segments = path / _SEGMENTS
        self.lock = path / _LOCK
        self.unfinished = path / _UNFINISHED
        self.digests = path / _DIGESTS
        self._corpus: str | None = None
        self._first_corpus = None if corpus is None else str(corpus)
        self._opened: WeakSet[LocalSnapshot] = WeakSet()
        self._lock = threading.Lock()

    def build_command(self, corpus: str | None = None) -> str:
        """Return the command that builds this index."""
        place = corpus or self._corpus or self._first_corpus or "corpus"
        return f"citewell index --corpus {shlex.quote(place)} --index {shlex.quote(str(self.path))}"

    def corpus(self) -> Path:
        """Return the folder of the corpus; for an index that has become unreadable, the last known one.

        Raises:
            IndexFaultError: The index is missing or damaged, and the folder was never known.
        """
        try:
            return Path(self.manifest().corpus)
        except IndexFaultError:
            known = self._corpus or self._first_corpus
            if known is None:
                raise
            return Path(known)

    @property
    def is_awaited(self) -> bool:
        """Whether there is no index here yet, and none has been read since this was opened."""
        return self._corpus is None and not self.pointer.exists()

    def current(self) -> str:
        """Return the name of the current snapshot.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: The pointer does not contain a snapshot name.
        """
        try:
            name = self.pointer.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._missing() from error
        except OSError as error:
            raise self.unreadable(self.pointer, error) from error
        except UnicodeDecodeError as error:
            raise IndexDamagedError(f"{self.pointer} is not text", command=self.build_command()) from error
        if not _NAME.fullmatch(name):
            raise IndexDamagedError(f"{self.pointer} does not name a snapshot", command=self.build_command())
        return name

    def _missing(self) -> IndexMissingError:
        message = f"there is no index in {self.path}"
        return IndexMissingError(message, command=self.build_command(), is_first=self.is_awaited)

    def stamp(self) -> Stamp:
        """Return a value that changes whenever the pointer is replaced; cheap enough for every question.

        Raises:
            IndexMissingError: There is no index here.
        """
        found = stamp(self.pointer)
        if found is None:
            raise self._missing()
        return found

    def files(self) -> tuple[Path, ...]:
        """Return the files of the current snapshot, its manifest first; for a damaged one, those that are known.

        Raises:
            IndexFaultError: The pointer is missing or damaged.
        """
        name = self.current()
        try:
            listed = self.files_of(self.manifest(name))
        except IndexFaultError:
            listed = {}
        return (self.snapshots / name / MANIFEST, *listed)

    def files_of(self, manifest: Manifest) -> dict[Path, str]:
        """Return the files of a snapshot, except its manifest, with their digests."""
        folders = self._folders_of(manifest).items()
        return {folder / file: digest for folder, files in folders for file, digest in files.items()}

    def _folders_of(self, manifest: Manifest) -> dict[Path, dict[str, str]]:
        own = {self.snapshots / manifest.name: manifest.files}
        return own | {self.segments / segment.name: segment.files for segment in manifest.segments}

    def manifest(self, name: str | None = None) -> Manifest:
        """Return the manifest of a snapshot; None is the current one.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: The manifest is missing or invalid.
            IndexMismatchError: It has another format.
        """
        path = self.snapshots / (name or self.current()) / MANIFEST
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
        return name_of(self._encoder()["model"]) if "model" in self._encoder() else None

    def encoder_identity(self) -> str | None:
        """Return the identity of the encoder of the current snapshot, also for another format; None if unknown."""
        identity = self._encoder().get("identity")
        return identity if isinstance(identity, str) else None

    def _encoder(self) -> dict[str, Any]:
        try:
            fields = json.loads((self.snapshots / self.current() / MANIFEST).read_bytes())
            return dict(fields["encoder"])
        except (IndexFaultError, OSError, ValueError, RecursionError, KeyError, TypeError):
            return {}

    def file_count(self) -> int | None:
        """Return how many files are documents of the current snapshot, also for another format; None if unknown.

        Raises:
            IndexMissingError: There is no index here.
        """
        try:
            manifest = self.manifest()
            return manifest.documents - manifest.inside
        except IndexMissingError:
            raise
        except IndexMismatchError:
            fields = json.loads((self.snapshots / self.current() / MANIFEST).read_bytes())
            documents, inside = fields.get("documents"), fields.get("inside", 0)
            return documents - inside if isinstance(documents, int) and isinstance(inside, int) else None
        except IndexFaultError:
            return None

    def open(self, *, in_full: bool = False) -> LocalSnapshot:
        """Open the current snapshot.

        Args:
            in_full: Whether all files are verified now; otherwise their sizes are, and what is in them when it is first read.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: A file is missing or does not match the manifest.
            IndexMismatchError: It has another format.
            IndexUnreadableError: Its files cannot be read or opened.
        """
        while True:
            name = self.current()
            try:
                return self.open_snapshot(name, in_full=in_full)
            except IndexDamagedError:
                # Another process may have switched and pruned between the two reads; then the pointer has changed.
                if self.current() == name:
                    raise

    def open_snapshot(self, name: str, *, in_full: bool = False) -> LocalSnapshot:
        """Open a snapshot, as `open` does.

        Raises:
            IndexFaultError: As in `open`.
        """
        manifest = self.manifest(name)
        self._corpus = manifest.corpus
        folder = self.snapshots / name
        command = self.build_command(manifest.corpus)
        self._verify(manifest, command, in_full=in_full)
        try:
            snapshot = LocalSnapshot(folder, self.segments, manifest, command, verified=in_full)
        except IndexDamagedError as error:
            self._verify(manifest, command, in_full=True)
            raise IndexUnreadableError(
                f"{error.message}, although its files match their checksums", command=command
            ) from error
        with self._lock:
            self._opened.add(snapshot)
        return snapshot

    def _verify(self, manifest: Manifest, command: str, *, in_full: bool) -> None:
        """Compare the files of a snapshot with its manifest: in full, or by their sizes."""
        try:
            faults = file_faults(self.files_of(manifest)) if in_full else faults_at_a_glance(self._folders_of(manifest))
            for faulty, reason in faults:
                raise IndexDamagedError(f"{faulty} {reason}", command=command)
        except OSError as error:
            folder = self.snapshots / manifest.name
            raise self.unreadable(Path(error.filename or folder), error) from error

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

    def named(self) -> str | None:
        """Return the name of the current snapshot; None if there is none, or it cannot be known."""
        try:
            return self.current()
        except IndexFaultError:
            return None

    def newest_other(self) -> LocalSnapshot | None:
        """Open and verify the newest intact snapshot that is not the current one, if there is one."""
        in_use = self.named()
        for name in reversed(self.names()):
            if name != in_use:
                with suppress(IndexFaultError):
                    return self.open_snapshot(name, in_full=True)
        return None

    def names(self) -> list[str]:
        """Return the names of all complete snapshots, oldest first."""
        if not self.snapshots.is_dir():
            return []
        return sorted(entry.name for entry in self.snapshots.iterdir() if not entry.name.startswith(HIDDEN))

    def previous(self) -> str | None:
        """Return the snapshot that ``rollback`` returns to: the replaced one, or after a rollback the newest other."""
        current = self.current()
        others = [name for name in self.names() if name != current]
        replaced = self.manifest(current).replaced
        return replaced if replaced in others else (others[-1] if others else None)

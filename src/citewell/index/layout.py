"""The layout of an index on disk: a folder of snapshots and the pointer to the one in use; ``publishing`` writes it.

A snapshot is complete, immutable and verified. It consists of segments, which it shares with others, and of a BM25 index whose
files it shares. Only this module and ``publishing`` know the layout.
"""

from __future__ import annotations

import errno
import re
import shlex
from pathlib import Path

from citewell.errors import (
    IndexDamagedError,
    IndexFaultError,
    IndexUnreadableError,
)
from citewell.files import Stamp
from citewell.index.blocks import faults_at_a_glance
from citewell.index.index import Index
from citewell.index.manifest import Manifest, file_faults
from citewell.index.snapshot import LocalSnapshot
from citewell.index.soundness import stamp

# The description of a snapshot, in its folder.
MANIFEST = "manifest.json"
_CURRENT = "CURRENT"
_LOCK = "LOCK"
_SNAPSHOTS = "snapshots"
_SEGMENTS = "segments"
# How the name of a folder begins that is no snapshot, or not yet.
HIDDEN = "."
# No permission, or a read-only file system.
NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}
# A valid snapshot name; hidden names and paths are excluded.
_NAME = re.compile(r"(?!\.)[\w.-]{1,100}", re.ASCII)


class FolderLayout(Index[LocalSnapshot]):
    """An index on disk: ``pointer`` is the file that names the current snapshot.

    ``snapshots`` and ``segments``, which snapshots share, are folders; ``lock`` is the file that is locked while somebody
    writes.

    Args:
        path: The folder; it need not exist yet.
        corpus: The folder of the documents, as long as there is no index that names one.
    """

    pointer_name = _CURRENT
    chooser = "sketches"
    writing_hint = "free space on the disk"

    def __init__(self, path: Path, corpus: Path | None = None) -> None:
        super().__init__(str(path), path, corpus)
        self.pointer = path / _CURRENT
        self.snapshots = path / _SNAPSHOTS
        self.segments = path / _SEGMENTS
        self.lock = path / _LOCK

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

    def description(self, name: str) -> bytes:
        """Return the manifest of a snapshot as it is stored (`Index.description`)."""
        path = self.snapshots / name / MANIFEST
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexDamagedError(f"{path} is missing", command=self.build_command()) from error
        except OSError as error:
            raise self.unreadable(path, error) from error

    def described(self, name: str) -> str:
        """Return the path of the manifest of a snapshot."""
        return str(self.snapshots / name / MANIFEST)

    def open_snapshot(self, name: str, *, in_full: bool = False) -> LocalSnapshot:
        """Open a snapshot (`Index.open_snapshot`); if not in full, the sizes of its files are verified now."""
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

    def size(self) -> int:
        """Return how many bytes the files of the current snapshot have."""
        return sum(file.stat().st_size for file in self.files() if file.is_file())

    def unwritable(self, error: OSError) -> IndexFaultError:
        """Return the error for a folder that cannot be written (`Index.unwritable`)."""
        message = f"the folder {self.path} cannot be written: {error.strerror}"
        if error.errno not in NOT_WRITABLE:
            return IndexFaultError(message)
        command = f"chmod -R u+w {shlex.quote(str(self.path))}"
        return IndexFaultError(message, command=command, hint="run as the owner of the folder")

    def unreadable(self, file: Path, error: OSError) -> IndexFaultError:
        """Return the error for a file that exists but cannot be read; rebuilding does not help with permissions."""
        message = f"{file} cannot be read: {error.strerror}"
        if isinstance(error, PermissionError):
            command = f"chmod -R a+rX {shlex.quote(str(self.path))}"
            return IndexUnreadableError(message, command=command, hint="run as the owner of the folder")
        return IndexUnreadableError(message, command=self.build_command())

    def names(self) -> list[str]:
        """Return the names of all complete snapshots, oldest first."""
        if not self.snapshots.is_dir():
            return []
        return sorted(entry.name for entry in self.snapshots.iterdir() if not entry.name.startswith(HIDDEN))

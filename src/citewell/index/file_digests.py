"""Digests of the files of a corpus, kept beside the snapshots, so that a file is read again only if it may have changed.

A digest is used while the size, the time of writing, the time of change and the inode of its file stay as they were. It is kept
only if the file was then older than two seconds, so that its next change must have another time. A folder of which all
documents are kept so is kept, too: as long as its entries are the same, none of its files is looked up. It is a cache: what is
missing, damaged or of another form means that files are read. Builds write it, while they hold the lock of the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from citewell.corpus.reading import Listing, SourceFile
from citewell.errors import UnavailableError
from citewell.files import Stamp, stamped_digest
from citewell.index.soundness import KnownDigests

# Digests of files of corpora that this process has read; some 300 bytes each.
_REMEMBERED = 50_000
SEEN = KnownDigests(_REMEMBERED)

# Paths are long, and there are many: they are in the table only, and not in an index of it, too.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL, seal BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folders (
    path TEXT PRIMARY KEY, stamp TEXT NOT NULL, content TEXT NOT NULL, others BLOB NOT NULL, seal BLOB NOT NULL) WITHOUT ROWID;
"""
# What a damaged file raises: its messages quote names that are in it, which need not be text, and sizes can be any number.
_FAULTS = (sqlite3.Error, UnicodeError, MemoryError)
# A build writes for a moment; to read every file of a corpus takes longer than to wait for that.
_SECONDS_TO_WAIT = 2.0
_SEAL_BYTES = 16
_AFTER_SLASH = chr(ord("/") + 1)
# A stamp as it is kept, and the digest.
_Entry = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FolderDigest:
    """What is kept of a folder: the stamp of its `Listing`, the digest of its documents, and the names of its other entries."""

    stamp: str
    content: str
    others: frozenset[str]


# Of a folder in which the next change of a document may not show.
_UNSURE = FolderDigest("", "", frozenset())


def content_of(documents: Iterable[tuple[str, str]]) -> str:
    """Return the digest of some documents.

    Args:
        documents: Their paths, and the digests of their bytes; the order does not matter.
    """
    lines = sorted(f"{path}\0{digest}" for path, digest in documents)
    return sha256("\0".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


class FileDigests:
    """The digests of the files of one corpus. Not thread-safe.

    Args:
        file: The cache; it need not exist.
        verify: Whether every file is read.
    """

    def __init__(self, file: Path, *, verify: bool = False) -> None:
        self._file = file
        self._verify = verify
        self._is_damaged = False
        self._asked: set[str] = set()
        self._new: dict[str, _Entry] = {}
        # The files whose next change will show.
        self._sure: dict[str, str] = {}
        self._settled: set[str] = set()
        self._expected: set[str] = set()
        self._listed: set[str] = set()
        self._new_folders: dict[str, FolderDigest] = {}

    def settled(self, sources: Collection[SourceFile]) -> dict[str, str]:
        """Return the digests of the files that are certainly as they were when these were kept, by their paths."""
        if self._verify or not sources:
            return {}
        self._expected = {source.path[: source.path.rfind("/") + 1] for source in sources}
        known = self._known
        found = {
            source.path: entry[1]
            for source in sources
            if (entry := known.get(source.path)) and entry[0] == _kept(source.stamp)
        }
        self._asked.update(found)
        self._sure.update(found)
        return found

    def of(self, source: SourceFile) -> str:
        """Return the SHA-256 of a file's bytes.

        Raises:
            UnavailableError: It cannot be read.
        """
        self._asked.add(source.path)
        kept = _kept(source.stamp)
        known = self._known.get(source.path)
        if kept and known and known[0] == kept and not self._verify:
            self._sure[source.path] = known[1]
            return known[1]
        try:
            found = stamped_digest(source.place) if self._verify else SEEN.stamped(source.place, source.stamp)
        except OSError as error:
            raise UnavailableError(error) from error
        digest, stamp = found
        # A file that was written since it was listed is read again the next time.
        if kept and _kept(stamp) == kept:
            self._sure[source.path] = digest
            if known != (kept, digest):
                self._new[source.path] = kept, digest
        return digest

    @cached_property
    def folders(self) -> dict[str, FolderDigest]:
        """The folders that are kept; none if every file is read."""
        return {} if self._verify else self._kept_folders

    def pass_over(self, folders: Iterable[str]) -> None:
        """Note that folders are there, and as they were kept: nobody asks about the documents in them.

        Called before anything else is asked.
        """
        self._settled.update(folders)

    def keep_folder(self, folder: str, listing: Listing) -> None:
        """Keep a folder, and how it is if the next change of each document in it will show; all have been asked about."""
        self._listed.add(folder)
        found = _UNSURE
        if all(path in self._sure for path in listing.documents):
            content = content_of((path, self._sure[path]) for path in listing.documents)
            found = FolderDigest(listing.stamp, content, listing.others)
        if self._kept_folders.get(folder) != found:
            self._new_folders[folder] = found

    def save(self) -> None:
        """Write what has changed since the cache was read; files that nobody asked about are no longer there.

        A disk that is full, or a cache that is damaged again, ends only the keeping.
        """
        gone_folders = self._kept_folders.keys() - self._settled - self._listed
        gone = self._gone() if gone_folders or self._listed or self._asked or not self._settled else set()
        entries, folders = self._new, self._new_folders
        if self._is_damaged:
            every = self._entries("")
            self._discard()
            entries = {path: entry for path, entry in every.items() if path not in gone} | entries
            folders = {path: each for path, each in self._kept_folders.items() if path not in gone_folders} | folders
        elif not (gone or entries or gone_folders or folders):
            return
        try:
            self._file.parent.mkdir(exist_ok=True)
            with closing(sqlite3.connect(self._file)) as connection, connection:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.executemany("DELETE FROM files WHERE path = ?", ((path,) for path in gone))
                connection.executemany("DELETE FROM folders WHERE path = ?", ((path,) for path in gone_folders))
                rows = ((path, *entry, _seal(path, *entry)) for path, entry in entries.items())
                connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", rows)
                folder_rows = (_folder_row(path, each) for path, each in folders.items())
                connection.executemany("INSERT OR REPLACE INTO folders VALUES (?, ?, ?, ?, ?)", folder_rows)
        except (*_FAULTS, OSError):
            self._discard()

    def _gone(self) -> set[str]:
        settled = self._settled
        return {path for path in self._known.keys() - self._asked if path[: path.rfind("/") + 1] not in settled}

    @cached_property
    def _known(self) -> dict[str, _Entry]:
        """What is kept of the files that may be asked about: not of folders that are passed over, unless they are expected."""
        known: dict[str, _Entry] = {}
        last = ""
        for folder in sorted({*self._kept_folders.keys() - self._settled, *self._expected} if self._settled else {""}):
            # What is in a folder comes after it, and has been read with it.
            if not (known and folder.startswith(last)):
                known |= self._entries(folder)
                last = folder
        return known

    def _entries(self, folder: str) -> dict[str, _Entry]:
        query = "SELECT path, stamp, digest, seal FROM files"
        after = f"{folder[:-1]}{_AFTER_SLASH}"
        rows = self._rows(f"{query} WHERE path >= ? AND path < ?", folder, after) if folder else self._rows(query)
        known = {row[0]: (row[1], row[2]) for row in rows if row[3] == _seal(*row[:3])}
        self._is_damaged |= len(known) < len(rows)
        return known

    @cached_property
    def _kept_folders(self) -> dict[str, FolderDigest]:
        # A cache of the earlier form has no folders, and is whole nevertheless.
        if not self._rows("SELECT 1 FROM sqlite_master WHERE name = 'folders'"):
            return {}
        rows = self._rows("SELECT path, stamp, content, others, seal FROM folders")
        known = {row[0]: _folder_of(row) for row in rows if row[4] == _folder_seal(*row[:4])}
        self._is_damaged |= len(known) < len(rows)
        return known

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        if not self._file.exists():
            return []
        uri = f"{self._file.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True, timeout=_SECONDS_TO_WAIT)) as connection:
                return connection.execute(query, values).fetchall()
        except _FAULTS:
            self._is_damaged = True
            return []

    def _discard(self) -> None:
        for name in (self._file.name, f"{self._file.name}-journal"):
            with suppress(OSError):
                self._file.with_name(name).unlink(missing_ok=True)


def _kept(stamp: Stamp | None) -> str:
    """Return a stamp as it is kept; "" is that of a file that is not known, or has no inode."""
    return f"{stamp[0]} {stamp[1]} {stamp[2]} {stamp[3]}" if stamp and stamp[3] else ""


def _seal(path: str, stamp: str, digest: str) -> bytes:
    # As in ``sealing``, which would take three times as long for every file of a corpus.
    return sha256(f"{path}\0{stamp}\0{digest}".encode("utf-8", "surrogatepass")).digest()[:_SEAL_BYTES]


def _folder_of(row: tuple[Any, ...]) -> FolderDigest:
    others = row[3].decode("utf-8", "surrogatepass")
    return FolderDigest(row[1], row[2], frozenset(others.split("\0")) if others else frozenset())


def _folder_row(path: str, folder: FolderDigest) -> tuple[str, str, str, bytes, bytes]:
    # A name need not be text.
    row = path, folder.stamp, folder.content, "\0".join(sorted(folder.others)).encode("utf-8", "surrogatepass")
    return *row, _folder_seal(*row)


def _folder_seal(path: str, stamp: str, content: str, others: object) -> bytes:
    return _seal(path, f"{stamp} {content}", repr(others))

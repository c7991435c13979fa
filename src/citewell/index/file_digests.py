"""Digests of the files of a corpus, kept beside the snapshots, so that a file is read again only if it may have changed.

A digest is used while the size, the time of writing, the time of change and the inode of its file stay as they were. It is kept
only if the file was then older than two seconds, so that its next change must have another time. It is a cache: what is
missing, damaged or of another form means that files are read. Builds write it, while they hold the lock of the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from citewell.corpus.reading import SourceFile
from citewell.errors import UnavailableError
from citewell.files import Stamp, stamped_digest
from citewell.index.soundness import KnownDigests

# Digests of files of corpora that this process has read; some 300 bytes each.
_REMEMBERED = 50_000
SEEN = KnownDigests(_REMEMBERED)

# Paths are long, and there are many: they are in the table only, and not in an index of it, too.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL, seal BLOB NOT NULL) WITHOUT ROWID
"""
# What a damaged file raises: its messages quote names that are in it, which need not be text, and sizes can be any number.
_FAULTS = (sqlite3.Error, UnicodeError, MemoryError)
# A build writes for a moment; to read every file of a corpus takes longer than to wait for that.
_SECONDS_TO_WAIT = 2.0
_SEAL_BYTES = 16
# A stamp as it is kept, and the digest.
_Entry = tuple[str, str]


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

    def settled(self, sources: Iterable[SourceFile]) -> dict[str, str]:
        """Return the digests of the files that are certainly as they were when these were kept, by their paths."""
        if self._verify:
            return {}
        known = self._known
        found = {
            source.path: entry[1]
            for source in sources
            if (entry := known.get(source.path)) and entry[0] == _kept(source.stamp)
        }
        self._asked.update(found)
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
            return known[1]
        try:
            found = stamped_digest(source.place) if self._verify else SEEN.stamped(source.place, source.stamp)
        except OSError as error:
            raise UnavailableError(error) from error
        digest, stamp = found
        # A file that was written since it was listed is read again the next time.
        if kept and _kept(stamp) == kept and known != (kept, digest):
            self._new[source.path] = kept, digest
        return digest

    def save(self) -> None:
        """Write what has changed since the cache was read; files that nobody asked about are no longer there.

        A disk that is full, or a cache that is damaged again, ends only the keeping.
        """
        gone = self._known.keys() - self._asked
        entries = self._new
        if self._is_damaged:
            self._discard()
            entries = {path: self._known[path] for path in self._known.keys() & self._asked} | entries
        elif not (gone or entries):
            return
        try:
            self._file.parent.mkdir(exist_ok=True)
            with closing(sqlite3.connect(self._file)) as connection, connection:
                connection.execute(_SCHEMA)
                connection.executemany("DELETE FROM files WHERE path = ?", ((path,) for path in gone))
                rows = ((path, *entry, _seal(path, *entry)) for path, entry in entries.items())
                connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", rows)
        except (*_FAULTS, OSError):
            self._discard()

    @cached_property
    def _known(self) -> dict[str, _Entry]:
        rows = self._rows()
        known = {row[0]: (row[1], row[2]) for row in rows if row[3] == _seal(*row[:3])}
        self._is_damaged |= len(known) < len(rows)
        return known

    def _rows(self) -> list[tuple[str, str, str, bytes]]:
        if not self._file.exists():
            return []
        uri = f"{self._file.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True, timeout=_SECONDS_TO_WAIT)) as connection:
                return connection.execute("SELECT path, stamp, digest, seal FROM files").fetchall()
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

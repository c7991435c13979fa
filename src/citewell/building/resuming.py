"""What a build has read and encoded, kept beside the snapshots until one with it is published.

So a build that was stopped, or failed, is not done again: the next one reads and encodes only what is missing. It is a cache:
each row has a seal over its key and content, and what is damaged, or belongs to other readers or another encoder, is not used.
Only the process that holds the lock of the index opens it.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from citewell._version import __version__
from citewell.corpus.reading import ReadingOptions, SourceFile, is_current, is_there, read, versions
from citewell.corpus.reading.extract import ReadingProgress, unheard
from citewell.corpus.reading.packing import packed, unpacked
from citewell.document import Document
from citewell.errors import ReadingError
from citewell.index.sealing import seal, seal_bytes

if TYPE_CHECKING:
    from citewell.encoder.encoding import Vectors

# What was done since is lost where the process is killed.
_SECONDS_BETWEEN_COMMITS = 1.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (key TEXT PRIMARY KEY, header TEXT NOT NULL, content BLOB NOT NULL, seal BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL, seal BLOB NOT NULL);
"""
# What a damaged file raises: its messages quote names that are in it, which need not be text, and sizes can be any number.
_FAULTS = (sqlite3.Error, UnicodeError, MemoryError)
_AMONG = "SELECT key, vector, seal FROM vectors WHERE key IN (SELECT value FROM json_each(?))"
_SUFFIXES = ("", "-journal")
_REFUSED = "refused"


class Unfinished:
    """The work of builds that published nothing yet.

    A disk that is full, or a file that is damaged, ends only the keeping: then the next build does everything again.

    Args:
        file: The file; it is created when there is something to keep.
        options: What the readers may do.
        fresh: Whether to use nothing of it, and begin again.
    """

    def __init__(self, file: Path, options: ReadingOptions, *, fresh: bool = False) -> None:
        self._file = file
        self._options = options
        self._reading = json.dumps([__version__, sorted(versions().items()), sorted(asdict(options).items())])
        self._encoding = ""
        self._connection: sqlite3.Connection | None = None
        self._failed = False
        self._committed = time.monotonic()
        if fresh:
            self.discard()

    def __enter__(self) -> Unfinished:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def forget_others(self, files: Mapping[str, str]) -> None:
        """Remove what was read of files that are no longer there, or with other settings.

        Args:
            files: The digest of each file that is there, by its path.
        """
        if not self._rows("SELECT 1 FROM documents LIMIT 1"):
            return
        wanted = {self._document_key(path, digest) for path, digest in files.items()}
        self._trim("documents", wanted)

    def has(self, path: str, digest: str | None) -> bool:
        """Return whether there is something of a file, which may turn out to be damaged."""
        if not digest:
            return False
        return bool(self._rows("SELECT 1 FROM documents WHERE key = ?", self._document_key(path, digest)))

    def known(self, path: str, digest: str | None) -> Document | None:
        """Return a document that was read before, from the same bytes and in the same way.

        Args:
            path: Its path in the corpus.
            digest: The digest of its bytes, as far as it is known.

        Raises:
            ReadingError: It could not be read then.
        """
        if not digest:
            return None
        key = self._document_key(path, digest)
        for header, content, sealed in self._rows("SELECT header, content, seal FROM documents WHERE key = ?", key):
            if not isinstance(content, bytes) or sealed != seal("documents", key, header, seal_bytes(content)):
                return None
            fields = json.loads(header)
            if _REFUSED in fields:
                if fields["lacks"] and is_there(fields["lacks"], self._options):
                    return None
                raise ReadingError(fields[_REFUSED], digest=digest, lacks=fields["lacks"])
            with suppress(ValueError):
                found = unpacked(path, fields, content)
                current = found.digest == digest and is_current(found.reader, self._options)
                return found if current else None
        return None

    def read_anew(self, source: SourceFile, progress: ReadingProgress = unheard) -> Document:
        """Read a file, without keeping it; in any thread.

        Raises:
            ReadingError: It cannot be read.
            CitewellError: No reader process can be started.
        """
        return read(source, self._options, progress)

    def keep(self, document: Document) -> None:
        """Keep a document that was read."""
        header, content = packed(document)
        self._keep(document.path, document.digest, json.dumps(header), content)

    def keep_refusal(self, path: str, error: ReadingError) -> None:
        """Keep that a file could not be read, unless the same bytes may be read another time."""
        if error.digest and not error.retry:
            self._keep(path, error.digest, json.dumps({_REFUSED: error.message, "lacks": error.lacks}), b"")

    def encode_with(self, encoder: str, *settings: float) -> None:
        """Say which encoder makes the vectors, by its identity, and what else they depend on; others are removed."""
        self._encoding = json.dumps([encoder, *settings])
        self._write(
            "DELETE FROM vectors WHERE substr(key, instr(key, ' ') + 1) != ?", [(self._encoding,)], create=False
        )

    def vectors(self, keys: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """Return the vectors of windows that were encoded before, by the keys of the windows."""
        names = json.dumps([self._vector_key(key) for key in keys])
        found = {}
        for name, packed_vector, sealed in self._rows(_AMONG, names):
            if isinstance(packed_vector, bytes) and sealed == _sealed_vector(name, packed_vector):
                found[str(name).partition(" ")[0]] = np.frombuffer(packed_vector, dtype=np.float32)
        return found

    def keep_vectors(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors of windows."""
        rows = []
        for key, vector in zip(keys, vectors, strict=True):
            name, content = self._vector_key(key), vector.astype(np.float32).tobytes()
            rows.append((name, content, _sealed_vector(name, content)))
        self._write("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Write what is left, and close the file."""
        connection, self._connection = self._connection, None
        if connection:
            with suppress(*_FAULTS):
                connection.commit()
            with suppress(*_FAULTS):
                connection.close()

    def discard(self) -> None:
        """Remove everything: it is published, or there is nothing to publish."""
        self.close()
        for suffix in _SUFFIXES:
            with suppress(OSError):
                self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)

    def _opened(self, *, create: bool) -> sqlite3.Connection | None:
        if self._connection is None and not self._failed and (create or self._file.exists()):
            try:
                self._connection = sqlite3.connect(self._file)
                self._connection.executescript(f"PRAGMA synchronous = NORMAL;{_SCHEMA}")
            except _FAULTS:
                self._give_up()
        return self._connection

    def _give_up(self) -> None:
        connection, self._connection = self._connection, None
        self._failed = True
        if connection:
            with suppress(*_FAULTS):
                connection.close()
        self.discard()

    def _keep(self, path: str, digest: str, header: str, content: bytes) -> None:
        key = self._document_key(path, digest)
        row = (key, header, content, seal("documents", key, header, seal_bytes(content)))
        self._write("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", [row])

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]], *, create: bool = True) -> None:
        connection = self._opened(create=create) if rows else None
        if connection is None:
            return
        try:
            connection.executemany(statement, rows)
            if time.monotonic() - self._committed > _SECONDS_BETWEEN_COMMITS:
                connection.commit()
                self._committed = time.monotonic()
        except _FAULTS:
            self._give_up()

    def _rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        connection = self._opened(create=False)
        if connection is None:
            return []
        try:
            return connection.execute(query, parameters).fetchall()
        except _FAULTS:
            self._give_up()
            return []

    def _trim(self, table: str, wanted: Collection[str]) -> None:
        # The names of tables are our own.
        known = [key for (key,) in self._rows(f"SELECT key FROM {table}")]  # noqa: S608
        self._write(f"DELETE FROM {table} WHERE key = ?", [(key,) for key in known if key not in wanted])  # noqa: S608

    def _document_key(self, path: str, digest: str) -> str:
        return f"{digest} {path} {self._reading}"

    def _vector_key(self, key: str) -> str:
        return f"{key} {self._encoding}"


def _sealed_vector(name: str, content: bytes) -> bytes:
    return seal("vectors", name, seal_bytes(content))

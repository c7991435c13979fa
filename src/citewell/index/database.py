"""A SQLite file of a snapshot, read (`segment_rows.Rows`) and written (`segment_rows.RowsToWrite`)."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType

from citewell.errors import IndexDamagedError, IndexFaultError, IndexUnreadableError
from citewell.index.segment_rows import Row
from citewell.index.soundness import Soundness

# SQLite errors that do not mean damage: out of memory, disk full, too many open files, I/O error.
_TEMPORARY = {sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}


class Database:
    """One file, with one connection. Thread-safe.

    Args:
        file: The file.
        soundness: Where damage is reported; None is nowhere.

    Raises:
        IndexFaultError: The file cannot be opened.
    """

    def __init__(self, file: Path, soundness: Soundness | None = None) -> None:
        self._file = file
        self._soundness = soundness or Soundness()
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(
                f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.DatabaseError as error:
            raise self.fault(error) from error
        weakref.finalize(self, self._connection.close)

    def all(self, query: str, *parameters: object) -> list[Row]:
        """Return all rows of a query (`segment_rows.Rows.all`)."""
        try:
            with self._lock, closing(self._connection.execute(query, parameters)) as cursor:
                return cursor.fetchall()
        except (sqlite3.DatabaseError, UnicodeError) as error:
            raise self.fault(error) from error

    def fault(self, error: Exception) -> IndexFaultError:
        """Return an error of SQLite as one of the index; one that may pass is no damage."""
        # The lowest byte is the primary error code.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _TEMPORARY:
            return IndexUnreadableError(f"{self._file} cannot be read: {error}")
        return self.damaged(error)

    def damaged(self, reason: object) -> IndexDamagedError:
        """Report damage, and return it as an error."""
        return self._soundness.mark_damaged(f"{self._file} is damaged: {reason}")


class DatabaseWriter:
    """Writes a new file; leaving the block commits it.

    Args:
        file: The file.
        schema: The statements that create its tables.
        changed: Of some tables, how their rows are made those of SQLite.
        page: How many bytes a page has.

    Raises:
        sqlite3.Error: It cannot be written.
    """

    def __init__(
        self, file: Path, schema: str, changed: Mapping[str, Callable[[Row], Row]] | None = None, page: int = 4096
    ) -> None:
        self._changed = changed or {}
        self._connection = sqlite3.connect(file, isolation_level=None)
        # The snapshot becomes visible only when it is complete and synced, so no journal is needed until then.
        settings = f"PRAGMA page_size = {page}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
        self._connection.executescript(f"{settings} BEGIN; {schema}")
        self._inserts: dict[str, str] = {}

    def __enter__(self) -> DatabaseWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._connection.execute("COMMIT")
        self._connection.close()

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Write rows of a table (`segment_rows.RowsToWrite.add`)."""
        insert = self._inserts.get(table) or self._prepared(table)
        changed = self._changed.get(table)
        self._connection.executemany(insert, map(changed, rows) if changed else rows)

    def _prepared(self, table: str) -> str:
        columns = len(self._connection.execute(f"PRAGMA table_info({table})").fetchall())
        # The name of the table is one of ours.
        self._inserts[table] = f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608
        return self._inserts[table]

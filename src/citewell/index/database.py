"""A SQLite file of a snapshot, opened to be read."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from citewell.errors import IndexDamagedError, IndexFaultError, IndexUnreadableError
from citewell.index.sealing import seal
from citewell.index.soundness import Soundness

Row = tuple[Any, ...]

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
        """Return all rows of a query.

        Raises:
            IndexFaultError: They cannot be read, or the file is damaged.
        """
        try:
            with self._lock, closing(self._connection.execute(query, parameters)) as cursor:
                return cursor.fetchall()
        except (sqlite3.DatabaseError, UnicodeError) as error:
            raise self.fault(error) from error

    def sealed(self, table: str, query: str, *parameters: object, ordinals: Sequence[int] | None = None) -> list[Row]:
        """Return verified rows without their last column, the seal; with ``ordinals``, exactly those rows in that order.

        Args:
            table: The table, as it is sealed.
            query: The query; with ``ordinals``, its first column is that.
            parameters: Those of the query.
            ordinals: Which rows there must be.

        Raises:
            IndexDamagedError: A row has changed or is missing.
            IndexFaultError: They cannot be read.
        """
        rows = self.all(query, *parameters)
        for *values, sealed in rows:
            if sealed != seal(table, *values):
                raise self.damaged(f"a row of the table {table} has changed")
        if ordinals is None:
            return [row[:-1] for row in rows]
        found = {row[0]: row[:-1] for row in rows}
        missing = next((ordinal for ordinal in ordinals if ordinal not in found), None)
        if missing is not None:
            raise self.damaged(f"row {missing} of the table {table} is missing")
        return [found[ordinal] for ordinal in ordinals]

    def fault(self, error: Exception) -> IndexFaultError:
        """Return an error of SQLite as one of the index; one that may pass is no damage."""
        # The lowest byte is the primary error code.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _TEMPORARY:
            return IndexUnreadableError(f"{self._file} cannot be read: {error}")
        return self.damaged(error)

    def damaged(self, reason: object) -> IndexDamagedError:
        """Report damage, and return it as an error."""
        return self._soundness.mark_damaged(f"{self._file} is damaged: {reason}")

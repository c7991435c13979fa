"""The current snapshot of an index in PostgreSQL, kept open (`index.InUse`)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from citewell.index.postgres.snapshot import PostgresSnapshot

if TYPE_CHECKING:
    from citewell.index.postgres.index import PostgresIndex


class PostgresInUse:
    """Provides the current snapshot, whose name is asked for at each use. Thread-safe.

    Args:
        index: The index.
    """

    def __init__(self, index: PostgresIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._open: PostgresSnapshot | None = None

    def snapshot(self) -> PostgresSnapshot:
        """Return the current snapshot (`index.InUse.snapshot`)."""
        name, opened = self._index.current(), self._open
        if opened is None or opened.manifest.name != name:
            with self._lock:
                opened = self._open
                if opened is None or opened.manifest.name != name:
                    opened = self._open = self._index.open()
        opened.soundness.check()
        return opened

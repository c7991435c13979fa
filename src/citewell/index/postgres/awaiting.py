"""What a server must have before it is asked, as standbys may lag behind."""

from __future__ import annotations

import time
import weakref
from collections.abc import Sequence

import psycopg

from citewell.index.segment_rows import Row

# How long a standby may lag behind what was read of the primary.
_LAG_SECONDS = 5.0
_LOOK_SECONDS = 0.02


class Awaited:
    """What a server must have before it is asked: a standby, which may lag behind one that was asked before, is waited for.

    Its changes come in the order in which they were made, so that all rows of a segment are there when its name is.

    Args:
        query: Returns whether it is there, and nothing else.
        parameters: Its parameters.
    """

    def __init__(self, query: str, parameters: Sequence[object]) -> None:
        self._query = f"SELECT ({query}), pg_is_in_recovery()"
        self._parameters = parameters
        self._ready: weakref.WeakSet[psycopg.Connection[Row]] = weakref.WeakSet()

    def __call__(self, connection: psycopg.Connection[Row]) -> None:
        """Wait for the server of a connection, once.

        Raises:
            psycopg.OperationalError: It does not get it.
        """
        if connection in self._ready:
            return
        until = time.monotonic() + _LAG_SECONDS
        # What a primary does not have is missing, which is said where it is needed.
        while self._is_late(connection):
            if time.monotonic() > until:
                raise psycopg.OperationalError("a standby lags behind, and does not have the newest snapshot yet")
            time.sleep(_LOOK_SECONDS)
        self._ready.add(connection)

    def _is_late(self, connection: psycopg.Connection[Row]) -> bool:
        try:
            with connection.transaction():
                is_there, is_standby = connection.execute(self._query, self._parameters).fetchone() or (False, False)
        except psycopg.errors.UndefinedTable:
            # A standby gets the tables like any other change.
            (is_standby,) = connection.execute("SELECT pg_is_in_recovery()").fetchone() or (False,)
            return bool(is_standby)
        return is_standby and not is_there

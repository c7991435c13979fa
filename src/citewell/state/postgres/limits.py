"""What was counted for limits, in PostgreSQL: one row for each limit and key, which is locked while it is counted."""

from __future__ import annotations

import time
from collections import deque

from citewell.postgres.texts import plain
from citewell.state.counting import Window
from citewell.state.postgres.connecting import Connection, Connections

# Made if it is missing, and locked in any case; all servers have the clock of the database.
_LOCKED = (
    "INSERT INTO limits (name, key) VALUES (%s, %s) ON CONFLICT (name, key) DO UPDATE SET key = excluded.key"
    " RETURNING times, costs, extract(epoch FROM clock_timestamp())::float8"
)
_KEPT = "UPDATE limits SET times = %s, costs = %s, until = %s WHERE name = %s AND key = %s"
_READ = "SELECT times, costs, extract(epoch FROM clock_timestamp())::float8 FROM limits WHERE name = %s AND key = %s"
# Rows that another server removes or counts are skipped.
_REMOVE = (
    "DELETE FROM limits WHERE ctid = ANY (ARRAY (SELECT ctid FROM limits"
    " WHERE until < extract(epoch FROM clock_timestamp()) LIMIT 1000 FOR UPDATE SKIP LOCKED))"
)
_REMOVE_SECONDS = 60.0
# Requests within this part of the window are one entry, so that a row stays small however high the limit is.
_PART = 1 / 256


class PostgresCounts:
    """The counts of one limit, shared by all servers (`storage.Counts`).

    Args:
        connections: The database.
        limit: The name of the limit.
        most: How much may be counted for a key.
        seconds: In a window of so many.
    """

    is_shared = True

    def __init__(self, connections: Connections, limit: str, most: int, seconds: float) -> None:
        self._connections = connections
        self._limit = limit
        self._most = most
        self._seconds = seconds
        self._removed = time.monotonic()

    def hit(self, key: str, cost: int) -> float:
        """Count a cost unless the limit would be exceeded (`storage.Counts.hit`)."""
        # A name that is tried at a sign-in can have any character.
        key = plain(key)

        def counted(connection: Connection) -> float:
            times, costs, now = connection.execute(_LOCKED, [self._limit, key]).fetchone() or ((), (), 0.0)
            window = self._window(times, costs, now)
            wait = window.wait(cost, self._most, now)
            if not wait:
                self._enter(window, now, cost)
            entries = window.entries
            until = window.newest + self._seconds if entries else now
            values = [[then for then, _ in entries], [each for _, each in entries], until]
            connection.execute(_KEPT, [*values, self._limit, key])
            return wait

        self._remove_old()
        return self._connections.write(counted)

    def wait(self, key: str) -> float:
        """Return the seconds until there is room (`storage.Counts.wait`)."""
        window, now = self._read(key)
        return window.wait(1, self._most, now)

    def counted(self, key: str) -> int:
        """Return the total cost in the window."""
        return self._read(key)[0].counted

    def _read(self, key: str) -> tuple[Window, float]:
        def read(connection: Connection) -> tuple[Window, float]:
            times, costs, now = connection.execute(_READ, [self._limit, plain(key)]).fetchone() or ((), (), 0.0)
            return self._window(times, costs, now), now

        # Not of a standby, which does not have them.
        return self._connections.write(read)

    def _window(self, times: list[float], costs: list[int], now: float) -> Window:
        """Return what is in the window; times that have not come yet are of a clock that was wrong."""
        known = zip(times, costs, strict=True)
        window = Window(self._seconds, deque((then, cost) for then, cost in known if then <= now))
        window.forget(now)
        return window

    def _enter(self, window: Window, now: float, cost: int) -> None:
        if window.entries and now - window.newest < self._seconds * _PART:
            then, before = window.entries.pop()
            window.entries.append((then, before + cost))
        else:
            window.entries.append((now, cost))

    def _remove_old(self) -> None:
        now = time.monotonic()
        if now - self._removed > _REMOVE_SECONDS:
            self._removed = now
            self._connections.write(lambda connection: connection.execute(_REMOVE))

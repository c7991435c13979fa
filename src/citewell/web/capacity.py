"""How many connections a server has: of all, of one address, and which one goes where there is no room."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from citewell.web.auth.visitors import network
from citewell.web.middleware.addresses import Network, is_one_of, read_address

_MOST_CONNECTIONS = 1000
# File descriptors for other uses: the index, models, files being written.
_OTHER_FILES = 256
# This many more connections may wait to read their error; beyond that, the oldest are dropped.
_MOST_REJECTED = 32


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of connections.

    ``most`` is their maximum number, and ``most_of_one`` that for one address, or one IPv6 network, unless it is one of the
    ``proxies``; None uses what the system lets the process open, and half of that. Headers have to arrive within
    ``header_seconds``. A body or a response may pause for ``still_seconds``, and has to average ``pace`` bytes a second after
    that; a burst does not allow longer pauses.
    """

    most: int | None = None
    most_of_one: int | None = None
    proxies: Sequence[Network] = ()
    header_seconds: float = 10
    still_seconds: float = 30
    pace: int = 2000


class Connection(Protocol):
    """What a server's room has to know of a connection."""

    client: tuple[str, int] | None

    @property
    def asks_nothing(self) -> bool:
        """Whether no request is in work."""

    def drop(self) -> None:
        """Close it at once."""

    def look(self, now: float) -> None:
        """Close it if it is too slow."""


class Room:
    """The connections of one server, in one event loop."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._most = limits.most or most_open()
        self._most_of_one = limits.most_of_one or max(1, self._most // 2)
        self._here: dict[Connection, str] = {}
        # Connections that are reading their error. They hold no place.
        self._rejected: dict[Connection, None] = {}
        self._counted: dict[str, int] = {}
        self._looking = False

    def enter(self, connection: Connection, loop: asyncio.AbstractEventLoop) -> bool:
        """Admit a connection, replacing an idle one if there is no room; return whether it was admitted."""
        address = read_address(connection.client[0]) if connection.client else None
        of = "" if address is None or is_one_of(address, self.limits.proxies) else network(str(address))
        if of and self._counted.get(of, 0) >= self._most_of_one:
            there = self._leave_one(each for each, other in self._here.items() if other == of)
        else:
            there = len(self._here) < self._most or self._leave_one(self._here)
        if there:
            self._here[connection] = of
            self._counted[of] = self._counted.get(of, 0) + 1
        if not self._looking:
            self._looking = True
            loop.call_later(self._interval, self._look, loop)
        return there

    def reject(self, connection: Connection) -> None:
        """Release the place of a connection that is sent an error; it stays open only until it has read that."""
        self.leave(connection)
        self._rejected[connection] = None
        if len(self._rejected) > _MOST_REJECTED:
            first = next(iter(self._rejected))
            self.leave(first)
            first.drop()

    def leave(self, connection: Connection) -> None:
        """Remove a connection that has ended."""
        self._rejected.pop(connection, None)
        of = self._here.pop(connection, None)
        if of is not None:
            self._counted[of] -= 1
            if not self._counted[of]:
                del self._counted[of]

    @property
    def _interval(self) -> float:
        return min(1.0, self.limits.header_seconds / 4, self.limits.still_seconds / 4)

    def _leave_one(self, of: Iterable[Connection]) -> bool:
        # The dict is ordered, so the oldest is first.
        idle = next((each for each in of if each.asks_nothing), None)
        if idle is None:
            return False
        self.leave(idle)
        idle.drop()
        return True

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Close all connections that are too slow, and repeat while there are any."""
        now = time.monotonic()
        for connection in [*self._here, *self._rejected]:
            connection.look(now)
        self._looking = bool(self._here or self._rejected)
        if self._looking:
            loop.call_later(self._interval, self._look, loop)


def most_open() -> int:
    """Return how many connections this process may have open and still open other files."""
    if sys.platform == "win32":
        return _MOST_CONNECTIONS
    import resource

    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        return _MOST_CONNECTIONS
    return min(_MOST_CONNECTIONS, max(most // 2, most - _OTHER_FILES))

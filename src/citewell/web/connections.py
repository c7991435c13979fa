"""Connections: how many, for how long each may say nothing, and what is answered before any application sees a request.

A request costs its sender next to nothing, and each connection one of the process's descriptors. So headers have to be there
within seconds, bodies and answers have to move, and where all places are taken, the connection goes that has waited longest
without asking for anything.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from citewell.web import logs
from citewell.web.auth.visitors import network
from citewell.web.middleware.addresses import Network, is_one_of, read_address
from citewell.web.middleware.head_limit import MOST_HEADER_LINES
from citewell.web.middleware.headers import HEADERS
from citewell.web.problems import described

# All lines of a request's head together, its address included.
MOST_HEADER_BYTES = 16_384
# Read in such pieces, a head that is too long is refused before more of it has been looked at.
_PIECE = 1024
_BODY_PIECE = 65_536
_MOST_CONNECTIONS = 1000
# What else the process opens: the index, its models, what is written.
_OTHER_FILES = 256
# So many more may be told what is wrong, before those are dropped that were told first.
_MOST_TOLD = 32
_AGAIN_SECONDS = 5
_REASONS = {
    400: b"Bad Request",
    408: b"Request Timeout",
    431: b"Request Header Fields Too Large",
    503: b"Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What connections may do.

    ``most`` of them there are at once, and ``most_of_one`` of one address, or one network of IPv6, unless it is one of the
    ``proxies``; None are as many as the system lets the process open, and half of those. Headers come within
    ``header_seconds``. A body or an answer may stand still for ``still_seconds``, and moves by ``pace`` bytes a second in the
    mean after that; more at once does not make up for more standing still.
    """

    most: int | None = None
    most_of_one: int | None = None
    proxies: Sequence[Network] = ()
    header_seconds: float = 10
    still_seconds: float = 30
    pace: int = 2000


def connections(limits: Limits) -> type[H11Protocol]:
    """Make the protocol of a server's connections, which together keep to some limits."""
    room = _Room(limits)

    class Limited(_Connection):
        """A connection that keeps to the limits of its server."""

        _room = room

    return Limited


class _Room:
    """The connections of one server, all in one event loop."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._most = limits.most or _most_open()
        self._most_of_one = limits.most_of_one or max(1, self._most // 2)
        self._here: dict[_Connection, str] = {}
        # They have no place, so that none is free when one of them goes.
        self._told: dict[_Connection, None] = {}
        self._counted: dict[str, int] = {}
        self._looking = False

    def enter(self, connection: _Connection, loop: asyncio.AbstractEventLoop) -> bool:
        """Let a connection in, in place of one that asks for nothing where there is no room; return whether there was."""
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

    def tell(self, connection: _Connection) -> None:
        """Take the place of a connection that is told what is wrong; it stays only until it has read that."""
        self.leave(connection)
        self._told[connection] = None
        if len(self._told) > _MOST_TOLD:
            first = next(iter(self._told))
            self.leave(first)
            first.drop()

    def leave(self, connection: _Connection) -> None:
        """Forget a connection that has ended."""
        self._told.pop(connection, None)
        of = self._here.pop(connection, None)
        if of is not None:
            self._counted[of] -= 1
            if not self._counted[of]:
                del self._counted[of]

    @property
    def _interval(self) -> float:
        return min(1.0, self.limits.header_seconds / 4, self.limits.still_seconds / 4)

    def _leave_one(self, of: Iterable[_Connection]) -> bool:
        # The first that came is the first here.
        idle = next((each for each in of if each.asks_nothing), None)
        if idle is None:
            return False
        self.leave(idle)
        idle.drop()
        return True

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """End all connections that have had their time, and look again soon, while there are any."""
        now = time.monotonic()
        for connection in [*self._here, *self._told]:
            connection.look(now)
        self._looking = bool(self._here or self._told)
        if self._looking:
            loop.call_later(self._interval, self._look, loop)


class _Patience:
    """How long something is still waited for, by how much of it has come."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._until = 0.0

    def begin(self, now: float) -> None:
        """Wait as for something of which nothing has come yet."""
        self._until = now + self._limits.still_seconds

    def moved(self, size: int, now: float) -> None:
        """Wait longer, because some bytes have come."""
        self._until = min(self._until + size / self._limits.pace, now + self._limits.still_seconds)

    def over(self, now: float) -> bool:
        """Say whether it has been waited for long enough."""
        return now > self._until


class _Connection(H11Protocol):
    """A connection of HTTP/1.1 that is ended when nothing comes of it."""

    _room: _Room

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._told = False
        self._phase: tuple[object, ...] = ()
        self._since = time.monotonic()
        self._received = self._lines = self._unsent = 0
        self._coming, self._going = _Patience(self._room.limits), _Patience(self._room.limits)
        if not self._room.enter(self, self.loop):
            logs.refused("too many connections", address=self.client[0] if self.client else None)
            self._tell(503, "more connections are open than can be served", {"Retry-After": str(_AGAIN_SECONDS)})

    def connection_lost(self, exc: Exception | None) -> None:
        self._room.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._told:
            # Read and left: a connection that is closed with something unread takes what was told with it.
            return
        self._received += len(data)
        start = 0
        while start < len(data) and not self._told:
            piece = _PIECE if self.conn.their_state is h11.IDLE else _BODY_PIECE
            super().data_received(data[start : start + piece])
            # No more than a head has come where it is still not whole.
            unfinished = self.conn.their_state is h11.IDLE
            self._lines = self._lines + data.count(b"\n", start, start + piece) if unfinished else 0
            if self._lines > MOST_HEADER_LINES:
                self._tell(431, "there are too many headers")
            start += piece

    def on_response_complete(self) -> None:
        # What was sent along with a request and is no body of it is read as the next one, whole.
        if len(self.conn.trailing_data[0]) > MOST_HEADER_BYTES:
            self.transport.close()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        # What h11 calls it: a head that is too long is the one thing that well-meant requests run into.
        self._tell(*((431, "the headers are too long") if self._head_is_long else (400, msg)))

    def shutdown(self) -> None:
        if self._told:
            self.drop()
        else:
            super().shutdown()

    def _should_upgrade(self) -> bool:
        # Nothing here speaks anything else, and browsers let every site ask for WebSockets.
        return False

    @property
    def asks_nothing(self) -> bool:
        """Whether nothing would be lost with it: no request is here that is not answered, or not all of its headers."""
        return (self.conn.their_state is h11.IDLE or self._is_answered) and self.transport.get_write_buffer_size() == 0

    @property
    def _is_answered(self) -> bool:
        """Whether what still comes is the body of a request that has its answer."""
        return self.conn.their_state is h11.SEND_BODY and self.cycle is not None and self.cycle.response_complete

    def drop(self) -> None:
        """End it at once."""
        self._told = True
        self.transport.abort()

    def look(self, now: float) -> None:
        """End it where it has had its time."""
        phase = (self.conn.their_state, self.cycle, self._is_answered)
        if phase != self._phase:
            self._phase, self._since, self._received = phase, now, 0
            self._coming.begin(now)
        if self._stuck(now):
            self.drop()
        elif self._unsent:
            self._since = now
            self._coming.begin(now)
        else:
            self._end_late(now)

    def _end_late(self, now: float) -> None:
        if self.conn.their_state is h11.IDLE or self._told or self._is_answered:
            if now - self._since > self._room.limits.header_seconds:
                self._end("the headers did not come")
        elif self.conn.their_state is h11.SEND_BODY:
            if self.flow.read_paused:
                # It is the application that does not read on.
                self._coming.begin(now)
            self._coming.moved(self._received, now)
            self._received = 0
            if self._coming.over(now):
                self._end("the body did not come")

    def _stuck(self, now: float) -> bool:
        """Say whether what is answered is not taken."""
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent > self._unsent:
            self._going.begin(now)
        else:
            self._going.moved(self._unsent - unsent, now)
        self._unsent = unsent
        return unsent > 0 and self._going.over(now)

    def _end(self, why: str) -> None:
        # Where nothing was asked, there is nothing to answer.
        if self._told or self._is_answered or (self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]):
            self.drop()
            return
        logs.refused(why, address=self.client[0] if self.client else None)
        self._tell(408, why)

    def _tell(self, status: int, message: str, more: dict[str, str] | None = None) -> None:
        """Say what is wrong instead of what the application would answer, and end the connection when that is read."""
        self._unset_keepalive_if_required()
        answering = self.cycle is not None and not self.cycle.response_complete
        answered = self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}
        if self.transport.is_closing() or answered or (answering and self.cycle.response_started):
            self.drop()
            return
        if answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._told = True
        self._since = time.monotonic()
        self._room.tell(self)
        body = json.dumps(described(message)).encode()
        told = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
        lines = [f"{name}: {value}".encode("latin-1") for name, value in {**told, **HEADERS, **(more or {})}.items()]
        self.transport.write(b"\r\n".join([b"HTTP/1.1 %d %s" % (status, _REASONS[status]), *lines, b"", body]))
        if self.transport.can_write_eof():
            self.transport.write_eof()

    @property
    def _head_is_long(self) -> bool:
        return self.conn.their_state is h11.ERROR and len(self.conn.trailing_data[0]) > MOST_HEADER_BYTES


def _most_open() -> int:
    """Return how many connections this process may have open, so that it can still open what else it needs."""
    if sys.platform == "win32":
        return _MOST_CONNECTIONS
    import resource

    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        return _MOST_CONNECTIONS
    return min(_MOST_CONNECTIONS, max(most // 2, most - _OTHER_FILES))

"""Limits on connections: their number, how long each may be idle, and errors sent before the application sees a request.

Connections cost a client almost nothing, and the server a file descriptor each. So headers have to arrive within seconds,
bodies and responses have to make progress, and if all places are taken, the connection that has been idle longest is closed.
"""

from __future__ import annotations

import asyncio
import json
import time

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from citewell.web import logs
from citewell.web.capacity import Limits, Room
from citewell.web.middleware.head_limit import MOST_HEADER_LINES
from citewell.web.middleware.headers import HEADERS
from citewell.web.problems import described

# The whole head of a request, including its address.
MOST_HEADER_BYTES = 16_384
# Read in pieces of this size, so that a head that is too long is rejected early.
_PIECE = 1024
_BODY_PIECE = 65_536
_AGAIN_SECONDS = 5
_REASONS = {
    400: b"Bad Request",
    408: b"Request Timeout",
    431: b"Request Header Fields Too Large",
    503: b"Service Unavailable",
}


def connections(limits: Limits) -> type[H11Protocol]:
    """Create the protocol class for a server's connections, which share the limits."""
    room = Room(limits)

    class Limited(_Connection):
        """A connection that obeys the limits of its server."""

        _room = room

    return Limited


class _Patience:
    """A deadline that moves as data arrives."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._until = 0.0

    def begin(self, now: float) -> None:
        """Start with the full time."""
        self._until = now + self._limits.still_seconds

    def moved(self, size: int, now: float) -> None:
        """Extend the deadline because some bytes have moved."""
        self._until = min(self._until + size / self._limits.pace, now + self._limits.still_seconds)

    def over(self, now: float) -> bool:
        """Return whether the deadline has passed."""
        return now > self._until


class _Connection(H11Protocol):
    """An HTTP/1.1 connection that is closed if it makes no progress."""

    _room: Room

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._rejected = False
        self._phase: tuple[object, ...] = ()
        self._since = time.monotonic()
        self._received = self._lines = self._unsent = 0
        self._coming, self._going = _Patience(self._room.limits), _Patience(self._room.limits)
        if not self._room.enter(self, self.loop):
            logs.refused("too many connections", address=self.client[0] if self.client else None)
            self._tell(503, "too many open connections", {"Retry-After": str(_AGAIN_SECONDS)})

    def connection_lost(self, exc: Exception | None) -> None:
        self._room.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._rejected:
            # Read and discard: closing a connection with unread data would lose the error message.
            return
        self._received += len(data)
        start = 0
        while start < len(data) and not self._rejected:
            piece = _PIECE if self.conn.their_state is h11.IDLE else _BODY_PIECE
            super().data_received(data[start : start + piece])
            # While the head is incomplete, no more than a head has arrived.
            unfinished = self.conn.their_state is h11.IDLE
            self._lines = self._lines + data.count(b"\n", start, start + piece) if unfinished else 0
            if self._lines > MOST_HEADER_LINES:
                self._tell(431, "too many headers")
            start += piece

    def on_response_complete(self) -> None:
        # Surplus data after a request is parsed as the next one, all at once.
        if len(self.conn.trailing_data[0]) > MOST_HEADER_BYTES:
            self.transport.close()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        # The only error that legitimate requests run into is a head that is too long.
        self._tell(*((431, "the headers are too long") if self._head_is_long else (400, msg)))

    def shutdown(self) -> None:
        if self._rejected:
            self.drop()
        else:
            super().shutdown()

    def _should_upgrade(self) -> bool:
        # No other protocol is supported, and browsers let every site request WebSockets.
        return False

    @property
    def asks_nothing(self) -> bool:
        """Whether nothing is lost by closing it: there is no unanswered request with complete headers."""
        return (self.conn.their_state is h11.IDLE or self._is_answered) and self.transport.get_write_buffer_size() == 0

    @property
    def _is_answered(self) -> bool:
        """Whether the remaining data is the body of a request that was already answered."""
        return self.conn.their_state is h11.SEND_BODY and self.cycle is not None and self.cycle.response_complete

    def drop(self) -> None:
        """Close it at once."""
        self._rejected = True
        self.transport.abort()

    def look(self, now: float) -> None:
        """Close it if it is too slow."""
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
        if self.conn.their_state is h11.IDLE or self._rejected or self._is_answered:
            if now - self._since > self._room.limits.header_seconds:
                self._end("the headers did not arrive in time")
        elif self.conn.their_state is h11.SEND_BODY:
            if self.flow.read_paused:
                # The application has paused reading.
                self._coming.begin(now)
            self._coming.moved(self._received, now)
            self._received = 0
            if self._coming.over(now):
                self._end("the body did not arrive in time")

    def _stuck(self, now: float) -> bool:
        """Return whether the client does not read the response."""
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent > self._unsent:
            self._going.begin(now)
        else:
            self._going.moved(self._unsent - unsent, now)
        self._unsent = unsent
        return unsent > 0 and self._going.over(now)

    def _end(self, why: str) -> None:
        # Without a request there is nothing to answer.
        if (
            self._rejected
            or self._is_answered
            or (self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0])
        ):
            self.drop()
            return
        logs.refused(why, address=self.client[0] if self.client else None)
        self._tell(408, why)

    def _tell(self, status: int, message: str, more: dict[str, str] | None = None) -> None:
        """Send an error instead of the application's response, and close the connection after it is read."""
        self._unset_keepalive_if_required()
        answering = self.cycle is not None and not self.cycle.response_complete
        answered = self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}
        if self.transport.is_closing() or answered or (answering and self.cycle.response_started):
            self.drop()
            return
        if answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._rejected = True
        self._since = time.monotonic()
        self._room.reject(self)
        body = json.dumps(described(message)).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
        lines = [f"{name}: {value}".encode("latin-1") for name, value in {**headers, **HEADERS, **(more or {})}.items()]
        self.transport.write(b"\r\n".join([b"HTTP/1.1 %d %s" % (status, _REASONS[status]), *lines, b"", body]))
        if self.transport.can_write_eof():
            self.transport.write_eof()

    @property
    def _head_is_long(self) -> bool:
        return self.conn.their_state is h11.ERROR and len(self.conn.trailing_data[0]) > MOST_HEADER_BYTES

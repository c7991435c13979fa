"""Identifies the current visitor while a request is processed, and counts requests for rate limits."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NoReturn

from citewell.errors import TooManyError
from citewell.web.auth.credentials import Role


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor: ``name`` if signed in, ``role`` if they have access, and their address."""

    name: str | None = None
    role: Role | None = None
    address: str = ""

    @property
    def maintains(self) -> bool:
        """Whether they may change documents."""
        return self.role == "maintainer"

    @property
    def key(self) -> str:
        """The key for rate limits: the account, or the address; for IPv6 the network, which belongs to one subscriber."""
        return f"account {self.name}" if self.name else f"address {network(self.address)}"


_NOBODY = Visitor()
visiting: ContextVar[Visitor] = ContextVar("visiting", default=_NOBODY)


def visitor() -> Visitor:
    """Return the current visitor; outside a request, one without access."""
    return visiting.get()


class Rate:
    """A rate limit over a moving window, in memory. Thread-safe.

    It uses a monotonic clock, so changes of the system time do not matter.

    Args:
        most: The limit, kept as ``most``.
        seconds: The length of the window.
        what: The start of the error message.
    """

    def __init__(self, most: int, seconds: float = 60, *, what: str) -> None:
        self.most = most
        self._seconds = seconds
        self._what = what
        self._lock = threading.Lock()
        # Ordered by the time of the last request, each with times and costs.
        self._counted: OrderedDict[str, deque[tuple[float, int]]] = OrderedDict()

    def count(self, key: str, cost: int = 1) -> None:
        """Count a request.

        Args:
            key: The key of the visitor.
            cost: Its cost; more than the limit counts as the limit.

        Raises:
            TooManyError: The limit is reached.
        """
        wait = self.hit(key, cost)
        if wait:
            self._refuse(wait)

    def hit(self, key: str, cost: int = 1) -> float:
        """Count a request unless the limit is reached; return the seconds until there is room, or 0."""
        cost = min(cost, self.most)
        with self._lock:
            # Inside the lock, so that entries are ordered by time.
            now = time.monotonic()
            wait = self._wait(key, cost, now)
            if not wait:
                self._counted.setdefault(key, deque()).append((now, cost))
                self._counted.move_to_end(key)
        return wait

    def check(self, key: str) -> None:
        """Check the limit without counting a request.

        Args:
            key: The key of the visitor.

        Raises:
            TooManyError: The limit is reached.
        """
        with self._lock:
            wait = self._wait(key, 1, time.monotonic())
        if wait:
            self._refuse(wait)

    def counted(self, key: str) -> int:
        """Return the total cost in the window."""
        with self._lock:
            return sum(cost for _, cost in self._of(key, time.monotonic()))

    def _wait(self, key: str, cost: int, now: float) -> float:
        """Return the seconds until another request is allowed."""
        counted = self._of(key, now)
        over = sum(each for _, each in counted) + cost - self.most
        if over > 0:
            for then, each in counted:
                over -= each
                if over <= 0:
                    return then + self._seconds - now
        return 0

    def _of(self, key: str, now: float) -> deque[tuple[float, int]]:
        self._forget(now)
        counted = self._counted.get(key, deque())
        while counted and counted[0][0] <= now - self._seconds:
            counted.popleft()
        return counted

    def _forget(self, now: float) -> None:
        """Remove keys without requests in the window."""
        while self._counted and next(iter(self._counted.values()))[-1][0] <= now - self._seconds:
            self._counted.popitem(last=False)

    def _refuse(self, wait: float) -> NoReturn:
        seconds = max(1, math.ceil(wait))
        duration = f"{seconds} second{'' if seconds == 1 else 's'}"
        raise TooManyError(f"{self._what} in {duration}", seconds=seconds)


def network(address: str) -> str:
    """Return the key of an address: itself, or for IPv6 its /64 network, which belongs to one subscriber."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))

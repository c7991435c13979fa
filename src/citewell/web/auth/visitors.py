"""Who is asking: known for as long as a request is answered, to everything that answers it."""

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
    """Who is asking: ``name`` where somebody is signed in, ``role`` where they may do anything, and from where."""

    name: str | None = None
    role: Role | None = None
    address: str = ""

    @property
    def maintains(self) -> bool:
        """Whether they may look after the documents."""
        return self.role == "maintainer"

    @property
    def key(self) -> str:
        """What they are counted by: their account, else their address; of IPv6 the network, which is one subscriber's."""
        return f"account {self.name}" if self.name else f"address {network(self.address)}"


_NOBODY = Visitor()
visiting: ContextVar[Visitor] = ContextVar("visiting", default=_NOBODY)


def visitor() -> Visitor:
    """Return who is asking; outside of a request nobody, who may do nothing."""
    return visiting.get()


class Rate:
    """Counts what is asked, in memory, over a moving window. Safe to share between threads.

    By a clock that nobody sets: what is counted is forgotten when its time is over, whatever the time of day becomes.

    Args:
        most: How much may be asked in the window, kept as ``most``.
        seconds: How long the window is.
        what: What there is too much of, in the words of the error.
    """

    def __init__(self, most: int, seconds: float = 60, *, what: str) -> None:
        self.most = most
        self._seconds = seconds
        self._what = what
        self._lock = threading.Lock()
        # In the order in which they were last counted, each with when and as how many.
        self._counted: OrderedDict[str, deque[tuple[float, int]]] = OrderedDict()

    def count(self, key: str, cost: int = 1) -> None:
        """Count one of them.

        Args:
            key: Whose it is.
            cost: As how many it counts; what costs more than all of the window takes the whole of it.

        Raises:
            TooManyError: There were too many before it.
        """
        wait = self.hit(key, cost)
        if wait:
            self._refuse(wait)

    def hit(self, key: str, cost: int = 1) -> float:
        """Count one of them, unless there were too many before it; return how many seconds there are until there is room."""
        cost = min(cost, self.most)
        with self._lock:
            # In here, so that what is counted stands in the order of its times.
            now = time.monotonic()
            wait = self._wait(key, cost, now)
            if not wait:
                self._counted.setdefault(key, deque()).append((now, cost))
                self._counted.move_to_end(key)
        return wait

    def check(self, key: str) -> None:
        """Check that another may be counted, and count none.

        Args:
            key: Whose it would be.

        Raises:
            TooManyError: There were too many before it.
        """
        with self._lock:
            wait = self._wait(key, 1, time.monotonic())
        if wait:
            self._refuse(wait)

    def counted(self, key: str) -> int:
        """Return as how many what is in the window counts."""
        with self._lock:
            return sum(cost for _, cost in self._of(key, time.monotonic()))

    def _wait(self, key: str, cost: int, now: float) -> float:
        """Return how many seconds there are until another may be counted."""
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
        """Forget those of whom nothing is in the window any more."""
        while self._counted and next(iter(self._counted.values()))[-1][0] <= now - self._seconds:
            self._counted.popitem(last=False)

    def _refuse(self, wait: float) -> NoReturn:
        seconds = max(1, math.ceil(wait))
        told = f"{seconds} second{'' if seconds == 1 else 's'}"
        raise TooManyError(f"{self._what} in {told}", seconds=seconds)


def network(address: str) -> str:
    """Return what an address is counted by: itself; of IPv6 its network of /64, which is one subscriber's."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))

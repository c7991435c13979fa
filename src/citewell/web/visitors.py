"""Who is asking: known for as long as a request is answered, to everything that answers it."""

from __future__ import annotations

import ipaddress
import math
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NoReturn

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from citewell.credentials import Role
from citewell.errors import TooManyError


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
        return f"account {self.name}" if self.name else f"address {_network(self.address)}"


_NOBODY = Visitor()
visiting: ContextVar[Visitor] = ContextVar("visiting", default=_NOBODY)


def visitor() -> Visitor:
    """Return who is asking; outside of a request nobody, who may do nothing."""
    return visiting.get()


class Rate:
    """Counts what is asked, in memory, over a moving window.

    Args:
        most: How much may be asked in the window.
        window: The window, as one ``limits`` item of that many.
        what: What there is too much of, in the words of the error.
    """

    def __init__(self, window: RateLimitItem, *, what: str) -> None:
        self._window = window
        self._what = what
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, key: str) -> None:
        """Count one of them.

        Args:
            key: Whose it is.

        Raises:
            TooManyError: There were too many before it.
        """
        if not self.hit(key):
            self._refuse(key)

    def hit(self, key: str) -> bool:
        """Count one of them, unless there were too many before it; return whether it was counted."""
        return self._limiter.hit(self._window, key)

    def check(self, key: str) -> None:
        """Check that another may be counted, and count none.

        Args:
            key: Whose it would be.

        Raises:
            TooManyError: There were too many before it.
        """
        if not self._limiter.test(self._window, key):
            self._refuse(key)

    def _refuse(self, key: str) -> NoReturn:
        seconds = max(1, math.ceil(self._limiter.get_window_stats(self._window, key).reset_time - time.time()))
        wait = f"{seconds} second{'' if seconds == 1 else 's'}"
        raise TooManyError(f"{self._what} in {wait}", seconds=seconds)


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6 and not found.ipv4_mapped:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)

"""Identifies the current visitor while a request is processed, and counts requests for rate limits."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NoReturn, Protocol, TypeVar, TypeVarTuple

import anyio.to_thread

from citewell.errors import StateError, TooManyError
from citewell.state.accounts import Role
from citewell.state.counting import MemoryCounts
from citewell.state.storage import Counts, State
from citewell.web import logs

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")
Number = TypeVar("Number", int, float)


class Shared(Protocol):
    """What may be on another machine."""

    @property
    def is_shared(self) -> bool:
        """Whether it is."""


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
    """A rate limit over a moving window, of this server or of all that share its state. Thread-safe.

    If the shared counts are out of reach, this server counts alone until they are back, so that a limit stays one.

    Args:
        most: The limit, kept as ``most``.
        seconds: The length of the window.
        what: The start of the error message.
        name: The name by which it is counted in ``state``.
        state: Where it is counted; None is in memory.
    """

    def __init__(
        self, most: int, seconds: float = 60, *, what: str, name: str = "", state: State | None = None
    ) -> None:
        self.most = most
        self._what = what
        self._alone = MemoryCounts(most, seconds)
        self._counts: Counts = state.counts(name, most, seconds) if state else self._alone

    @property
    def is_shared(self) -> bool:
        """Whether counting means to ask another machine, which is done in a thread."""
        return self._counts.is_shared

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
        return self._of(lambda counts: counts.hit(key, cost))

    def check(self, key: str) -> None:
        """Check the limit without counting a request.

        Args:
            key: The key of the visitor.

        Raises:
            TooManyError: The limit is reached.
        """
        wait = self._of(lambda counts: counts.wait(key))
        if wait:
            self._refuse(wait)

    def counted(self, key: str) -> int:
        """Return the total cost in the window."""
        return self._of(lambda counts: counts.counted(key))

    def _of(self, ask: Callable[[Counts], Number]) -> Number:
        try:
            return ask(self._counts)
        except StateError as error:
            logs.warned("this server counts requests alone", error=str(error))
            return ask(self._alone)

    def _refuse(self, wait: float) -> NoReturn:
        seconds = max(1, math.ceil(wait))
        duration = f"{seconds} second{'' if seconds == 1 else 's'}"
        raise TooManyError(f"{self._what} in {duration}", seconds=seconds)


async def in_thread(asked: Shared, function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
    """Call a function in a thread if that means to ask another machine, and here if not.

    Args:
        asked: What is asked.
        function: The function.
        arguments: Its arguments.
    """
    if asked.is_shared:
        return await anyio.to_thread.run_sync(function, *arguments)
    return function(*arguments)


def network(address: str) -> str:
    """Return the key of an address: itself, or for IPv6 its /64 network, which belongs to one subscriber."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))

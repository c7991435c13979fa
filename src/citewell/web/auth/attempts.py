"""Limits attempts to sign in: counts wrong passwords and delays further attempts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio
import anyio.to_thread

from citewell.state.accounts import Account
from citewell.state.storage import State
from citewell.web.auth.accounts import AccountStore
from citewell.web.auth.visitors import Rate, in_thread
from citewell.web.turns import Turns

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")

_WINDOW_SECONDS = 300
# For one name from one address; someone who forgot a password tries less often.
_OF_BOTH = 10
# For one address with any names: it may be a whole office.
_OF_ADDRESS = 60
# For one name from anywhere: further attempts are delayed, also for its owner, but never rejected. So nobody can lock an owner
# out, and guessing from many addresses is slow.
_OF_NAME = 10
_STEP_SECONDS = 0.5
_LONGEST_SECONDS = 4.0
# Each verification needs 64 MiB and a core for a moment; more at once would slow the server down for others.
_AT_ONCE = 2
_MOST_WAITING = 20
_MESSAGE = "too many attempts; try again"


class Attempts:
    """Counts wrong attempts to sign in, over five minutes. Successful ones do not count.

    Args:
        state: Where they are counted; None is in memory.
        step: How many seconds the delay grows with each wrong attempt for a name.
        longest: The longest delay in seconds.
    """

    def __init__(
        self, state: State | None = None, *, step: float = _STEP_SECONDS, longest: float = _LONGEST_SECONDS
    ) -> None:
        self._step = step
        self._longest = longest
        self._of_both = Rate(_OF_BOTH, _WINDOW_SECONDS, what=_MESSAGE, name="attempts of both", state=state)
        self._of_address = Rate(_OF_ADDRESS, _WINDOW_SECONDS, what=_MESSAGE, name="attempts of an address", state=state)
        self._of_name = Rate(
            _OF_NAME + round(longest / step), _WINDOW_SECONDS, what=_MESSAGE, name="attempts of a name", state=state
        )

    @property
    def is_shared(self) -> bool:
        """Whether other servers count, too."""
        return self._of_name.is_shared

    def check(self, name: str, address: str) -> None:
        """Check that another attempt is allowed.

        Args:
            name: The name, normalised.
            address: The address, as visitors are counted.

        Raises:
            TooManyError: There were too many wrong attempts from this address.
        """
        self._of_address.check(address)
        self._of_both.check(f"{name} {address}")

    def delay(self, name: str) -> float:
        """Return the delay in seconds before an attempt with a name is processed."""
        return min(self._longest, self._step * max(0, self._of_name.counted(name) - _OF_NAME + 1))

    def count(self, name: str, address: str) -> None:
        """Count a wrong attempt.

        Args:
            name: The name, normalised.
            address: The address, as visitors are counted.
        """
        for rate, key in ((self._of_both, f"{name} {address}"), (self._of_address, address), (self._of_name, name)):
            rate.hit(key)


class Verifier:
    """Verifies passwords, a few at a time, with fair turns for each address.

    Args:
        store: The accounts.
        attempts: Counts the wrong attempts.
    """

    def __init__(self, store: AccountStore, attempts: Attempts | None = None) -> None:
        self._store = store
        self._attempts = attempts or Attempts()
        self._turns = Turns(_AT_ONCE, _MOST_WAITING)
        self._threads = anyio.CapacityLimiter(_AT_ONCE)

    async def account(self, name: str, password: str, address: str) -> Account | None:
        """Return the account for a name and password, or None.

        Args:
            name: The name, normalised.
            password: The password.
            address: The address, as visitors are counted.

        Raises:
            TooManyError: There were too many wrong attempts from this address.
            BusyError: The queue is full.
            AccountsError: The accounts cannot be used.
        """
        await self._in_thread(self._attempts.check, name, address)
        await anyio.sleep(await self._in_thread(self._attempts.delay, name))
        async with self._turns.turn(address):
            # There may have been more wrong attempts meanwhile.
            await self._in_thread(self._attempts.check, name, address)
            account = await anyio.to_thread.run_sync(self._store.sign_in, name, password, limiter=self._threads)
            if account is None:
                await self._in_thread(self._attempts.count, name, address)
            return account

    async def _in_thread(self, function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        return await in_thread(self._attempts, function, *arguments)

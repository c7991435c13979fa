"""Attempts to sign in: how many wrong ones, by whom, and how long the next has to wait."""

from __future__ import annotations

import anyio
import anyio.to_thread

from citewell.web.auth.accounts import Account, AccountStore
from citewell.web.auth.visitors import Rate
from citewell.web.turns import Turns

_WINDOW_SECONDS = 300
# Of one name from one address; whoever has forgotten a password tries fewer.
_OF_BOTH = 10
# From one address with any names: a whole office can sit behind it.
_OF_ADDRESS = 60
# Of one name from anywhere: from here on each next one waits longer, its owner's too, but none is refused for it. So nobody can
# keep an owner out, and who guesses from many addresses gets on more slowly.
_OF_NAME = 10
_STEP_SECONDS = 0.5
_LONGEST_SECONDS = 4.0
# Each verification takes 64 MiB and a core for a moment; more at once would take the machine from those who are in.
_AT_ONCE = 2
_MOST_WAITING = 20
_TOLD = "too many attempts; try again"


class Attempts:
    """Counts wrong attempts to sign in, over five minutes. Right ones do not count.

    Args:
        step: How many seconds longer than the one before the next attempt waits for a name that is guessed at.
        longest: How many seconds it waits at the most.
    """

    def __init__(self, *, step: float = _STEP_SECONDS, longest: float = _LONGEST_SECONDS) -> None:
        self._step = step
        self._longest = longest
        self._of_both = Rate(_OF_BOTH, _WINDOW_SECONDS, what=_TOLD)
        self._of_address = Rate(_OF_ADDRESS, _WINDOW_SECONDS, what=_TOLD)
        self._of_name = Rate(_OF_NAME + round(longest / step), _WINDOW_SECONDS, what=_TOLD)

    def check(self, name: str, address: str) -> None:
        """Check that another attempt may be made.

        Args:
            name: The name, as accounts have it.
            address: Where it comes from, as visitors are counted.

        Raises:
            TooManyError: Too many were wrong from this address.
        """
        self._of_address.check(address)
        self._of_both.check(f"{name} {address}")

    def delay(self, name: str) -> float:
        """Return how many seconds an attempt with a name waits before it is looked at."""
        return min(self._longest, self._step * max(0, self._of_name.counted(name) - _OF_NAME + 1))

    def count(self, name: str, address: str) -> None:
        """Count one that was wrong.

        Args:
            name: The name, as accounts have it.
            address: Where it came from, as visitors are counted.
        """
        for rate, key in ((self._of_both, f"{name} {address}"), (self._of_address, address), (self._of_name, name)):
            rate.hit(key)


class Verifier:
    """Looks whether a password is right, some at a time, in turn for each address.

    Args:
        store: The accounts.
        attempts: Counts the wrong ones.
    """

    def __init__(self, store: AccountStore, attempts: Attempts | None = None) -> None:
        self._store = store
        self._attempts = attempts or Attempts()
        self._turns = Turns(_AT_ONCE, _MOST_WAITING)
        self._threads = anyio.CapacityLimiter(_AT_ONCE)

    async def account(self, name: str, password: str, address: str) -> Account | None:
        """Return the account of a name and its password, or None.

        Args:
            name: The name, as accounts have it.
            password: The password.
            address: Where they come from, as visitors are counted.

        Raises:
            TooManyError: Too many were wrong from this address.
            BusyError: Too many others wait already.
            AccountsError: The file of accounts cannot be used.
        """
        self._attempts.check(name, address)
        await anyio.sleep(self._attempts.delay(name))
        async with self._turns.turn(address):
            # Others may have been wrong meanwhile.
            self._attempts.check(name, address)
            account = await anyio.to_thread.run_sync(self._store.sign_in, name, password, limiter=self._threads)
            if account is None:
                self._attempts.count(name, address)
            return account

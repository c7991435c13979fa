"""What a server is started with; the command line, the server and the application share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from citewell.state.folder import StateFolder
from citewell.web.connections import Limits
from citewell.web.middleware.addresses import Network, is_loopback, read_names, read_proxies

if TYPE_CHECKING:
    # Hashing passwords is imported by those who have accounts.
    from citewell.web.auth.accounts import AccountStore
    from citewell.web.auth.credentials import Role

# Questions a minute of one account or address, where others can ask.
_RATE = 60


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """The options of a server.

    ``host`` and ``port`` are where it listens; port 0 is any that is free. ``public`` lets everyone who can reach it ask, and
    nobody maintain the index; without it and without ``accounts``, only this machine is listened to. ``watch`` has the index
    follow the corpus. ``names`` are the host names that requests may use; where there are any, they may use no others.
    ``trusted_proxies`` are the addresses or networks of proxies in front of the server, which say who asks. ``rate`` is how
    many questions a minute each account or address may ask: 0 is any number, None is 60 where others can ask. ``questions``
    are the question sets that maintainers can run. ``state`` is the folder of accounts, feedback and runs; None is the one
    beside the index. ``limits`` are those of connections; their proxies are ``trusted_proxies``.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    public: bool = False
    watch: bool = False
    accounts: AccountStore | None = None
    names: Sequence[str] = ()
    trusted_proxies: Sequence[str] = ()
    rate: int | None = None
    questions: Sequence[Path] = ()
    state: StateFolder | None = None
    limits: Limits | None = None

    @property
    def everyone(self) -> Role:
        """What everyone may do who gets in without an account."""
        return "reader" if self.public else "maintainer"

    @property
    def questions_a_minute(self) -> int:
        """How many questions a minute each account or address may ask; 0 is any number."""
        if self.rate is not None:
            return self.rate
        return _RATE if self.public or self.accounts else 0

    @property
    def own_names(self) -> frozenset[str]:
        """The host names that were given.

        Raises:
            UsageError: One is no name of a host.
        """
        return read_names(self.names)

    @property
    def known_names(self) -> frozenset[str] | None:
        """The host names that requests may use; None is any.

        Where only this machine is let in, another site could else pass for the server (DNS rebinding).
        """
        if (self.public or not is_loopback(self.host)) and not self.names:
            return None
        return read_names([*self.names, self.host])

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The trusted proxies.

        Raises:
            UsageError: One is no address and no network.
        """
        return tuple(read_proxies(self.trusted_proxies))

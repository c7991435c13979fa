"""The options of a server; the command line, the server and the application share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from citewell.state.storage import State
from citewell.web.capacity import Limits
from citewell.web.language.choosing import checked_language
from citewell.web.middleware.addresses import Network, is_loopback, read_names, read_proxies

if TYPE_CHECKING:
    # Imported only for servers with accounts.
    from citewell.state.accounts import Role
    from citewell.web.auth.accounts import AccountStore

# Questions per minute and account or address, if others can ask.
_RATE = 60


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """The options of a server.

    ``host`` and ``port`` are where it listens; port 0 is any free port. ``public`` lets everyone who can reach it ask, and
    nobody maintain the index; without it and without ``accounts``, it listens to this machine only. With ``watch`` the index
    follows the corpus. ``names`` are the host names that requests may use; if there are any, no others are allowed.
    ``trusted_proxies`` are the addresses or networks of proxies in front of the server, which report the client's address.
    ``rate`` is how many questions per minute each account or address may ask: 0 is unlimited, None is 60 if others can ask.
    ``questions`` are the question sets that maintainers can run. With ``originals``, readers can
    download the files of documents. ``state`` keeps feedback, runs and what
    was counted for limits; None is the folder beside the index.
    ``language`` is the language of the page; None is the one that each browser prefers.
    ``limits`` are those of connections; their proxies are ``trusted_proxies``.
    With ``page_later``, the page and the MCP server are made in a thread while the server already answers: for a process that
    does nothing else, because what is imported and made then changes the filters of warnings for all threads.
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
    originals: bool = False
    state: State | None = None
    language: str | None = None
    limits: Limits | None = None
    page_later: bool = False

    @property
    def everyone(self) -> Role:
        """The role of visitors without an account."""
        return "reader" if self.public else "maintainer"

    @property
    def questions_a_minute(self) -> int:
        """How many questions per minute each account or address may ask; 0 is unlimited."""
        if self.rate is not None:
            return self.rate
        return _RATE if self.public or self.accounts else 0

    @property
    def own_names(self) -> frozenset[str]:
        """The host names given.

        Raises:
            UsageError: One is not a host name.
        """
        return read_names(self.names)

    @property
    def own_language(self) -> str | None:
        """The language given.

        Raises:
            UsageError: The page has no such language.
        """
        return checked_language(self.language) if self.language else None

    @property
    def known_names(self) -> frozenset[str] | None:
        """The host names that requests may use; None is any.

        If only this machine has access, this prevents DNS rebinding by other sites.
        """
        if (self.public or not is_loopback(self.host)) and not self.names:
            return None
        return read_names([*self.names, self.host])

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The trusted proxies.

        Raises:
            UsageError: One is not an address or network.
        """
        return tuple(read_proxies(self.trusted_proxies))

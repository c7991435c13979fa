"""What the page and the commands ask of user data, wherever these are: the contract.

Two engines keep it: files of this machine (``files``), and tables in PostgreSQL (``postgres``), which several servers share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from citewell.state.accounts import Account
from citewell.state.folder import StateFolder


class EndedSessions(Protocol):
    """The sessions that ended early, for every server that uses the same ``key``."""

    key: str

    def add(self, account: str, session: str, until: float) -> None:
        """End a session, for all servers.

        Args:
            account: The name of its account.
            session: Its id.
            until: When it would have expired, in seconds since 1970.

        Raises:
            AccountsError: This cannot be stored, so the session has not ended.
        """

    def holds(self, account: str, session: str, until: float) -> bool:
        """Return whether a session has ended; see `add` for the arguments.

        Raises:
            AccountsError: This cannot be determined, or the key is another one by now.
        """


class Accounts(Protocol):
    """The accounts, and the key that signs sessions. Safe for several threads and processes; changes take effect at once."""

    @property
    def place(self) -> str:
        """Where they are, as errors name it."""

    @property
    def add_command(self) -> str:
        """The command that adds the first account."""

    @property
    def is_shared(self) -> bool:
        """Whether looking into them means to ask another machine, which is done in a thread."""

    def is_there(self) -> bool:
        """Return whether there are accounts; False if none were ever created.

        Raises:
            AccountsError: They are lost, or this cannot be determined: missing accounts never open access.
        """

    def all(self) -> Mapping[str, Account]:
        """Return all accounts by name.

        Raises:
            AccountsError: They are missing, damaged or out of reach.
        """

    def named(self, name: str) -> Account | None:
        """Return the account of a name, normalised; see `all` for errors."""

    def with_token(self, digest: str) -> Account | None:
        """Return the account of a token, by the SHA-256 of that; see `all` for errors."""

    def edit(self, change: Callable[[dict[str, Account]], object], *, first: bool = False) -> None:
        """Change the accounts, all or nothing, while nobody else does.

        Args:
            change: Changes them; may be called again with those that are there then.
            first: Whether there may be none yet.

        Raises:
            AccountsError: They cannot be read or written.
        """

    def key(self) -> str:
        """Return the key that signs sessions, of 64 characters; it is created once.

        Raises:
            AccountsError: It cannot be read or written.
        """

    def ended(self) -> EndedSessions:
        """Return the sessions that ended early.

        Raises:
            AccountsError: They cannot be read or written.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRow:
    """A piece of feedback as it is kept: ``history`` and ``passages`` are JSON, ``part`` is 0 for a whole answer.

    ``answer`` is a unique name of the answer: a newer row with the same ``answer`` and ``part`` replaces it.
    """

    said: str
    question: str
    history: str
    snapshot: str
    verdict: str
    document: str | None
    start: int | None
    end: int | None
    quote: str | None
    passages: str
    part: int
    answer: str | None = None
    id: int = 0


class FeedbackRows(Protocol):
    """Feedback. Safe for several threads and processes; everything raises FeedbackError if it cannot be used."""

    def add(self, row: FeedbackRow) -> int:
        """Store feedback; return its id.

        Raises:
            FeedbackFullError: Too much feedback waits for review.
        """

    def withdraw(self, answer: str, part: int) -> bool:
        """Delete feedback unless it was reviewed; return whether it was deleted."""

    def pending(self) -> list[FeedbackRow]:
        """Return the feedback that was not reviewed yet, oldest first."""

    def right_passages(self) -> list[FeedbackRow]:
        """Return the feedback that marks a right passage and was not rejected, oldest first."""

    def decide(self, feedback: int, decision: str) -> None:
        """Record the decision on feedback."""


class RunTexts(Protocol):
    """The texts of saved runs by name. They never change."""

    def heads(self) -> dict[str, str]:
        """Return the first line of each by name; empty if it cannot be read.

        Raises:
            StateError: They cannot be listed.
        """

    def text(self, name: str) -> str | None:
        """Return a text, or None if there is none of this name.

        Raises:
            StateError: It cannot be read.
        """

    def add(self, name: str, text: str) -> None:
        """Store a text, all or nothing.

        Raises:
            StateError: It cannot be stored.
        """

    def described(self, name: str) -> str:
        """Return what a text is called in errors."""


class Counts(Protocol):
    """What was counted of each key within a moving window. Safe for several threads."""

    @property
    def is_shared(self) -> bool:
        """Whether counting means to ask another machine, which is done in a thread."""

    def hit(self, key: str, cost: int) -> float:
        """Count a cost unless the limit would be exceeded; return the seconds until there is room, or 0.

        Raises:
            StateError: It cannot be counted.
        """

    def wait(self, key: str) -> float:
        """Return the seconds until there is room for a cost of 1, or 0; see `hit` for errors."""

    def counted(self, key: str) -> int:
        """Return the total cost in the window; see `hit` for errors."""


class State(Protocol):
    """User data: accounts and sessions, feedback, runs, and what was counted for limits.

    ``folder`` is on this machine in any case: documents that were replaced or removed belong to the corpus.
    """

    folder: StateFolder

    @property
    def place(self) -> str:
        """Where they are, without a password."""

    @property
    def accounts(self) -> Accounts:
        """The accounts."""

    @property
    def feedback(self) -> FeedbackRows:
        """The feedback."""

    @property
    def runs(self) -> RunTexts:
        """The runs."""

    def counts(self, limit: str, most: int, seconds: float) -> Counts:
        """Return the counts of a limit.

        Args:
            limit: Its name.
            most: How much may be counted for a key.
            seconds: In a window of so many.
        """

    def close(self) -> None:
        """Close what is open."""

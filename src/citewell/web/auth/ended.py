"""Sessions that ended before their time: kept beside the accounts, for every server that signs with the same key.

Where this file is lost, those sessions would be good again. So it names the key that it belongs to, a new one is made only
together with a new key, which ends all sessions, and without it nobody is let in.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from citewell.errors import AccountsError
from citewell.files import write_atomically
from citewell.web.auth.accounts import AccountStore

# Of one account. Beyond it all sessions of the account end that began before, so that nobody makes the file grow.
_MOST = 100
# A clock that was ahead for a moment must not bring back who signed out.
_GRACE_SECONDS = 24 * 60 * 60
_LOCK_SECONDS = 30


class _Ended(BaseModel):
    """What ended of one account: all sessions that would have lasted until ``all_until``, and some later ones, by their ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    all_until: float = 0.0
    until: dict[str, float] = {}

    def holds(self, session: str, until: float) -> bool:
        return until <= self.all_until or session in self.until

    def matters(self) -> bool:
        return max(self.all_until, 0.0, *self.until.values()) > time.time() - _GRACE_SECONDS

    def with_one_more(self, session: str, until: float) -> _Ended:
        kept = {**self.until, session: until}
        if len(kept) > _MOST:
            now = time.time()
            kept = {name: end for name, end in kept.items() if end > now - _GRACE_SECONDS}
        if len(kept) <= _MOST:
            return _Ended(all_until=self.all_until, until=kept)
        return _Ended(all_until=max(self.all_until, *kept.values()))


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    key: str
    accounts: dict[str, _Ended] = {}


class EndedSessions:
    """The sessions of one file of accounts that have ended. Safe to use from several threads and processes.

    Args:
        store: The accounts.

    Raises:
        AccountsError: The file or the key cannot be read or written.
    """

    def __init__(self, store: AccountStore) -> None:
        self._file = store.beside["sessions"]
        self._hint = (
            f"let this user read and write {self._file}; or remove it and start again, which signs everyone out"
        )
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, int, int], _Content] | None = None
        with self._locked():
            self.key = store.key()
            if not self._file.exists() or self._content().key != _name(self.key):
                self.key = store.key(new=True)
                self._write(_Content(key=_name(self.key)))

    def add(self, account: str, session: str, until: float) -> None:
        """End a session, for all servers and from now on.

        Args:
            account: The name of its account.
            session: Its id.
            until: When it would have ended by itself, in seconds since 1970.

        Raises:
            AccountsError: It cannot be kept, so that it has not ended.
        """
        with self._locked():
            known = self._of_this_key().accounts
            ended = known.get(account, _Ended()).with_one_more(session, until)
            kept = {name: each for name, each in known.items() if each.matters()}
            self._write(_Content(key=_name(self.key), accounts=kept | {account: ended}))

    def holds(self, account: str, session: str, until: float) -> bool:
        """Say whether a session has ended; see `add` for what it is told by.

        Raises:
            AccountsError: That is not known any more.
        """
        return self._of_this_key().accounts.get(account, _Ended()).holds(session, until)

    def _of_this_key(self) -> _Content:
        content = self._content()
        if content.key != _name(self.key):
            raise AccountsError(f"{self._file} is of another key than this server signs with", hint="start it again")
        return content

    def _content(self) -> _Content:
        """Return what the file says; one that has not changed is not read again."""
        try:
            found = self._file.stat()
            stamp = found.st_mtime_ns, found.st_size, found.st_ino
            with self._lock:
                if self._read is None or self._read[0] != stamp:
                    self._read = stamp, _Content.model_validate_json(self._file.read_bytes())
                return self._read[1]
        except OSError as error:
            raise AccountsError(f"{self._file} cannot be read: {error.strerror}", hint=self._hint) from error
        except ValidationError as error:
            raise AccountsError(f"{self._file}, which says who has signed out, is damaged", hint=self._hint) from error

    def _write(self, content: _Content) -> None:
        write_atomically(self._file, content.model_dump_json() + "\n", alone=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the only one who writes; what goes wrong is said as what it is."""
        try:
            with FileLock(f"{self._file}.lock", mode=0o600, timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            raise AccountsError(f"another process holds {self._file}", hint="try again") from error
        except OSError as error:
            raise AccountsError(f"{self._file} cannot be written: {error.strerror}", hint=self._hint) from error


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]

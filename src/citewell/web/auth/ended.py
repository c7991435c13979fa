"""Sessions that ended early (sign-out): stored beside the accounts, for every server that uses the same key.

If this file were lost, those sessions would be valid again. So it names the key that it belongs to, a new file is created only
together with a new key, which ends all sessions, and without it nobody gets access.
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

# Per account. Beyond this, all earlier sessions of the account end, so that the file cannot grow without limit.
_MOST = 100
# If the clock was wrong for a moment, ended sessions must not become valid again.
_GRACE_SECONDS = 24 * 60 * 60
_LOCK_SECONDS = 30


class _Ended(BaseModel):
    """The ended sessions of one account: all that would last until ``all_until``, and some later ones by id."""

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
    """The ended sessions of one accounts file. Safe for several threads and processes.

    Args:
        store: The accounts.

    Raises:
        AccountsError: The file or the key cannot be read or written.
    """

    def __init__(self, store: AccountStore) -> None:
        self._file = store.beside["sessions"]
        self._hint = (
            f"give this user read and write access to {self._file}; or remove it and restart, which ends all sessions"
        )
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, int, int], _Content] | None = None
        with self._locked():
            self.key = store.key()
            if not self._file.exists() or self._content().key != _name(self.key):
                self.key = store.key(new=True)
                self._write(_Content(key=_name(self.key)))

    def add(self, account: str, session: str, until: float) -> None:
        """End a session, for all servers.

        Args:
            account: The name of its account.
            session: Its id.
            until: When it would have expired, in seconds since 1970.

        Raises:
            AccountsError: This cannot be stored, so the session has not ended.
        """
        with self._locked():
            known = self._of_this_key().accounts
            ended = known.get(account, _Ended()).with_one_more(session, until)
            kept = {name: each for name, each in known.items() if each.matters()}
            self._write(_Content(key=_name(self.key), accounts=kept | {account: ended}))

    def holds(self, account: str, session: str, until: float) -> bool:
        """Return whether a session has ended; see `add` for the arguments.

        Raises:
            AccountsError: This cannot be determined.
        """
        return self._of_this_key().accounts.get(account, _Ended()).holds(session, until)

    def _of_this_key(self) -> _Content:
        content = self._content()
        if content.key != _name(self.key):
            raise AccountsError(f"{self._file} belongs to another key than this server uses", hint="restart the server")
        return content

    def _content(self) -> _Content:
        """Return the content of the file; an unchanged file is not read again."""
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
            raise AccountsError(f"{self._file}, the list of ended sessions, is damaged", hint=self._hint) from error

    def _write(self, content: _Content) -> None:
        write_atomically(self._file, content.model_dump_json() + "\n", alone=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Lock the file for writing, and convert errors."""
        try:
            with FileLock(f"{self._file}.lock", mode=0o600, timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            raise AccountsError(f"another process has locked {self._file}", hint="try again") from error
        except OSError as error:
            raise AccountsError(f"{self._file} cannot be written: {error.strerror}", hint=self._hint) from error


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]

"""Sessions that ended early (sign-out): stored beside the accounts, for every server that uses the same key.

If this file were lost, those sessions would be valid again. So it names the key that it belongs to, a new file is created only
together with a new key, which ends all sessions, and without it nobody gets access.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from citewell.errors import AccountsError
from citewell.files import write_atomically
from citewell.state.accounts import Ended

_LOCK_SECONDS = 30


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    key: str
    accounts: dict[str, Ended] = {}


class EndedFile:
    """The ended sessions of one accounts file (`storage.EndedSessions`). Safe for several threads and processes.

    Args:
        file: The file of these sessions; it need not exist.
        key: Returns the key, and makes a new one if asked for it.

    Raises:
        AccountsError: The file or the key cannot be read or written.
    """

    def __init__(self, file: Path, key: Callable[..., str]) -> None:
        self._file = file
        self._hint = (
            f"give this user read and write access to {self._file}; or remove it and restart, which ends all sessions"
        )
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, int, int], _Content] | None = None
        with self._locked():
            self.key = key()
            if not self._file.exists() or self._content().key != _name(self.key):
                self.key = key(new=True)
                self._write(_Content(key=_name(self.key)))

    def add(self, account: str, session: str, until: float) -> None:
        """End a session, for all servers (`storage.EndedSessions.add`)."""
        with self._locked():
            known = self._of_this_key().accounts
            ended = known.get(account, Ended()).with_one_more(session, until)
            kept = {name: each for name, each in known.items() if each.matters()}
            self._write(_Content(key=_name(self.key), accounts=kept | {account: ended}))

    def holds(self, account: str, session: str, until: float) -> bool:
        """Return whether a session has ended (`storage.EndedSessions.holds`)."""
        return self._of_this_key().accounts.get(account, Ended()).holds(session, until)

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

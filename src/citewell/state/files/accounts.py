"""Accounts, stored in a file that only its owner can read."""

from __future__ import annotations

import hmac
import secrets
import shlex
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from citewell.errors import AccountsError, first_fault
from citewell.files import write_atomically
from citewell.state.accounts import KEY_CHARACTERS, Account
from citewell.state.files.ended import EndedFile
from citewell.state.folder import MARK, is_there


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    accounts: tuple[Account, ...] = ()

    @model_validator(mode="after")
    def _each_name_once(self) -> _Content:
        if len({account.name for account in self.accounts}) < len(self.accounts):
            raise ValueError("duplicate name")
        return self


class AccountsFile:
    """The accounts of one file (`storage.Accounts`).

    Args:
        file: The file; it need not exist yet.
    """

    is_shared = False

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, int, int], dict[str, Account]] | None = None

    @property
    def place(self) -> str:
        """The file, as errors name it."""
        return str(self.file)

    @property
    def add_command(self) -> str:
        """The command that adds the first account."""
        state = (self.file.parent / MARK).is_file()
        option, place = ("--state", self.file.parent) if state else ("--accounts", self.file)
        return f"citewell user add NAME --role maintainer {option} {shlex.quote(str(place))}"

    @property
    def beside(self) -> dict[str, Path]:
        """The files that are created beside the accounts, by purpose; they need not exist."""
        return {
            "lock": Path(f"{self.file}.lock"),
            "key": self.file.with_suffix(".key"),
            "sessions": self.file.with_suffix(".sessions"),
        }

    def is_there(self) -> bool:
        """Return whether there are accounts (`storage.Accounts.is_there`)."""
        try:
            if is_there(self.file):
                return True
            left = [file for file in self.beside.values() if is_there(file)]
        except OSError as error:
            raise AccountsError(f"cannot check for accounts in {self.file}: {error.strerror}") from error
        if left:
            raise AccountsError(
                f"the accounts in {self.file} are lost ({left[0].name} remains), and access is denied without them",
                hint="restore a copy of the file, or add the accounts again; or, to let everyone in from now on: "
                f"rm {' '.join(shlex.quote(str(file)) for file in left)}",
                command=self.add_command,
            )
        return False

    def all(self) -> Mapping[str, Account]:
        """Return all accounts by name; an unchanged file is not read again.

        Raises:
            AccountsError: The file is missing, cannot be read, or is damaged.
        """
        try:
            found = self.file.stat()
            stamp = found.st_mtime_ns, found.st_size, found.st_ino
            with self._lock:
                if self._read is None or self._read[0] != stamp:
                    content = _Content.model_validate_json(self.file.read_bytes())
                    self._read = stamp, {account.name: account for account in content.accounts}
                return self._read[1]
        except FileNotFoundError as error:
            raise AccountsError(f"there are no accounts in {self.file}", command=self.add_command) from error
        except OSError as error:
            raise AccountsError(f"the accounts in {self.file} cannot be read: {error.strerror}") from error
        except ValidationError as error:
            fault = first_fault(f"the accounts in {self.file} are damaged, and access is denied", error)
            raise AccountsError(
                fault, hint="restore a copy of the file, or remove it and add the accounts again"
            ) from error

    def named(self, name: str) -> Account | None:
        """Return the account of a name."""
        return self.all().get(name)

    def with_token(self, digest: str) -> Account | None:
        """Return the account of a token."""
        return next(
            (each for each in self.all().values() if each.token and hmac.compare_digest(each.token, digest)), None
        )

    def edit(self, change: Callable[[dict[str, Account]], object], *, first: bool = False) -> None:
        """Change the accounts (`storage.Accounts.edit`)."""
        if not first:
            # Checked before any file is created that would look as if accounts were lost.
            self.all()
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self._locked():
                accounts = dict(self.all()) if self.file.exists() else {}
                change(accounts)
                content = _Content(accounts=tuple(accounts[name] for name in sorted(accounts)))
                # Temporary files are readable only by their owner, and so is the result.
                write_atomically(self.file, content.model_dump_json(indent=2) + "\n", alone=True)
        except OSError as error:
            raise AccountsError(f"the accounts in {self.file} cannot be written: {error.strerror}") from error

    def key(self, *, new: bool = False) -> str:
        """Return the key that signs sessions; it is created once and kept beside the accounts.

        Args:
            new: Create a new key in any case, which ends all sessions.

        Raises:
            AccountsError: It cannot be read or written.
        """
        file = self.beside["key"]
        try:
            with self._locked():
                if new or not file.is_file():
                    write_atomically(file, secrets.token_hex(KEY_CHARACTERS // 2), alone=True)
                key = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise AccountsError(f"the key in {file} cannot be used: {error}", hint=f"remove {file}") from error
        if len(key) != KEY_CHARACTERS:
            raise AccountsError(f"the key in {file} is damaged", hint=f"remove {file}")
        return key

    def ended(self) -> EndedFile:
        """Return the sessions that ended early, which are in a file beside this one."""
        return EndedFile(self.beside["sessions"], self.key)

    def _locked(self) -> FileLock:
        return FileLock(self.beside["lock"], mode=0o600, timeout=30)

"""Accounts: who may use the page, in a file of hashed passwords (argon2id) that only its owner can read."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import shlex
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from citewell.errors import AccountsError, UsageError, first_fault
from citewell.files import write_atomically
from citewell.state.folder import MARK, is_there
from citewell.web.auth.credentials import (
    NAME_CHARACTERS,
    Role,
    checked_name,
    checked_password,
    normal_name,
    normal_password,
)

_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Account(BaseModel):
    """Somebody who may use the page: the argon2 hash of a password, and perhaps the SHA-256 of a token for programs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    role: Role
    password: str = Field(pattern=r"^\$argon2id\$")
    token: _Digest | None = None

    @property
    def stamp(self) -> str:
        """A digest that changes with the password and the role, so that a session made under others has ended."""
        return _sha256(f"{self.role} {self.password}")


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    accounts: tuple[Account, ...] = ()

    @model_validator(mode="after")
    def _each_name_once(self) -> _Content:
        names = [account.name for account in self.accounts]
        if len(set(names)) < len(names):
            raise ValueError("a name is there twice")
        return self


class AccountStore:
    """The accounts of one file. Safe to use from several threads and processes; what is changed counts at once.

    Args:
        file: The file; it need not exist yet.
        hasher: How passwords are hashed; argon2-cffi's own parameters (RFC 9106, low memory).
    """

    def __init__(self, file: Path, hasher: PasswordHasher | None = None) -> None:
        self.file = file
        self._hasher = hasher or PasswordHasher()
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, int, int], dict[str, Account]] | None = None
        self._nobody = self._hasher.hash(secrets.token_hex())

    @property
    def add_command(self) -> str:
        """The command that adds the first account."""
        state = (self.file.parent / MARK).is_file()
        where = ("--state", self.file.parent) if state else ("--accounts", self.file)
        return f"citewell user add NAME --role maintainer {where[0]} {shlex.quote(str(where[1]))}"

    @property
    def beside(self) -> dict[str, Path]:
        """The files that come to be beside that of the accounts, by what they are, whether they are there or not."""
        return {
            "lock": Path(f"{self.file}.lock"),
            "key": self.file.with_suffix(".key"),
            "sessions": self.file.with_suffix(".sessions"),
        }

    def is_there(self) -> bool:
        """Say whether there are accounts, which is no where nobody ever made any.

        Raises:
            AccountsError: There were some and they are lost, or that cannot be seen: nobody is let in by what is missing.
        """
        try:
            if is_there(self.file):
                return True
            left = [file for file in self.beside.values() if is_there(file)]
        except OSError as error:
            raise AccountsError(
                f"whether there are accounts in {self.file} cannot be seen: {error.strerror}"
            ) from error
        if left:
            raise AccountsError(
                f"the accounts in {self.file} are lost ({left[0].name} is there), and nobody is let in without them",
                hint="put back a copy of the file, or add the accounts again; to let everyone in from now on: "
                f"rm {' '.join(shlex.quote(str(file)) for file in left)}",
                command=self.add_command,
            )
        return False

    def accounts(self) -> dict[str, Account]:
        """Return all accounts by name; a file that has not changed is not read again.

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
            fault = first_fault(f"the accounts in {self.file} are damaged, and nobody is let in", error)
            raise AccountsError(
                fault, hint="put back a copy of the file, or remove it and add the accounts again"
            ) from error

    def sign_in(self, name: str, password: str) -> Account | None:
        """Return the account of a name and its password, or None. It takes as long for a name that there is not.

        Raises:
            AccountsError: The file is missing, cannot be read, or is damaged.
        """
        accounts = self.accounts()
        try:
            account, given = accounts.get(normal_name(name)), normal_password(password)
        except UsageError:
            # Too long for any account, so that it need not take as long as one that could be.
            return None
        try:
            self._hasher.verify(account.password if account else self._nobody, given)
        except (VerificationError, InvalidHashError):
            return None
        if account and self._hasher.check_needs_rehash(account.password):
            account = self._change(account.name, password=self._hasher.hash(given))[1]
        return account

    def of_token(self, token: str) -> Account | None:
        """Return the account that a token was made for, or None.

        Raises:
            AccountsError: The file is missing, cannot be read, or is damaged.
        """
        digest = _sha256(token)
        return next(
            (each for each in self.accounts().values() if each.token and hmac.compare_digest(each.token, digest)), None
        )

    def add(self, name: str, role: Role, password: str) -> Account:
        """Add an account.

        Raises:
            UsageError: The name is taken or cannot be one, or the password is too short or too long.
            AccountsError: The file cannot be used.
        """
        chosen = checked_name(name)
        account = Account(name=chosen, role=role, password=self._hasher.hash(checked_password(password, chosen)))

        def added(accounts: dict[str, Account]) -> None:
            if chosen in accounts:
                raise UsageError(f"there is an account {chosen!r} already", command=f"citewell user password {chosen}")
            accounts[chosen] = account

        self._edit(added, first=True)
        return account

    def remove(self, name: str) -> None:
        """Remove an account; whoever is signed in with it is so no longer.

        Raises:
            UsageError: There is none of this name.
            AccountsError: The file cannot be used.
        """
        self._edit(lambda accounts: accounts.pop(_known(accounts, name)))

    def set_password(self, name: str, password: str) -> Account:
        """Give an account another password, which ends its sessions and its token; return it as it was before.

        Raises:
            UsageError: There is none of this name, or the password is too short or too long.
            AccountsError: The file cannot be used.
        """
        return self._change(
            name, password=self._hasher.hash(checked_password(password, normal_name(name))), token=None
        )[0]

    def set_role(self, name: str, role: Role) -> None:
        """Give an account another role, which ends its sessions; its token acts in the new one.

        Raises:
            UsageError: There is none of this name.
            AccountsError: The file cannot be used.
        """
        self._change(name, role=role)

    def new_token(self, name: str) -> str:
        """Make a token for an account, in place of the one before; only its digest is kept.

        Raises:
            UsageError: There is none of this name.
            AccountsError: The file cannot be used.
        """
        token = secrets.token_urlsafe(32)
        self._change(name, token=_sha256(token))
        return token

    def revoke_token(self, name: str) -> None:
        """Have the token of an account be worth nothing from now on.

        Raises:
            UsageError: There is none of this name, or it has no token.
            AccountsError: The file cannot be used.
        """
        account = self.accounts().get(normal_name(name))
        if account and account.token is None:
            raise UsageError(f"{account.name} has no token", command="citewell user list")
        self._change(name, token=None)

    def key(self, *, new: bool = False) -> str:
        """Return the key that sessions are signed with, which is made once and kept beside the accounts.

        Args:
            new: Whether another is made in any case, which ends all sessions there are.

        Raises:
            AccountsError: It cannot be read or written.
        """
        file = self.beside["key"]
        try:
            with self._locked():
                if new or not file.is_file():
                    write_atomically(file, secrets.token_hex(32), alone=True)
                key = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise AccountsError(f"the key in {file} cannot be used: {error}", hint=f"remove {file}") from error
        if len(key) != 64:
            raise AccountsError(f"the key in {file} is damaged", hint=f"remove {file}")
        return key

    def _change(self, name: str, **changes: str | None) -> tuple[Account, Account]:
        """Change an account; return it as it was and as it is."""
        changed: list[tuple[Account, Account]] = []

        def change(accounts: dict[str, Account]) -> None:
            known = _known(accounts, name)
            before = accounts[known]
            accounts[known] = Account(**{**before.model_dump(), **changes})
            changed.append((before, accounts[known]))

        self._edit(change)
        return changed[0]

    def _edit(self, change: Callable[[dict[str, Account]], object], *, first: bool = False) -> None:
        if not first:
            # Before anything is left that would look as if accounts were lost.
            self.accounts()
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self._locked():
                accounts = dict(self.accounts()) if self.file.exists() else {}
                change(accounts)
                content = _Content(accounts=tuple(accounts[name] for name in sorted(accounts)))
                # A temporary file is for its owner alone, and so is what it becomes.
                write_atomically(self.file, content.model_dump_json(indent=2) + "\n", alone=True)
        except OSError as error:
            raise AccountsError(f"the accounts in {self.file} cannot be written: {error.strerror}") from error

    def _locked(self) -> FileLock:
        return FileLock(self.beside["lock"], mode=0o600, timeout=30)


def _known(accounts: dict[str, Account], name: str) -> str:
    known = normal_name(name)
    if known not in accounts:
        raise UsageError(f"there is no account {known!r}", command="citewell user list")
    return known


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

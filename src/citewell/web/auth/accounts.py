"""Accounts, stored in a file with hashed passwords (argon2id) that only its owner can read."""

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
    """An account: the argon2 hash of its password, and optionally the SHA-256 of a token for programs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    role: Role
    password: str = Field(pattern=r"^\$argon2id\$")
    token: _Digest | None = None

    @property
    def stamp(self) -> str:
        """A digest that changes with the password and the role, which ends older sessions."""
        return _sha256(f"{self.role} {self.password}")


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    accounts: tuple[Account, ...] = ()

    @model_validator(mode="after")
    def _each_name_once(self) -> _Content:
        if len({account.name for account in self.accounts}) < len(self.accounts):
            raise ValueError("duplicate name")
        return self


class AccountStore:
    """The accounts of one file. Safe for several threads and processes; changes take effect at once.

    Args:
        file: The file; it need not exist yet.
        hasher: The password hasher; the default uses argon2-cffi's parameters (RFC 9106, low memory).
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
        """Return whether there are accounts; False if none were ever created.

        Raises:
            AccountsError: They are lost, or this cannot be determined: missing accounts never open access.
        """
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

    def accounts(self) -> dict[str, Account]:
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

    def sign_in(self, name: str, password: str) -> Account | None:
        """Return the account for a name and password, or None. An unknown name takes the same time.

        Raises:
            AccountsError: The file is missing, cannot be read, or is damaged.
        """
        accounts = self.accounts()
        try:
            account, given = accounts.get(normal_name(name)), normal_password(password)
        except UsageError:
            # Too long for any account, so timing reveals nothing.
            return None
        try:
            self._hasher.verify(account.password if account else self._nobody, given)
        except (VerificationError, InvalidHashError):
            return None
        if account and self._hasher.check_needs_rehash(account.password):
            account = self._change(account.name, password=self._hasher.hash(given))[1]
        return account

    def of_token(self, token: str) -> Account | None:
        """Return the account of a token, or None.

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
            UsageError: The name exists or is invalid, or the password is unsuitable.
            AccountsError: The file cannot be used.
        """
        chosen = checked_name(name)
        account = Account(name=chosen, role=role, password=self._hasher.hash(checked_password(password, chosen)))

        def added(accounts: dict[str, Account]) -> None:
            if chosen in accounts:
                raise UsageError(f"the account {chosen!r} exists already", command=f"citewell user password {chosen}")
            accounts[chosen] = account

        self._edit(added, first=True)
        return account

    def remove(self, name: str) -> None:
        """Remove an account and end its sessions.

        Raises:
            UsageError: The account does not exist.
            AccountsError: The file cannot be used.
        """
        self._edit(lambda accounts: accounts.pop(_known(accounts, name)))

    def set_password(self, name: str, password: str) -> Account:
        """Set a password, which ends the account's sessions and revokes its token; return the account as it was before.

        Raises:
            UsageError: The account does not exist, or the password is unsuitable.
            AccountsError: The file cannot be used.
        """
        return self._change(
            name, password=self._hasher.hash(checked_password(password, normal_name(name))), token=None
        )[0]

    def set_role(self, name: str, role: Role) -> None:
        """Change the role of an account, which ends its sessions; its token gets the new role.

        Raises:
            UsageError: The account does not exist.
            AccountsError: The file cannot be used.
        """
        self._change(name, role=role)

    def new_token(self, name: str) -> str:
        """Create a token for an account, replacing the old one; only its digest is stored.

        Raises:
            UsageError: The account does not exist.
            AccountsError: The file cannot be used.
        """
        token = secrets.token_urlsafe(32)
        self._change(name, token=_sha256(token))
        return token

    def revoke_token(self, name: str) -> None:
        """Revoke the token of an account.

        Raises:
            UsageError: The account does not exist, or has no token.
            AccountsError: The file cannot be used.
        """
        account = self.accounts().get(normal_name(name))
        if account and account.token is None:
            raise UsageError(f"{account.name} has no token", command="citewell user list")
        self._change(name, token=None)

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
                    write_atomically(file, secrets.token_hex(32), alone=True)
                key = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise AccountsError(f"the key in {file} cannot be used: {error}", hint=f"remove {file}") from error
        if len(key) != 64:
            raise AccountsError(f"the key in {file} is damaged", hint=f"remove {file}")
        return key

    def _change(self, name: str, **changes: str | None) -> tuple[Account, Account]:
        """Change an account; return it before and after."""
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
            # Checked before any file is created that would look as if accounts were lost.
            self.accounts()
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self._locked():
                accounts = dict(self.accounts()) if self.file.exists() else {}
                change(accounts)
                content = _Content(accounts=tuple(accounts[name] for name in sorted(accounts)))
                # Temporary files are readable only by their owner, and so is the result.
                write_atomically(self.file, content.model_dump_json(indent=2) + "\n", alone=True)
        except OSError as error:
            raise AccountsError(f"the accounts in {self.file} cannot be written: {error.strerror}") from error

    def _locked(self) -> FileLock:
        return FileLock(self.beside["lock"], mode=0o600, timeout=30)


def _known(accounts: dict[str, Account], name: str) -> str:
    if (known := normal_name(name)) not in accounts:
        raise UsageError(f"there is no account {known!r}", command="citewell user list")
    return known


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

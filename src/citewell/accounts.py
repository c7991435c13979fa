"""Accounts: who may use the page, in a file of hashed passwords (argon2id) that only its owner can read."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from citewell.errors import AccountsError, UsageError, first_fault
from citewell.models import write_atomically

FILE = "accounts.json"
Role = Literal["reader", "maintainer"]

# NIST SP 800-63B-4 (2025), 3.1.1.2: at least 15 characters where the password is all that is asked for, at least 64 taken, no
# rules about which. The upper bound only keeps a page of text out of the hash.
LEAST_CHARACTERS = 15
MOST_CHARACTERS = 256
_NAME_CHARACTERS = 64
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Account(BaseModel):
    """Somebody who may use the page: the argon2 hash of a password, and perhaps the SHA-256 of a token for programs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=_NAME_CHARACTERS)
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

    def accounts(self) -> dict[str, Account]:
        """Return all accounts by name; a file that has not changed is not read again.

        Raises:
            AccountsError: The file is missing, cannot be read, or is damaged.
        """
        mend = f"citewell user add NAME --role maintainer --accounts {self.file}"
        try:
            found = self.file.stat()
            stamp = found.st_mtime_ns, found.st_size, found.st_ino
            with self._lock:
                if self._read is None or self._read[0] != stamp:
                    content = _Content.model_validate_json(self.file.read_bytes())
                    self._read = stamp, {account.name: account for account in content.accounts}
                return self._read[1]
        except FileNotFoundError as error:
            raise AccountsError(f"there are no accounts in {self.file}", mend=mend) from error
        except OSError as error:
            raise AccountsError(f"the accounts in {self.file} cannot be read: {error.strerror}") from error
        except ValidationError as error:
            fault = first_fault(f"the accounts in {self.file} are damaged, and nobody is let in", error)
            raise AccountsError(
                fault, mend="put back a copy of the file, or remove it and add the accounts again"
            ) from error

    def sign_in(self, name: str, password: str) -> Account | None:
        """Return the account of a name and its password, or None. It takes as long for a name that there is not.

        Raises:
            AccountsError: The file is missing, cannot be read, or is damaged.
        """
        account = self.accounts().get(normal_name(name))
        given = unicodedata.normalize("NFKC", password)
        try:
            self._hasher.verify(account.password if account else self._nobody, given)
        except (VerificationError, InvalidHashError):
            return None
        if account and self._hasher.check_needs_rehash(account.password):
            account = self._change(account.name, password=self._hasher.hash(given))
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
                raise UsageError(f"there is an account {chosen!r} already", mend=f"citewell user password {chosen}")
            accounts[chosen] = account

        self._edit(added)
        return account

    def remove(self, name: str) -> None:
        """Remove an account; whoever is signed in with it is so no longer.

        Raises:
            UsageError: There is none of this name.
            AccountsError: The file cannot be used.
        """
        self._edit(lambda accounts: accounts.pop(_known(accounts, name)))

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password, which ends its sessions.

        Raises:
            UsageError: There is none of this name, or the password is too short or too long.
            AccountsError: The file cannot be used.
        """
        self._change(name, password=self._hasher.hash(checked_password(password, normal_name(name))))

    def set_role(self, name: str, role: Role) -> None:
        """Give an account another role, which ends its sessions.

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

    def key(self) -> str:
        """Return the key that sessions are signed with, which is made once and kept beside the accounts.

        Raises:
            AccountsError: It cannot be read or written.
        """
        file = self.file.with_suffix(".key")
        try:
            with self._locked():
                if not file.is_file():
                    write_atomically(file, secrets.token_hex(32))
                key = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise AccountsError(f"the key in {file} cannot be used: {error}", mend=f"remove {file}") from error
        if len(key) != 64:
            raise AccountsError(f"the key in {file} is damaged", mend=f"remove {file}")
        return key

    def _change(self, name: str, **changes: str) -> Account:
        changed: list[Account] = []

        def change(accounts: dict[str, Account]) -> None:
            known = _known(accounts, name)
            accounts[known] = Account(**{**accounts[known].model_dump(), **changes})
            changed.append(accounts[known])

        self._edit(change)
        return changed[0]

    def _edit(self, change: Callable[[dict[str, Account]], object]) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self._locked():
                accounts = dict(self.accounts()) if self.file.exists() else {}
                change(accounts)
                content = _Content(accounts=tuple(accounts[name] for name in sorted(accounts)))
                # A temporary file is for its owner alone, and so is what it becomes.
                write_atomically(self.file, content.model_dump_json(indent=2) + "\n")
        except OSError as error:
            raise AccountsError(f"the accounts in {self.file} cannot be written: {error.strerror}") from error

    def _locked(self) -> FileLock:
        return FileLock(f"{self.file}.lock", mode=0o600, timeout=30)


def normal_name(name: str) -> str:
    """Return a name as it is kept: however it was typed, it is the same one."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def checked_name(name: str) -> str:
    """Return a name as it is kept.

    Raises:
        UsageError: It cannot be one.
    """
    normal = normal_name(name)
    if not (0 < len(normal) <= _NAME_CHARACTERS and all(each.isalnum() or each in "._@+-" for each in normal)):
        raise UsageError(f"{name!r} is no name: letters, digits and . _ @ + -, at most {_NAME_CHARACTERS} of them")
    return normal


def checked_password(password: str, name: str) -> str:
    """Return a password as it is hashed.

    Raises:
        UsageError: It is too short or too long, or is little more than the name or one character.
    """
    normal = unicodedata.normalize("NFKC", password)
    if not LEAST_CHARACTERS <= len(normal) <= MOST_CHARACTERS:
        raise UsageError(
            f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters (NIST SP 800-63B-4, 3.1.1.2)",
            mend="take four or five words that have nothing to do with each other",
        )
    if len(set(normal)) < 5 or len(normal.casefold().replace(name, "")) < LEAST_CHARACTERS // 2:
        raise UsageError("this password is guessed at once", mend="take four or five words that nobody would expect")
    return normal


def _known(accounts: dict[str, Account], name: str) -> str:
    known = normal_name(name)
    if known not in accounts:
        raise UsageError(f"there is no account {known!r}", mend="citewell user list")
    return known


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

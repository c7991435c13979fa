"""Accounts with hashed passwords (argon2id): who may sign in, and what changes of an account mean."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from citewell.errors import UsageError
from citewell.state.accounts import Account, Role, sha256
from citewell.state.files.accounts import AccountsFile
from citewell.state.storage import Accounts
from citewell.web.auth.credentials import checked_name, checked_password, normal_name, normal_password


class AccountStore:
    """The accounts of a server. Safe for several threads and processes; changes take effect at once.

    Args:
        kept: What keeps them, or a file, which need not exist yet.
        hasher: The password hasher; the default uses argon2-cffi's parameters (RFC 9106, low memory).
    """

    def __init__(self, kept: Accounts | Path, hasher: PasswordHasher | None = None) -> None:
        self.kept: Accounts = AccountsFile(kept) if isinstance(kept, Path) else kept
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex())

    @property
    def place(self) -> str:
        """Where the accounts are, as errors name it."""
        return self.kept.place

    @property
    def add_command(self) -> str:
        """The command that adds the first account."""
        return self.kept.add_command

    def is_there(self) -> bool:
        """Return whether there are accounts; False if none were ever created.

        Raises:
            AccountsError: They are lost, or this cannot be determined: missing accounts never open access.
        """
        return self.kept.is_there()

    def accounts(self) -> Mapping[str, Account]:
        """Return all accounts by name.

        Raises:
            AccountsError: They are missing, out of reach, or damaged.
        """
        return self.kept.all()

    def key(self) -> str:
        """Return the key that signs sessions.

        Raises:
            AccountsError: It cannot be read or written.
        """
        return self.kept.key()

    def sign_in(self, name: str, password: str) -> Account | None:
        """Return the account for a name and password, or None. An unknown name takes the same time.

        Raises:
            AccountsError: They are missing, out of reach, or damaged.
        """
        try:
            account, given = self.kept.named(normal_name(name)), normal_password(password)
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
            AccountsError: They are missing, out of reach, or damaged.
        """
        return self.kept.with_token(sha256(token))

    def add(self, name: str, role: Role, password: str) -> Account:
        """Add an account.

        Raises:
            UsageError: The name exists or is invalid, or the password is unsuitable.
            AccountsError: They cannot be used.
        """
        chosen = checked_name(name)
        account = Account(name=chosen, role=role, password=self._hasher.hash(checked_password(password, chosen)))

        def added(accounts: dict[str, Account]) -> None:
            if chosen in accounts:
                raise UsageError(f"the account {chosen!r} exists already", command=f"citewell user password {chosen}")
            accounts[chosen] = account

        self.kept.edit(added, first=True)
        return account

    def remove(self, name: str) -> None:
        """Remove an account and end its sessions.

        Raises:
            UsageError: The account does not exist.
            AccountsError: They cannot be used.
        """
        self.kept.edit(lambda accounts: accounts.pop(_known(accounts, name)))

    def set_password(self, name: str, password: str) -> Account:
        """Set a password, which ends the account's sessions and revokes its token; return the account as it was before.

        Raises:
            UsageError: The account does not exist, or the password is unsuitable.
            AccountsError: They cannot be used.
        """
        return self._change(
            name, password=self._hasher.hash(checked_password(password, normal_name(name))), token=None
        )[0]

    def set_role(self, name: str, role: Role) -> None:
        """Change the role of an account, which ends its sessions; its token gets the new role.

        Raises:
            UsageError: The account does not exist.
            AccountsError: They cannot be used.
        """
        self._change(name, role=role)

    def new_token(self, name: str) -> str:
        """Create a token for an account, replacing the old one; only its digest is stored.

        Raises:
            UsageError: The account does not exist.
            AccountsError: They cannot be used.
        """
        token = secrets.token_urlsafe(32)
        self._change(name, token=sha256(token))
        return token

    def revoke_token(self, name: str) -> None:
        """Revoke the token of an account.

        Raises:
            UsageError: The account does not exist, or has no token.
            AccountsError: They cannot be used.
        """
        account = self.kept.named(normal_name(name))
        if account and account.token is None:
            raise UsageError(f"{account.name} has no token", command="citewell user list")
        self._change(name, token=None)

    def _change(self, name: str, **changes: str | None) -> tuple[Account, Account]:
        """Change an account; return it before and after."""
        changed: list[tuple[Account, Account]] = []

        def change(accounts: dict[str, Account]) -> None:
            known = _known(accounts, name)
            before = accounts[known]
            accounts[known] = Account(**{**before.model_dump(), **changes})
            # The last counts: a change that is lost with its connection is made again.
            changed.append((before, accounts[known]))

        self.kept.edit(change)
        return changed[-1]


def _known(accounts: dict[str, Account], name: str) -> str:
    if (known := normal_name(name)) not in accounts:
        raise UsageError(f"there is no account {known!r}", command="citewell user list")
    return known

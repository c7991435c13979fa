"""The commands that manage accounts: ``citewell user``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from citewell.cli.options import IndexOption, JsonOption, StateOption, print_json, state_at
from citewell.errors import AccountsError, UsageError
from citewell.state.accounts import Role
from citewell.state.folder import ACCOUNTS, NOTE, StateFolder
from citewell.web.auth.credentials import LEAST_CHARACTERS

if TYPE_CHECKING:
    from citewell.state.files.state import FileState
    from citewell.state.storage import State
    from citewell.web.auth.accounts import AccountStore

users = typer.Typer(help="Manage accounts.", no_args_is_help=True, rich_markup_mode="markdown")

NameArgument = Annotated[str, typer.Argument(help="The name to sign in with.", show_default=False)]
AccountsOption = Annotated[
    Path | None,
    typer.Option("--accounts", help=f"Accounts file. Default: {ACCOUNTS} in the state folder.", show_default=False),
]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(users, name="user")


def accounts_of(index: Path, state: State, named: Path | None) -> AccountStore | None:
    """Return the accounts of a server, or None if none were ever created.

    Args:
        index: The folder of the index.
        state: The user data.
        named: The accounts file, if the user gave one.

    Raises:
        AccountsError: There were accounts, or they are elsewhere, or this cannot be determined: missing accounts never open
            access.
        UsageError: The file is in the index.
    """
    from citewell.web.auth.accounts import AccountStore

    if named:
        return AccountStore(_outside(index, named))
    store = AccountStore(state.accounts)
    if store.is_there():
        if files := _in_files(state):
            files.folder.record(index)
        return store
    # A wrong folder must not open access, either.
    usual = AccountStore(StateFolder.beside(index).accounts) if index.resolve().name else store
    if usual.is_there():
        raise AccountsError(
            f"there are accounts in {usual.place}, but not in {state.place}",
            hint=_choices(usual, state),
        )
    _check_recorded(index, state)
    return None


def _in_files(state: State) -> FileState | None:
    """Return user data that are in a folder; None if they are elsewhere."""
    from citewell.state.files.state import FileState

    return state if isinstance(state, FileState) else None


def _choices(usual: AccountStore, state: State) -> str:
    """Return what can be done if the accounts are in the usual folder, and the user data are elsewhere."""
    if _in_files(state):
        return f"omit --state, or move them to {state.place}, with their .key and .sessions"
    folder = shlex.quote(str(Path(usual.place).parent))
    return f"keep using them with --state {folder}, or copy them to the database: citewell user copy {folder}"


def _check_recorded(index: Path, state: State) -> None:
    """Raise an AccountsError if an index had accounts when it had another name."""
    from citewell.web.auth.accounts import AccountStore

    try:
        recorded = StateFolder.recorded(index)
    except OSError as error:
        raise AccountsError(f"cannot determine whether {index} had accounts: {error.strerror}") from error
    if recorded and AccountStore(recorded.accounts).is_there():
        old, new = shlex.quote(str(recorded.path)), shlex.quote(state.place)
        raise AccountsError(
            f"the accounts of {index} are in {recorded.path}, and {state.place} has none",
            hint=f"or move them to {new}; to let everyone in from now on: rm {shlex.quote(str(index / NOTE))}",
            command=f"citewell chat --state {old}",
        )


@users.command()
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option(help="A reader can ask; a maintainer can also change documents.")],
    password_stdin: StdinOption = False,
    index: IndexOption = "",
    state: StateOption = "",
    accounts: AccountsOption = None,
) -> None:
    """Add an account; asks for its password.

    Example: `citewell user add ada --role maintainer`
    """
    store = _store(index, state, accounts, create=True)
    account = store.add(name, role, _password(stdin=password_stdin))
    typer.echo(f"Added {account.name}, a {account.role}.")


@users.command(name="list")
def show(
    index: IndexOption = "",
    state: StateOption = "",
    accounts: AccountsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the accounts.

    Example: `citewell user list`
    """
    for account in _store(index, state, accounts).accounts().values():
        if as_json:
            print_json({"name": account.name, "role": account.role, "token": account.token is not None})
        else:
            typer.echo(f"{account.name}\t{account.role}{', has a token' if account.token else ''}")


@users.command()
def remove(
    name: NameArgument,
    index: IndexOption = "",
    state: StateOption = "",
    accounts: AccountsOption = None,
) -> None:
    """Remove an account and end its sessions.

    Example: `citewell user remove ada`
    """
    _store(index, state, accounts).remove(name)
    typer.echo(f"Removed {name}.")


@users.command()
def password(
    name: NameArgument,
    password_stdin: StdinOption = False,
    index: IndexOption = "",
    state: StateOption = "",
    accounts: AccountsOption = None,
) -> None:
    """Set a new password, end the account's sessions, and revoke its token.

    Example: `citewell user password ada`
    """
    store = _store(index, state, accounts)
    before = store.set_password(name, _password(stdin=password_stdin))
    typer.echo(f"{before.name} has a new password.")
    if before.token:
        typer.echo(f"Its token was revoked. To create a new one: citewell user token {before.name}", err=True)


@users.command()
def role(
    name: NameArgument,
    role: Annotated[Role, typer.Argument(help="The new role.", show_default=False)],
    index: IndexOption = "",
    state: StateOption = "",
    accounts: AccountsOption = None,
) -> None:
    """Change the role of an account and end its sessions; its token gets the new role.

    Example: `citewell user role ada reader`
    """
    _store(index, state, accounts).set_role(name, role)
    typer.echo(f"{name} is now a {role}.")


@users.command()
def token(
    name: NameArgument,
    revoke: Annotated[bool, typer.Option("--revoke", help="Revoke the token instead of creating one.")] = False,
    index: IndexOption = "",
    state: StateOption = "",
    accounts: AccountsOption = None,
) -> None:
    """Create a token for a program, replacing the old one. It is printed once and not stored.

    Example: `citewell user token ada`
    """
    store = _store(index, state, accounts)
    if revoke:
        store.revoke_token(name)
        typer.echo(f"The token of {name} was revoked.")
        return
    typer.echo(store.new_token(name))
    typer.echo("Send it as `Authorization: Bearer TOKEN`. It will not be shown again.", err=True)


@users.command()
def copy(
    source: Annotated[
        str,
        typer.Argument(metavar="FROM", help="A folder of user data, or the address of a database.", show_default=False),
    ],
    index: IndexOption = "",
    state: StateOption = "",
) -> None:
    """Copy accounts, feedback and runs from another place, for instance from a folder to a database. People sign in again.

    Example: `citewell user copy index-state --state postgresql://keeper@db1.example/letters`
    """
    from citewell.settings import is_address
    from citewell.state.copying import copy as copied
    from citewell.state.opening import open_state

    if not is_address(source) and not Path(source).is_dir():
        raise UsageError(f"there is no folder {source}", hint="name the folder of user data, such as index-state")
    target = state_at(index, state, create=True)
    found = copied(open_state(source, target.folder), target)
    typer.echo(
        f"Copied to {target.place}: {found.accounts:,} accounts, {found.feedback:,} pieces of feedback, {found.runs:,} runs."
    )


def _store(index: str, state: str, named: Path | None, *, create: bool = False) -> AccountStore:
    from citewell.web.auth.accounts import AccountStore

    folder = _folder_of(index)
    if named:
        return AccountStore(_outside(folder, named))
    kept = state_at(index, state, create=create)
    if create and (files := _in_files(kept)):
        files.folder.create()
        files.folder.record(folder)
    return AccountStore(kept.accounts)


def _folder_of(index: str) -> Path:
    """Return the folder of an index on this machine."""
    from citewell.index.opening import folder_of

    return folder_of(index)


def _outside(index: Path, named: Path) -> Path:
    if named.resolve().is_relative_to(index.resolve()):
        raise UsageError(
            f"{named} is in the index, which may be deleted and rebuilt",
            hint="omit --accounts; accounts of an older version are moved to the state folder automatically",
        )
    return named


def _password(*, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked = f"Password (at least {LEAST_CHARACTERS} characters)"
    typed: str = typer.prompt(asked, hide_input=True, confirmation_prompt=True, err=True)
    return typed
